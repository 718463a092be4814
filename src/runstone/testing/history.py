"""What every history must do: the port's docstrings as tests.

A backend's test file subclasses `HistoryConformance` and gives the fixture `subject`.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.history import (
    AppendResult,
    HistoryBatch,
    KeyInfo,
    Numbers,
    Objects,
    PointSeries,
    RowFilter,
    SeriesQuery,
    ValueKind,
)
from runstone.domain.ids import StreamId
from runstone.ports.history import History
from runstone.storage.memory.history import HistoryData, MemoryHistory
from runstone.testing.history_data import check_form, empty_at, make_batch, same_batch
from runstone.testing.history_objects import ObjectsConformance
from runstone.testing.history_series import SeriesConformance
from runstone.testing.history_subject import HISTORY, OTHER, RUN, SYSTEM, HistorySubject, Settle
from runstone.testing.history_types import TypesConformance
from runstone.testing.history_views import ViewsConformance


class HistoryConformance(SeriesConformance, ViewsConformance, ObjectsConformance, TypesConformance):
    """Subclass, and give `subject`."""

    # Streams

    def test_keys_of_one_writer(self, subject: HistorySubject) -> None:
        for writer, key in (("a", "x"), ("b", "y")):
            subject.append(subject.open(writer=writer), make_batch(0, 3, keys=(key,)))
            subject.seal_run(RUN)
            subject.append(subject.open(writer=writer), make_batch(3, 2, keys=(key, "z")))
        for writer, key in (("a", "x"), ("b", "y")):
            found = subject.read(lambda h, w=writer: h.keys([RUN], writer=w))  # type: ignore[misc]
            assert found == [KeyInfo(key, 1, 5, 0), KeyInfo("z", 1, 2, 0)]
        assert subject.read(lambda h: h.keys([RUN], writer="c")) == []

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

    @pytest.mark.parametrize("max_bytes", [1, 500, 10**9])
    def test_erasing_a_run(self, settle: Settle, subject: HistorySubject, max_bytes: int) -> None:
        stream = settle([make_batch(0, 100)])
        subject.append(subject.open(OTHER), make_batch(0, 7))
        num_steps = subject.erase(RUN, max_bytes=max_bytes)
        assert num_steps == 1 or max_bytes < 10**9
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


def _renumbered(batch: HistoryBatch) -> HistoryBatch:
    return HistoryBatch(0, batch.step, batch.time, batch.runtime, batch.numbers, batch.objects)
