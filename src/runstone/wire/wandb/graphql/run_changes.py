"""What changes runs: announcing, updating, stopping, rewinding, deleting them, raising alerts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from runstone.domain.access import Action
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.run import AlertLevel, Run, RunState, RunUpdate
from runstone.services import runs
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.translate import beside_others, branch_point, run_state, run_update

_UNCATEGORIZED: Final = "uncategorized"
"""Where the client itself puts runs for which no project was named."""
_NAMING: Final = frozenset({"entityName", "modelName", "name", "state", "clientMutationId"})
"""What of `upsertBucket` says which run is meant, and not what it is like."""
_SETTABLE: Final = {
    RunState.PENDING: (
        RunState.PENDING, RunState.RUNNING, RunState.FAILED, RunState.CRASHED, RunState.PREEMPTED
    ),
    RunState.FAILED: (RunState.FAILED, RunState.PENDING, RunState.RUNNING),
}  # fmt: skip
"""By state that others than a run's own process may set, from which; as `Run.update_state` says."""


def _upsert_bucket(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    update = run_update(input)
    if input.get("id") and not input.get("name"):
        # `Run.update()` and the like of the public API: someone edits, no client has begun.
        run = _run_by_id(request, input["id"])
        return _answer(runs.update_run(request.tx, request.actor, run.id, update), is_new=False)
    is_under_way = _is_under_way(input)
    if request.is_one_of_several:
        update = _beside_others(request, input, update)
    run, is_new = runs.begin_run(
        request.tx,
        request.actor,
        input.get("entityName") or None,
        input.get("modelName") or _UNCATEGORIZED,
        input.get("name"),
        update,
        branch_point=branch_point(update),
        # On resuming, clients send the storage id.
        has_begun=bool(input.get("id")) or is_under_way,
        # One of several writers may say its config when the primary has ended the run.
        joins=is_under_way,
    )
    return _answer(run, is_new=is_new)


def _beside_others(request: Request, said: Mapping[str, Any], update: RunUpdate) -> RunUpdate:
    try:
        run = runs.find_run(
            request.snapshot,
            request.actor,
            said.get("entityName"),
            said.get("modelName") or _UNCATEGORIZED,
            said.get("name") or "",
        )
    except NotFound:
        return update
    return beside_others(update, request.snapshot.runs.documents(run.id))


def _is_under_way(said: Mapping[str, Any]) -> bool:
    """Whether a client speaks of a run that it has announced.

    What clients send once the run is under way (all lines: config, telemetry) lacks the storage
    id and the host, one of which an announcement has. `Api.create_run()` names a run and says
    nothing of it.
    """
    return not (said.get("id") or said.get("host")) and any(
        value is not None for name, value in said.items() if name not in _NAMING
    )


def _answer(run: Run, *, is_new: bool) -> dict[str, Any]:
    return {"bucket": run, "inserted": is_new, "serverSettings": {"serverMessages": []}}


def _rewind_run(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    if input["metricName"] != "_step":
        raise InvalidInput(f"A run is rewound by _step, not by {input['metricName'][:80]!r}.")
    try:
        run = runs.find_run(
            request.tx,
            request.actor,
            input.get("entityName"),
            input.get("projectName") or _UNCATEGORIZED,
            input["runName"],
            Action.WRITE,
        )
    except NotFound:
        return {"rewoundRun": None}  # the client has its own words for it
    step = int(input["metricValue"])
    return {"rewoundRun": runs.rewind_run(request.tx, request.actor, run, to_step=step)}


def _delete_run(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    try:
        run = _run_by_id(request, input["id"])
    except NotFound:
        return {"clientMutationId": input.get("clientMutationId")}  # deleted already: done
    runs.delete_run(request.tx, request.actor, run.id)
    return {"clientMutationId": input.get("clientMutationId")}


def _stop_run(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    runs.stop_run(request.tx, request.actor, _run_by_id(request, input["id"]).id)
    return {"success": True, "clientMutationId": input.get("clientMutationId")}


def _update_run_state(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    run, state = _run_by_id(request, input["id"]), run_state(input["state"])
    if state not in _SETTABLE:
        raise InvalidInput(
            f"A run's state cannot be set to {state}; only its own process can say so. Possible: "
            f"{', '.join(_SETTABLE)}.",
            code="bad-state",
        )
    if run.state not in _SETTABLE[state]:
        # The beginning is what 0.25 looks for, to say it in its own words.
        raise InvalidInput(
            f"Invalid state transition: {run.path} is {run.state}, and only runs that are "
            f"{', '.join(_SETTABLE[state])} can be made {state}.",
            code="bad-state",
        )
    if run.state is not state:
        finished_at = None if state is RunState.PENDING else request.snapshot.now
        update = RunUpdate(state=state, finished_at=finished_at)
        runs.update_run(request.tx, request.actor, run.id, update)
    return {"success": True}


def _notify(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    run = runs.find_run(
        request.tx,
        request.actor,
        input["entityName"],
        input["projectName"],
        input["runName"],
        Action.WRITE,
    )
    is_recorded = runs.raise_alert(
        request.tx,
        request.actor,
        run,
        title=input["title"],
        text=input["text"],
        level=AlertLevel(input.get("severity") or "INFO"),
        wait=timedelta(milliseconds=input.get("waitDuration") or 0),
    )
    return {"success": is_recorded}


def _run_by_id(request: Request, node_id: str) -> Run:
    address = ids.run_address(node_id)
    return runs.find_run(
        request.tx, request.actor, address.entity, address.project, address.name, Action.WRITE
    )


RESOLVERS: Final[Resolvers] = {
    "Mutation": {
        "upsertBucket": _upsert_bucket,
        "rewindRun": _rewind_run,
        "deleteRun": _delete_run,
        "stopRun": _stop_run,
        "updateRunState": _update_run_state,
        "notifyScriptableRunAlert": _notify,
    },
}
