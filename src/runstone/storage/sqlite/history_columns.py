"""Aggregates of the histories of many runs: from the figures of segments, and journal tails.

What is sealed costs one pass over a narrow table; tails are read of the few streams that have one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import apsw
import numpy as np
import orjson
from numpy.typing import NDArray

from runstone.domain.filters import Aggregate, Key
from runstone.domain.history import Ints, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.figures import (
    FIGURES,
    NO_FIGURES,
    Rows,
    combine,
    decode_figures,
    figures_of,
)
from runstone.storage.chunks.source import StreamState
from runstone.storage.chunks.tail import Tail, read_tails
from runstone.storage.sqlite.beside import Beside
from runstone.storage.sqlite.history_source import SQL as _SQL
from runstone.storage.sqlite.history_source import SqliteSource

_SPARSE: Final = 4
"""From so many segments to a run on, those of the runs are looked up one by one."""
_FEW: Final = 1_000

_NOTHING: Final[Ints] = np.empty(0, np.int64)
_NO_ROWS: Final = Rows(_NOTHING, _NOTHING, _NOTHING, np.empty(0, FIGURES))

Columns: TypeAlias = "Mapping[Key, Mapping[int, float]]"


class SqliteHistoryColumns:
    """Reads within the transaction that a connection is in."""

    def __init__(
        self, connection: apsw.Connection, cache: ReadCache | None, beside: Beside | None = None
    ) -> None:
        self._connection = connection
        self._beside = beside
        self._source = SqliteSource(connection)
        self._cache = cache

    def columns(self, runs: Sequence[int], keys: Sequence[Key]) -> Columns:
        """For each key, the value of each of `runs` that has one."""
        if not runs or not keys:
            return {key: {} for key in keys}
        wanted = np.sort(np.array(runs, np.int64))
        states = self._unsealed(wanted)
        tails = read_tails(self._source, states, None if self._cache is None else self._cache.tails)
        key_ids = self._source.key_ids(list({key.path for key in keys}))
        by_path: dict[str, dict[Key, Aggregate]] = {}
        for key in keys:
            if key.aggregate is not None:
                by_path.setdefault(key.path, {})[key] = key.aggregate
        found: dict[Key, Mapping[int, float]] = {}
        for path, of_path in by_path.items():
            rows = self._sealed(wanted, key_ids.get(path), states)
            rows = _with_tails(rows, states, tails, path)
            for key, aggregate in of_path.items():
                ids, values = combine(rows, self._ranks(rows, aggregate), aggregate)
                found[key] = dict(zip(ids.tolist(), values.tolist(), strict=True))
        return found

    def _unsealed(self, wanted: Ints) -> list[StreamState]:
        """The streams of the runs that have rows in the journal."""
        if len(wanted) <= _FEW:
            runs = [RunId(run) for run in wanted.tolist()]
            states = self._source.states(runs, StreamKind.HISTORY)
            return [state for state in states if state.next_row > state.sealed_rows]
        states = [s for s in self._source.unsealed_states() if s.kind is StreamKind.HISTORY]
        runs_of = np.array([state.run_id for state in states], np.int64)
        is_wanted = _contains(wanted, runs_of).tolist()
        return [state for state, keep in zip(states, is_wanted, strict=True) if keep]

    def _sealed(self, wanted: Ints, key_id: int | None, unsealed: Sequence[StreamState]) -> Rows:
        """What is kept with segments."""
        ((last,),) = self._connection.execute(_SQL["last_figures"])
        if key_id is None or not last:
            return _NO_ROWS
        bindings: dict[str, Any] = {"key": f'$."{key_id}"', "none": NO_FIGURES}
        if len(wanted) * _SPARSE < last:
            bindings["runs"] = json.dumps(wanted.tolist())
            rows = _figures(self._connection, "figures_of_runs", bindings)
        else:
            bindings |= {"low": int(wanted[0]), "high": int(wanted[-1])}
            rows = self._pass_over(bindings, int(wanted[len(wanted) // 2]), unsealed)
        keep = rows.figures["count"] > 0
        keep &= _contains(wanted, rows.runs)
        return _chosen(rows, keep)

    def _pass_over(
        self, bindings: dict[str, Any], middle: int, unsealed: Sequence[StreamState]
    ) -> Rows:
        """The runs from `low` to `high`: by two readers, where there is a second one."""

        def read_upper(connection: apsw.Connection) -> Rows:
            return _figures(connection, "figures_between", bindings | {"low": middle + 1})

        future = None
        if self._beside is not None:
            future = self._beside.start(self._connection, read_upper)
        if future is None:
            return _figures(self._connection, "figures_between", bindings)
        lower = _figures(self._connection, "figures_between", bindings | {"high": middle})
        later = future.result()
        if later is None:
            return _figures(self._connection, "figures_between", bindings)
        # What was in the journal here may be sealed there.
        again = later.changed | {int(state.run_id) for state in unsealed}
        runs = sorted(run for run in again if middle < run <= bindings["high"])
        own = _figures(self._connection, "figures_of_runs", bindings | {"runs": json.dumps(runs)})
        upper = _chosen(later.value, ~_contains(np.array(runs, np.int64), later.value.runs))
        return _joined(lower, upper, own)

    def _ranks(self, rows: Rows, aggregate: Aggregate) -> Ints:
        """The order of the writers of each run, as `RunColumns.history_values` says."""
        runs, streams = rows.runs, rows.streams
        if aggregate not in (Aggregate.FIRST, Aggregate.LAST):
            return streams
        order = np.lexsort((streams, runs))
        is_second = (np.diff(runs[order]) == 0) & (np.diff(streams[order]) != 0)
        several = np.unique(runs[order][1:][is_second]).tolist()
        if not several:
            return streams
        is_first = aggregate is Aggregate.FIRST

        def place(state: StreamState) -> tuple[float, str]:
            time = state.first_time if is_first else state.last_time
            if time is None:
                time = math.inf if is_first else -math.inf
            return time, state.writer

        states = self._source.states([RunId(run) for run in several], StreamKind.HISTORY)
        rank_of = {int(s.id): rank for rank, s in enumerate(sorted(states, key=place))}
        return np.array([rank_of.get(stream, 0) for stream in streams.tolist()], np.int64)


def _with_tails(
    rows: Rows, states: Sequence[StreamState], tails: Mapping[StreamId, Tail], path: str
) -> Rows:
    """With what is in the journal behind it."""
    found = [
        (state, column.values)
        for state in states
        if state.id in tails
        and (column := tails[state.id].column(path)) is not None
        and len(column.values)
    ]
    if not found:
        return rows
    places = np.array([(s.run_id, s.id, s.sealed_rows) for s, _ in found], np.int64)
    figures = np.concatenate([figures_of(values) for _, values in found])
    return _joined(rows, Rows(places[:, 0], places[:, 1], places[:, 2], figures))


def _figures(connection: apsw.Connection, statement: str, bindings: dict[str, Any]) -> Rows:
    row: tuple[Any, ...] = connection.execute(_SQL[statement], bindings).fetchall()[0]
    runs, streams, rows = (np.array(orjson.loads(f"[{text or ''}]"), np.int64) for text in row[:3])
    return Rows(runs, streams, rows, decode_figures(row[3] or ""))


def _chosen(rows: Rows, keep: NDArray[np.bool_]) -> Rows:
    return Rows(rows.runs[keep], rows.streams[keep], rows.rows[keep], rows.figures[keep])


def _joined(*parts: Rows) -> Rows:
    return Rows(
        np.concatenate([part.runs for part in parts]),
        np.concatenate([part.streams for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.figures for part in parts]),
    )


def _contains(ascending: Ints, values: Ints) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(ascending, values)
    is_there: NDArray[np.bool_] = ascending[np.minimum(places, len(ascending) - 1)] == values
    return is_there
