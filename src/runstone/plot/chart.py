"""A table and the specification that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import Kind
from runstone.tracking.values import RunValue

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.values.table import Table

_SECTION: Final = "Custom Chart Tables/"
_PANEL: Final = "Vega2"


class CustomChart(RunValue):
    """A chart to be logged: what `plot_table` and the other functions here return.

    The table is logged under `<key>_table`; how it is drawn is kept with the run.

    Attributes:
        table: What is drawn.
        spec_name: Of the Vega specification: one of wandb's presets, or `entity/name`.
        fields: By field of the specification, the column of the table.
        string_fields: By text of the specification, what it is.
        split_table: The table goes into the section `Custom Chart Tables`.
    """

    def __init__(
        self,
        table: Table,
        spec_name: str,
        fields: Mapping[str, Any],
        string_fields: Mapping[str, Any],
        *,
        split_table: bool = False,
    ) -> None:
        self.table = table
        self.spec_name = spec_name
        self.fields = dict(fields)
        self.string_fields = dict(string_fields)
        self.split_table = split_table

    def __repr__(self) -> str:
        return f"<CustomChart: {self.spec_name} of {self.table!r}>"

    def key_in_row(self, key: str) -> str:
        """Where its table is."""
        return f"{_SECTION if self.split_table else ''}{key}_table"

    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """See `RunValue`; the chart itself is noted beside the row."""
        run._write((int(Kind.CHART), {key: self.document(key)}))
        return self.table.bind(run, self.key_in_row(key), step)

    def document(self, key: str) -> dict[str, JsonValue]:
        """What says how the table under `key` is drawn, in the words of the wandb client."""
        table = {"name": "tableKey", "value": self.key_in_row(key)}
        fields = [
            {"name": "id", "fields": []},
            {"name": "name", "fields": []},
            {"name": "_defaultColorIndex", "fields": []},
            {"name": "summaryTable", "args": [table], "fields": []},
        ]
        runs = {
            "name": "runSets",
            "args": [{"name": "runSets", "value": "${runSets}"}],
            "fields": fields,
        }
        return {
            "panel_type": _PANEL,
            "panel_config": {
                "panelDefId": self.spec_name,
                "fieldSettings": self.fields,
                "stringSettings": self.string_fields,
                "transform": {"name": "tableWithLeafColNames"},
                "userQuery": {"queryFields": [runs]},
            },
        }


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: Mapping[str, Any],
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """A chart of a table by a Vega specification.

    Example:
        table = runstone.Table(data=[[1, 1], [2, 4]], columns=["x", "y"])
        chart = runstone.plot.plot_table("wandb/line/v0", table, {"x": "x", "y": "y"})
        run.log({"squares": chart})

    Args:
        vega_spec_name: One of wandb's presets, such as `wandb/line/v0`, or `entity/name`.
        data_table: A `runstone.Table`.
        fields: By field of the specification, the column of the table.
        string_fields: By text of the specification, what it is.
        split_table: Puts the table into a section of its own.

    Raises:
        InvalidInput: It is no table.
    """
    from runstone.tracking.values.table import Table

    if not isinstance(data_table, Table):
        raise InvalidInput(
            f"data_table is {type(data_table).__name__}; it must be a runstone.Table."
        )
    return CustomChart(
        data_table, vega_spec_name, fields, string_fields or {}, split_table=split_table
    )


def chart_of(
    columns: list[str],
    rows: list[list[Any]],
    spec_name: str,
    fields: Mapping[str, str],
    string_fields: Mapping[str, str],
    *,
    split_table: bool,
) -> CustomChart:
    """A chart of rows that were computed here."""
    from runstone.tracking.values.table import Table

    table = Table(columns=columns, data=rows)
    return CustomChart(table, spec_name, fields, string_fields, split_table=split_table)
