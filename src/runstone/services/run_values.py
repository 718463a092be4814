"""What runs hold in some columns: the cells of a page of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Key, Source
from runstone.domain.ids import RunId
from runstone.domain.run import Run
from runstone.ports.run_columns import field_of, lookup
from runstone.ports.store import Snapshot

MAX_COLUMNS: Final = 100
MAX_CELL_CHARS: Final = 1_000
"""A cell shows the beginning; the whole is on the run's page."""


def values_of(
    snapshot: Snapshot, runs: Sequence[Run], keys: Sequence[Key]
) -> dict[RunId, dict[Key, JsonValue]]:
    """The values of some keys; those that a run has no value for (or null) are left out.

    Times are texts in ISO 8601. Texts beyond 1,000 characters are cut and end in `…`; lists and
    objects beyond come as `{"$cut": <how many characters they have as JSON>}`.

    Raises:
        InvalidInput: More than 100 keys.
    """
    if len(keys) > MAX_COLUMNS:
        raise InvalidInput(
            f"{len(keys):,} columns are asked for; at most {MAX_COLUMNS} fit into one page.",
            code="too-many-columns",
        )
    found: dict[RunId, dict[Key, JsonValue]] = {run.id: {} for run in runs}
    if not runs:
        return found
    for key in keys:
        if key.source is Source.RUN:
            for run in runs:
                _put(found[run.id], key, field_of(run, key.path))
    of_history = [key for key in keys if key.source is Source.HISTORY]
    columns = snapshot.run_columns.history_values([run.id for run in runs], of_history)
    for key, column in zip(of_history, columns, strict=True):
        for run, value in zip(runs, column, strict=True):
            _put(found[run.id], key, value)
    for source in (Source.CONFIG, Source.SUMMARY):
        wanted = [key for key in keys if key.source is source]
        if not wanted:
            continue
        for number, document in snapshot.run_columns.documents(source, [run.id for run in runs]):
            cells = found[RunId(number)]
            for key in wanted:
                _put(cells, key, lookup(document, key.path))
    return found


def _put(cells: dict[Key, JsonValue], key: Key, value: JsonValue | datetime) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        value = value.isoformat().replace("+00:00", "Z")
    elif isinstance(value, str) and len(value) > MAX_CELL_CHARS:
        value = value[: MAX_CELL_CHARS - 1] + "…"
    elif isinstance(value, (list, dict)):
        size = len(documents.encode(value))
        if size > MAX_CELL_CHARS:
            cells[key] = _Cut(size)
            return
    cells[key] = value


class _Cut(dict[str, JsonValue]):
    """Stands for a value that is too large for a cell."""

    def __init__(self, num_chars: int) -> None:
        super().__init__({"cut": num_chars})


def encode_cells(cells: Mapping[Key, JsonValue], names: Mapping[Key, str]) -> bytes:
    """The JSON object of some cells, under the names by which they were asked for."""
    parts = [f"{documents.encode(names[key])}:{encode_cell(cells[key])}" for key in cells]
    return ("{" + ",".join(parts) + "}").encode()


def encode_cell(value: JsonValue) -> str:
    """The JSON of one cell."""
    return f'{{"$cut":{value["cut"]}}}' if isinstance(value, _Cut) else documents.encode(value)
