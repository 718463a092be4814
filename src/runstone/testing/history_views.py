"""What every history must draw on request: smoothed, over a key, on a log scale, of one writer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from runstone.domain.cancellation import Cancelled
from runstone.domain.history import (
    Axis,
    BucketSeries,
    Floats,
    HistoryBatch,
    Numbers,
    PointSeries,
    SeriesQuery,
    XScale,
)
from runstone.domain.smoothing import Smoothing
from runstone.testing.history_data import check_series, make_batch
from runstone.testing.history_series import long_run, points_of, ranges_of
from runstone.testing.history_subject import (
    OTHER,
    RUN,
    SYSTEM,
    HistorySubject,
    HistorySuite,
    Settle,
)
from runstone.testing.smoothing import SMOOTHINGS, smoothed_plainly


class ViewsConformance(HistorySuite):
    """The part of the suite about the ways to look at series."""

    @pytest.mark.parametrize("smoothing", SMOOTHINGS, ids=lambda smoothing: smoothing.kind)
    def test_zooming_changes_no_smoothed_value(
        self, settle: Settle, subject: HistorySubject, smoothing: Smoothing
    ) -> None:
        settle(long_run())
        keys = ["loss", "odd", "sparse", "short"]
        points = {key: points_of(subject, key, Axis.TIME) for key in keys}
        smoothed = {key: _plainly(*points[key], smoothing) for key in keys}
        for lo, hi in ranges_of(points["loss"][0]):
            for buckets in (30, 5_000):
                query = SeriesQuery(
                    [RUN], keys, axis=Axis.TIME, lo=lo, hi=hi, buckets=buckets, smoothing=smoothing
                )
                for found in subject.read(lambda h, q=query: h.series(q)):  # type: ignore[misc]
                    check_series(found, *points[found.key], query, smoothed[found.key])

    @pytest.mark.parametrize("smoothing", SMOOTHINGS, ids=lambda smoothing: smoothing.kind)
    def test_a_growing_run_is_smoothed_anew(
        self, subject: HistorySubject, smoothing: Smoothing
    ) -> None:
        stream = subject.open()
        for row0, rows in ((0, 4_500), (4_500, 1), (4_501, 1_200), (5_701, 3)):
            subject.append(stream, make_batch(row0, rows, keys=("loss",)))
            x, y = points_of(subject, "loss", Axis.STEP)
            smoothed = _plainly(x, y, smoothing)
            for lo, hi in ((None, None), (row0 - 50.0, None), (1_000.0, 1_300.0)):
                query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=60, smoothing=smoothing)
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, x, y, query, smoothed)
            if row0 == 0:
                subject.seal_run(RUN)

    def test_writers_are_smoothed_as_they_are_merged(self, subject: HistorySubject) -> None:
        for writer, step0 in (("a", 0), ("b", 300)):
            subject.append(subject.open(writer=writer), make_batch(0, 500, step0=step0))
        smoothing = SMOOTHINGS[1]
        x, y = points_of(subject, "loss", Axis.STEP)
        query = SeriesQuery([RUN], ["loss"], lo=100, buckets=50, smoothing=smoothing)
        (found,) = subject.read(lambda h: h.series(query))
        check_series(found, x, y, query, _plainly(x, y, smoothing))

    def test_a_curve_without_values_has_none_smoothed(self, subject: HistorySubject) -> None:
        subject.append(subject.open(), make_batch(0, 5))
        query = SeriesQuery([RUN, OTHER], ["none"], smoothing=SMOOTHINGS[0])
        for found in subject.read(lambda h: h.series(query)):
            assert isinstance(found, PointSeries)
            assert (len(found.x), found.smooth is None) == (0, False)

    def test_a_logarithmic_scale_has_its_own_buckets(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        batches = [make_batch(0, 4_000, step0=-3), make_batch(4_000, 8_000, step0=3_997)]
        settle(batches)
        x, y = points_of(subject, "loss", Axis.STEP)
        for lo, hi in ((None, None), (-2, 500), (10, None), (-9, 0), (2_000, 2_500)):
            for buckets in (8, 100):
                query = SeriesQuery(
                    [RUN], ["loss"], lo=lo, hi=hi, buckets=buckets, x_scale=XScale.LOG
                )
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, x, y, query)
                if isinstance(found, BucketSeries):
                    low, high = math.log(found.x0[0]), math.log(found.x1[-1])
                    width = (high - low) / buckets
                    assert (np.log(found.x1) - np.log(found.x0) <= width * (1 + 1e-9)).all()

    def test_a_logarithmic_scale_has_no_place_at_zero_and_below(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        settle([make_batch(0, 3_000, step0=-2_999)])
        query = SeriesQuery([RUN], ["loss"], x_scale=XScale.LOG)
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert len(found.x) == 0

    @pytest.mark.parametrize("smoothing", [None, SMOOTHINGS[0]], ids=["raw", "smoothed"])
    def test_any_key_can_be_x(
        self, settle: Settle, subject: HistorySubject, smoothing: Smoothing | None
    ) -> None:
        batches = _epochs()
        settle(batches)
        for x_key in ("epoch", "back", "odd", "step_again"):
            for key in ("loss", "sparse"):
                x, y = _joined(batches, key, x_key)
                expected = None if smoothing is None else _plainly(x, y, smoothing)
                for lo, hi in ranges_of(x)[:5]:
                    for buckets in (7, 5_000):
                        query = SeriesQuery(
                            *([RUN], [key]),
                            lo=lo,
                            hi=hi,
                            buckets=buckets,
                            x_key=x_key,
                            smoothing=smoothing,
                        )
                        (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                        check_series(found, x, y, query, expected)

    def test_writers_know_nothing_of_each_others_x(self, subject: HistorySubject) -> None:
        epochs = {"epoch": Numbers(np.array([0.0, 10.0]), np.array([0, 3], np.uint32))}
        subject.append(subject.open(writer="a"), make_batch(0, 6, keys=("loss",), numbers=epochs))
        subject.append(subject.open(writer="b"), make_batch(0, 6, keys=("loss",)))
        query = SeriesQuery([RUN], ["loss"], x_key="epoch")
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert found.x.tolist() == [0, 0, 0, 10, 10, 10]

    def test_a_key_without_values_is_no_x(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 100)])
        query = SeriesQuery([RUN], ["loss", "accuracy"], x_key="none")
        for found in subject.read(lambda h: h.series(query)):
            assert isinstance(found, PointSeries)
            assert len(found.x) == 0

    def test_a_key_over_itself(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 100)])
        query = SeriesQuery([RUN], ["loss"], x_key="loss")
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert found.x.tolist() == found.y.tolist() == sorted(found.x)

    def test_one_writer_alone(self, subject: HistorySubject) -> None:
        for i, writer in enumerate(("", "a", "b")):
            stream = subject.open(kind=SYSTEM, writer=writer)
            subject.append(stream, make_batch(0, 5, keys=("cpu",), step0=100 * i))
        for wanted, first, count in (("", 0, 5), ("b", 200, 5), ("c", 0, 0), (None, 0, 15)):
            query = SeriesQuery([RUN], ["cpu"], kind=SYSTEM, writer=wanted)
            (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
            assert isinstance(found, PointSeries)
            assert len(found.x) == count
            assert not count or found.x[0] == first

    def test_what_nobody_waits_for_is_given_up(self, subject: HistorySubject) -> None:
        subject.append(subject.open(), make_batch(0, 5))
        query = SeriesQuery([RUN], ["loss", "accuracy"] * 50)
        asked: list[None] = []

        def gone() -> bool:
            asked.append(None)
            return len(asked) > 20

        with pytest.raises(Cancelled):
            subject.read(lambda h: h.series(query, is_cancelled=gone))
        assert len(asked) == 21


def _plainly(x: Floats, y: Floats, smoothing: Smoothing) -> Floats:
    return np.array(smoothed_plainly(x.tolist(), y.tolist(), smoothing))


def _epochs() -> list[HistoryBatch]:
    """2,400 rows with keys to draw over: ascending, falling, not finite at times, in each row."""
    found = []
    for row0 in range(0, 2_400, 800):
        row = np.arange(row0, row0 + 800)
        epoch = np.flatnonzero(row % 100 == 17).astype(np.uint32)
        back = np.flatnonzero(row % 3 == 1).astype(np.uint32)
        odd = np.where(row % 50 == 7, np.nan, np.where(row % 90 == 1, np.inf, -0.1 * row))
        sparse = np.flatnonzero(row % 7 == 2).astype(np.uint32)
        numbers: Mapping[str, Numbers] = {
            "epoch": Numbers((row[epoch] // 100).astype(np.float64), epoch),
            "back": Numbers(np.cos(row[back] * 0.01), back),
            "odd": Numbers(odd.astype(np.float64)),
            "step_again": Numbers(row.astype(np.float64)),
            "sparse": Numbers(row[sparse].astype(np.float64), sparse),
        }
        found.append(make_batch(row0, 800, keys=("loss",), numbers=numbers))
    return found


def _joined(batches: Sequence[HistoryBatch], key: str, x_key: str) -> tuple[Floats, Floats]:
    """Values of a key by the last value of another, row by row."""
    points = []
    at: float | None = None
    for batch in batches:
        columns = {}
        for name in (key, x_key):
            column = batch.numbers[name]
            rows = range(batch.num_rows) if column.rows is None else column.rows.tolist()
            columns[name] = dict(zip(rows, column.values.tolist(), strict=True))
        for row in range(batch.num_rows):
            at = columns[x_key].get(row, at)
            if row in columns[key] and at is not None and math.isfinite(at):
                points.append((at, columns[key][row]))
    points.sort(key=lambda point: point[0])
    return np.array([x for x, _ in points]), np.array([y for _, y in points])
