"""What every catalog must do with files of histories that clients may have kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import RunId, StreamId
from runstone.testing.subject import LOST, StoreFixtures, Subject, make_world

_STREAM = StreamId(7)


def _file(run: RunId, number: int) -> HistoryFile:
    return HistoryFile(run, number, _STREAM, number * 10, number * 10 + 10)


class HistoryFilesConformance(StoreFixtures):
    """The docstrings of `runstone.ports.history_files` as tests."""

    def test_files_are_listed_by_number(self, subject: Subject) -> None:
        run = make_world(subject).run.id
        files = [_file(run, number) for number in range(12)]
        subject.write(lambda tx: tx.history_files.add(files[::-1]))
        assert list(subject.read(lambda s: s.history_files.history_files(run))) == files
        assert list(subject.read(lambda s: s.history_files.history_files(LOST))) == []

    def test_a_number_is_given_once(self, subject: Subject) -> None:
        run = make_world(subject).run.id
        subject.write(lambda tx: tx.history_files.add([_file(run, 0)]))
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.history_files.add([_file(run, 1), _file(run, 0)]))
        found = subject.read(lambda s: s.history_files.history_files(run))
        assert list(found) == [_file(run, 0)]

    def test_a_file_that_was_made_has_bytes(self, subject: Subject) -> None:
        run = make_world(subject).run.id
        subject.write(lambda tx: tx.history_files.add([_file(run, 0), _file(run, 1)]))
        subject.write(lambda tx: tx.history_files.made(run, 1, blob="b", size_bytes=5))
        found = subject.read(lambda s: s.history_files.history_files(run))
        assert list(found) == [_file(run, 0), replace(_file(run, 1), blob="b", size_bytes=5)]
        assert subject.read(lambda s: s.garbage.blobs_of(run)) == {"b"}
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.history_files.made(run, 2, blob="c", size_bytes=5))

    def test_a_name_is_of_the_first_for_ever(self, subject: Subject) -> None:
        run = make_world(subject).run.id
        assert subject.read(lambda s: s.history_files.owner_of("a_b_c")) is None
        subject.write(lambda tx: tx.history_files.own("a_b_c", run))
        subject.write(lambda tx: tx.history_files.own("a_b_c", LOST))
        subject.write(lambda tx: tx.history_files.add([_file(run, 0)]))
        subject.write(lambda tx: tx.history_files.made(run, 0, blob="b", size_bytes=5))
        subject.write(lambda tx: tx.runs.delete_run(run))
        blobs: list[str] = []
        while subject.read(lambda s: s.garbage.removed_runs(limit=1)):
            erased = subject.write(lambda tx: tx.garbage.erase_some(run, max_bytes=1_000_000))
            blobs += erased.blobs
        assert blobs == ["b"]
        assert list(subject.read(lambda s: s.history_files.history_files(run))) == []
        assert subject.read(lambda s: s.history_files.owner_of("a_b_c")) == run
