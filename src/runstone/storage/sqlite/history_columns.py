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
from runstone.domain.ids import RunId
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.figures import (
    PARTS_OF,
    Figures,
    Part,
    combine,
    figures_of,
    numbers_of,
)
from runstone.storage.chunks.source import StreamState
from runstone.storage.chunks.tail import read_tails
from runstone.storage.sqlite.history_source import SQL as _SQL
from runstone.storage.sqlite.history_source import SqliteSource

_SPARSE: Final = 4
"""From so many segments to a run on, those of the runs are looked up one by one."""
_FEW: Final = 1_000
_NUM_PLACES: Final = 3
"""Run, stream, first row."""

Columns: TypeAlias = "Mapping[Key, Mapping[int, float]]"


class SqliteHistoryColumns:
    """Reads within the transaction that a connection is in."""

    def __init__(self, connection: apsw.Connection, cache: ReadCache | None) -> None:
        self._connection = connection
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
            parts = tuple(dict.fromkeys(p for a in of_path.values() for p in PARTS_OF[a]))
            rows = self._sealed(wanted, key_ids[path], parts) if path in key_ids else None
            rows = rows or [[] for _ in range(_NUM_PLACES + len(parts))]
            for state in states:
                column = tails[state.id].column(path) if state.id in tails else None
                if column is not None and len(column.values):
                    figures = figures_of(column.values)
                    tail = [state.run_id, state.id, state.sealed_rows, *(figures[p] for p in parts)]
                    for values, value in zip(rows, tail, strict=True):
                        values.append(value)
            places = [np.array(values, np.int64) for values in rows[:_NUM_PLACES]]
            numbers = [numbers_of(values) for values in rows[_NUM_PLACES:]]
            by_part = dict(zip(parts, numbers, strict=True))
            for key, aggregate in of_path.items():
                ranks = self._ranks(places[0], places[1], aggregate)
                figures_found = Figures(places[0], ranks, places[2], by_part)
                ids, combined = combine(figures_found, aggregate)
                if aggregate is Aggregate.COUNT:
                    combined = combined.astype(np.int64)
                found[key] = dict(zip(ids.tolist(), combined.tolist(), strict=True))
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

    def _sealed(self, wanted: Ints, key_id: int, parts: Sequence[Part]) -> list[list[Any]]:
        """Run, stream, first row and parts, of the segments that have the key."""
        bindings: dict[str, Any] = {
            f"p{place}": f'$."{key_id}"[{part.value}]' for place, part in enumerate(parts)
        }
        columns = "".join(f", group_concat(coalesce(figures -> :{p}, 'null'))" for p in bindings)
        ((last,),) = self._connection.execute(_SQL["last_figures"])
        if len(wanted) * _SPARSE < (last or 0):
            bindings["runs"] = json.dumps(wanted.tolist())
            chosen = "run_id IN (SELECT value FROM json_each(:runs))"
        else:
            # In the order of the disk: the sign keeps SQLite from the index.
            bindings |= {"low": int(wanted[0]), "high": int(wanted[-1])}
            chosen = "+run_id BETWEEN :low AND :high"
        row: tuple[Any, ...] = self._connection.execute(
            "SELECT group_concat(run_id), group_concat(stream_id), group_concat(row0)"  # noqa: S608
            f"{columns} FROM segment_figures WHERE {chosen}",
            bindings,
        ).fetchall()[0]
        found: list[list[Any]] = [orjson.loads(f"[{text or ''}]") for text in row]
        runs = np.array(found[0], np.int64)
        keep = np.array([value is not None for value in found[_NUM_PLACES]], np.bool_)
        keep &= _contains(wanted, runs)
        if keep.all():
            return found
        kept = np.flatnonzero(keep).tolist()
        return [[column[place] for place in kept] for column in found]

    def _ranks(self, runs: Ints, streams: Ints, aggregate: Aggregate) -> Ints:
        """The order of the writers of each run, as `RunColumns.history_values` says."""
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


def _contains(ascending: Ints, values: Ints) -> NDArray[np.bool_]:
    places = np.searchsorted(ascending, values)
    is_there: NDArray[np.bool_] = ascending[np.minimum(places, len(ascending) - 1)] == values
    return is_there
