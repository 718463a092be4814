"""A Hypothesis machine: whatever is done to a history, it answers as the model does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from runstone.domain.errors import Conflict
from runstone.domain.history import (
    Axis,
    HistoryBatch,
    ObjectQuery,
    PointSeries,
    RowFilter,
    SeriesQuery,
    StoreStats,
    StreamKind,
)
from runstone.domain.ids import RunId, StreamId
from runstone.domain.smoothing import Smoothing
from runstone.storage.memory.history import HistoryData, MemoryHistory
from runstone.testing.history_data import (
    batches,
    check_form,
    check_series,
    make_batch,
    same_batch,
)
from runstone.testing.history_subject import HistorySubject
from runstone.testing.smoothing import SMOOTHINGS

_RUNS = (RunId(1), RunId(2))
_KEYS = ("loss", "val/loss", "a.b", "epoch", "mixed", "none")
_STREAMS = (
    (RunId(1), StreamKind.HISTORY, ""),
    (RunId(1), StreamKind.HISTORY, "rank1"),
    (RunId(1), StreamKind.SYSTEM, ""),
    (RunId(2), StreamKind.HISTORY, ""),
)
_keys = st.lists(st.sampled_from(_KEYS), max_size=3)
_streams = st.sampled_from(_STREAMS)
_runs = st.sampled_from(_RUNS)
_steps = st.one_of(st.none(), st.integers(-5, 900))


class HistoryMachine(RuleBasedStateMachine):
    """Subclass, and give `make_subject`; the machine closes nothing."""

    def make_subject(self) -> HistorySubject:
        """An empty history."""
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.subject = self.make_subject()
        self.model = MemoryHistory(HistoryData())
        # Ids may differ between the two.
        self.ids: dict[tuple[RunId, StreamKind, str], tuple[StreamId, StreamId]] = {}

    def _stream(self, name: tuple[RunId, StreamKind, str]) -> tuple[StreamId, StreamId]:
        if name not in self.ids:
            ours = self.subject.open(*name)
            self.ids[name] = ours, self.model.open_stream(*name).id
        return self.ids[name]

    def _append(self, name: tuple[RunId, StreamKind, str], batch: HistoryBatch) -> None:
        ours, theirs = self._stream(name)
        assert self.subject.append(ours, batch) == self.model.append(theirs, batch)

    def _next_row(self, name: tuple[RunId, StreamKind, str]) -> int:
        self._stream(name)
        info = self.model.stream(*name)
        assert info is not None
        return info.next_row

    # What is done

    @rule(name=_streams, data=st.data())
    def append(self, name: tuple[RunId, StreamKind, str], data: st.DataObject) -> None:
        self._append(name, data.draw(batches(self._next_row(name))))

    @rule(name=_streams, num_rows=st.integers(100, 1_400))
    def append_regular_rows(self, name: tuple[RunId, StreamKind, str], num_rows: int) -> None:
        row0 = self._next_row(name)
        self._append(name, make_batch(row0, num_rows, keys=("loss", "epoch")))

    @rule(name=_streams, back=st.integers(0, 200), data=st.data())
    def resend(self, name: tuple[RunId, StreamKind, str], back: int, data: st.DataObject) -> None:
        self._append(name, data.draw(batches(max(0, self._next_row(name) - back))))

    @rule(name=_streams, beyond=st.integers(1, 5))
    def leave_a_gap(self, name: tuple[RunId, StreamKind, str], beyond: int) -> None:
        ours, _ = self._stream(name)
        with pytest.raises(Conflict) as refusal:
            self.subject.append(ours, make_batch(self._next_row(name) + beyond, 2))
        assert refusal.value.code == "offset-gap"

    @rule(name=_streams, part=st.floats(0, 1.1))
    def truncate(self, name: tuple[RunId, StreamKind, str], part: float) -> None:
        ours, theirs = self._stream(name)
        row = int(part * self._next_row(name))
        self.subject.write(lambda h: h.truncate(ours, row))
        self.model.truncate(theirs, row)

    @rule(run=_runs)
    def delete(self, run: RunId) -> None:
        self.subject.erase(run)
        self.model.erase_some(run, max_bytes=1)
        self.ids = {name: found for name, found in self.ids.items() if name[0] != run}

    @rule(name=_streams, data=st.data())
    def fail_halfway(self, name: tuple[RunId, StreamKind, str], data: st.DataObject) -> None:
        ours, _ = self._stream(name)
        batch = data.draw(batches(self._next_row(name)))

        def unit(history: Any) -> None:
            history.append(ours, batch)
            history.series(SeriesQuery(_RUNS, _KEYS, buckets=10))
            raise ZeroDivisionError

        try:
            self.subject.write(unit)
        except ZeroDivisionError:
            note("rolled back")

    @rule(run=_runs)
    def seal_run(self, run: RunId) -> None:
        self.subject.seal_run(run)

    @rule()
    def seal_due(self) -> None:
        self.subject.seal_due()

    @rule()
    def compact(self) -> None:
        self.subject.compact()

    @rule()
    def reopen(self) -> None:
        self.subject.reopen()

    # What must hold

    @invariant()
    def streams_agree(self) -> None:
        if not hasattr(self, "subject"):
            return
        ours = self.subject.read(lambda h: h.streams(_RUNS))
        theirs = self.model.streams(_RUNS)
        names = [(i.run_id, i.kind, i.writer) for i in theirs]
        assert [(i.run_id, i.kind, i.writer) for i in ours] == names
        for got, want in zip(ours, theirs, strict=True):
            figures = [(i.next_row, i.num_points, i.last_step, i.last_time) for i in (got, want)]
            assert figures[0] == figures[1]
        totals = [_totals(self.subject.read(lambda h: h.stats())), _totals(self.model.stats())]
        assert totals[0] == totals[1]

    @rule()
    def keys_agree(self) -> None:
        for kind in StreamKind:
            assert self.subject.read(lambda h, k=kind: h.keys(_RUNS, k)) == (  # type: ignore[misc]
                self.model.keys(_RUNS, kind)
            )

    @rule(name=_streams, keys=st.one_of(st.none(), _keys), part=st.floats(0, 1))
    def scans_agree(
        self, name: tuple[RunId, StreamKind, str], keys: list[str] | None, part: float
    ) -> None:
        ours, theirs = self._stream(name)
        from_row = int(part * self._next_row(name))
        got = MemoryHistory(HistoryData())
        twin = got.open_stream(*name).id
        for batch in self.subject.scan(ours, keys=keys, from_row=from_row):
            check_form(batch)
            shifted = HistoryBatch(
                batch.row0 - from_row, batch.step, batch.time, batch.runtime,
                batch.numbers, batch.objects,
            )  # fmt: skip
            got.append(twin, shifted)
        want = MemoryHistory(HistoryData())
        other = want.open_stream(*name).id
        for batch in self.model.scan(theirs, keys=keys, from_row=from_row):
            want.append(
                other,
                HistoryBatch(
                    batch.row0 - from_row, batch.step, batch.time, batch.runtime,
                    batch.numbers, batch.objects,
                ),
            )  # fmt: skip
        for mine, model in zip(got.scan(twin), want.scan(other), strict=True):
            same_batch(mine, model)

    @rule(
        run=_runs, keys=st.one_of(st.none(), _keys), require=st.booleans(), low=_steps,
        high=_steps, limit=st.one_of(st.none(), st.integers(0, 50)),
    )  # fmt: skip
    def rows_agree(
        self, run: RunId, keys: list[str] | None, require: bool, low: int | None,
        high: int | None, limit: int | None,
    ) -> None:  # fmt: skip
        where = RowFilter(keys, require, low, high, limit)
        got = self.subject.read(lambda h: h.rows(run, where))
        check_form(got)
        same_batch(got, self.model.rows(run, where))

    @rule(run=_runs, kind=st.sampled_from(StreamKind), keys=_keys, n=st.integers(0, 40))
    def samples_agree(self, run: RunId, kind: StreamKind, keys: list[str], n: int) -> None:
        got = self.subject.read(lambda h: h.sample(run, kind, keys, n))
        check_form(got)
        same_batch(got, self.model.sample(run, kind, keys, n))

    @rule(
        run=_runs, keys=_keys, low=_steps, high=_steps,
        offset=st.integers(0, 30), limit=st.integers(0, 30), is_sample=st.booleans(),
    )  # fmt: skip
    def objects_agree(
        self, run: RunId, keys: list[str], low: int | None, high: int | None, offset: int,
        limit: int, is_sample: bool,
    ) -> None:  # fmt: skip
        query = ObjectQuery(keys, low, high, offset, limit, is_sample)
        found = self.subject.read(lambda h: h.objects(run, query))
        for got, want in zip(found, self.model.objects(run, query), strict=True):
            assert got.all_steps.tolist() == want.all_steps.tolist()
            assert got.positions.tolist() == want.positions.tolist()
            assert got.times.tobytes() == want.times.tobytes()
            assert got.texts == want.texts

    @rule(
        axis=st.sampled_from(Axis), kind=st.sampled_from(StreamKind),
        ends=st.lists(st.floats(0, 1), min_size=2, max_size=2),
        open_ends=st.tuples(st.booleans(), st.booleans()),
        buckets=st.one_of(st.integers(2, 30), st.integers(2, 2_000)),
        smoothing=st.sampled_from([None, *SMOOTHINGS]),
    )  # fmt: skip
    def series_tell_the_truth(
        self, axis: Axis, kind: StreamKind, ends: list[float], open_ends: tuple[bool, bool],
        buckets: int, smoothing: Smoothing | None,
    ) -> None:  # fmt: skip
        everything = SeriesQuery(
            _RUNS, _KEYS, kind=kind, axis=axis, buckets=10**9, smoothing=smoothing
        )
        points = self.model.series(everything)
        xs = [x for found in points if isinstance(found, PointSeries) for x in found.x.tolist()]
        xs.sort()
        lo = hi = None
        if xs:
            low, high = (xs[int(end * (len(xs) - 1))] for end in sorted(ends))
            lo = None if open_ends[0] else low
            hi = None if open_ends[1] else high
        query = SeriesQuery(_RUNS, _KEYS, kind, axis, lo, hi, buckets, smoothing=smoothing)
        for got, want in zip(self.subject.read(lambda h: h.series(query)), points, strict=True):
            assert isinstance(want, PointSeries)
            assert (got.run_id, got.key) == (want.run_id, want.key)
            check_series(got, want.x, want.y, query, want.smooth)


def _totals(stats: StoreStats) -> tuple[int, int]:
    return stats.num_points, stats.num_rows
