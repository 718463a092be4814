"""Putting a new segment in place, in as many short write units as its size asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import apsw

from runstone.domain.history import Axis, StreamKind
from runstone.domain.ids import StreamId
from runstone.storage.chunks.columns import EncodedColumn
from runstone.storage.chunks.policy import SealPolicy
from runstone.storage.chunks.segments import EncodedAxes
from runstone.storage.chunks.source import StreamState
from runstone.storage.sqlite.history_source import SQL, SqliteSource, ids

T = TypeVar("T")

_MAX_CACHED_KEYS: Final = 200_000
_WRITING, _LIVE, _DEAD = 0, 1, 2


class Write(Protocol):
    """Runs a unit within a transaction that writes, and returns when it is durable."""

    def __call__(self, unit: Callable[[apsw.Connection], T], /) -> T: ...


class Superseded(Exception):
    """The stream changed under the sealer; what was made is of no use, nothing was changed."""


class SegmentWriter:
    """Writes segments through `write`. Thread-safe."""

    def __init__(self, write: Write, policy: SealPolicy) -> None:
        self._write = write
        self._policy = policy
        self._keys: dict[str, int] = {}

    def put(
        self,
        state: StreamState,
        axes: EncodedAxes,
        columns: Iterable[EncodedColumn],
        finish: Callable[[apsw.Connection, int, int, int], None],
    ) -> None:
        """Writes a segment and makes it live.

        Args:
            state: The stream as it was read; when its generation is another now, nothing is
                kept.
            axes: The segment.
            columns: Its columns, encoded as they are taken.
            finish: Called in the unit that makes the segment live, with the connection and the
                segment's id, values and bytes: puts it in the place of what it was made from,
                and raises `Superseded` when that is no more.

        Raises:
            Superseded: The stream has changed since `state` was read.
        """
        segment: int | None = None
        points, nbytes = 0, axes.nbytes
        figures: dict[str, str] = {}
        parts = self._parts(columns)
        part = next(parts, [])
        while True:
            following = next(parts, None)
            points += sum([column.num_values for column in part])
            nbytes += sum([column.nbytes for column in part])
            figures.update((c.key, c.figures) for c in part if c.figures is not None)

            def unit(
                connection: apsw.Connection,
                part: Sequence[EncodedColumn] = part,
                last: bool = following is None,
                begun: int | None = segment,
                totals: tuple[int, int] = (points, nbytes),
            ) -> tuple[int, dict[str, int]]:
                self._check(connection, state, begun)
                target = self._begin(connection, state, axes) if begun is None else begun
                new_keys = self._put_chunks(connection, target, part)
                if last:
                    self._put_figures(connection, state, target, axes.row0, figures, new_keys)
                    connection.execute(SQL["finish_segment"], (*totals, target))
                    finish(connection, target, *totals)
                return target, new_keys

            segment, new_keys = self._write(unit)
            if len(self._keys) > _MAX_CACHED_KEYS:
                self._keys.clear()
            # Only now: the ids of a unit that failed would be wrong.
            self._keys.update(new_keys)
            if following is None:
                return
            part = following

    def _parts(self, columns: Iterable[EncodedColumn]) -> Iterator[list[EncodedColumn]]:
        part: list[EncodedColumn] = []
        size = 0
        for column in columns:
            part.append(column)
            size += column.nbytes
            if size >= self._policy.unit_bytes or len(part) >= self._policy.unit_chunks:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _check(self, connection: apsw.Connection, state: StreamState, segment: int | None) -> None:
        now = SqliteSource(connection).state(state.id)
        if now is None or now.generation != state.generation:
            raise Superseded
        if segment is None:
            # Left by a sealer that died here.
            connection.execute(SQL["abandon_segments_of"], (state.id,))
        elif connection.execute(SQL["segment_state"], (segment,)).fetchone() != (_WRITING,):
            raise Superseded

    def _begin(self, connection: apsw.Connection, state: StreamState, axes: EncodedAxes) -> int:
        extents: list[Any] = []
        for axis in (Axis.STEP, Axis.TIME, Axis.RELATIVE):
            extent = axes.extents[axis]
            drawn = extent.lo <= extent.hi
            extents += [
                extent.lo if drawn else None,
                extent.hi if drawn else None,
                int(extent.ascending),
            ]
        rolls = [axes.rolls[axis] for axis in (Axis.STEP, Axis.TIME, Axis.RELATIVE)]
        row = connection.execute(
            SQL["put_segment"],
            (state.id, axes.row0, axes.num_rows, 0, 0, *extents, *rolls,
             axes.step, axes.time, axes.runtime),
        ).fetchone()  # fmt: skip
        assert row is not None
        found: int = row[0]
        return found

    def _put_chunks(
        self, connection: apsw.Connection, segment: int, part: Sequence[EncodedColumn]
    ) -> dict[str, int]:
        """Inserts chunks; returns ids of keys that were not known before."""
        known = {c.key: self._keys.get(c.key) for c in part}
        ids_known = [id_ for id_ in known.values() if id_ is not None]
        ((num_there,),) = connection.execute(SQL["count_keys"], (ids(ids_known),))
        if num_there != len(ids_known):
            # A collection has forgotten names that nobody used meanwhile.
            self._keys.clear()
            known = dict.fromkeys(known)
        missing = [key for key, id_ in known.items() if id_ is None]
        new_keys: dict[str, int] = {}
        if missing:
            connection.executemany(SQL["put_key"], [(name,) for name in missing])
            new_keys = SqliteSource(connection).key_ids(missing)
            known.update(new_keys)
        connection.executemany(
            SQL["put_chunk"],
            [
                (
                    segment,
                    known[c.key],
                    int(c.is_object),
                    c.num_values,
                    c.kind,
                    c.roll,
                    c.rows,
                    c.kinds,
                    c.data,
                )
                for c in part
            ],
        )
        return new_keys

    def _put_figures(
        self,
        connection: apsw.Connection,
        state: StreamState,
        segment: int,
        row0: int,
        figures: Mapping[str, str],
        new_keys: Mapping[str, int],
    ) -> None:
        """Inserts what tables of runs are filled from; nobody asks for it of system metrics."""
        if state.kind is not StreamKind.HISTORY or not figures:
            return
        known = {key: new_keys.get(key) or self._keys.get(key) for key in figures}
        missing = [key for key, id_ in known.items() if id_ is None]
        if missing:
            known.update(SqliteSource(connection).key_ids(missing))
        text = ",".join([f'"{known[key]}":"{of_key}"' for key, of_key in figures.items()])
        connection.execute(
            SQL["put_figures"], (segment, state.run_id, state.id, row0, f"{{{text}}}")
        )


def unchanged_segments(connection: apsw.Connection, stream: StreamId, old: Sequence[int]) -> bool:
    """Whether all of these segments are still live."""
    live = {row[0] for row in connection.execute(SQL["segment_sizes"], (stream,))}
    return live.issuperset(old)
