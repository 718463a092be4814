"""Groups of runs, and values of a key, on the wire."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct

from runstone.wire.rest.structs.run_queries import QueryWarning

Value: TypeAlias = Annotated[
    Raw,
    Meta(
        description="Null for runs without a value. Times are ISO 8601. All lists and objects are "
        'one value, `{"$other": true}`. Texts beyond 1,000 characters are cut and end in `…`. '
        'Floats that JSON lacks are `{"$float": "NaN" | "Infinity" | "-Infinity"}`.',
        extra_json_schema={},
    ),
]

FigureValue: TypeAlias = Annotated[
    Raw,
    Meta(
        description="Null where no run of the group has one; else as a cell of a list of runs "
        "(`values` there).",
        extra_json_schema={},
    ),
]

GroupFilter: TypeAlias = Annotated[
    str | None,
    Meta(
        description="Lets through exactly these runs, among those of the question: join it to the "
        "question's filter by `and`. Null where a value is too long to be part of a filter."
    ),
]


class Figure(Struct):
    """One aggregate of one group."""

    value: FigureValue
    run: Annotated[
        str | None, Meta(description="Of `last` and `best`: id of the run whose value it is.")
    ] = None
    display_name: Annotated[str | None, Meta(description="Of that run.")] = None


class FilledKey(Struct):
    """How many runs of a group have a number under a key (NaN apart), and how many NaN."""

    num_values: int
    num_nan: int


class Group(Struct):
    """Runs that have the same values."""

    values: Annotated[list[Value], Meta(description="Of each key of `group_by`, in its order.")]
    filter: GroupFilter
    num_runs: int
    figures: Annotated[list[Figure], Meta(description="Of each of `aggregates`, in its order.")]
    filled: Annotated[
        dict[str, FilledKey],
        Meta(
            description="By key that aggregates compute with: of how many of the runs their "
            "figures are. NaN is passed over by all but `last`, and counted here."
        ),
    ]


class GroupList(Struct):
    """A page of groups, in the order asked for."""

    groups: list[Group]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Groups, of all pages.")]
    num_runs: Annotated[
        int,
        Meta(description="Runs under the filter; with `tags`, one may be in several groups."),
    ]
    seq: Annotated[int, Meta(description="All changes up to this number are in here.")]
    warnings: Annotated[
        list[QueryWarning], Meta(description="What may not have been meant; see `list_runs`.")
    ]


class CountedValue(Struct):
    """A value, and how many runs have it."""

    value: Value
    num_runs: int
    filter: GroupFilter


class ValueList(Struct):
    """The values that most runs have, the most frequent first."""

    values: list[CountedValue]
    total: Annotated[int, Meta(description="Values under the same search.")]
    num_missing: Annotated[int, Meta(description="Runs without a value.")]
    num_runs: Annotated[int, Meta(description="Runs under the filter.")]
    warnings: Annotated[
        list[QueryWarning], Meta(description="What may not have been meant; see `list_runs`.")
    ]
