"""Groups of runs, and the values of a key."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Raw, Struct

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.filter_printing import print_filter, print_key
from runstone.domain.filter_text import (
    MAX_FILTER_CHARS,
    parse_aggregates,
    parse_group_sort,
    parse_key,
    parse_keys,
    read_filter,
)
from runstone.domain.filters import And, Filter
from runstone.services import run_index, run_list, run_values
from runstone.services.run_index.distinct import Other
from runstone.services.run_index.groups import Figure as FigureFound
from runstone.services.run_index.groups import Group as GroupFound
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.run_groups import (
    CountedValue,
    Figure,
    FilledKey,
    Group,
    GroupList,
    ValueList,
)
from runstone.wire.rest.structs.run_queries import ARCHIVED, Archived

_OTHER: Final = Raw(b'{"$other":true}')


class GroupRuns(Struct, forbid_unknown_fields=True):
    """Query of `group_runs`."""

    group_by: Annotated[
        str,
        Meta(
            description="At most 5 keys, separated by commas: `config.optimizer, tags`. Runs that "
            "have the same value of each are one group; with `tags`, a run is in a group of each "
            "of its tags. All runs are one group where there is no key."
        ),
    ] = ""
    aggregates: Annotated[
        str,
        Meta(
            description="At most 20, separated by commas: `count()`, or `min`, `max`, `mean`, "
            "`median`, `last` of a key, or `best(summary.loss, min)`: "
            "`mean(summary.loss), max(last(history.acc))`."
        ),
    ] = ""
    filter: Annotated[str, Meta(description="As of `list_runs`.")] = ""
    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None, Meta(description="As of `list_runs`.")
    ] = None
    sort: Annotated[
        str,
        Meta(
            description="Keys of `group_by` and any aggregates, separated by commas, `-` for high "
            "to low: `-mean(summary.loss), config.optimizer`. By the values of `group_by` if left "
            "out."
        ),
    ] = ""
    archived: Annotated[Archived, Meta(description="As of `list_runs`.")] = "exclude"
    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_PAGE)] = 50
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None


@route("GET", "/projects/{entity}/{project}/groups", tag="Runs")
async def group_runs(call: Call[GroupRuns, None]) -> GroupList:
    """Group a project's runs by what they have in common, with figures of each group.

    A table of groups within groups asks for one level at a time: for the groups by the first key,
    and, when someone opens one, for those by the second with the group's `filter` joined to its
    own by `and`; at last for its runs, by `list_runs` with that filter. Several keys at once give
    the innermost groups as one list.
    """
    query = call.query
    written = read_filter(query.filter)
    tree = written.tree
    asked = run_index.GroupQuery(
        And((tree, run_index.containing(query.search))) if query.search else tree,
        parse_keys(query.group_by),
        parse_aggregates(query.aggregates),
        parse_group_sort(query.sort),
        query.limit,
        query.cursor,
        ARCHIVED[query.archived],
    )
    index = call.context.run_index
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: run_index.group_runs(
                snapshot, call.actor, index, call.path["entity"], call.path["project"], asked
            ),
        )
    )
    return GroupList(
        [_group(group) for group in found.groups],
        found.next_cursor,
        found.total,
        found.num_runs,
        found.seq,
        translate.query_warnings(found.warnings, written),
    )


class ListValues(Struct, forbid_unknown_fields=True):
    """Query of `list_values`."""

    key: Annotated[str, Meta(description="Such as `config.optimizer` or `tags`.")]
    filter: Annotated[str, Meta(description="As of `list_runs`.")] = ""
    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(description="Part of a value, whatever the case of its letters."),
    ] = None
    archived: Annotated[Archived, Meta(description="As of `list_runs`.")] = "exclude"
    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_PAGE)] = 100


@route("GET", "/projects/{entity}/{project}/values", tag="Runs")
async def list_values(call: Call[ListValues, None]) -> ValueList:
    """List the values that a key has among a project's runs, the most frequent first."""
    query = call.query
    written = read_filter(query.filter)
    asked = run_index.ValueQuery(
        parse_key(query.key),
        written.tree,
        query.search or "",
        query.limit,
        ARCHIVED[query.archived],
    )
    index = call.context.run_index
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: run_index.distinct_values(
                snapshot, call.actor, index, call.path["entity"], call.path["project"], asked
            ),
        )
    )
    return ValueList(
        [
            CountedValue(_value(value.value), value.num_runs, _printed(value.filter))
            for value in found.values
        ],
        found.total,
        found.num_missing,
        found.num_runs,
        translate.query_warnings(found.warnings, written),
    )


def _group(found: GroupFound) -> Group:
    return Group(
        [_value(value) for value in found.values],
        _printed(found.filter),
        found.num_runs,
        [_figure(figure) for figure in found.figures],
        {
            print_key(key): FilledKey(filled.num_values, filled.num_nan)
            for key, filled in found.filled.items()
        },
    )


def _figure(found: FigureFound) -> Figure:
    value = Raw(run_values.encode_cell(found.value).encode())
    if found.run is None:
        return Figure(value)
    return Figure(value, found.run.name, found.run.display_name)


def _value(value: JsonValue | Other) -> Raw:
    if isinstance(value, Other):
        return _OTHER
    if isinstance(value, str) and len(value) > run_values.MAX_CELL_CHARS:
        value = value[: run_values.MAX_CELL_CHARS - 1] + "…"
    return Raw(documents.encode(value).encode())


def _printed(tree: Filter) -> str | None:
    text = print_filter(tree)
    return text if len(text) <= MAX_FILTER_CHARS else None
