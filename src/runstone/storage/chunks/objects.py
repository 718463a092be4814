"""Objects of one key: found by row indices alone, and only those wanted are decoded.

Media are few among many numbers: segments without the key are not touched, not even their axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class _Piece:
    """Objects that lie together: of a segment, still encoded, or of a journal entry.

    Attributes:
        index: Which of the column's objects are in the range asked for.
    """

    segment: Segment | None
    state: StreamState
    objects: Objects | None
    step: Ints
    time: Floats
    index: NDArray[np.int64]


def read_objects(
    source: Source, tails: TailCache | None, run: RunId, query: ObjectQuery
) -> ObjectValues:
    """See the port."""
    states = source.states([run], StreamKind.HISTORY)
    pieces = [*_sealed(source, states, query), *_unsealed(source, tails, states, query)]
    if not pieces:
        nothing = np.empty(0, np.int64)
        return ObjectValues(nothing, nothing, np.empty(0, np.float64), [])
    piece_of = np.repeat(np.arange(len(pieces)), [len(p.index) for p in pieces])
    index = np.concatenate([p.index for p in pieces])
    step = np.concatenate([p.step for p in pieces])
    time = np.concatenate([p.time for p in pieces])
    if not (step[1:] > step[:-1]).all():
        order = np.lexsort((time, step))
        piece_of, index, step, time = piece_of[order], index[order], step[order], time[order]
    limit = max(query.limit, 0)
    if query.is_sample:
        chosen = evenly(len(step), limit)
    else:
        chosen = np.arange(len(step))[max(query.offset, 0) :][:limit]
    texts = _texts(source, query.key, pieces, piece_of[chosen], index[chosen])
    return ObjectValues(step, chosen, time[chosen], texts)


def _sealed(source: Source, states: Sequence[StreamState], query: ObjectQuery) -> list[_Piece]:
    key = source.key_ids([query.key]).get(query.key)
    if key is None:
        return []
    by_id = {state.id: state for state in states}
    segments = {
        segment.id: segment
        for segment in source.segments([s.id for s in states if s.sealed_rows])
        # Extents are doubles: beyond 2**53 they may be off by a rounding, hence `<=`.
        if (query.min_step is None or segment.extent(Axis.STEP).hi >= float(query.min_step))
        and (query.max_step is None or segment.extent(Axis.STEP).lo <= float(query.max_step))
    }
    if not segments:
        return []
    rows_of = dict(source.object_rows(list(segments), key))
    having = [segment for segment in segments.values() if segment.id in rows_of]
    axes = read_axes(source, having, by_id, ("step", "time"))
    pieces = []
    for segment in having:
        step, time = axes[segment.id]
        blob, state = rows_of[segment.id], by_id[segment.stream_id]
        if blob is not None:
            with damage_named(state, segment):
                rows = decode_rows(blob)
            step, time = step[rows], time[rows]
        pieces.append(_piece(segment, state, None, step.astype(np.int64), time, query))
    return pieces


def _unsealed(
    source: Source, tails: TailCache | None, states: Sequence[StreamState], query: ObjectQuery
) -> list[_Piece]:
    found = read_tails(source, states, tails)
    pieces = []
    for state in states:
        if (tail := found.get(state.id)) is None:
            continue
        for batch in tail.batches([query.key]):
            objects = batch.objects.get(query.key)
            if objects is not None:
                step, time = batch.step, batch.time
                if objects.rows is not None:
                    step, time = step[objects.rows], time[objects.rows]
                pieces.append(_piece(None, state, objects, step, time, query))
    return pieces


def _piece(
    segment: Segment | None,
    state: StreamState,
    objects: Objects | None,
    step: Ints,
    time: Floats,
    query: ObjectQuery,
) -> _Piece:
    keep = np.ones(len(step), np.bool_)
    if query.min_step is not None:
        keep &= step >= query.min_step
    if query.max_step is not None:
        keep &= step < query.max_step
    index = np.flatnonzero(keep)
    return _Piece(segment, state, objects, step[index], time[index], index)


def _texts(
    source: Source,
    key: str,
    pieces: Sequence[_Piece],
    piece_of: NDArray[np.int64],
    index: NDArray[np.int64],
) -> list[str]:
    texts = [""] * len(index)
    key_ids = list(source.key_ids([key]).values())
    for i in np.unique(piece_of).tolist():
        piece = pieces[i]
        objects = piece.objects
        if piece.segment is not None:
            (chunk,) = (
                chunk
                for chunk in source.chunks([piece.segment.id], key_ids, objects=True)
                if chunk.is_object
            )
            with damage_named(piece.state, piece.segment):
                objects = decode_objects(chunk)
        assert objects is not None, "a piece is of a segment or has its objects"
        for at in np.flatnonzero(piece_of == i).tolist():
            texts[at] = objects.texts[index[at]]
    return texts
