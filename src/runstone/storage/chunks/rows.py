"""Whole rows: first decide which, from axes and row indices alone, then decode only those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import Axis, Floats, HistoryBatch, Ints, RowFilter, StreamKind
from runstone.domain.ids import RunId
from runstone.storage.chunks.batches import empty_batch, gather
from runstone.storage.chunks.columns import decode_rows
from runstone.storage.chunks.segments import read_axes, read_segment
from runstone.storage.chunks.source import Segment, Source, StreamState
from runstone.storage.chunks.tail import Tail, TailCache, read_tails


@dataclass(slots=True)
class _Piece:
    """Rows that lie together: a segment, or one journal entry's batch.

    Attributes:
        chosen: Positions in it of the rows that are candidates.
    """

    state: StreamState
    segment: Segment | None
    batch: HistoryBatch | None
    step: Ints
    time: Floats
    chosen: NDArray[np.int64]


class RowReader:
    """Reads rows of one run, of all its writers, in order of step, time, arrival."""

    def __init__(self, source: Source, tails: TailCache | None) -> None:
        self._source = source
        self._tails = tails

    def rows(self, run: RunId, where: RowFilter) -> HistoryBatch:
        """See the port."""
        pieces = self._pieces(run, StreamKind.HISTORY, where.min_step, where.max_step, where.keys)
        if where.require_all and where.keys:
            self._require(pieces, where.keys)
        piece_of, order = _order(pieces)
        if where.limit is not None:
            piece_of, order = piece_of[: where.limit], order[: where.limit]
        return self._read(pieces, piece_of, order, where.keys)

    def sample(self, run: RunId, kind: StreamKind, keys: Sequence[str], n: int) -> HistoryBatch:
        """See the port."""
        pieces = self._pieces(run, kind, None, None, keys or None)
        if keys:
            self._require(pieces, keys)
        piece_of, order = _order(pieces)
        at = evenly(len(order), n)
        return self._read(pieces, piece_of[at], order[at], keys or None)

    def _pieces(
        self,
        run: RunId,
        kind: StreamKind,
        min_step: int | None,
        max_step: int | None,
        keys: Sequence[str] | None,
    ) -> list[_Piece]:
        states = self._source.states([run], kind)
        by_id = {state.id: state for state in states}
        segments = [
            segment
            for segment in self._source.segments([s.id for s in states if s.sealed_rows])
            # Extents are doubles: beyond 2**53 they may be off by a rounding, hence `<=`.
            if (min_step is None or segment.extent(Axis.STEP).hi >= float(min_step))
            and (max_step is None or segment.extent(Axis.STEP).lo <= float(max_step))
        ]
        axes = read_axes(self._source, segments, by_id, ("step", "time"))
        tails = read_tails(self._source, states, self._tails)
        pieces = []
        for state in states:
            for segment in segments:
                if segment.stream_id == state.id:
                    step, time = axes[segment.id]
                    pieces.append(_piece(state, segment, None, step.astype(np.int64), time))
            tail: Tail | None = tails.get(state.id)
            batches = tail.batches(keys) if tail is not None else []
            pieces += [_piece(state, None, b, b.step, b.time) for b in batches]
        for piece in pieces:
            keep = np.ones(len(piece.step), np.bool_)
            if min_step is not None:
                keep &= piece.step >= min_step
            if max_step is not None:
                keep &= piece.step < max_step
            piece.chosen = np.flatnonzero(keep)
        return pieces

    def _require(self, pieces: Sequence[_Piece], keys: Sequence[str]) -> None:
        ids = self._source.key_ids(keys)
        segments = [p.segment.id for p in pieces if p.segment is not None and len(p.chosen)]
        found: dict[tuple[int, int], list[bytes | None]] = {}
        if segments and ids:
            for segment, key_id, rows in self._source.chunk_rows(segments, list(ids.values())):
                found.setdefault((segment, key_id), []).append(rows)
        for piece in pieces:
            for key in dict.fromkeys(keys):
                having = np.zeros(len(piece.step), np.bool_)
                if piece.segment is not None:
                    for rows in found.get((piece.segment.id, ids.get(key, -1)), ()):
                        if rows is None:
                            having[:] = True
                        else:
                            having[decode_rows(rows)] = True
                elif piece.batch is not None:
                    for column in (piece.batch.numbers.get(key), piece.batch.objects.get(key)):
                        if column is not None:
                            having[slice(None) if column.rows is None else column.rows] = True
                piece.chosen = piece.chosen[having[piece.chosen]]

    def _read(
        self,
        pieces: Sequence[_Piece],
        piece_of: NDArray[np.int64],
        rows: NDArray[np.int64],
        keys: Sequence[str] | None,
    ) -> HistoryBatch:
        """Decodes the chosen rows: `rows[i]` of piece `piece_of[i]` becomes row i."""
        parts = []
        for i in np.unique(piece_of).tolist():
            piece = pieces[i]
            where = np.flatnonzero(piece_of == i)
            chosen = rows[where]
            batch = piece.batch
            if piece.segment is not None:
                part = int(chosen.min()), int(chosen.max()) + 1
                batch = read_segment(self._source, piece.segment, piece.state, keys, part)
                chosen = chosen - part[0]
            assert batch is not None
            target = np.full(batch.num_rows, -1, np.int64)
            target[chosen] = where
            parts.append((batch, target))
        return gather(parts, len(rows)) if parts else empty_batch()


def _piece(
    state: StreamState,
    segment: Segment | None,
    batch: HistoryBatch | None,
    step: Ints,
    time: Floats,
) -> _Piece:
    return _Piece(state, segment, batch, step, time, np.empty(0, np.int64))


def _order(pieces: Sequence[_Piece]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Piece and position of each chosen row, in order of step, time, then as they came."""
    if not pieces:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    piece_of = np.repeat(np.arange(len(pieces)), [len(p.chosen) for p in pieces])
    rows = np.concatenate([p.chosen for p in pieces])
    step = np.concatenate([p.step[p.chosen] for p in pieces])
    if (step[1:] > step[:-1]).all():
        return piece_of, rows
    time = np.concatenate([p.time[p.chosen] for p in pieces])
    order = np.lexsort((time, step))
    return piece_of[order], rows[order]


def evenly(total: int, n: int) -> NDArray[np.int64]:
    """At most `n` positions below `total`, evenly spread, the first and last among them."""
    if total <= n:
        return np.arange(total)
    if n <= 1:
        return np.zeros(max(n, 0), np.int64)
    return np.arange(n) * (total - 1) // (n - 1)
