"""Groups of a project's runs by what they have in common, with figures of each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import (
    print_aggregates,
    print_group_sort,
    print_key,
    print_keys,
)
from runstone.domain.filters import (
    EVERYTHING,
    TAGS,
    And,
    FieldKind,
    Filter,
    Key,
    keys_of,
)
from runstone.domain.grouping import GroupAggregate, GroupFunction, GroupSort
from runstone.domain.run import Run
from runstone.domain.suggestions import Doubt
from runstone.ports.store import Snapshot
from runstone.services.projects import find_project
from runstone.services.run_index.aggregation import Figures, Groups
from runstone.services.run_index.cursor import query_mark, read_cursor, write_cursor
from runstone.services.run_index.distinct import (
    Codes,
    Distinct,
    Other,
    compressed,
    distinct,
    distinct_tags,
    instant_text,
    readable,
)
from runstone.services.run_index.evaluation import passing, with_archived
from runstone.services.run_index.group_order import GroupOrder
from runstone.services.run_index.index import RunIndex, View
from runstone.services.run_index.ordering import Rows
from runstone.services.run_index.warnings import warnings_of
from runstone.services.run_list import MAX_PAGE
from runstone.services.run_values import values_of

MAX_LEVELS: Final = 5
MAX_AGGREGATES: Final = 20


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """What is asked of a project's runs.

    Attributes:
        group_by: Runs that have the same value of each are one group. With `tags`, a run is in
            a group of each of its tags. Without any key all runs are one group.
        aggregates: What is computed of each group.
        sort: Ties, and all groups where there is no key, by the values of `group_by`.
        limit: How many groups a page holds at most.
        cursor: `GroupTable.next_cursor` of the page before, of the same query.
        archived: Only runs that are, or are not; None for both.
    """

    filter: Filter = EVERYTHING
    group_by: tuple[Key, ...] = ()
    aggregates: tuple[GroupAggregate, ...] = ()
    sort: tuple[GroupSort, ...] = ()
    limit: int = 50
    cursor: str | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One aggregate of one group.

    Attributes:
        value: None where no run has one; times as texts in ISO 8601.
        run: Of `LAST` and `BEST`: whose value it is.
    """

    value: JsonValue | Other
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class FilledKey:
    """How many runs of a group have a number under a key, and how many NaN."""

    num_values: int
    num_nan: int


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that have something in common.

    Attributes:
        values: Of each key of `group_by`; None for runs without a value.
        filter: Lets through the runs of the group, among those of the query.
        num_runs: How many there are.
        figures: Of each aggregate.
        filled: Of each key that aggregates compute with.
    """

    values: tuple[JsonValue | Other, ...]
    filter: Filter
    num_runs: int
    figures: tuple[Figure, ...]
    filled: Mapping[Key, FilledKey]


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One page of groups.

    Attributes:
        total: How many groups there are.
        num_runs: How many runs the filter lets through.
        next_cursor: For the next page; None on the last.
        seq: All changes up to this number are in here.
        warnings: What the asker may not have meant, such as a key that no run has.
    """

    groups: Sequence[Group]
    total: int
    num_runs: int
    next_cursor: str | None
    seq: int
    warnings: tuple[Doubt, ...]


def group_runs(
    snapshot: Snapshot,
    actor: Actor,
    index: RunIndex,
    entity: str,
    project: str,
    query: GroupQuery,
) -> GroupTable:
    """A page of the groups of a project's runs, all of it of the snapshot's state.

    Pages follow one another by value: while runs change, a group whose figures move it behind the
    last page's end is seen (again), and none that stays is skipped.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many or repeated keys, too many aggregates, a sort key that is none of
            the groups', `limit` is not 1 to 1,000, or the cursor is not of this query.
        SnapshotTooOld: To be run again; `read_current` does.
    """
    _check(query)
    place = find_project(snapshot, actor, entity, project)
    question = [
        print_keys(query.group_by),
        print_aggregates(query.aggregates),
        print_group_sort(query.sort),
        str(query.archived),
    ]
    mark = query_mark(place.id, query.filter, question)
    start = None
    if query.cursor is not None:
        start = read_cursor(query.cursor, mark, len(query.sort) + len(query.group_by))
    sorted_by = [key.by for key in query.sort if isinstance(key.by, GroupAggregate)]
    aggregated = [a.key for a in (*query.aggregates, *sorted_by) if a.key is not None]
    tree = with_archived(snapshot, place.id, query.filter, query.archived)
    keys = [*keys_of(tree), *query.group_by, *aggregated]
    view = index.view(snapshot.run_columns, place.id, keys)
    rows = passing(tree, view, snapshot.now)
    seq = snapshot.runs.last_change_seq()
    empty = warnings_of(snapshot, view, query.filter, keys)
    if not len(rows):
        return GroupTable([], 0, 0, None, seq, empty)
    groups, levels = _group(view, rows, query.group_by)
    order = GroupOrder(view, groups, levels, query.sort, start)
    page, has_more = order.page(query.limit)
    described = _describe(snapshot, view, groups, levels, query.aggregates, page.tolist())
    cursor = write_cursor(mark, order.place_of(int(page[-1]))) if has_more else None
    return GroupTable(described, groups.num, len(rows), cursor, seq, empty)


