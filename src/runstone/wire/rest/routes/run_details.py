"""What is recorded of runs: several whole, or a part of one's config or summary."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.services.run_details import MAX_DETAILS, details_of_runs
from runstone.services.run_documents import MAX_VALUES, WhichDocument, read_document
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.documents import DocumentPage
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
    return RunDetails([translate.run_detail(one.run, one.progress, one.texts) for one in found])


class ReadDocument(Struct, forbid_unknown_fields=True):
    """Query of `get_config` and `get_summary`."""

    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(
            description="Part of a path (`optimizer.lr`) or of a value, whatever the case of its "
            "letters. What is not found is left out, of objects too."
        ),
    ] = None
    limit: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_VALUES)],
        Meta(
            description="The page ends with the value of the first level that brings so many "
            "values together; an object is not torn apart."
        ),
    ] = 1_000
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None


@route("GET", "/projects/{entity}/{project}/runs/{run}/config", tag="Runs")
async def get_config(call: Call[ReadDocument, None]) -> DocumentPage:
    """Get a part of a run's config, by name; numbers inside names count as numbers.

    Keys that begin with an underscore come last.
    """
    return await _read_document(call, WhichDocument.CONFIG)


@route("GET", "/projects/{entity}/{project}/runs/{run}/summary", tag="Runs")
async def get_summary(call: Call[ReadDocument, None]) -> DocumentPage:
    """Get a part of a run's summary, by name; numbers inside names count as numbers.

    Keys that begin with an underscore come last.
    """
    return await _read_document(call, WhichDocument.SUMMARY)


async def _read_document(call: Call[ReadDocument, None], which: WhichDocument) -> DocumentPage:
    address = call.path["entity"], call.path["project"], call.path["run"]
    query = call.query
    found = await call.read(
        lambda s: read_document(
            s,
            call.actor,
            *address,
            which,
            limit=query.limit,
            search=query.search or "",
            after=query.cursor,
        )
    )
    return translate.document_page(found)
