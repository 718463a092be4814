"""What every history must do: the port's docstrings as tests.

A backend's test file subclasses `HistoryConformance` and gives the fixture `subject`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pytest

from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.history import (
    AppendResult,
    Axis,
    BucketSeries,
    Floats,
    HistoryBatch,
    KeyInfo,
    Numbers,
    Objects,
    PointSeries,
    RowFilter,
    SeriesQuery,
    StreamKind,
    ValueKind,
)
from runstone.domain.ids import RunId, StreamId
from runstone.ports.history import History, HistoryReader
from runstone.storage.memory.history import HistoryData, MemoryHistory
from runstone.testing.history_data import (
    BEGIN,
    check_form,
    check_series,
    empty_at,
    make_batch,
    same_batch,
)

T = TypeVar("T")
RUN, OTHER = RunId(7), RunId(8)
HISTORY, SYSTEM = StreamKind.HISTORY, StreamKind.SYSTEM


class HistorySubject(ABC):
    """A history under test, with a way to make it seal."""

    @abstractmethod
    def write(self, unit: Callable[[History], T]) -> T:
        """Runs a unit in a transaction of its own and makes it durable."""

    @abstractmethod
    def read(self, unit: Callable[[HistoryReader], T]) -> T:
        """Runs a unit on a snapshot."""

    # What follows does nothing where a backend has no such thing; it must never be noticed.

    def seal_run(self, run: RunId) -> int:
        """Packs everything; returns how many rows."""
        del run
        return 0

    def seal_due(self) -> int:
        """Packs what is due."""
        return 0

    def compact(self) -> int:
        """Merges what was packed."""
        return 0

    def reopen(self) -> bool:
        """Lets go of everything in memory and opens the store again."""
        return False

    def open(self, run: RunId = RUN, kind: StreamKind = HISTORY, writer: str = "") -> StreamId:
        """A stream's id, made when missing."""
        return self.write(lambda h: h.open_stream(run, kind, writer)).id

    def append(self, stream: StreamId, batch: HistoryBatch) -> AppendResult:
        """Appends a batch."""
        return self.write(lambda h: h.append(stream, batch))

    def scan(self, stream: StreamId, **options: object) -> list[HistoryBatch]:
        """All batches of a scan."""
        return self.read(lambda h: list(h.scan(stream, **options)))  # type: ignore[arg-type]


