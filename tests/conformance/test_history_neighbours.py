"""Neighbours of a range that lie in other segments: read alone, smoothed like the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runstone.domain.history import Axis, Numbers, PointSeries, SeriesQuery
from runstone.domain.smoothing import Smoothing
from runstone.storage.chunks import neighbours, raw
from runstone.testing.history_data import check_series, make_batch
from runstone.testing.history_series import points_of
from runstone.testing.history_subject import RUN
from runstone.testing.history_subjects import SqliteHistorySubject
from runstone.testing.smoothing import SMOOTHINGS, smoothed_plainly


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[SqliteHistorySubject]:
    subject = SqliteHistorySubject(tmp_path / "h.db")
    yield subject
    subject.close()


def test_a_neighbour_far_away_is_read_alone(subject: SqliteHistorySubject) -> None:
    """Of a key that was logged at the two ends of a long run, nothing between is decoded."""
    stream = subject.open(RUN)
    for row0 in range(0, 200_000, 20_000):
        numbers = {}
        if row0 in (0, 180_000):
            at = np.arange(0, 20_000, 2, dtype=np.uint32)
            numbers["ends"] = Numbers(at.astype(np.float64), at)
        subject.append(stream, make_batch(row0, 20_000, keys=("loss",), numbers=numbers))
        subject.seal_run(RUN)
    query = SeriesQuery([RUN], ["ends"], lo=100_000, hi=100_010)
    decoded: list[int] = []
    counting = _counting(raw.decode_values, decoded)
    with pytest.MonkeyPatch.context() as patch:
        for module in (raw, neighbours):
            patch.setattr(module, "decode_values", counting)
        (found,) = subject.read(lambda h: h.series(query))
    assert isinstance(found, PointSeries)
    assert (found.x.tolist(), found.num_rows) == ([19_998, 180_000], 0)
    assert sum(decoded) == 2


def _counting(decode: Callable[..., Any], counts: list[int]) -> Callable[..., Any]:
    def counted(chunk: Any, start: int, stop: int, *into: Any) -> Any:
        counts.append(stop - start)
        return decode(chunk, start, stop, *into)

    return counted


@pytest.mark.parametrize("smoothing", [None, *SMOOTHINGS], ids=str)
def test_ranges_that_end_where_segments_do(
    subject: SqliteHistorySubject, smoothing: Smoothing | None
) -> None:
    stream = subject.open(RUN)
    for row0, rows in ((0, 9_000), (9_000, 10_000), (19_000, 100), (19_100, 500)):
        subject.append(stream, make_batch(row0, rows, keys=("loss",)))
        if row0 < 19_100:
            subject.seal_run(RUN)
    x, y = points_of(subject, "loss", Axis.STEP)
    expected = None
    if smoothing is not None:
        expected = np.array(smoothed_plainly(x.tolist(), y.tolist(), smoothing))
    ends = (9_000, 19_000, 19_100)
    ranges = [(float(a), float(b - 1)) for a in (0, 64, *ends) for b in (*ends, 19_600) if a < b]
    ranges += [(end - 0.8, end - 0.2) for end in (*ends, 6_400, 12_345, 19_300)]
    ranges += [(end - 50.0, end - 1.0) for end in ends]
    ranges += [(float(end), end + 50.0) for end in ends]
    for lo, hi in ranges:
        for buckets in (10, 100):
            query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=buckets, smoothing=smoothing)
            (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
            check_series(found, x, y, query, expected)
