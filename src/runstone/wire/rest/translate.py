"""Domain values to what travels; pure."""

from __future__ import annotations

from msgspec import Raw, structs

from runstone.domain import accounts as domain
from runstone.domain import documents
from runstone.domain import run as runs
from runstone.domain.access import Actor
from runstone.services.metrics import KeyDescription
from runstone.services.run_list import Progress
from runstone.wire.rest.structs.accounts import ApiKey, Member, Organization, Team, User
from runstone.wire.rest.structs.runs import Document, Git, KeyInfo, Project, RunDetail, RunRow


def user(found: domain.User) -> User:
    """A user."""
    return User(found.username, found.full_name, found.email, found.is_admin)


def operator(actor: Actor) -> User:
    """Whoever holds the data folder, who is no user and is shown as one."""
    return User(actor.username, actor.username, None, actor.is_admin)


def team(found: domain.Entity, organization: str | None) -> Team:
    """A team under the organization of that name."""
    return Team(found.name, organization, found.created_at)


def organization(found: domain.Organization) -> Organization:
    """An organization."""
    return Organization(found.name, found.created_at)


def member(found: domain.Membership) -> Member:
    """A place in a team."""
    return Member(found.username, found.role)


def api_key(found: domain.ApiKey) -> ApiKey:
    """A key without its secret."""
    return ApiKey(
        found.id,
        found.username,
        found.name,
        found.hint,
        found.created_at,
        found.last_used_at,
        found.expires_at,
    )


def project(found: runs.ProjectOverview) -> Project:
    """A project with its counts."""
    return Project(
        found.project.entity,
        found.project.name,
        found.project.description,
        found.project.created_at,
        found.project.updated_at,
        found.last_activity_at,
        found.num_runs,
        {state.value: count for state, count in found.states.items()},
    )


def run_row(run: runs.Run, progress: Progress) -> RunRow:
    """A run as lists show it."""
    return RunRow(
        id=run.name,
        entity=run.entity,
        project=run.project,
        number=run.number,
        display_name=run.display_name,
        state=run.state,
        created_at=run.created_at,
        heartbeat_at=run.heartbeat_at,
        finished_at=run.finished_at,
        duration_s=run.duration_s,
        username=run.username,
        group=run.group,
        job_type=run.job_type,
        tags=list(run.tags),
        num_rows=progress.num_rows,
        last_step=progress.last_step,
        seq=run.change_seq,
    )


def run_detail(run: runs.Run, progress: Progress, recorded: runs.RunDocuments) -> RunDetail:
    """A run with all that is recorded of it."""
    return RunDetail(
        **structs.asdict(run_row(run, progress)),
        notes=run.notes,
        host=run.host,
        program=run.program,
        git=Git(run.commit, run.remote) if run.commit or run.remote else None,
        config=_document(recorded.config),
        summary=_document(recorded.summary),
        exit_code=run.exit_code,
        sweep=run.sweep,
    )


def key_info(found: KeyDescription) -> KeyInfo:
    """A key with how it asks to be drawn."""
    key = found.key
    return KeyInfo(
        name=key.name,
        kind="number" if not key.num_objects else "json" if not key.num_numbers else "mixed",
        num_runs=key.num_runs,
        num_values=key.num_numbers + key.num_objects,
        x=found.x,
        hidden=found.is_hidden,
    )


def _document(value: dict[str, documents.JsonValue]) -> Document:
    return Raw(documents.encode(value).encode())
