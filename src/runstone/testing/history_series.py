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
    XScale,
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
            if row0 < 30_000:
                few = np.array([17, 4_017, 4_018, 9_999], np.uint32)
                numbers["few"] = Numbers(batch.step[few].astype(np.float64), few)
            subject.append(
                stream, HistoryBatch(row0, batch.step, batch.time, batch.runtime, numbers)
            )
            if row0 == 20_000:
                subject.seal_run(RUN)
        points = {key: points_of(subject, key, axis) for key in ("loss", "most", "few")}
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

    @pytest.mark.parametrize("scale", XScale)
    @pytest.mark.parametrize("seed", range(4))
    def test_a_range_has_its_neighbours(
        self, settle: Settle, subject: HistorySubject, seed: int, scale: XScale
    ) -> None:
        random = np.random.default_rng(seed)
        axis = list(Axis)[seed % 3]
        settle(random_run(random, goes_back=seed % 2 == 1))
        for key in ("loss", "often", "seldom", "early", "twice"):
            x, y = points_of(subject, key, axis)
            for lo, hi in random_ranges(random, x):
                buckets = int(random.choice((2, 20, 1_000)))
                query = SeriesQuery(
                    *([RUN], [key]), axis=axis, lo=lo, hi=hi, buckets=buckets, x_scale=scale
                )
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, x, y, query)

    @pytest.mark.parametrize("seed", range(4))
    def test_neighbours_are_the_nearest_of_all_writers(
        self, subject: HistorySubject, seed: int
    ) -> None:
        random = np.random.default_rng(seed)
        for writer in ("a", "b", "c"):
            stream = subject.open(writer=writer)
            for batch in random_run(random, goes_back=seed % 2 == 1):
                subject.append(stream, batch)
            if writer != "b":
                subject.seal_run(RUN)
        for key in ("loss", "seldom", "early", "twice"):
            x, y = points_of(subject, key, Axis.STEP)
            for lo, hi in random_ranges(random, x):
                query = SeriesQuery([RUN], [key], lo=lo, hi=hi, buckets=50)
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, x, y, query)

    def test_keys_between_whose_values_one_zooms(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        """What was logged every 50 steps is a line at each of them."""
        at = np.arange(0, 400, 50, dtype=np.uint32)
        seldom = np.where(at == 100, np.nan, at).astype(np.float64)
        settle([make_batch(0, 400, numbers={"seldom": Numbers(seldom, at)})])
        query = SeriesQuery([RUN], ["seldom", "loss", "none"], lo=101, hi=149)
        found, loss, none = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert (found.x.tolist(), found.num_rows) == ([100, 150], 0)
        assert (math.isnan(found.y[0]), found.y[1]) == (True, 150)
        assert isinstance(loss, PointSeries)
        assert (loss.x.tolist(), loss.num_rows) == (list(range(100, 151)), 49)
        assert isinstance(none, PointSeries)
        assert (len(none.x), none.num_rows) == (0, 0)

    def test_neighbours_are_buckets_of_their_own(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        """They never widen what a bucket of the range says."""
        values = np.where(np.isin(np.arange(600), (99, 501)), 1e9, 1.0)
        settle([make_batch(0, 600, keys=(), numbers={"loss": Numbers(values)})])
        query = SeriesQuery([RUN], ["loss"], lo=100, hi=500, buckets=10)
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, BucketSeries)
        assert (found.num_rows, len(found.x0)) == (401, 12)
        assert (found.x0[0], found.x1[0], found.x0[-1], found.x1[-1]) == (99, 99, 501, 501)
        assert found.max.tolist() == [1e9, *[1.0] * 10, 1e9]

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


def random_run(random: np.random.Generator, *, goes_back: bool) -> list[HistoryBatch]:
    """Some 2,000 rows whose steps have gaps and repeat, with keys that are often missing."""
    batches: list[HistoryBatch] = []
    row0, step0 = 0, int(random.integers(-300, 300))
    for i in range(7):
        n = int(random.integers(1, 600))
        step = step0 + np.cumsum(random.integers(0, 4, n))
        step0 = int(step[-1]) - (int(random.integers(0, 900)) if goes_back else 0)
        time = BEGIN + 0.25 * step + 0.001 * random.integers(0, 3, n).cumsum()
        numbers = {"loss": Numbers(_odd_values(random, n))}
        shares = {"often": 0.7, "seldom": 0.004, "early": 0.5 * (i < 2)}
        shares["twice"] = 1.0 if i in (1, 5) else 0.0
        for key, share in shares.items():
            at = np.flatnonzero(random.random(n) < share).astype(np.uint32)
            if len(at):
                rows = None if len(at) == n else at
                numbers[key] = Numbers(_odd_values(random, len(at)), rows)
        batches.append(HistoryBatch(row0, step, time, time - BEGIN, numbers))
        row0 += n
    return batches


def _odd_values(random: np.random.Generator, n: int) -> Floats:
    values = random.normal(size=n)
    values[random.random(n) < 0.05] = np.nan
    values[random.random(n) < 0.02] = np.inf
    return values


def random_ranges(
    random: np.random.Generator, x: Floats
) -> list[tuple[float | None, float | None]]:
    """Ranges between and on values, open to a side, hardly wider than nothing, and beyond."""
    a, b = (float(x[0]), float(x[-1])) if len(x) else (0.0, 100.0)
    width = b - a + 2
    found: list[tuple[float | None, float | None]] = [(b + 5, b + 9), (a - 9, a - 5), (0, b)]
    for _ in range(4):
        lo = a - 1 + float(random.random()) * width
        found.append((lo, lo + float(random.choice((0.3, 3, 90, 900))) * float(random.random())))
    for _ in range(2):
        lo, hi = np.sort(random.choice(x, 2) if len(x) else np.array([1.0, 2.0])).tolist()
        found += [(lo, hi), (lo, None), (None, hi)]
    return found


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
