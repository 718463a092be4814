"""What every catalog must do with files, console lines and upload cursors."""

from __future__ import annotations

from typing import Any

import pytest

from runstone.domain.console import ConsoleWriter
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.domain.run import ConsoleLine, RunFile
from runstone.ports.uploads import UploadCursor
from runstone.testing.subject import LOST, StoreFixtures, Subject, make_world


def _arrive(subject: Subject, run: RunId, name: str, blob: str = "b1", size: int = 3) -> RunFile:
    subject.write(
        lambda tx: tx.files.arrived(
            run, name, blob=blob, size_bytes=size, md5="bWQ1", mime_type="text/plain"
        )
    )
    return RunFile(run, name, blob, size, "bWQ1", "text/plain", subject.clock.now)


class FilesConformance(StoreFixtures):
    """The docstrings of `runstone.ports.files` as tests."""

    @pytest.fixture
    def run_id(self, subject: Subject) -> RunId:
        """A run without files."""
        return make_world(subject).run.id

    def test_an_announced_file_is_known_and_not_listed(
        self, subject: Subject, run_id: RunId
    ) -> None:
        subject.write(lambda tx: tx.files.announce(run_id, ["a.txt", "b.txt"]))
        expected = RunFile(run_id, "a.txt", None, 0, None, "", subject.clock.now)
        found = subject.read(
            lambda s: (
                s.files.file(run_id, "a.txt"),
                list(s.files.list_files(run_id)),
                list(s.files.list_files(run_id, names=["a.txt"])),
                s.files.count_files(run_id),
                s.files.file(run_id, "A.txt"),
            )
        )
        assert found == (expected, [], [], 0, None)

    def test_announcing_again_changes_nothing(self, subject: Subject, run_id: RunId) -> None:
        arrived = _arrive(subject, run_id, "a.txt")
        subject.clock.advance()
        subject.write(lambda tx: tx.files.announce(run_id, ["a.txt"]))
        assert subject.read(lambda s: s.files.file(run_id, "a.txt")) == arrived

    def test_bytes_that_arrive_replace_earlier_ones(self, subject: Subject, run_id: RunId) -> None:
        def arrive(blob: str, size: int) -> str | None:
            return subject.write(
                lambda tx: tx.files.arrived(
                    run_id, "a", blob=blob, size_bytes=size, md5="m", mime_type="t"
                )
            )

        subject.write(lambda tx: tx.files.announce(run_id, ["a"]))
        assert arrive("b1", 1) is None
        assert arrive("b1", 1) is None, "a repeated upload must not lose its blob"
        at = subject.clock.advance()
        assert arrive("b2", 2) == "b1"
        found = subject.read(lambda s: list(s.files.list_files(run_id)))
        assert found == [RunFile(run_id, "a", "b2", 2, "m", "t", at)]
        assert subject.read(lambda s: s.files.count_files(run_id)) == 1

    def test_deleting_gives_back_the_blob_once(self, subject: Subject, run_id: RunId) -> None:
        _arrive(subject, run_id, "a")
        subject.write(lambda tx: tx.files.announce(run_id, ["b"]))
        gone = [
            subject.write(lambda tx, n=name: tx.files.delete_file(run_id, n))  # type: ignore[misc]
            for name in ("a", "a", "b", "never")
        ]
        assert gone == ["b1", None, None, None]
        assert subject.read(lambda s: s.files.file(run_id, "b")) is None

    def test_files_are_listed_by_name_in_pages(self, subject: Subject, run_id: RunId) -> None:
        names = ["Z", "a/b.txt", "a.txt", "media/é.png", "media/🚀.png", "x" * 1024, "ﬀ", "_%"]
        files = {name: _arrive(subject, run_id, name) for name in names}
        ordered = [files[name] for name in sorted(names)]

        def page(**options: Any) -> list[RunFile]:
            return list(subject.read(lambda s: s.files.list_files(run_id, **options)))

        assert page() == ordered
        assert page(limit=3) == ordered[:3]
        assert page(limit=3, after=ordered[2].name) == ordered[3:6]
        assert page(after=ordered[-1].name) == page(limit=0) == page(limit=-1) == []
        assert page(names=["media/é.png", "Z", "Z", "none"]) == [files["Z"], files["media/é.png"]]
        assert page(names=["media/é.png", "Z"], limit=1) == [files["Z"]]
        assert page(names=["media/é.png", "Z"], after="Z") == [files["media/é.png"]]
        assert page(names=[]) == []
        assert page(like="MEDIA/%") == [files["media/é.png"], files["media/🚀.png"]]
        assert page(like="media/_.png") == page(like="media/%")
        assert page(like="media/%", names=["Z", "media/é.png"]) == [files["media/é.png"]]
        assert page(like="a_txt") == [files["a.txt"]]
        assert page(like="É") == page(like="") == []
        assert page(like="%" * 4_096) == ordered
        with pytest.raises(InvalidInput):
            page(like="%" * 4_097)

    def test_files_are_found_by_prefix_and_part(self, subject: Subject, run_id: RunId) -> None:
        names = ["A", "a%b", "a/1", "a/2", "a/É_x", "a0", "b\\c", "é", "\U0010ffff", "\U0010ffff/z"]
        files = {name: _arrive(subject, run_id, name) for name in names}
        subject.write(lambda tx: tx.files.announce(run_id, ["a/announced"]))

        def page(**options: Any) -> list[str]:
            found = subject.read(lambda s: s.files.list_files(run_id, **options))
            assert list(found) == [files[file.name] for file in found]
            return [file.name for file in found]

        assert page(prefix="a/") == ["a/1", "a/2", "a/É_x"]
        assert page(prefix="a/", after="a/1") == ["a/2", "a/É_x"]
        assert page(prefix="a/", after="A") == page(prefix="a/", limit=3) == page(prefix="a/")
        assert page(prefix="a/", after="b") == page(prefix="A/") == []
        assert page(prefix="a/1") == ["a/1"]
        assert page(prefix="\U0010ffff") == ["\U0010ffff", "\U0010ffff/z"]
        assert page(prefix="\ud7ff") == []
        assert page(contains="A") == ["A", "a%b", "a/1", "a/2", "a/É_x", "a0"]
        assert page(contains="%") == ["a%b"]
        assert page(contains="_X") == page(contains="É") == ["a/É_x"]
        assert page(contains="\\") == ["b\\c"]
        assert page(contains="é") == ["é"], "capitals of ASCII letters alone are alike"
        assert page(prefix="a", contains="2", names=["a/1", "a/2", "b"]) == ["a/2"]

    def test_runs_do_not_share_files(self, subject: Subject, run_id: RunId) -> None:
        other = make_world(subject, "bert").run.id
        _arrive(subject, run_id, "a")
        mine = _arrive(subject, other, "a", "b2")
        assert list(subject.read(lambda s: s.files.list_files(other))) == [mine]

    def test_a_lost_run_is_not_found(self, subject: Subject) -> None:
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.files.announce(LOST, ["a"]))
        with pytest.raises(NotFound):
            _arrive(subject, LOST, "a")
        found = subject.read(
            lambda s: (
                s.files.file(LOST, "a"),
                list(s.files.list_files(LOST)),
                s.files.count_files(LOST),
            )
        )
        assert found == (None, [], 0)


