"""What training scripts wanted people to know."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.services.runs import MAX_ALERTS, list_alerts
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.alerts import RunAlert, RunAlertList


class ListAlerts(Struct, forbid_unknown_fields=True):
    """Query of `list_run_alerts`."""

    limit: Annotated[int, Meta(ge=1, le=MAX_ALERTS, description="At most so many.")] = 100


@route("GET", "/projects/{entity}/{project}/runs/{run}/alerts", tag="Runs")
async def list_run_alerts(call: Call[ListAlerts, None]) -> RunAlertList:
    """List the alerts that a run has raised."""
    address = call.path["entity"], call.path["project"], call.path["run"]
    found = await call.read(lambda s: list_alerts(s, call.actor, *address))
    return RunAlertList(
        [
            RunAlert(alert.title, alert.text, alert.level.value, alert.created_at)
            for alert in found[: call.query.limit]
        ],
        len(found),
    )
