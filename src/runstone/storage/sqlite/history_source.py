"""The tables of metric history in SQLite, as the shared reader asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apsw

from runstone.domain.errors import CorruptData
from runstone.domain.history import Axis, StoreStats, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.journal import Entry
from runstone.storage.chunks.key_counts import KeyCount
from runstone.storage.chunks.source import (
    Chunk,
    Roll,
    Segment,
    Source,
    StreamState,
)
from runstone.storage.sql.named import load

SQL: Final = load("runstone.storage.sqlite", "queries/history.sql")


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """How large a live segment is."""

    id: int
    rows: int
    points: int
    nbytes: int


class SqliteSource(Source):
    """Reads within the transaction that the connection is in."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def states(self, runs: Sequence[RunId], kind: StreamKind | None) -> list[StreamState]:
        found = self._connection.execute(
            SQL["states_of_runs"], {"runs": ids(runs), "kind": None if kind is None else str(kind)}
        )
        return [to_state(row) for row in found]

    def state(self, stream: StreamId) -> StreamState | None:
        return _one(self._connection.execute(SQL["state"], (stream,)))

    def state_named(self, run: RunId, kind: StreamKind, writer: str) -> StreamState | None:
        return _one(self._connection.execute(SQL["state_named"], (run, str(kind), writer)))

    def unsealed_states(self) -> list[StreamState]:
        """All streams with rows in the journal."""
        return [to_state(row) for row in self._connection.execute(SQL["unsealed_states"])]

    def key_ids(self, names: Sequence[str]) -> dict[str, int]:
        return dict(self._connection.execute(SQL["key_ids"], (json.dumps(list(names)),)))

    def key_names(self, ids_: Sequence[int]) -> dict[int, str]:
        return dict(self._connection.execute(SQL["key_names"], (ids(ids_),)))

    def segments(self, streams: Sequence[StreamId]) -> list[Segment]:
        if not streams:
            return []
        return [
            Segment(row[0], row[1], row[2], row[3], row[4:])
            for row in self._connection.execute(SQL["segments"], (ids(streams),))
        ]

    def axis_rolls(self, segments: Sequence[int], axis: Axis) -> dict[int, bytes]:
        return dict(self._connection.execute(SQL[f"{axis}_rolls"], (ids(segments),)))

    def axis_data(self, segments: Sequence[int], axes: Sequence[str]) -> dict[int, list[bytes]]:
        # The fewest pages: a blob that comes later in the row costs a walk over those before it.
        name = f"{axes[0]}s" if len(axes) == 1 else "axes"
        found = self._connection.execute(SQL[name], (ids(segments),))
        if name != "axes":
            return {row[0]: [row[1]] for row in found}
        at = {"step": 1, "time": 2, "runtime": 3}
        return {row[0]: [row[at[axis]] for axis in axes] for row in found}

    def rolls(self, segments: Sequence[int], keys: Sequence[int]) -> list[Roll]:
        lists = {"segments": ids(segments), "keys": ids(keys)}
        return [Roll(*row) for row in self._connection.execute(SQL["rolls"], lists)]

    def holders(self, segments: Sequence[int], keys: Sequence[int]) -> list[tuple[int, int]]:
        lists = {"segments": ids(segments), "keys": ids(keys)}
        return list(self._connection.execute(SQL["holders"], lists))

    def chunks(
        self, segments: Sequence[int], keys: Sequence[int] | None, *, objects: bool
    ) -> list[Chunk]:
        lists = {"segments": ids(segments), "objects": int(objects)}
        name = "chunks_of_all_keys"
        if keys is not None:
            lists["keys"] = ids(keys)
            name = "chunks"
        return [
            Chunk(segment, key, bool(is_object), kind, rows, kinds, data)
            for segment, key, is_object, kind, rows, kinds, data in self._connection.execute(
                SQL[name], lists
            )
        ]

    def chunk_rows(
        self, segments: Sequence[int], keys: Sequence[int]
    ) -> list[tuple[int, int, bytes | None]]:
        lists = {"segments": ids(segments), "keys": ids(keys)}
        return list(self._connection.execute(SQL["chunk_rows"], lists))

    def number_kinds(self, segments: Sequence[int]) -> list[tuple[int, int]]:
        return list(self._connection.execute(SQL["number_kinds"], (ids(segments),)))

    def mixed_columns(self, segments: Sequence[int]) -> list[tuple[int, int]]:
        return list(self._connection.execute(SQL["mixed_columns"], (ids(segments),)))

    def object_rows(
        self, segments: Sequence[int], keys: Sequence[int]
    ) -> list[tuple[int, int, bytes | None]]:
        lists = {"segments": ids(segments), "keys": ids(keys)}
        return list(self._connection.execute(SQL["object_rows"], lists))

    def sealed_keys(self, streams: Sequence[StreamId]) -> dict[StreamId, list[KeyCount]]:
        found: dict[StreamId, list[KeyCount]] = {}
        if streams:
            rows = self._connection.execute(SQL["sealed_keys"], (ids(streams),))
            for stream, name, num_numbers, num_objects in rows:
                found.setdefault(stream, []).append((name, num_numbers, num_objects))
        return found

    def entries(self, streams: Mapping[StreamId, int]) -> dict[StreamId, list[Entry]]:
        return _entries(self._connection.execute(SQL["entries"], {"from": json.dumps(streams)}))

    def entry_heads(
        self, streams: Mapping[StreamId, int]
    ) -> dict[StreamId, list[tuple[int, bytes]]]:
        heads: dict[StreamId, list[tuple[int, bytes]]] = {}
        found = self._connection.execute(SQL["entry_heads"], {"from": json.dumps(streams)})
        for stream, row0, head in found:
            heads.setdefault(stream, []).append((row0, head))
        return heads

    def entries_between(self, stream: StreamId, start: int, stop: int) -> list[Entry]:
        """Journal entries that reach into a range of rows."""
        rows = {"stream": stream, "start": start, "stop": stop}
        found = self._connection.execute(SQL["entries_between"], rows)
        return _entries((stream, *row) for row in found).get(stream, [])

    def covered_entries(self, stream: StreamId, sealed_rows: int) -> list[tuple[int, int]]:
        """Ids and sizes of journal entries whose rows are all sealed."""
        return list(self._connection.execute(SQL["covered_entries"], (stream, sealed_rows)))

    def segment_sizes(self, stream: StreamId) -> list[SegmentSize]:
        """Live segments of a stream, in row order."""
        found = self._connection.execute(SQL["segment_sizes"], (stream,))
        return [SegmentSize(*row) for row in found]

    def fragmented_streams(self, small: int, least: int) -> list[StreamId]:
        """Streams with at least so many segments of at most `small` rows."""
        found = self._connection.execute(SQL["fragmented_streams"], (small, least))
        return [StreamId(row[0]) for row in found]

    def dead_segments(self) -> list[int]:
        """Segments to be removed."""
        return [row[0] for row in self._connection.execute(SQL["dead_segments"])]

    def stats(self, runs: Sequence[RunId] | None) -> StoreStats:
        if runs is None:
            ((points, rows, chunks, journal, unsealed),) = self._connection.execute(SQL["stats"])
        else:
            ((points, rows, chunks, journal, unsealed),) = self._connection.execute(
                SQL["stats_of_runs"], (ids(runs),)
            )
        return StoreStats(points, rows, chunks, journal, unsealed)


def ids(found: Iterable[int]) -> str:
    """A list of ids as SQLite's JSON functions take it."""
    return json.dumps(list(found))


def to_state(row: tuple[Any, ...]) -> StreamState:
    """A row of `stream`."""
    (id_, run, kind, writer, *rest) = row
    return StreamState(StreamId(id_), RunId(run), StreamKind(kind), writer, *rest)


def _one(rows: Iterable[tuple[Any, ...]]) -> StreamState | None:
    found = [to_state(row) for row in rows]
    return found[0] if found else None


def _entries(rows: Iterable[tuple[Any, ...]]) -> dict[StreamId, list[Entry]]:
    found: dict[StreamId, list[Entry]] = {}
    for stream, row0, head, body in rows:
        try:
            found.setdefault(stream, []).append(Entry(row0, head, body))
        except CorruptData as error:
            raise CorruptData(
                f"The journal of history stream {stream} is damaged at row {row0} "
                f"({error.message}). Other runs are not affected; restore a backup, or truncate "
                "or delete this run.",
                code="damaged-history",
                stream=stream,
                first_row=row0,
            ) from error
    return found