def _check(query: GroupQuery) -> None:
    if not 1 <= query.limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {query.limit}; it must be 1 to {MAX_PAGE:,}.")
    if len(query.group_by) > MAX_LEVELS:
        raise InvalidInput(
            f"Runs are to be grouped by {len(query.group_by)} keys; at most {MAX_LEVELS} are "
            "allowed. Group by the first ones, and each group's runs by its filter.",
            code="too-many-levels",
        )
    if len(set(query.group_by)) < len(query.group_by):
        raise InvalidInput("group_by names a key twice: name each once.")
    if len(query.aggregates) > MAX_AGGREGATES:
        raise InvalidInput(
            f"{len(query.aggregates)} aggregates are asked for; at most {MAX_AGGREGATES} are "
            "computed at once.",
            code="too-many-aggregates",
        )
    for key in query.sort:
        if isinstance(key.by, Key) and key.by not in query.group_by:
            name = print_key(key.by)
            raise InvalidInput(
                f"Groups cannot be sorted by {name}, which differs within a group: sort by a key "
                f"of group_by, or by an aggregate such as last({name}).",
                code="bad-sort",
            )


def _group(
    view: View, rows: Rows, keys: Sequence[Key]
) -> tuple[Groups, list[tuple[Distinct, Codes]]]:
    """Puts runs into groups: these, and for each key its values and, by group, which it is."""
    by_key: dict[Key, Distinct] = {}
    row_of: Rows | None = None
    if TAGS in keys:
        by_key[TAGS], row_of = distinct_tags(TAGS, view.columns[TAGS], rows)
    for key in keys:
        if key not in by_key:
            by_key[key] = distinct(key, view.columns[key], rows)
    members = rows if row_of is None else rows[row_of]
    codes, num = np.zeros(len(members), np.int64), 1
    for key in keys:
        values = by_key[key]
        of_key = values.codes if key == TAGS or row_of is None else values.codes[row_of]
        used, codes = compressed(codes * len(values) + of_key, num * len(values))
        num = len(used)
    # Any run of a group has its values.
    firsts = np.empty(num, np.int64)
    firsts[codes] = np.arange(len(codes))
    levels: list[tuple[Distinct, Codes]] = []
    for key in keys:
        values = by_key[key]
        one = firsts if key == TAGS or row_of is None else row_of[firsts]
        levels.append((values, values.codes[one]))
    return Groups(view, members, codes, num), levels


def _describe(
    snapshot: Snapshot,
    view: View,
    groups: Groups,
    levels: Sequence[tuple[Distinct, Codes]],
    aggregates: Sequence[GroupAggregate],
    page: Sequence[int],
) -> list[Group]:
    computed = [(aggregate, groups.figures(aggregate)) for aggregate in aggregates]
    runs = _runs_of(snapshot, view, [figures for _, figures in computed], page)
    lasts = [a.key for a in aggregates if a.function is GroupFunction.LAST and a.key is not None]
    cells = values_of(snapshot, list(runs.values()), list(dict.fromkeys(lasts)))
    keys = dict.fromkeys(a.key for a in aggregates if a.key is not None)
    filled = {key: groups.filled(key) for key in keys}
    found: list[Group] = []
    for group in page:
        figures: list[Figure] = []
        for aggregate, computed_figures in computed:
            run = None
            if computed_figures.rows is not None and computed_figures.has[group]:
                run = runs[int(view.ids[computed_figures.rows[group]])]
            if aggregate.function is GroupFunction.LAST and aggregate.key is not None:
                value = None if run is None else cells[run.id].get(aggregate.key)
                figures.append(Figure(value, run))
            else:
                figures.append(Figure(_number(aggregate, computed_figures, group), run))
        codes = [(values, int(codes[group])) for values, codes in levels]
        terms = tuple(values.filter(code) for values, code in codes)
        found.append(
            Group(
                tuple(values.value(code) for values, code in codes),
                terms[0] if len(terms) == 1 else And(terms),
                int(groups.counts[group]),
                tuple(figures),
                {
                    key: FilledKey(int(of_key.num_values[group]), int(of_key.num_nan[group]))
                    for key, of_key in filled.items()
                },
            )
        )
    return found


def _runs_of(
    snapshot: Snapshot, view: View, computed: Sequence[Figures], page: Sequence[int]
) -> dict[int, Run]:
    """The runs that the page's figures are of, by id."""
    ids = {
        int(view.ids[figures.rows[group]])
        for figures in computed
        if figures.rows is not None
        for group in page
        if figures.has[group]
    }
    return {int(run.id): run for run in snapshot.run_columns.runs(sorted(ids))}


def _number(aggregate: GroupAggregate, figures: Figures, group: int) -> JsonValue:
    if not figures.has[group]:
        return None
    number = readable(float(figures.numbers[group]))
    is_time = aggregate.key is not None and aggregate.key.kind is FieldKind.TIME
    return instant_text(number) if is_time else number
