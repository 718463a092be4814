"""Search over everything that one may see."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.search import MAX_CHARS
from runstone.services import search as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.search import SearchAnswer


class Search(Struct, forbid_unknown_fields=True):
    """Query of `search`."""

    q: Annotated[
        str, Meta(description="Words, each of which is in a name.", max_length=MAX_CHARS)
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=services.MAX_FOUND)] = 20


@route("GET", "/search", tag="Search")
async def search(call: Call[Search, None]) -> SearchAnswer:
    """Find projects by name, and runs by display name, id or tag, whatever the case of letters.

    `limit` counts for projects and for runs. What is exactly so called comes first, then what
    begins so, then what has a word that begins so, then the rest; among these, the newest.
    """
    query = call.query
    found = await call.read(
        lambda snapshot: services.search(snapshot, call.actor, query.q, limit=query.limit)
    )
    return SearchAnswer(
        [translate.found_project(project, rank) for project, rank in found.projects],
        [translate.found_run(run, rank) for run, rank in found.runs],
    )
