"""What the sealer promises beyond "nobody notices": short writes, and dying at any moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from runstone.domain.errors import CorruptData
from runstone.domain.history import RowFilter, SeriesQuery, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.policy import SealPolicy
from runstone.storage.chunks.tail import TailCache
from runstone.storage.sqlite.history import SqliteHistoryReader
from runstone.storage.sqlite.sealing import SqliteSealer
from runstone.testing.history_data import make_batch, same_batch
from runstone.testing.history_subject import OTHER, RUN
from runstone.testing.history_subjects import TINY, SqliteHistorySubject

WIDE = tuple(f"layer.{i}/norm" for i in range(40))


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[SqliteHistorySubject]:
    subject = SqliteHistorySubject(tmp_path / "h.db", policy=TINY)
    yield subject
    subject.close()


def count(subject: SqliteHistorySubject, query: str) -> int:
    ((found,),) = subject.reader.execute(query)
    return int(found)


def same_as_logged(subject: SqliteHistorySubject, num_rows: int) -> None:
    found = subject.read(lambda h: h.rows(RUN, RowFilter()))
    same_batch(found, make_batch(0, num_rows, keys=WIDE))
    (keys,) = {k.num_numbers for k in subject.read(lambda h: h.keys([RUN]))}
    assert keys == num_rows
    stats = subject.read(lambda h: h.stats())
    assert (stats.num_rows, stats.num_points) == (num_rows, num_rows * len(WIDE))


@pytest.mark.parametrize("survived", range(0, 60, 4))
def test_dying_between_any_two_writes_loses_nothing(
    subject: SqliteHistorySubject, survived: int
) -> None:
    stream = subject.open()
    for row0 in range(0, 200, 10):
        subject.append(stream, make_batch(row0, 10, keys=WIDE))
    left = survived

    def write(unit: Callable[[apsw.Connection], Any]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died
        return subject._write(unit)

    sealer = SqliteSealer(lambda: subject.reader, write, policy=TINY)
    try:
        sealer.seal_due()
        sealer.seal_run(RUN)
    except Died:
        pass
    same_as_logged(subject, 200)
    subject.reopen()
    same_as_logged(subject, 200)
    subject.append(stream, make_batch(200, 10, keys=WIDE))
    subject.seal_due()
    subject.seal_run(RUN)
    same_as_logged(subject, 210)
    assert count(subject, "SELECT count(*) FROM segment WHERE state <> 1") == 0
    assert count(subject, "SELECT count(*) FROM journal") == 0
    dangling = "SELECT count(*) FROM chunk WHERE segment_id NOT IN (SELECT id FROM segment)"
    assert count(subject, dangling) == 0
    stats = subject.read(lambda h: h.stats())
    assert stats.journal_bytes == stats.journal_rows == 0
    assert stats.chunk_bytes == count(subject, "SELECT sum(num_bytes) FROM segment")


@pytest.mark.parametrize("after", range(1, 12, 2))
@pytest.mark.parametrize("act", ["truncate", "delete", "append"])
def test_what_happens_meanwhile_wins(subject: SqliteHistorySubject, after: int, act: str) -> None:
    stream = subject.open()
    subject.append(stream, make_batch(0, 130, keys=WIDE))
    left = after

    def write(unit: Callable[[apsw.Connection], Any]) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            if act == "truncate":
                subject.write(lambda h: h.truncate(stream, 100))
            elif act == "delete":
                subject.erase(RUN)
            else:
                subject.append(stream, make_batch(130, 20, keys=WIDE))
        return subject._write(unit)

    SqliteSealer(lambda: subject.reader, write, policy=TINY).seal_run(RUN)
    if act == "delete":
        assert subject.read(lambda h: h.streams([RUN])) == []
        subject.seal_due()
        assert count(subject, "SELECT count(*) FROM chunk") == 0
    else:
        same_as_logged(subject, 100 if act == "truncate" else 150)


def test_one_write_is_bounded_however_wide_the_stream(tmp_path: Path) -> None:
    policy = SealPolicy(unit_chunks=64)
    subject = SqliteHistorySubject(tmp_path / "h.db", policy=policy)
    stream = subject.open()
    keys = [f"k{i}" for i in range(1_000)]
    subject.append(stream, make_batch(0, 70, keys=keys))
    largest = 0

    def write(unit: Callable[[apsw.Connection], Any]) -> Any:
        nonlocal largest
        before = subject.writer.total_changes()
        found = subject._write(unit)
        largest = max(largest, subject.writer.total_changes() - before)
        return found

    SqliteSealer(lambda: subject.reader, write, policy=policy).seal_run(RUN)
    assert count(subject, "SELECT count(*) FROM chunk") == 1_000
    assert largest <= 2 * policy.unit_chunks + 8  # chunks, their keys, segment, stream
    subject.close()


@pytest.mark.parametrize("asked", range(0, 60, 4))
def test_a_pass_that_is_called_off_is_made_later(subject: SqliteHistorySubject, asked: int) -> None:
    stream = subject.open()
    for row0 in range(0, 200, 10):
        subject.append(stream, make_batch(row0, 10, keys=WIDE))
    left = asked

    def is_cancelled() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def write(unit: Callable[[apsw.Connection], Any]) -> Any:
        assert left >= 0, "it was called off"
        return subject._write(unit)

    sealer = SqliteSealer(lambda: subject.reader, write, policy=TINY)
    sealer.seal_due(is_cancelled=is_cancelled)
    assert left < 0, "it was not over before"
    same_as_logged(subject, 200)
    subject.seal_due()
    same_as_logged(subject, 200)
    assert count(subject, "SELECT count(*) FROM segment WHERE state <> 1") == 0


def test_gathering_the_columns_of_a_wide_stream_can_be_called_off(tmp_path: Path) -> None:
    subject = SqliteHistorySubject(tmp_path / "h.db")
    stream = subject.open()
    for row in range(100):
        subject.append(stream, make_batch(row, 1, keys=[f"key.{row}"]))
    left = 100

    def is_cancelled() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    sealer = SqliteSealer(lambda: subject.reader, subject._write, policy=TINY)
    assert sealer.seal_due(is_cancelled=is_cancelled) == 0
    assert left < 0, "it asks again and again before there is anything to write"
    assert count(subject, "SELECT count(*) FROM segment") == 0
    sealer.seal_run(RUN)
    assert count(subject, "SELECT count(*) FROM chunk") == 100
    subject.close()


def test_idle_streams_are_sealed_in_the_end(tmp_path: Path) -> None:
    subject = SqliteHistorySubject(tmp_path / "h.db")
    now = 0.0
    sealer = SqliteSealer(lambda: subject.reader, subject._write, clock=lambda: now)
    subject.append(subject.open(RUN), make_batch(0, 300))
    subject.append(subject.open(OTHER), make_batch(0, 3))
    assert sealer.seal_due() == 0
    now = 61.0
    assert sealer.seal_due() == 300
    subject.append(subject.open(RUN), make_batch(300, 5))
    assert sealer.seal_due() == 0
    now = 4_000.0
    assert sealer.seal_due() == 5 + 3
    subject.close()


def test_a_busy_stream_is_sealed_in_whole_blocks(tmp_path: Path) -> None:
    subject = SqliteHistorySubject(tmp_path / "h.db")
    stream = subject.open()
    for row0 in range(0, 3 * 300, 3):
        subject.append(stream, make_batch(row0, 3))
    assert subject.seal_due() == 900 - 900 % 64
    assert subject.seal_due() == 0
    subject.close()


def test_small_segments_are_merged_as_they_come(tmp_path: Path) -> None:
    subject = SqliteHistorySubject(tmp_path / "h.db", policy=SealPolicy(rows=64))
    stream = subject.open()
    for row0 in range(0, 64 * 50, 64):
        subject.append(stream, make_batch(row0, 64))
        subject.seal_due()
        assert count(subject, "SELECT count(*) FROM segment WHERE state = 1") <= 18
    subject.seal_run(RUN)
    assert count(subject, "SELECT count(*) FROM segment") == 1
    subject.close()


# Damage


@pytest.mark.parametrize("column", ["data", "roll", "row_index"])
def test_damaged_chunks_are_named_and_hurt_nobody_else(
    subject: SqliteHistorySubject, column: str
) -> None:
    streams = {run: subject.open(run) for run in (RUN, OTHER)}
    for run, stream in streams.items():
        subject.append(stream, make_batch(0, 1_400, keys=("loss",)))
        subject.append(stream, make_batch(1_400, 20, keys=("loss", "val")))
        subject.seal_run(run)
    subject.writer.execute(
        f"UPDATE chunk SET {column} = CAST(substr({column}, 1, length({column}) - 3)"
        f" || x'5A5A5A' AS BLOB) WHERE {column} IS NOT NULL"
        " AND segment_id IN (SELECT id FROM segment WHERE stream_id = ?)",
        (streams[RUN],),
    )
    assert subject.writer.changes()
    key = "val" if column == "row_index" else "loss"
    buckets = 5 if column == "roll" else 500
    query = {run: SeriesQuery([run], [key], buckets=buckets) for run in streams}
    with pytest.raises(CorruptData, match=r"history of run 7.*rows 0 to") as caught:
        subject.read(lambda h: h.series(query[RUN]))
    assert caught.value.code == "damaged-history"
    assert caught.value.details["run"] == RUN
    subject.read(lambda h: h.series(query[OTHER]))
    subject.read(lambda h: h.rows(OTHER, RowFilter()))
    if column == "data":
        with pytest.raises(CorruptData):
            subject.scan(streams[RUN])
    subject.erase(RUN)


def test_a_damaged_journal_does_not_stop_the_others(
    subject: SqliteHistorySubject, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = subject.open(RUN), subject.open(OTHER)
    for stream in (bad, good):
        subject.append(stream, make_batch(0, 200))
    subject.writer.execute(
        "UPDATE journal SET body = CAST(substr(body, 1, length(body) - 1) || x'07' AS BLOB)"
        " WHERE stream_id = ?",
        (bad,),
    )
    with caplog.at_level(logging.ERROR):
        assert subject.seal_due() == 192
    assert "run 7" in caplog.text or f"stream {bad}" in caplog.text
    with pytest.raises(CorruptData):
        subject.scan(bad)
    assert sum(b.num_rows for b in subject.scan(good)) == 200


# Cost


def test_a_chart_of_many_runs_takes_few_statements(tmp_path: Path) -> None:
    subject = SqliteHistorySubject(tmp_path / "h.db")
    runs = [RunId(100 + i) for i in range(20)]
    for i, run in enumerate(runs):
        stream = subject.open(run)
        subject.append(stream, make_batch(0, 3_000))
        if i % 2:
            subject.seal_run(run)
    for buckets in (10, 2_000):
        statements: list[str] = []

        def trace(_: object, sql: str, __: object, seen: list[str] = statements) -> bool:
            seen.append(sql)
            return True

        subject.reader.exec_trace = trace
        query = SeriesQuery(runs, ["loss", "accuracy"], buckets=buckets)
        subject.read(lambda h, q=query: h.series(q))  # type: ignore[misc]
        subject.reader.exec_trace = None
        assert len(statements) <= 10, statements
    subject.close()


def test_the_cache_of_tails_is_bounded(subject: SqliteHistorySubject) -> None:
    cache = ReadCache(TailCache(max_bytes=40_000))
    runs = [RunId(i) for i in range(1, 9)]
    for run in runs:
        subject.append(subject.open(run), make_batch(0, 250))
    for _ in range(3):
        subject.reader.execute("BEGIN")
        found = SqliteHistoryReader(subject.reader, cache).series(SeriesQuery(runs, ["loss"]))
        subject.reader.execute("ROLLBACK")
        assert len(found) == 8
    assert 0 < cache.tails.nbytes <= 40_000


def test_live_charts_see_what_was_appended_since(subject: SqliteHistorySubject) -> None:
    stream = subject.open(RUN, StreamKind.HISTORY)
    query = SeriesQuery([RUN], ["loss"], buckets=10_000)
    for row0 in range(0, 60, 5):
        subject.append(stream, make_batch(row0, 5))
        if row0 == 25:
            subject.write(lambda h: h.truncate(StreamId(stream), 28))
            subject.append(stream, make_batch(28, 2))
        if row0 % 20 == 0:
            subject.seal_due()
        (found,) = subject.read(lambda h: h.series(query))
        assert found.x.tolist() == list(range(row0 + 5))  # type: ignore[union-attr]
