"""Every row that runs have logged, as columns: planned in one snapshot, read part by part.

The plan says which rows there are and which types their columns have. Rows that come later are not
in it, so an export of a live run ends. Each part is read in a snapshot of its own: for as long as
a slow client takes, the database may checkpoint and collect. What was taken back or deleted
meanwhile ends the export with an error, never with other rows than planned.

Rows come in the order in which they were logged; those of several writers one writer after the
other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from runstone.domain.access import Actor
from runstone.domain.errors import Conflict, InvalidInput
from runstone.domain.history import HistoryBatch, Numbers, StreamInfo, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import Run
from runstone.domain.value_types import NOTHING, ValueTypes
from runstone.ports.store import Snapshot, Store
from runstone.services.export.arrays import array_of, history_array, schema_of, whole_array
from runstone.services.export.columns import Column, ColumnType, check_known, named_columns
from runstone.services.export.lines import RUNTIME, STEP, TIMESTAMP, json_lines
from runstone.services.export.texts import json_text
from runstone.services.runs import find_run, find_run_by_id

if TYPE_CHECKING:
    from arro3.core import Array, RecordBatch, Schema

RUN: Final = "run"
WRITER: Final = "_writer"
_AXES: Final = (
    Column(STEP, STEP, ColumnType.INT, is_required=True),
    Column(TIMESTAMP, TIMESTAMP, ColumnType.FLOAT, is_required=True),
    Column(RUNTIME, RUNTIME, ColumnType.FLOAT),
)
_PREFIX: Final = "history."


@dataclass(frozen=True, slots=True)
class RowChoice:
    """Which rows and keys are wanted.

    Attributes:
        keys: Only these columns, in this order; None means all, by name. Rows come whether they
            have any of them or not.
        min_step: Inclusive.
        max_step: Exclusive.
    """

    kind: StreamKind = StreamKind.HISTORY
    keys: Sequence[str] | None = None
    min_step: int | None = None
    max_step: int | None = None

    def check(self) -> None:
        """Refuses what contradicts itself.

        Raises:
            InvalidInput: `min_step` lies beyond `max_step`.
        """
        if None not in (self.min_step, self.max_step) and self.min_step > self.max_step:  # type: ignore[operator]
            raise InvalidInput(
                f"min_step ({self.min_step}) lies beyond max_step ({self.max_step}): there can be "
                "no row. min_step is inclusive, max_step exclusive."
            )


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one stream that were there when the export was planned.

    Attributes:
        first_row: Those before it are not wanted.
        stop_row: The row behind the last one.
    """

    run: RunId
    name: str
    stream: StreamInfo
    first_row: int
    stop_row: int