class HistoryConformance:
    """Subclass, and give `subject`."""

    @pytest.fixture
    def subject(self) -> HistorySubject:
        """The history under test, empty."""
        raise NotImplementedError

    @pytest.fixture(params=["journal", "sealed", "half", "reopened"])
    def settle(
        self, subject: HistorySubject, request: pytest.FixtureRequest
    ) -> Callable[[Sequence[HistoryBatch]], StreamId]:
        """Appends batches and brings them into each state that must not make a difference."""

        def run(batches: Sequence[HistoryBatch]) -> StreamId:
            stream = subject.open()
            for i, batch in enumerate(batches):
                subject.append(stream, batch)
                if request.param == "half" and i == len(batches) // 2:
                    subject.seal_run(RUN)
                if request.param == "reopened":
                    subject.seal_due()
            if request.param == "sealed":
                subject.seal_run(RUN)
            if request.param == "reopened":
                subject.compact()
                subject.reopen()
            return stream

        return run

    # Streams

    def test_unknown_runs_give_empty_answers(self, subject: HistorySubject) -> None:
        query = SeriesQuery([RUN], ["loss"])
        assert subject.read(lambda h: h.streams([RUN])) == []
        assert subject.read(lambda h: h.stream(RUN, HISTORY)) is None
        assert subject.read(lambda h: h.keys([RUN])) == []
        assert subject.scan(StreamId(99)) == []
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert len(found.x) == len(found.y) == 0
        assert subject.read(lambda h: h.rows(RUN, RowFilter())).num_rows == 0
        assert subject.read(lambda h: h.sample(RUN, HISTORY, ["loss"], 5)).num_rows == 0
        assert subject.read(lambda h: h.stats([RUN])).num_points == 0

    def test_opening_a_stream_again_gives_the_same(self, subject: HistorySubject) -> None:
        first = subject.write(lambda h: h.open_stream(RUN, HISTORY))
        assert subject.write(lambda h: h.open_stream(RUN, HISTORY)) == first
        assert (first.next_row, first.num_points) == (0, 0)
        assert first.last_step is None
        assert first.last_time is None

    def test_streams_are_ordered_by_run_kind_writer(self, subject: HistorySubject) -> None:
        for run, kind, writer in (
            (OTHER, HISTORY, ""), (RUN, SYSTEM, ""), (RUN, HISTORY, "b"), (RUN, HISTORY, "a"),
        ):  # fmt: skip
            subject.open(run, kind, writer)
        found = subject.read(lambda h: h.streams([OTHER, RUN]))
        assert [(s.run_id, s.kind, s.writer) for s in found] == [
            (RUN, HISTORY, "a"), (RUN, HISTORY, "b"), (RUN, SYSTEM, ""), (OTHER, HISTORY, ""),
        ]  # fmt: skip
        assert subject.read(lambda h: h.streams([RUN], SYSTEM)) == [found[2]]

    def test_a_stream_says_how_far_it_is(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 40), make_batch(40, 30)])
        info = subject.read(lambda h: h.stream(RUN, HISTORY))
        assert info is not None
        assert (info.next_row, info.num_points, info.last_step) == (70, 140, 69)
        assert info.last_time == make_batch(69, 1).time[0]

    # Appending

    def test_resent_rows_are_dropped(self, settle: Settle, subject: HistorySubject) -> None:
        stream = settle([make_batch(0, 100)])
        lie = make_batch(50, 70, keys=("other",))
        assert subject.append(stream, make_batch(0, 100)) == AppendResult(0, 100, 100)
        assert subject.append(stream, lie) == AppendResult(20, 50, 120)
        assert subject.append(stream, lie) == AppendResult(0, 70, 120)
        (found,) = subject.scan(stream, from_row=100)
        same_batch(found, lie.slice(50, 70))

    def test_a_gap_is_refused(self, settle: Settle, subject: HistorySubject) -> None:
        stream = settle([make_batch(0, 10)])
        with pytest.raises(Conflict, match=r"row 10 .* row 11") as caught:
            subject.append(stream, make_batch(11, 5))
        assert caught.value.code == "offset-gap"
        info = subject.read(lambda h: h.stream(RUN, HISTORY))
        assert info is not None
        assert info.next_row == 10

    def test_appending_to_no_stream_is_refused(self, subject: HistorySubject) -> None:
        with pytest.raises(NotFound):
            subject.append(StreamId(99), make_batch(0, 1))

    def test_an_empty_batch_changes_nothing(self, subject: HistorySubject) -> None:
        stream = subject.open()
        subject.append(stream, make_batch(0, 3))
        assert subject.append(stream, empty_at(3)) == AppendResult(0, 0, 3)

    # What comes back is what was logged

    def test_values_survive_exactly(self, settle: Settle, subject: HistorySubject) -> None:
        sent = [_odd_batch(0), _odd_batch(9), make_batch(18, 200), _odd_batch(218)]
        stream = settle(sent)
        found = subject.scan(stream)
        at = 0
        for batch in found:
            assert batch.row0 == at
            check_form(batch)
            at += batch.num_rows
        model = MemoryHistory(HistoryData())
        twin = model.open_stream(RUN, HISTORY).id
        for batch in found:
            model.append(twin, batch)
        expected = MemoryHistory(HistoryData())
        other = expected.open_stream(RUN, HISTORY).id
        for batch in sent:
            expected.append(other, batch)
        for got, want in zip(model.scan(twin), expected.scan(other), strict=True):
            same_batch(got, want)

    def test_scan_begins_anywhere_and_chooses_keys(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        stream = settle([make_batch(0, 100), make_batch(100, 50, keys=("loss",))])
        for from_row in (0, 1, 63, 64, 99, 100, 149):
            rows = subject.scan(stream, keys=["accuracy"], from_row=from_row)
            assert rows[0].row0 == from_row
            assert sum(batch.num_rows for batch in rows) == 150 - from_row
            assert {key for batch in rows for key in batch.numbers} <= {"accuracy"}
        assert subject.scan(stream, from_row=150) == []

    def test_keys_are_counted(self, settle: Settle, subject: HistorySubject) -> None:
        settle([_odd_batch(0), make_batch(9, 20)])
        other = subject.open(OTHER)
        subject.append(other, make_batch(0, 5, keys=("loss",)))
        found = subject.read(lambda h: h.keys([RUN, OTHER]))
        assert found == [
            KeyInfo("accuracy", 1, 20, 0),
            KeyInfo("big", 1, 1, 0),
            KeyInfo("loss", 2, 25, 0),
            KeyInfo("mixed", 1, 3, 1),
            KeyInfo("odd", 1, 9, 0),
            KeyInfo("sparse", 1, 2, 0),
            KeyInfo("text", 1, 0, 2),
        ]
        assert subject.read(lambda h: h.keys([RUN], SYSTEM)) == []

    def test_stats_count_everything(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 70), _odd_batch(70)])
        stats = subject.read(lambda h: h.stats([RUN]))
        assert (stats.num_points, stats.num_rows) == (140 + 18, 79)
        assert subject.read(lambda h: h.stats()) == stats
        assert subject.read(lambda h: h.stats([OTHER])).num_points == 0

    # Rows

    def test_rows_of_a_range_of_steps(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 130), make_batch(130, 70)])
        found = subject.read(
            lambda h: h.rows(RUN, RowFilter(keys=["loss"], min_step=60, max_step=140, limit=75))
        )
        same_batch(found, _renumbered(make_batch(60, 75, keys=("loss",))))
        check_form(found)

    def test_rows_having_all_keys(self, settle: Settle, subject: HistorySubject) -> None:
        settle([_odd_batch(0), make_batch(9, 3)])
        where = RowFilter(keys=["odd", "sparse"], require_all=True)
        found = subject.read(lambda h: h.rows(RUN, where))
        assert found.step.tolist() == [2, 5]
        assert found.numbers["sparse"].values.tolist() == [0.5, 0.25]
        assert found.numbers["sparse"].rows is None

    def test_rows_of_several_writers_are_ordered(self, subject: HistorySubject) -> None:
        a, b = subject.open(writer="a"), subject.open(writer="b")
        subject.append(a, make_batch(0, 4, step0=10))
        subject.append(b, make_batch(0, 4, step0=8))
        subject.append(a, make_batch(4, 2, step0=9))
        subject.seal_run(RUN)
        subject.append(b, make_batch(4, 2, step0=11))
        found = subject.read(lambda h: h.rows(RUN, RowFilter()))
        assert found.step.tolist() == [8, 9, 9, 10, 10, 10, 11, 11, 11, 12, 12, 13]
        order = list(zip(found.step.tolist(), found.time.tolist(), strict=True))
        assert order == sorted(order)

    def test_samples_are_even_and_keep_the_ends(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        settle([make_batch(0, 100), make_batch(100, 60, keys=("loss",))])
        for keys, total in ((["loss"], 160), (["loss", "accuracy"], 100), ([], 160)):
            for n in (1, 2, 7, 200):
                found = subject.read(lambda h, k=keys, n=n: h.sample(RUN, HISTORY, k, n))  # type: ignore[misc]
                assert found.num_rows == min(n, total)
                if n >= 2:
                    assert (found.step[0], found.step[-1]) == (0, total - 1)
                if 2 <= n < total:
                    gaps = np.diff(found.step)
                    assert gaps.max() - gaps.min() <= 1
        assert subject.read(lambda h: h.sample(RUN, HISTORY, [], 0)).num_rows == 0

    # Series

    @pytest.mark.parametrize("axis", Axis)
    def test_series_are_true_at_every_zoom(
        self, settle: Settle, subject: HistorySubject, axis: Axis
    ) -> None:
        settle(_long_run())
        keys = ["loss", "odd", "sparse", "short"]
        points = {key: self._points(subject, key, axis) for key in keys}
        for lo, hi in _ranges(points["loss"][0]):
            for buckets in (2, 9, 40, 5_000):
                query = SeriesQuery([RUN], keys, axis=axis, lo=lo, hi=hi, buckets=buckets)
                for found in subject.read(lambda h, q=query: h.series(q)):  # type: ignore[misc]
                    check_series(found, *points[found.key], query)

    def test_x_that_goes_back_loses_nothing(self, settle: Settle, subject: HistorySubject) -> None:
        settle([make_batch(0, 1500), make_batch(1500, 1500, step0=700), make_batch(3000, 90)])
        for lo, hi in ((None, None), (600, 900), (2199, 3050), (-5, 0)):
            for buckets in (5, 100):
                query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=buckets)
                (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
                check_series(found, *self._points(subject, "loss", Axis.STEP), query)

    def test_writers_are_merged_by_x(self, subject: HistorySubject) -> None:
        for writer, step0 in (("a", 0), ("b", 700), ("c", 5_000)):
            stream = subject.open(writer=writer)
            subject.append(stream, make_batch(0, 1400, step0=step0))
            subject.seal_due()
        subject.append(subject.open(writer="quiet"), make_batch(0, 10, keys=("other",)))
        for lo, hi, buckets in ((None, None, 10), (600, 5_100, 20), (800, 820, 50)):
            query = SeriesQuery([RUN], ["loss"], lo=lo, hi=hi, buckets=buckets)
            (found,) = subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
            check_series(found, *self._points(subject, "loss", Axis.STEP), query)

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

    # Taking back

    @pytest.mark.parametrize("from_row", [0, 1, 50, 64, 99, 100, 101, 170, 199, 200, 300])
    def test_truncating_takes_the_end_back(
        self, settle: Settle, subject: HistorySubject, from_row: int
    ) -> None:
        stream = settle([make_batch(0, 100), make_batch(100, 70), make_batch(170, 30)])
        left = min(from_row, 200)
        info = subject.write(lambda h: h.truncate(stream, from_row))
        assert (info.next_row, info.num_points) == (left, 2 * left)
        assert info.last_step == (left - 1 if left else None)
        assert info == subject.read(lambda h: h.stream(RUN, HISTORY))
        again = make_batch(left, 40, keys=("accuracy", "new"))
        assert subject.append(stream, again).num_appended == 40
        subject.seal_due()
        rows = subject.scan(stream)
        assert sum(batch.num_rows for batch in rows) == left + 40
        counts = {k.name: k.num_numbers for k in subject.read(lambda h: h.keys([RUN]))}
        assert counts == {
            name: count
            for name, count in (("accuracy", left + 40), ("loss", left), ("new", 40))
            if count
        }
        stats = subject.read(lambda h: h.stats([RUN]))
        assert (stats.num_rows, stats.num_points) == (left + 40, 2 * left + 80)

    def test_a_rewound_stream_never_shows_old_rows(self, subject: HistorySubject) -> None:
        stream = subject.open()
        subject.append(stream, make_batch(0, 10))
        query = SeriesQuery([RUN], ["loss"])
        subject.read(lambda h: h.series(query))
        subject.write(lambda h: h.truncate(stream, 5))
        changed = make_batch(5, 5, numbers={"loss": Numbers(np.full(5, 42.0))})
        subject.append(stream, changed)
        (found,) = subject.read(lambda h: h.series(query))
        assert isinstance(found, PointSeries)
        assert found.y[5:].tolist() == [42.0] * 5

    def test_truncating_no_stream_or_row_is_refused(self, subject: HistorySubject) -> None:
        with pytest.raises(NotFound):
            subject.write(lambda h: h.truncate(StreamId(99), 0))
        stream = subject.open()
        with pytest.raises(InvalidInput):
            subject.write(lambda h: h.truncate(stream, -1))

    def test_deleting_runs(self, settle: Settle, subject: HistorySubject) -> None:
        stream = settle([make_batch(0, 100)])
        subject.append(subject.open(OTHER), make_batch(0, 7))
        subject.write(lambda h: h.delete_runs([RUN]))
        assert subject.read(lambda h: h.streams([RUN])) == []
        assert subject.scan(stream) == []
        assert subject.read(lambda h: h.keys([RUN])) == []
        assert subject.read(lambda h: h.stats()).num_rows == 7
        assert subject.open() != stream
        subject.seal_due()
        assert subject.read(lambda h: h.rows(OTHER, RowFilter())).num_rows == 7

    # Transactions

    def test_a_failed_unit_leaves_nothing(self, subject: HistorySubject) -> None:
        stream = subject.open()

        def unit(history: History) -> None:
            history.append(stream, make_batch(0, 5))
            # It sees its own rows; nobody else ever does.
            assert len(list(history.scan(stream))) == 1
            raise RuntimeError("on purpose")

        with pytest.raises(RuntimeError, match="on purpose"):
            subject.write(unit)
        subject.append(stream, make_batch(0, 3, keys=("other",)))
        assert [k.name for k in subject.read(lambda h: h.keys([RUN]))] == ["other"]

    def _points(self, subject: HistorySubject, key: str, axis: Axis) -> tuple[Floats, Floats]:
        """All points by x, out of a scan of every stream: not the way series are made."""
        xs, ys = [np.empty(0)], [np.empty(0)]
        for info in subject.read(lambda h: h.streams([RUN], HISTORY)):
            begin = None
            for batch in subject.scan(info.id):
                begin = batch.time[0] if begin is None else begin
                x = {
                    Axis.STEP: batch.step.astype(np.float64),
                    Axis.TIME: batch.time,
                    Axis.RELATIVE: np.where(
                        np.isnan(batch.runtime), batch.time - begin, batch.runtime
                    ),
                }[axis]
                column = batch.numbers.get(key)
                if column is not None:
                    xs.append(x if column.rows is None else x[column.rows])
                    ys.append(column.values)
        x, y = np.concatenate(xs), np.concatenate(ys)
        order = np.argsort(x, kind="stable")
        return x[order], y[order]


Settle = Callable[[Sequence[HistoryBatch]], StreamId]


def _odd_batch(row0: int) -> HistoryBatch:
    """Nine rows with everything that is odd: 18 values, of 5 keys."""
    odd = np.array([math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 1.5, 2.0**53, -7.0])
    return make_batch(
        row0,
        9,
        keys=(),
        numbers={
            "odd": Numbers(odd),
            "sparse": Numbers(np.array([0.5, 0.25]), np.array([2, 5], np.uint32)),
            "mixed": Numbers(
                np.array([1.0, 1.0, 2.5]),
                np.array([0, 1, 8], np.uint32),
                np.array([ValueKind.BOOL, ValueKind.INT, ValueKind.FLOAT], np.uint8),
            ),
            "big": Numbers(np.array([2.0**63]), np.array([4], np.uint32), ValueKind.INT),
        },
        objects={
            "text": Objects(['"é𝄞"', "null"], np.array([0, 7], np.uint32)),
            "mixed": Objects(['{"_type":"image"}'], np.array([3], np.uint32)),
            "big": Objects(["9223372036854775809"], np.array([4], np.uint32)),
        },
    )


def _long_run() -> list[HistoryBatch]:
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


def _ranges(x: Floats) -> list[tuple[float | None, float | None]]:
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


def _renumbered(batch: HistoryBatch) -> HistoryBatch:
    return HistoryBatch(0, batch.step, batch.time, batch.runtime, batch.numbers, batch.objects)
