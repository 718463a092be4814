"""Domain values to what travels; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import UNSET, Raw, structs

from runstone.domain import accounts as domain
from runstone.domain import documents
from runstone.domain import run as runs
from runstone.domain import view as views
from runstone.domain.access import Actor
from runstone.domain.custom_chart import CustomChart as CustomChartFound
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_text import WrittenFilter
from runstone.domain.search import Rank
from runstone.domain.suggestions import Doubt
from runstone.services.metrics import KeyDescription
from runstone.services.metrics import KeyNames as KeyNamesFound
from runstone.services.projects import TrashedProject as TrashedProjectFound
from runstone.services.run_documents import DocumentPage as DocumentPageFound
from runstone.services.run_index import ColumnInfo
from runstone.services.run_list import Progress
from runstone.wire.rest.structs.accounts import ApiKey, Member, Organization, Team, User
from runstone.wire.rest.structs.documents import DocumentPage
from runstone.wire.rest.structs.keys import Column, KeyInfo, KeyKind, KeyManner, KeyNames
from runstone.wire.rest.structs.projects import Project
from runstone.wire.rest.structs.run_queries import QueryWarning
from runstone.wire.rest.structs.runs import Git, RunDetail, RunRow
from runstone.wire.rest.structs.search import FoundProject, FoundRun, Match
from runstone.wire.rest.structs.trash import TrashedProject, TrashedRun
from runstone.wire.rest.structs.views import CustomChart, View, ViewDetail

_MATCHES: Final[dict[Rank, Match]] = {
    Rank.EXACT: "exact",
    Rank.PREFIX: "prefix",
    Rank.WORD_PREFIX: "word_prefix",
    Rank.PART: "part",
}


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


def run_row(run: runs.Run, progress: Progress, cells: bytes | None = None) -> RunRow:
    """A run as lists show it, with the values of the columns that were asked for."""
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
        archived=run.archived,
        values=UNSET if cells is None else Raw(cells),
    )


def trashed_run(run: runs.Run, progress: Progress, *, kept: timedelta) -> TrashedRun:
    """A run in the trash, which keeps it so long."""
    assert run.deleted_at is not None, "only runs in the trash are asked for"
    return TrashedRun(
        **structs.asdict(run_row(run, progress)),
        deleted_at=run.deleted_at,
        removed_at=run.deleted_at + kept,
    )


def trashed_project(found: TrashedProjectFound, *, kept: timedelta) -> TrashedProject:
    """A project in the trash, which keeps it so long."""
    project = found.project
    assert project.deleted_at is not None, "only projects in the trash are asked for"
    return TrashedProject(
        project.entity,
        project.name,
        project.description,
        found.num_runs,
        project.deleted_at,
        project.deleted_at + kept,
    )


def column(found: ColumnInfo) -> Column:
    """A column that a table may have."""
    return Column(
        print_key(found.key), found.key.source, found.key.path, found.kind, found.num_runs
    )


def query_warnings(
    doubts: Sequence[Doubt], written: WrittenFilter | None = None
) -> list[QueryWarning]:
    """What may not have been meant, with its place in the text of the filter."""
    found: list[QueryWarning] = []
    for doubt in doubts:
        part = doubt.key if doubt.value is None else (doubt.key, doubt.value)
        place = None if written is None else written.places.get(part)
        start, end = (None, None) if place is None else place
        found.append(QueryWarning(doubt.said, start, end, doubt.meant))
    return found


def found_project(project: runs.Project, rank: Rank) -> FoundProject:
    """A project that a search found."""
    return FoundProject(project.entity, project.name, _MATCHES[rank])


def found_run(run: runs.Run, rank: Rank) -> FoundRun:
    """A run that a search found."""
    return FoundRun(
        run.entity,
        run.project,
        run.name,
        run.number,
        run.display_name,
        run.state,
        list(run.tags),
        _MATCHES[rank],
    )


def run_detail(run: runs.Run, progress: Progress, recorded: runs.RunTexts | None) -> RunDetail:
    """A run with all that is recorded of it; None for documents that are asked for elsewhere."""
    return RunDetail(
        **structs.asdict(run_row(run, progress)),
        notes=run.notes,
        host=run.host,
        program=run.program,
        git=Git(run.commit, run.remote) if run.commit or run.remote else None,
        config=Raw(recorded.config.encode() if recorded else b"{}"),
        summary=Raw(recorded.summary.encode() if recorded else b"{}"),
        exit_code=run.exit_code,
        sweep=run.sweep,
    )


def key_info(found: KeyDescription) -> KeyInfo:
    """A key with how it asks to be drawn."""
    key = found.key
    return KeyInfo(
        name=key.name,
        kind=_kind_of(found),
        num_runs=key.num_runs,
        num_values=key.num_numbers + key.num_objects,
        x=found.x,
        hidden=found.is_hidden,
        better=found.better,
    )


def key_names(found: KeyNamesFound) -> KeyNames:
    """Many keys in columns."""
    manners = [KeyManner(_kind_of(one), one.x, one.is_hidden, one.better) for one in found.examples]
    return KeyNames(found.names, manners, found.manner_of)


def document_page(found: DocumentPageFound) -> DocumentPage:
    """A part of a config or a summary."""
    values = Raw(documents.encode(found.values).encode())
    return DocumentPage(values, found.total, found.num_found, found.num_before, found.next_after)


def view(found: views.View, author: str | None) -> View:
    """A saved view without its spec."""
    return View(**_view_fields(found, author))


def view_detail(found: views.View, author: str | None, spec: str) -> ViewDetail:
    """A saved view."""
    return ViewDetail(**_view_fields(found, author), spec=Raw(spec.encode()))


def custom_chart(found: CustomChartFound, author: str | None) -> CustomChart:
    """A custom chart."""
    return CustomChart(
        entity=found.entity,
        name=found.name,
        display_name=found.display_name,
        language=found.language,
        access=found.access,
        author=author,
        created_at=found.created_at,
        spec=Raw(found.spec.encode()),
    )


def _kind_of(found: KeyDescription) -> KeyKind:
    key = found.key
    return "number" if not key.num_objects else "json" if not key.num_numbers else "mixed"


def _view_fields(found: views.View, author: str | None) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "name": found.name,
        "display_name": found.display_name,
        "description": found.description,
        "author": author,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "revision": found.revision,
        "draft_of": found.parent_id,
        "spec_bytes": found.spec_bytes,
    }
