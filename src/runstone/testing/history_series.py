"""What every history must draw: true series at every zoom, from raw values or rollups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.history import (
    Axis,
    BucketSeries,
    Floats,
    HistoryBatch,
    Numbers,
    PointSeries,
    SeriesQuery,
    ValueKind,
)
from runstone.testing.history_data import BEGIN, check_series, make_batch
from runstone.testing.history_subject import (
    HISTORY,
    OTHER,
    RUN,
    SYSTEM,
    HistorySubject,
    HistorySuite,
    Settle,
)


class SeriesConformance(HistorySuite):
    """The part of the suite about series."""

    @pytest.mark.parametrize("axis", Axis)
    def test_series_are_true_at_every_zoom(
        self, settle: Settle, subject: HistorySubject, axis: Axis
    ) -> None:
        settle(long_run())
        keys = ["loss", "odd", "sparse", "short"]
        points = {key: points_of(subject, key, axis) for key in keys}
        for lo, hi in ranges_of(points["loss"][0]):
            for buckets in (2, 9, 40, 5_000):
                query = SeriesQuery([RUN], keys, axis=axis, lo=lo, hi=hi, buckets=buckets)
                for found in subject.read(lambda h, q=query: h.series(q)):  # type: ignore[misc]
                    check_series(found, *points[found.key], query)

    @pytest.mark.parametrize("axis", Axis)
    def test_zooming_into_long_series_stays_true(self, subject: HistorySubject, axis: Axis) -> None:
        stream = subject.open()
        for row0 in range(0, 40_000, 10_000):
            batch = make_batch(row0, 10_000, keys=("loss",))
            at = np.flatnonzero(np.arange(10_000) % 9 < 7).astype(np.uint32)
            numbers = {**batch.numbers, "most": Numbers(batch.step[at].astype(np.float64), at)}
            subject.append(
                stream, HistoryBatch(row0, batch.step, batch.time, batch.runtime, numbers)
            )
            if row0 == 20_000:
                subject.seal_run(RUN)
        points = {key: points_of(subject, key, axis) for key in ("loss", "most")}
        for lo, hi in ranges_of(points["loss"][0]):
            for buckets in (20, 1_000):
                query = SeriesQuery([RUN], list(points), axis=axis, lo=lo, hi=hi, buckets=buckets)
                for found in subject.read(lambda h, q=query: h.series(q)):  # type: ignore[misc]
                    check_series(found, *points[found.key], query)

    def test_x_that_goes_back_loses_nothing(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 1500), make_batch(1500, 1500, step0=700), make_batch(3000, 90)])
        for lo, hi in ((None, None), (600, 900), (2199, 3050), (-5, 0)):
            for buckets in (5, 100):
                query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=buckets)
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, *points_of(subject, "loss", Axis.STEP), query)

    def test_writers_are_merged_by_x(self, subject: HistorySubject) -> None:
        for writer, step0 in (("a", 0), ("b", 700), ("c", 5_000)):
            stream = subject.open(writer=writer)
            subject.append(stream, make_batch(0, 1400, step0=step0))
            subject.seal_due()
        subject.append(subject.open(writer="quiet"), make_batch(0, 10, keys=("other",)))
        for lo, hi, buckets in ((None, None, 10), (600, 5_100, 20), (800, 820, 50)):
            query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=buckets)
            (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
            check_series(found, *points_of(subject, "loss", Axis.STEP), query)

    def test_series_come_in_the_order_asked(self, subject: HistorySubject) -> None:
        subject.append(subject.open(RUN), make_batch(0, 5))
        subject.append(subject.open(OTHER), make_batch(0, 5))
        query = SeriesQuery([OTHER, RUN], ["loss", "none", "accuracy"])
        found = subject.read(lambda h: h.series(query))
        assert [(s.run_id, s.key) for s in found] == [
            (run, key) for run in (OTHER, RUN) for key in ("loss", "none", "accuracy")
        ]
        assert subject.read(lambda h: h.series(SeriesQuery([RUN], []))) == []

    def test_relative_counts_from_the_first_row_where_no_runtime_was_logged(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        batch = make_batch(0, 6)
        runtime = np.array([math.nan, 1.0, math.nan, 1.6, 2.0, math.nan])
        settle([HistoryBatch(0, batch.step, batch.time, runtime, batch.numbers)])
        query = SeriesQuery([RUN], ["loss"], axis=Axis.RELATIVE)
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        logged = np.where(np.isnan(runtime), batch.time - BEGIN, runtime)
        assert found.x.tolist() == np.sort(logged).tolist()

    def test_kinds_have_histories_of_their_own(self, subject: HistorySubject) -> None:
        subject.append(subject.open(kind=SYSTEM), make_batch(0, 5, keys=("gpu.0",)))
        subject.append(subject.open(), make_batch(0, 3))
        query = SeriesQuery([RUN], ["gpu.0", "loss"], kind=SYSTEM)
        gpu, loss = subject.read(lambda h: h.series(query))
        assert isinstance(gpu, PointSeries)
        assert isinstance(loss, PointSeries)
        assert (len(gpu.x), len(loss.x)) == (5, 0)

    def test_too_few_buckets_are_refused(self, subject: HistorySubject) -> None:
        with pytest.raises(InvalidInput):
            subject.read(lambda h: h.series(SeriesQuery([RUN], ["loss"], buckets=1)))

    def test_constant_x_is_one_bucket(self, settle: Settle, subject: HistorySubject) -> None:
        batch = make_batch(0, 2_000, keys=("loss",))
        settle([HistoryBatch(0, batch.step * 0, batch.time, batch.runtime, batch.numbers)])
        (found,) = subject.read(lambda h: h.series(SeriesQuery([RUN], ["loss"], buckets=10)))
        assert isinstance(found, BucketSeries)
        assert found.num_rows == 2_000


def points_of(subject: HistorySubject, key: str, axis: Axis) -> tuple[Floats, Floats]:
    """All points by x, out of a scan of every stream: not the way series are made."""
    xs, ys = [np.empty(0)], [np.empty(0)]
    for info in subject.read(lambda h: h.streams([RUN], HISTORY)):
        begin = None
        for batch in subject.scan(info.id):
            begin = batch.time[0] if begin is None else begin
            x = {
                Axis.STEP: batch.step.astype(np.float64),
                Axis.TIME: batch.time,
                Axis.RELATIVE: np.where(np.isnan(batch.runtime), batch.time - begin, batch.runtime),
            }[axis]
            column = batch.numbers.get(key)
            if column is not None:
                xs.append(x if column.rows is None else x[column.rows])
                ys.append(column.values)
    x, y = np.concatenate(xs), np.concatenate(ys)
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def long_run() -> list[HistoryBatch]:
    """6,000 rows in uneven batches: keys that are dense, odd, sparse, and there for a while."""
    batches = []
    row0 = 0
    for i, n in enumerate((1000, 1, 63, 64, 65, 1500, 7, 2300, 1000)):
        row = np.arange(row0, row0 + n)
        odd = np.where(row % 501 == 3, np.nan, np.where(row % 700 == 5, np.inf, row * 0.5))
        odd = odd.astype(np.float64)
        at = np.flatnonzero(row % 10 == 0).astype(np.uint32)
        numbers = {"odd": Numbers(odd, None, ValueKind.FLOAT)}
        if len(at):
            numbers["sparse"] = Numbers(row[at].astype(np.float64), at, ValueKind.INT)
        if i == 6:
            numbers["short"] = Numbers(np.arange(n, dtype=np.float64))
        batches.append(make_batch(row0, n, keys=("loss",), numbers=numbers))
        row0 += n
    return batches


def ranges_of(x: Floats) -> list[tuple[float | None, float | None]]:
    """Ranges to look at: all, parts, hardly anything, beyond, and one that is none."""
    a, b = float(x[0]), float(x[-1])
    width = b - a
    return [
        (None, None),
        (a + 0.301 * width, None),
        (None, a + 0.62 * width),
        (a + 0.4 * width, a + 0.5 * width),
        (a + 0.4001 * width, a + 0.4002 * width),
        (a - 1, a),
        (b + 1, b + 2),
        (a + 0.6 * width, a + 0.4 * width),
    ]
