"""Several runs at once, with config and summary."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.services.run_details import MAX_DETAILS, details_of_runs
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.run_details import RunDetails


class ListRunDetails(Struct, forbid_unknown_fields=True):
    """Query of `list_run_details`."""

    run: Annotated[
        list[str],
        Meta(
            description="Ids; repeat it for each. Unknown ones are left out.",
            max_length=MAX_DETAILS,
        ),
    ]


@route("GET", "/projects/{entity}/{project}/details", tag="Runs")
async def list_run_details(call: Call[ListRunDetails, None]) -> RunDetails:
    """Get several runs at once, each with its config and summary.

    For one there is `get_run`; for some values of many, the `columns` of `list_runs`.
    """
    entity, project = call.path["entity"], call.path["project"]
    found = await call.read(
        lambda s: details_of_runs(s, call.actor, entity, project, call.query.run)
    )
    return RunDetails([translate.run_detail(one.run, one.progress, one.documents) for one in found])