class HistoryExport:
    """A plan: rows of one run or of several, ready to be read."""

    def __init__(
        self,
        actor: Actor,
        parts: Sequence[_Part],
        types: dict[str, ValueTypes],
        choice: RowChoice,
        *,
        has_run: bool,
        has_writer: bool,
    ) -> None:
        self._actor = actor
        self._parts = parts
        self._choice = choice
        self._has_run = has_run
        self._has_writer = has_writer
        before = [RUN] * has_run + [WRITER] * self._has_writer
        lead = [Column(name, name, ColumnType.TEXT, is_required=True) for name in before]
        reserved = [*before, *(axis.name for axis in _AXES)]
        self._keys = named_columns(types, reserved, prefix=_PREFIX)
        self._names = {column.key: column.name for column in self._keys}
        self.columns: Sequence[Column] = (*lead, *_AXES, *self._keys)

    @property
    def num_rows(self) -> int | None:
        """How many rows will come; None where that is not known before."""
        if self._choice.min_step is not None or self._choice.max_step is not None:
            return None
        return sum(part.stop_row - part.first_row for part in self._parts)

    def schema(self) -> Schema:
        """Of the record batches."""
        return schema_of(self.columns)

    def record_batches(self, store: Store, *, max_cells: int) -> Iterator[RecordBatch]:
        """The rows in columns, at least one batch.

        Args:
            max_cells: Cells of one batch, roughly: encoders hold Python's lock while they have one.

        Raises:
            NotFound: A run was deleted meanwhile.
            Conflict: Rows were taken back meanwhile (code `changed-meanwhile`).
        """
        from arro3.core import RecordBatch

        schema = self.schema()
        num_rows = max(64, max_cells // len(self.columns))
        is_empty = True
        for part, batch in self._batches(store):
            is_empty = False
            whole = RecordBatch(self._arrays(part, batch), schema=schema)
            for start in range(0, batch.num_rows, num_rows):
                yield whole.slice(start, min(num_rows, batch.num_rows - start))
        if is_empty:
            yield RecordBatch([array_of([], column.type) for column in self.columns], schema=schema)

    def _arrays(self, part: _Part, batch: HistoryBatch) -> list[Array]:
        n = batch.num_rows
        lead = [part.name] * self._has_run + [part.stream.writer] * self._has_writer
        runtime = Numbers(batch.runtime)
        if np.isnan(batch.runtime).any():
            logged = np.flatnonzero(~np.isnan(batch.runtime))
            runtime = Numbers(batch.runtime[logged], logged.astype(np.uint32))
        arrays = [
            *(array_of([text] * n, ColumnType.TEXT) for text in lead),
            whole_array(batch.step),
            whole_array(batch.time),
            history_array(ColumnType.FLOAT, runtime, None, n),
        ]
        for column in self._keys:
            numbers, objects = batch.numbers.get(column.key), batch.objects.get(column.key)
            arrays.append(history_array(column.type, numbers, objects, n))
        return arrays

    def json_lines(self, store: Store, *, max_cells: int) -> Iterator[bytes]:
        """The rows as JSON objects, one a line, with what they have logged and nothing else.

        Raises:
            NotFound: A run was deleted meanwhile.
            Conflict: Rows were taken back meanwhile (code `changed-meanwhile`).
        """
        num_rows = max(64, max_cells // len(self.columns))
        for part, whole in self._batches(store):
            lead = {RUN: part.name} if self._has_run else {}
            if self._has_writer:
                lead[WRITER] = part.stream.writer
            begin = "".join(f"{json_text(name)}:{json_text(text)}," for name, text in lead.items())
            for start in range(0, whole.num_rows, num_rows):
                batch = whole.slice(start, min(start + num_rows, whole.num_rows))
                yield json_lines(batch, self._names, begin).encode()

    def _batches(self, store: Store) -> Iterator[tuple[_Part, HistoryBatch]]:
        for part in self._parts:
            for batch in _read(store, self._actor, part, self._choice.keys):
                for chosen in _in_range(batch, self._choice.min_step, self._choice.max_step):
                    yield part, chosen


def plan_run_history(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, run: str, choice: RowChoice
) -> HistoryExport:
    """Every row of one run.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: Steps that contradict each other; a key that the run has not logged (code
            `unknown-key`).
    """
    choice.check()
    found = find_run(snapshot, actor, entity, project, run)
    return plan_rows(snapshot, actor, [found], choice)


def plan_rows(
    snapshot: Snapshot,
    actor: Actor,
    runs: Sequence[Run],
    choice: RowChoice,
    *,
    has_run: bool = False,
) -> HistoryExport:
    """Every row of runs that were found for the actor, run after run.

    Args:
        has_run: With a column that says of which run a row is.

    Raises:
        InvalidInput: Steps that contradict each other; a key that none of the runs has logged
            (code `unknown-key`).
    """
    choice.check()
    names = {run.id: run.name for run in runs}
    by_run: dict[RunId, list[StreamInfo]] = {}
    for stream in snapshot.history.streams(list(names), choice.kind):
        by_run.setdefault(stream.run_id, []).append(stream)
    parts = [
        _Part(id_, name, s, 0, s.next_row)
        for id_, name in names.items()
        for s in by_run.get(id_, ())
    ]
    found = snapshot.history.value_types([part.stream.id for part in parts], keys=choice.keys)
    types = found
    if choice.keys is not None:
        wanted = [key for key in dict.fromkeys(choice.keys) if key not in (RUN, *_axis_names())]
        if missing := [key for key in wanted if key not in found]:
            known = (info.name for info in snapshot.history.keys(list(names), choice.kind))
            lacking = "None of the runs has a" if has_run else f"Run {runs[0].name} has no"
            check_known(missing, known, lacking=lacking)
        types = {key: found.get(key, NOTHING) for key in wanted}
    return HistoryExport(
        actor, parts, types, choice, has_run=has_run, has_writer=_has_writers(parts)
    )


def plan_range(
    snapshot: Snapshot, actor: Actor, run: Run, stream: StreamInfo, first_row: int, stop_row: int
) -> HistoryExport:
    """Some rows of one writer of a run that was found for the actor, without the writer's name."""
    types = snapshot.history.value_types([stream.id])
    part = _Part(run.id, run.name, stream, first_row, stop_row)
    return HistoryExport(actor, [part], types, RowChoice(), has_run=False, has_writer=False)


def _axis_names() -> Iterator[str]:
    return (axis.name for axis in _AXES)


def _has_writers(parts: Sequence[_Part]) -> bool:
    runs = [part.run for part in parts]
    return len(set(runs)) < len(runs) or any(part.stream.writer for part in parts)


def _read(
    store: Store, actor: Actor, part: _Part, keys: Sequence[str] | None
) -> Iterator[HistoryBatch]:
    """The planned rows of a part; the next ones are read while those before are written out."""
    stream = part.stream

    def from_row(row: int) -> Future[HistoryBatch | None]:
        def unit(snapshot: Snapshot) -> HistoryBatch | None:
            find_run_by_id(snapshot, actor, part.run)
            now = snapshot.history.stream(part.run, stream.kind, stream.writer)
            if now is None or (now.id, now.generation) != (stream.id, stream.generation):
                raise Conflict(
                    f"Rows of run {part.name} were taken back while they were exported; export "
                    "it again.",
                    code="changed-meanwhile",
                )
            return next(snapshot.history.scan(stream.id, keys=keys, from_row=row), None)

        return store.read(unit)

    row, stop = part.first_row, part.stop_row
    pending = from_row(row) if row < stop else None
    while pending is not None:
        batch = pending.result()
        assert batch is not None, "rows of a generation do not vanish"
        row += batch.num_rows
        pending = from_row(row) if row < stop else None
        yield batch if row <= stop else batch.slice(0, batch.num_rows - (row - stop))


def _in_range(
    batch: HistoryBatch, min_step: int | None, max_step: int | None
) -> Iterator[HistoryBatch]:
    """The rows whose steps lie in the range, in as few pieces as they lie in."""
    if not batch.num_rows or (min_step is None and max_step is None):
        yield batch
        return
    inside = np.ones(batch.num_rows, np.bool_)
    if min_step is not None:
        inside &= batch.step >= min_step
    if max_step is not None:
        inside &= batch.step < max_step
    if inside.all():
        yield batch
        return
    edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0, append=0)).tolist()
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield batch.slice(start, stop)