class ConsoleConformance(StoreFixtures):
    """The docstrings of `runstone.ports.console` as tests."""

    @pytest.fixture
    def run_id(self, subject: Subject) -> RunId:
        """A run without output."""
        return make_world(subject).run.id

    def test_lines_come_by_writer_and_number(self, subject: Subject, run_id: RunId) -> None:
        def line(writer: str, number: int) -> ConsoleLine:
            return ConsoleLine(writer, number, f"{writer}:{number}", "2026-03-01T12:00", "error")

        given = [line("b", 1), line("", 2), line("a", 0), line("", 0), line("b", 0), line("", 10)]
        subject.write(lambda tx: tx.console.put_lines(run_id, given[:3]))
        subject.write(lambda tx: tx.console.put_lines(run_id, given[3:]))
        ordered = [
            line("", 0), line("", 2), line("", 10), line("a", 0), line("b", 0), line("b", 1),
        ]  # fmt: skip

        def lines(**options: Any) -> list[ConsoleLine]:
            return list(subject.read(lambda s: s.console.lines(run_id, **options)))

        def tail(limit: int) -> list[ConsoleLine]:
            return list(subject.read(lambda s: s.console.tail(run_id, limit)))

        assert lines() == tail(6) == tail(99) == ordered
        assert lines(limit=4) == ordered[:4]
        assert lines(after=0) == [ordered[1], ordered[2], ordered[5]]
        assert lines(writer="b") == ordered[4:]
        assert lines(writer="", after=2) == [ordered[2]]
        assert lines(writer="", after=0, limit=1) == [ordered[1]]
        assert lines(writer="zz") == lines(limit=0) == lines(limit=-1) == []
        assert lines(writer="b", limit=-1) == tail(0) == tail(-1) == []
        assert tail(2) == ordered[4:]
        counts = [
            subject.read(lambda s, w=writer: s.console.num_lines(run_id, writer=w))  # type: ignore[misc]
            for writer in ("", "a", "b", "zz")
        ]
        assert counts == [11, 1, 2, 0]
        assert subject.read(lambda s: s.console.num_lines(run_id)) == 11

    def test_a_line_replaces_the_one_of_its_number(self, subject: Subject, run_id: RunId) -> None:
        bar = [ConsoleLine("", 0, f"{i} %", label="rank 0") for i in range(3)]
        subject.write(lambda tx: tx.console.put_lines(run_id, bar))
        subject.write(lambda tx: tx.console.put_lines(run_id, []))
        assert list(subject.read(lambda s: s.console.lines(run_id))) == [bar[-1]]
        plain = ConsoleLine("", 0, "")
        subject.write(lambda tx: tx.console.put_lines(run_id, [plain]))
        assert list(subject.read(lambda s: s.console.tail(run_id, 5))) == [plain]

    def test_writers_are_told_with_their_last_label(self, subject: Subject, run_id: RunId) -> None:
        assert list(subject.read(lambda s: s.console.writers(run_id))) == []
        lines = [
            ConsoleLine("b", 4, "", label="old"), ConsoleLine("b", 7, "", label="rank 1"),
            ConsoleLine("", 0, ""), ConsoleLine("é", 0, "", label="x"),
        ]  # fmt: skip
        subject.write(lambda tx: tx.console.put_lines(run_id, lines))
        assert list(subject.read(lambda s: s.console.writers(run_id))) == [
            ConsoleWriter("", None, 1), ConsoleWriter("b", "rank 1", 8), ConsoleWriter("é", "x", 1),
        ]  # fmt: skip

    def test_times_never_decrease_and_never_change(self, subject: Subject, run_id: RunId) -> None:
        def put(*lines: tuple[int, str | None]) -> None:
            given = [ConsoleLine("w", number, "", at) for number, at in lines]
            subject.write(lambda tx: tx.console.put_lines(run_id, given))

        def times() -> list[tuple[int, int]]:
            found = subject.read(
                lambda s: s.console.timed_lines(run_id, "w", start=0, stop=99, limit=99)
            )
            return [(timed.line.number, timed.time) for timed in found]

        put((0, None), (1, "1970-01-01T00:00:05"), (4, "1970-01-01T00:00:03Z"))
        assert times() == [(0, 0), (1, 5_000_000), (4, 5_000_000)]
        # A later line of an earlier number: rewritten, or filling a gap; and a new one.
        put((5, "1970-01-01T01:00:07+01:00"), (1, "1970-01-01T00:00:09"), (2, "no time"))
        kept = [(0, 0), (1, 5_000_000), (2, 5_000_000), (4, 5_000_000), (5, 7_000_000)]
        assert times() == kept
        put((6, None), (7, "nonsense"))
        assert times() == [*kept, (6, 7_000_000), (7, 7_000_000)]
        at = [
            subject.read(lambda s, n=number: s.console.time_of(run_id, "w", n))  # type: ignore[misc]
            for number in (-1, 0, 1, 3, 5, 7)
        ]
        assert at == [0, 0, 5_000_000, 5_000_000, 7_000_000, 7_000_000]
        for writer, number in (("w", 8), ("v", 0)):
            with pytest.raises(NotFound):
                subject.read(lambda s, w=writer, n=number: s.console.time_of(run_id, w, n))  # type: ignore[misc]

    def test_lines_between_numbers(self, subject: Subject, run_id: RunId) -> None:
        lines = [
            ConsoleLine("w", n, f"line {n}", None, "error" if n % 3 == 0 else None)
            for n in (0, 1, 3, 4, 9)
        ]
        others = [ConsoleLine("v", 2, "v"), ConsoleLine("x", 2, "x")]
        subject.write(lambda tx: tx.console.put_lines(run_id, lines + others))

        def between(start: int, stop: int, limit: int = 99) -> list[ConsoleLine]:
            found = subject.read(
                lambda s: s.console.timed_lines(run_id, "w", start=start, stop=stop, limit=limit)
            )
            return [timed.line for timed in found]

        def joined(start: int, stop: int, level: str | None = None) -> str | None:
            return subject.read(
                lambda s: s.console.joined_texts(run_id, "w", start=start, stop=stop, level=level)
            )

        assert between(0, 99) == between(-5, 10) == lines
        assert between(1, 4) == lines[1:3]
        assert between(0, 99, limit=2) == lines[:2]
        assert between(5, 9) == between(4, 4) == between(0, 9, limit=0) == []
        assert between(0, 9, limit=-1) == []
        assert joined(1, 5) == "line 1\0line 3\0line 4"
        assert joined(1, 99, "error") == "line 3\0line 9"
        assert joined(5, 9) is joined(0, 99, "warning") is None

    def test_any_text_is_kept(self, subject: Subject, run_id: RunId) -> None:
        texts = ["\x1b[31mred\x1b[0m", "\t\r", "é🚀\u202e", "x" * 100_000, "'; --"]
        lines = [ConsoleLine("", i, text) for i, text in enumerate(texts)]
        subject.write(lambda tx: tx.console.put_lines(run_id, lines))
        assert list(subject.read(lambda s: s.console.lines(run_id))) == lines

    def test_a_lost_run_is_not_found(self, subject: Subject) -> None:
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.console.put_lines(LOST, [ConsoleLine("", 0, "")]))
        assert list(subject.read(lambda s: s.console.tail(LOST, 5))) == []


class UploadsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.uploads` as tests."""

    def test_a_cursor_is_what_was_set_last(self, subject: Subject) -> None:
        run = make_world(subject).run.id
        stream = _stream(subject, run)
        assert _cursor(subject, stream) == UploadCursor(0, False)
        for cursor in (UploadCursor(7, True), UploadCursor(-3, False)):
            subject.write(lambda tx, c=cursor: tx.uploads.set_cursor(stream, c))  # type: ignore[misc]
            assert _cursor(subject, stream) == cursor

    def test_reopening_marks_all_streams_of_the_run_and_keeps_shifts(
        self, subject: Subject
    ) -> None:
        run, other = make_world(subject).run.id, make_world(subject, "bert").run.id
        shifted = _stream(subject, run)
        fresh = _stream(subject, run, StreamKind.SYSTEM, "w")
        elsewhere = _stream(subject, other)
        # Without rows, as after a rewind to the very start.
        subject.write(lambda tx: tx.uploads.set_cursor(shifted, UploadCursor(7)))
        for _ in range(2):
            subject.write(lambda tx: tx.uploads.reopen(run))
        cursors = [_cursor(subject, stream) for stream in (shifted, fresh, elsewhere)]
        assert cursors == [UploadCursor(7, True), UploadCursor(0, True), UploadCursor(0, False)]
        subject.write(lambda tx: tx.uploads.reopen(LOST))


def _stream(
    subject: Subject, run: RunId, kind: StreamKind = StreamKind.HISTORY, writer: str = ""
) -> StreamId:
    return subject.write(lambda tx: tx.history.open_stream(run, kind, writer)).id


def _cursor(subject: Subject, stream: StreamId) -> UploadCursor:
    return subject.read(lambda s: s.uploads.cursor(stream))
