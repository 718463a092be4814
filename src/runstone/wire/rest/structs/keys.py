"""What runs have recorded, by name: columns of their table, and keys to draw."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from runstone.domain.filters import Source
from runstone.domain.metrics import Better


class Column(Struct):
    """One column that a table of the runs may have."""

    name: Annotated[
        str,
        Meta(
            description="As `columns`, `sort` and `filter` take it: `config.lr`. Of a metric it is "
            "`last(history.loss)`, and `min`, `max`, `mean`, `first` and `count` are there as well."
        ),
    ]
    source: Source
    path: Annotated[str, Meta(description="The name without its source, for people: `lr`.")]
    type: Literal["number", "bool", "text", "time", "tags", "list", "object", "mixed"]
    num_runs: Annotated[
        int,
        Meta(description="How many runs have a value there; of metrics, of the newest hundred."),
    ]


class ColumnList(Struct):
    """Columns: of the run itself, then config, summary and history, each by name."""

    columns: list[Column]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Columns under the same search.")]


KeyKind: TypeAlias = Literal["number", "json", "mixed"]


class KeyInfo(Struct):
    """One key that runs have logged."""

    name: str
    kind: KeyKind
    num_runs: int
    num_values: int
    x: Annotated[
        str | None, Meta(description="The key it asks to be drawn over, by define_metric.")
    ]
    hidden: Annotated[bool, Meta(description="It asked not to be drawn, by define_metric.")]
    better: Annotated[
        Better | None,
        Meta(description="Which values are the better ones, by define_metric."),
    ] = None


class KeyList(Struct):
    """Keys by name."""

    keys: list[KeyInfo]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]


class KeyManner(Struct, frozen=True):
    """How keys that are alike ask to be drawn."""

    kind: KeyKind
    x: Annotated[
        str | None, Meta(description="The key they ask to be drawn over, by define_metric.")
    ]
    hidden: Annotated[bool, Meta(description="They asked not to be drawn, by define_metric.")]
    better: Annotated[
        Better | None,
        Meta(description="Which values are the better ones, by define_metric."),
    ]


class KeyNames(Struct):
    """The names of keys, in columns: a hundred thousand are read in a moment."""

    names: Annotated[list[str], Meta(description="In the order of their code points.")]
    manners: Annotated[list[KeyManner], Meta(description="Each once that any of the keys has.")]
    manner_of: Annotated[
        list[int],
        Meta(
            description="For each name the position in `manners` of how it is drawn; empty where "
            "all are drawn alike."
        ),
    ]
