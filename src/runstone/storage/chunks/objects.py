"""Objects of some keys: found by row indices and steps alone; only those wanted are decoded.

Media are few among many numbers: segments without any of the keys are not touched, not even their
axes. Steps of the others are read once for all keys, and times only of what is given out (or of
all, where steps do not tell the order).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import (
    Axis,
    Floats,
    Ints,
    ObjectQuery,
    Objects,
    ObjectValues,
    StreamKind,
)
from runstone.domain.ids import RunId
from runstone.storage.chunks.columns import decode_objects, decode_rows
from runstone.storage.chunks.rows import evenly
from runstone.storage.chunks.segments import damage_named, read_axes
from runstone.storage.chunks.source import Segment, Source, StreamState
from runstone.storage.chunks.tail import TailCache, read_tails

_SEGMENTS_AT_ONCE: Final = 16
"""Whose steps are in memory together."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Objects of one key that lie together: in a segment, still encoded, or in a journal entry.

    Attributes:
        step: Of those in the range asked for.
        index: Which of the column's objects they are.
        rows: In which rows of the segment or the batch they lie.
        objects: None in a segment.
        time: Of all rows of a batch; None in a segment.
    """

    state: StreamState
    segment: Segment | None
    step: Ints
    index: NDArray[np.int64]
    rows: NDArray[np.int64]
    objects: Objects | None = None
    time: Floats | None = None


def read_objects(
    source: Source, tails: TailCache | None, run: RunId, query: ObjectQuery
) -> list[ObjectValues]:
    """See the port."""
    pieces: dict[str, list[_Piece]] = {key: [] for key in query.keys}
    states = source.states([run], StreamKind.HISTORY)
    ids = source.key_ids(list(pieces))
    for key, piece in (
        *_sealed(source, states, ids, query),
        *_unsealed(source, tails, states, query),
    ):
        if len(piece.index):
            pieces[key].append(piece)
    return [_values(source, ids.get(key, -1), pieces[key], query) for key in query.keys]


def _sealed(
    source: Source, states: Sequence[StreamState], ids: dict[str, int], query: ObjectQuery
) -> Iterator[tuple[str, _Piece]]:
    by_id = {state.id: state for state in states}
    segments = [
        segment
        for segment in source.segments([s.id for s in states if s.sealed_rows])
        # Extents are doubles: beyond 2**53 they may be off by a rounding, hence `<=`.
        if (query.min_step is None or segment.extent(Axis.STEP).hi >= float(query.min_step))
        and (query.max_step is None or segment.extent(Axis.STEP).lo <= float(query.max_step))
    ]
    if not segments or not ids:
        return
    names = {number: key for key, number in ids.items()}
    columns: dict[int, list[tuple[str, bytes | None]]] = {}
    found = source.object_rows([segment.id for segment in segments], list(names))
    for segment_id, key_id, blob in found:
        columns.setdefault(segment_id, []).append((names[key_id], blob))
    having = [segment for segment in segments if segment.id in columns]
    for i in range(0, len(having), _SEGMENTS_AT_ONCE):
        part = having[i : i + _SEGMENTS_AT_ONCE]
        axes = read_axes(source, part, by_id, ("step",))
        for segment in part:
            state, step = by_id[segment.stream_id], axes[segment.id][0]
            for key, blob in columns[segment.id]:
                with damage_named(state, segment, key):
                    rows = np.arange(len(step)) if blob is None else decode_rows(blob)
                yield key, _piece(state, segment, step, rows, query)


def _unsealed(
    source: Source, tails: TailCache | None, states: Sequence[StreamState], query: ObjectQuery
) -> Iterator[tuple[str, _Piece]]:
    found = read_tails(source, states, tails)
    for state in states:
        if (tail := found.get(state.id)) is None:
            continue
        for batch in tail.batches(query.keys):
            for key, objects in batch.objects.items():
                rows = np.arange(batch.num_rows) if objects.rows is None else objects.rows
                yield key, _piece(state, None, batch.step, rows, query, objects, batch.time)


def _piece(
    state: StreamState,
    segment: Segment | None,
    step: Ints,
    rows: NDArray[Any],
    query: ObjectQuery,
    objects: Objects | None = None,
    time: Floats | None = None,
) -> _Piece:
    step = step[rows].astype(np.int64)
    keep = np.ones(len(step), np.bool_)
    if query.min_step is not None:
        keep &= step >= query.min_step
    if query.max_step is not None:
        keep &= step < query.max_step
    index = np.flatnonzero(keep)
    return _Piece(state, segment, step[index], index, rows[index].astype(np.int64), objects, time)


def _values(source: Source, key: int, pieces: Sequence[_Piece], query: ObjectQuery) -> ObjectValues:
    if not pieces:
        nothing = np.empty(0, np.int64)
        return ObjectValues(nothing, nothing, np.empty(0, np.float64), [])
    step = np.concatenate([p.step for p in pieces])
    piece_of = np.repeat(np.arange(len(pieces)), [len(p.index) for p in pieces])
    place = np.concatenate([np.arange(len(p.index)) for p in pieces])
    if not (step[1:] > step[:-1]).all():
        time = np.concatenate([_times(source, piece, piece.rows) for piece in pieces])
        order = np.lexsort((time, step))
        step, piece_of, place = step[order], piece_of[order], place[order]
    limit = max(query.limit, 0)
    if query.is_sample:
        chosen = evenly(len(step), limit)
    else:
        chosen = np.arange(len(step))[max(query.offset, 0) :][:limit]
    times = np.empty(len(chosen), np.float64)
    texts = [""] * len(chosen)
    for i in np.unique(piece_of[chosen]).tolist():
        piece = pieces[i]
        where = np.flatnonzero(piece_of[chosen] == i)
        of_piece = place[chosen][where]
        times[where] = _times(source, piece, piece.rows[of_piece])
        objects = _objects(source, key, piece)
        for at, index in zip(where.tolist(), piece.index[of_piece].tolist(), strict=True):
            texts[at] = objects.texts[index]
    return ObjectValues(step, chosen, times, texts)


def _times(source: Source, piece: _Piece, rows: NDArray[np.int64]) -> Floats:
    """Times of some rows of a piece."""
    if piece.time is not None:
        return piece.time[rows]
    assert piece.segment is not None, "a piece is of a segment or has its times"
    start, stop = int(rows.min()), int(rows.max()) + 1
    states = {piece.state.id: piece.state}
    parts = {piece.segment.id: (start, stop)}
    found = read_axes(source, [piece.segment], states, ("time",), parts)
    time: Floats = found[piece.segment.id][0]
    return time[rows - start]


def _objects(source: Source, key: int, piece: _Piece) -> Objects:
    if piece.objects is not None:
        return piece.objects
    assert piece.segment is not None, "a piece is of a segment or has its objects"
    chunks = source.chunks([piece.segment.id], [key], objects=True)
    (chunk,) = (chunk for chunk in chunks if chunk.is_object)
    with damage_named(piece.state, piece.segment):
        return decode_objects(chunk)
