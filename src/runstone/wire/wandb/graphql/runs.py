"""Runs as they are read: record, documents, state."""

from __future__ import annotations

from typing import Any, Final

from graphql import FieldNode

from runstone.domain.access import Action, may
from runstone.domain.errors import NotFound
from runstone.domain.run import Project, Run, RunState
from runstone.services import runs
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.jsontext import bare_text
from runstone.wire.wandb.translate import instant, join_config, telemetry

_ENDED_BADLY: Final = (RunState.FAILED, RunState.CRASHED, RunState.KILLED)


def _run(project: Project, info: Info, **args: Any) -> Run | None:
    request = info.context
    if not args["name"]:
        return None
    try:
        return runs.find_run(
            request.snapshot, request.actor, project.entity, project.name, args["name"]
        )
    except NotFound:
        if _asks_only_whether_to_stop(info):
            return request.snapshot.runs.trashed_run(project.id, args["name"])
        return None  # what is absent is null to this protocol, not an error


def _asks_only_whether_to_stop(info: Info) -> bool:
    """Whether it is the running process that asks (`RunStoppedStatus`, which 0.19 polls).

    That of a deleted run is to stop, and 0.19 does not look at what file_stream answers.
    """
    asked = {
        selection.name.value
        for node in info.field_nodes
        if node.selection_set
        for selection in node.selection_set.selections
        if isinstance(selection, FieldNode)
    }
    return "stopped" in asked and asked <= {"stopped", "__typename"}


def _project_of(run: Run, info: Info) -> Project:
    return info.context.runs.project(run)


def _user_of(run: Run, info: Info) -> Any:
    return info.context.runs.user(run.user_id)


def _read_only(run: Run, info: Info) -> bool:
    return not may(info.context.actor, Action.WRITE, _project_of(run, info).entity_id)


def _config(run: Run, info: Info) -> str:
    return join_config(info.context.runs.texts(run.id))


def _summary(run: Run, info: Info) -> str:
    return bare_text(info.context.runs.texts(run.id).summary)


def _wandb_config(run: Run, info: Info, **_args: Any) -> str:
    return telemetry(info.context.runs.texts(run.id))


RESOLVERS: Final[Resolvers] = {
    "Project": {
        "run": _run,
        "bucket": _run,
    },
    "Run": {
        "id": lambda run, _: ids.run_id(run),
        "name": lambda run, _: run.name,
        "displayName": lambda run, _: run.display_name,
        "description": lambda _run, _: None,
        "notes": lambda run, _: run.notes or None,
        "tags": lambda run, _: list(run.tags),
        "group": lambda run, _: run.group,
        "jobType": lambda run, _: run.job_type,
        "commit": lambda run, _: run.commit,
        "sweepName": lambda run, _: run.sweep,
        "host": lambda run, _: run.host,
        "state": lambda run, _: str(run.state),
        "readOnly": _read_only,
        "createdAt": lambda run, _: instant(run.created_at),
        "heartbeatAt": lambda run, _: instant(run.heartbeat_at),
        "user": _user_of,
        "project": _project_of,
        "projectId": lambda run, _: int(run.project_id),
        "internalId": lambda run, _: ids.project_internal_id(run.project_id),
        "config": _config,
        "wandbConfig": _wandb_config,
        "summaryMetrics": _summary,
        "runInfo": lambda _run, _: None,
        "running": lambda run, _: run.state.is_live,
        "stopped": lambda run, _: run.stop_requested or run.deleted_at is not None,
        "shouldStop": lambda run, _: run.stop_requested,
        "failed": lambda run, _: run.state in _ENDED_BADLY,
        "exitcode": lambda run, _: run.exit_code,
    },
}
