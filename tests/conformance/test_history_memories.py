"""What averages remember of long series: less to read, within bounds, and never what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runstone.domain.history import Axis, Series, SeriesQuery, XScale
from runstone.domain.ids import RunId, StreamId
from runstone.domain.smoothing import Smoothing
from runstone.storage.chunks import raw, series
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.memories import MemoryCache
from runstone.storage.sqlite.history import SqliteHistoryReader
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


def test_what_averages_remember_is_bounded(subject: SqliteHistorySubject) -> None:
    cache = ReadCache(memories=MemoryCache(max_bytes=12_000))
    runs = [RunId(i) for i in range(1, 6)]
    for run in runs:
        subject.append(subject.open(run), make_batch(0, 6_000))
        subject.seal_run(run)
    query = SeriesQuery(runs, ["loss"], smoothing=SMOOTHINGS[0])
    for _ in range(2):
        subject.reader.execute("BEGIN")
        found = SqliteHistoryReader(subject.reader, cache).series(query)
        subject.reader.execute("ROLLBACK")
        assert all(curve.smooth is not None for curve in found)
        assert 4_000 < cache.memories.nbytes <= 12_000


@pytest.mark.parametrize("from_row", [5_000, 6_020], ids=["sealed", "journal"])
@pytest.mark.parametrize("smoothing", SMOOTHINGS[:2], ids=lambda smoothing: smoothing.kind)
def test_averages_are_not_remembered_of_rows_taken_back(
    subject: SqliteHistorySubject, smoothing: Smoothing, from_row: int
) -> None:
    stream = subject.open(RUN)
    subject.append(stream, make_batch(0, 6_000))
    subject.seal_run(RUN)
    subject.append(stream, make_batch(6_000, 100))
    query = SeriesQuery([RUN], ["loss"], lo=4_900, smoothing=smoothing)
    _check(subject, query, smoothing)
    subject.write(lambda h: h.truncate(StreamId(stream), from_row))
    again = make_batch(from_row, 6_100 - from_row, keys=("loss",), step0=9_000)
    subject.append(stream, again)
    _check(subject, query, smoothing)


@pytest.mark.parametrize("smoothing", SMOOTHINGS[:2], ids=lambda smoothing: smoothing.kind)
def test_sealing_in_other_parts_changes_no_average(
    subject: SqliteHistorySubject, smoothing: Smoothing
) -> None:
    stream = subject.open(RUN)
    query = SeriesQuery([RUN], ["loss"], buckets=20, smoothing=smoothing)
    for row0 in range(0, 9_000, 1_500):
        subject.append(stream, make_batch(row0, 1_500))
        _check(subject, query, smoothing)
        subject.seal_run(RUN)
        _check(subject, query, smoothing)
    subject.compact()
    _check(subject, query, smoothing)


@pytest.mark.parametrize("size", [1, 2_500, 9_000])
@pytest.mark.parametrize("smoothing", [None, *SMOOTHINGS[:3]], ids=str)
def test_what_takes_all_values_is_read_in_portions(
    subject: SqliteHistorySubject, smoothing: Smoothing | None, size: int
) -> None:
    runs = [RunId(i) for i in range(1, 5)]
    for run in runs[1:]:
        subject.append(subject.open(run), make_batch(0, 1_000 * int(run)))
        subject.seal_run(run)
    query = SeriesQuery(
        [*runs, runs[1]],
        ["loss", "none", "accuracy"],
        lo=100,
        buckets=30,
        x_scale=XScale.LOG,
        smoothing=smoothing,
    )
    expected = [_plain(curve) for curve in subject.read(lambda h: h.series(query))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series, "_PORTION_VALUES", size)
        found = [_plain(curve) for curve in subject.read(lambda h: h.series(query))]
    assert found == expected
    assert len(found) == 15


def _plain(curve: Series) -> dict[str, Any]:
    values = {field.name: getattr(curve, field.name) for field in fields(curve)}
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}


def _check(subject: SqliteHistorySubject, query: SeriesQuery, smoothing: Smoothing) -> None:
    (found,) = subject.read(lambda h: h.series(query))
    x, y = points_of(subject, "loss", Axis.STEP)
    smoothed = smoothed_plainly(x.tolist(), y.tolist(), smoothing)
    check_series(found, x, y, query, np.array(smoothed))


def test_an_average_that_is_remembered_spares_reading_the_rest(
    subject: SqliteHistorySubject,
) -> None:
    subject.append(subject.open(RUN), make_batch(0, 60_000))
    subject.seal_run(RUN)
    zoomed = SeriesQuery([RUN], ["loss"], lo=30_000, hi=30_100, smoothing=SMOOTHINGS[0])
    decoded: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "decode_values", _counting(raw.decode_values, decoded))
        subject.read(lambda h: h.series(zoomed))
        whole, decoded[:] = sum(decoded), []
        subject.read(lambda h: h.series(zoomed))
    assert whole >= 60_000
    assert sum(decoded) <= 256


def _counting(decode: Callable[..., Any], counts: list[int]) -> Callable[..., Any]:
    def counted(chunk: Any, start: int, stop: int, *into: Any) -> Any:
        counts.append(stop - start)
        return decode(chunk, start, stop, *into)

    return counted
