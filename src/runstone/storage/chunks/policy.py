"""When journaled rows are sealed, how large segments become, and which are merged.

The numbers are measured (ADR on history): larger chunks pack better and make long charts cheap,
smaller ones make zooming cheap and keep one write short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runstone.domain.history import BLOCK_ROWS
from runstone.storage.chunks.source import StreamState


@dataclass(frozen=True, slots=True)
class SealPolicy:
    """Limits of sealing. A stream is due when any of the first four is reached.

    Attributes:
        rows: Unsealed rows.
        points: Unsealed values, if there are `points_min_rows` rows too (short chunks pack badly).
        points_min_rows: See `points`.
        max_points: Unsealed values, however few the rows: bounds memory of readers and sealer.
        max_entries: Journal entries: a live chart reads them one by one.
        idle_s: Nothing appended for so long, and at least `idle_rows` rows wait. Runs that have
            ended wait, too: their charts come from the journal as fast, sealing costs a commit each
            when many end at once, and a later life or a late rank would leave small segments.
        idle_rows: See `idle_s`.
        abandoned_s: Nothing appended for so long: whatever waits is sealed.
        segment_rows: Rows per segment at most: bounds what a zoom decodes.
        segment_points: Values per segment at most: bounds memory of sealing and scanning.
        merge_count: So many small neighbours are merged; small is below 1/merge_count of a
            segment's limits.
        unit_bytes: One write to the database inserts or deletes about so much at most, so that
            sealing a wide stream does not hold up the commits of others.
        unit_chunks: Likewise in chunks.
    """

    rows: int = 4_096
    points: int = 131_072
    points_min_rows: int = 1_024
    max_points: int = 4_194_304
    max_entries: int = 256
    idle_s: float = 60.0
    idle_rows: int = 256
    abandoned_s: float = 3_600.0
    segment_rows: int = 65_536
    segment_points: int = 8_388_608
    merge_count: int = 16
    unit_bytes: int = 2_097_152
    unit_chunks: int = 512

    def seal_until(self, state: StreamState, idle_s: float) -> int:
        """The row up to which the stream is to be sealed now; its `sealed_rows` if not at all.

        While a stream is fed, segments end on multiples of 64 rows, so that blocks stay whole.
        """
        rows = state.next_row - state.sealed_rows
        points = state.num_points - state.sealed_points
        if idle_s >= self.abandoned_s or (idle_s >= self.idle_s and rows >= self.idle_rows):
            return state.next_row
        if (
            rows >= self.rows
            or (points >= self.points and rows >= self.points_min_rows)
            or points >= self.max_points
            or state.num_entries >= self.max_entries
        ):
            whole = state.next_row - state.next_row % BLOCK_ROWS
            return max(whole, state.sealed_rows)
        return state.sealed_rows

    def slice_rows(self, state: StreamState) -> int:
        """Rows of one segment when the stream's unsealed rows are cut up."""
        rows = state.next_row - state.sealed_rows
        points = max(1, state.num_points - state.sealed_points)
        fitting = min(self.segment_rows, self.segment_points * rows // points)
        return max(BLOCK_ROWS, fitting - fitting % BLOCK_ROWS)

    def merges(self, sizes: Sequence[tuple[int, int]], *, finished: bool) -> list[tuple[int, int]]:
        """Which neighbouring segments to merge.

        Args:
            sizes: Rows and values of each segment, in row order.
            finished: Nothing more is coming, so also few are worth it.

        Returns:
            Ranges of positions (from, to) in `sizes`, to be made one segment each.
        """
        found: list[tuple[int, int]] = []
        start, rows, points = 0, 0, 0
        for i, (more_rows, more_points) in enumerate(sizes):
            small = finished or (
                more_rows * self.merge_count <= self.segment_rows
                and more_points * self.merge_count <= self.segment_points
            )
            fits = (
                rows + more_rows <= self.segment_rows
                and points + more_points <= self.segment_points
            )
            if not (small and fits):
                found.append((start, i))
                start, rows, points = (i if small else i + 1), 0, 0
            if small:
                rows += more_rows
                points += more_points
        found.append((start, len(sizes)))
        least = 2 if finished else self.merge_count
        return [(a, b) for a, b in found if b - a >= least]
