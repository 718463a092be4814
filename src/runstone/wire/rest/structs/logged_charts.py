"""Charts that runs logged, on the wire, and columns of tables."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Raw, Struct

from runstone.services import logged_charts as services
from runstone.wire.rest.structs.media import MediaFile

Cells = Annotated[
    Raw,
    Meta(
        description="A cell for each row; NaN and infinities as `Document` has them.",
        extra_json_schema={"type": "array", "items": {}},
    ),
]


class LoggedChart(Struct):
    """How runs want one of their tables drawn."""

    key: Annotated[str, Meta(description="What it was logged under.")]
    spec: Annotated[
        str,
        Meta(description="A preset such as `wandb/line/v0`, or a custom chart as `entity/name`."),
    ]
    table: Annotated[str, Meta(description="The key that holds the table.")]
    fields: Annotated[
        dict[str, str], Meta(description="By field of the spec, the column of the table.")
    ]
    texts: Annotated[
        dict[str, str], Meta(description="By text of the spec, such as `title`, what it is.")
    ]
    runs: Annotated[list[str], Meta(description="Who says so, in the order asked.")]


class LoggedCharts(Struct):
    """Charts by key; several share one where runs differ about it, the first run's first."""

    charts: list[LoggedChart]


class TableColumnsRequest(Struct, forbid_unknown_fields=True):
    """Columns of the tables that runs logged under a key."""

    key: str
    columns: Annotated[list[str], Meta(min_length=1, max_length=services.MAX_TABLE_COLUMNS)]
    runs: Annotated[list[str], Meta(description="Ids.", max_length=services.MAX_TABLES)]
    step: Annotated[
        Annotated[int, Meta(ge=-(2**62), le=2**62)] | None,
        Meta(
            description="The last table logged up to this step, or a run's first where it has "
            "none so early; the last of all, if left out."
        ),
    ] = None
    max_rows: Annotated[
        int,
        Meta(
            ge=1,
            le=services.MAX_COLUMN_ROWS,
            description="Longer tables are evenly thinned; runs × max_rows ≤ 200,000.",
        ),
    ] = 1_000


class ColumnsProblem(Struct):
    """Why a run's table cannot be read."""

    code: str
    message: str


class RunColumns(Struct):
    """Columns of one run's table."""

    run: str
    step: Annotated[int, Meta(description="At which the table was logged.")]
    steps: Annotated[
        list[int],
        Meta(description="At which there are tables; evenly thinned to at most 2,000."),
    ]
    num_rows: Annotated[int, Meta(description="That the table has, shown or not.")]
    columns: Annotated[
        list[Cells | None],
        Meta(description="As asked; null for one that the table lacks."),
    ]
    problem: ColumnsProblem | None
    file: Annotated[MediaFile | None, Meta(description="The whole table, for `read_table`.")]


class TableColumns(Struct):
    """Tables of several runs, in the order asked; runs that logged none are left out."""

    tables: list[RunColumns]
