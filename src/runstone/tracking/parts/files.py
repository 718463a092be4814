"""Files of a run: those that the server lacks are sent, several at once, beside everything else."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from runstone.domain.errors import InvalidInput, QuotaExceeded, RunstoneError
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts import Part
from runstone.tracking.records import File, Record
from runstone.tracking.terminal import warn

_AT_ONCE: Final = 4
_LOOK_S: Final = 2.0
"""Between two looks at a file that may change, at least."""
_LONGEST_LOOK_S: Final = 60.0
_QUIET_SHARE: Final = 0.1
"""Of the time that a file has not changed for: it is not looked at again before."""
_MOST_WATCHED: Final = 10_000
_MOST_KNOWN: Final = 10_000
"""Files that are sent and done with, of which it is known what the server has."""
_SHARE: Final = 10
"""What takes long to be sent is sent in a tenth of the time at most."""
_WAIT_S: Final = 0.25
_PAGE: Final = 1_000
_TRIES: Final = 3
"""Of a file that is written to while it is sent."""
_PIECE_BYTES: Final = 1 << 20
_PAUSE_S: Final = 0.5
"""Before a file is sent again that the server could not take; twice as long each time."""
_MAX_PAUSE_S: Final = 60.0
_REFUSED: Final = (InvalidInput, QuotaExceeded)


class _Known(msgspec.Struct):
    md5s: dict[str, str | None]


class _Wanted(msgspec.Struct):
    """A file that is to be on the server.

    Attributes:
        spare: Where its bytes are as well, where the run's folder has a second name of them.
        number: How many records of that name have come: a later one asks for it anew.
        stamp: Of what is on the server, or was given up: time of change and size.
        settled_at: When that was.
        known_md5: What the server had when it was asked; empty for nothing.
        num_failed: Attempts in a row that the server, or the way there, is to blame for.
    """

    name: str
    path: Path
    spare: Path
    policy: str
    number: int = 1
    sent_number: int = 0
    stamp: tuple[int, int] | None = None
    known_md5: str | None = None
    is_in_flight: bool = False
    num_tries: int = 0
    next_look: float = 0.0
    settled_at: float = 0.0
    num_failed: int = 0
    next_try: float = 0.0

    def is_due(self, now: float, *, is_over: bool) -> bool:
        """Whether it is to be sent, or at least compared, now."""
        if self.is_in_flight or (self.policy == "end" and not is_over):
            return False
        if now < self.next_try and not is_over:
            return False
        if self.sent_number < self.number:
            return True
        if self.policy != "live" or now < self.next_look:
            return False
        quiet_s = _QUIET_SHARE * (now - self.settled_at)
        self.next_look = now + min(max(_LOOK_S, quiet_s), _LONGEST_LOOK_S)
        return _stamp(self.path) not in (None, self.stamp)


class _Sent(msgspec.Struct):
    """What came of one attempt."""

    file: _Wanted
    number: int
    stamp: tuple[int, int] | None = None
    error: Exception | None = None
    took_s: float = 0.0


class _Crew(msgspec.Struct):
    """Threads that send files; none where there is nothing to do."""

    waiting: deque[tuple[Link, _Wanted]] = msgspec.field(default_factory=deque)
    done: list[_Sent] = []
    num_threads: int = 0
    changed: threading.Condition = msgspec.field(default_factory=threading.Condition)

    def give(self, link: Link, files: Sequence[_Wanted]) -> None:
        """Has them sent."""
        with self.changed:
            self.waiting.extend((link, file) for file in files)
            while self.num_threads < min(_AT_ONCE, len(self.waiting)):
                # Daemons: what takes longer than `finish()` waits is left to `runstone sync`.
                thread = threading.Thread(target=self._work, name="runstone-file", daemon=True)
                self.num_threads += 1
                try:
                    thread.start()
                except RuntimeError:  # the interpreter is shutting down
                    self.num_threads -= 1
                    break
            is_alone = self.num_threads == 0
        if is_alone:
            self.num_threads += 1
            self._work()

    def take_done(self, *, wait: bool) -> list[_Sent]:
        """What came of attempts since; waits for some, for a moment."""
        with self.changed:
            if wait and not self.done:
                self.changed.wait(_WAIT_S)
            done, self.done = self.done, []
        return done

    def _work(self) -> None:
        while True:
            with self.changed:
                if not self.waiting:
                    self.num_threads -= 1
                    return
                link, file = self.waiting.popleft()
            sent = _send(link, file)
            with self.changed:
                self.done.append(sent)
                self.changed.notify_all()


class Files(Part):
    """Files of a run, by name; of several records of one name the last one counts.

    Bytes go in requests of their own, by threads of their own: a checkpoint of gigabytes holds no
    row up. The server is asked which files it has, so that nothing is sent twice. What is sent and
    done with is forgotten by and by: a run may save a file with every step.

    Args:
        folder: Of the run; paths that are not absolute lie in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, _Wanted] = {}
        self._unasked: set[str] = set()
        self._md5s: dict[str, str] = {}
        """Of what the server got last, of files that are done with."""
        self._has_forgotten = False
        self._crew = _Crew()
        self._num_in_flight = 0
        self._is_over = False
        self._has_left_out = False

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, File)
        path = self._folder / record.path
        known = self._open.get(record.name)
        if known is not None:
            known.path, known.policy = path, record.policy
            known.number += 1
            known.num_tries = 0
            return
        spare = self._folder / "files" / record.name
        md5 = self._md5s.pop(record.name, None)
        if md5 is None:
            self._unasked.add(record.name)
        self._open[record.name] = _Wanted(record.name, path, spare, record.policy, known_md5=md5)

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        return False

    @property
    def has_left_out(self) -> bool:
        return self._has_left_out

    @property
    def is_in_trouble(self) -> bool:
        return any(file.num_failed for file in self._open.values())

    def has_more(self) -> bool:
        return bool(self._open)

    def acknowledge(self) -> None:
        pass

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            for file in self._open.values():
                file.next_look = 0.0

    def run_errands(self, link: Link) -> bool:
        now = time.monotonic()
        due = [file for file in self._open.values() if file.is_due(now, is_over=self._is_over)]
        self._ask(link, [file.name for file in due if file.name in self._unasked])
        for file in due:
            file.is_in_flight = True
        self._num_in_flight += len(due)
        if due:
            self._crew.give(link, due)
        done = self._crew.take_done(wait=self._is_over and self._num_in_flight > 0)
        trouble = [error for error in map(self._settle, done) if error is not None]
        if trouble:
            raise trouble[0]
        return bool(done) or (self._is_over and self._num_in_flight > 0)

    def _ask(self, link: Link, names: Sequence[str]) -> None:
        """Which of them the server has; none of a run that has just begun there."""
        if link.begun.is_new and not self._has_forgotten:
            self._unasked.difference_update(names)
            return
        for start in range(0, len(names), _PAGE):
            page = names[start : start + _PAGE]
            path = (*link.route, "known-files")
            try:
                md5s = link.client.put(_Known, "POST", path, {"names": page}).md5s
            except InvalidInput:
                md5s = {}  # one of the names is not legal: when it is sent, it is said which
            for name in page:
                self._open[name].known_md5 = md5s.get(name)
                self._unasked.discard(name)

    def _settle(self, sent: _Sent) -> Exception | None:
        """Notes what came of an attempt; returns what is wrong with more than this file."""
        file, error = sent.file, sent.error
        self._num_in_flight -= 1
        file.is_in_flight = False
        is_changing = getattr(error, "code", None) == "digest-mismatch"
        if is_changing:
            file.num_tries += 1
            if file.num_tries < _TRIES:
                return None
        if error is not None and not isinstance(error, (OSError, *_REFUSED)):
            pause_s = min(_PAUSE_S * 2 ** min(file.num_failed, 10), _MAX_PAUSE_S)
            file.next_try = time.monotonic() + pause_s
            file.num_failed += 1
            return error
        file.num_failed = 0
        if error is not None:
            reason = "it is written to all the time" if is_changing else str(error)
            warn(f"the file {file.name} cannot be sent: {reason}")
            self._has_left_out = True
        file.sent_number, file.stamp, file.num_tries = sent.number, sent.stamp, 0
        file.settled_at = time.monotonic()
        file.next_look = file.settled_at + max(_LOOK_S, _SHARE * sent.took_s)
        if file.sent_number == file.number:
            if file.policy == "now":
                self._forget(file)
            elif len(self._open) > _MOST_WATCHED:
                self._watch_less()
        return None

    def _forget(self, file: _Wanted) -> None:
        """Of what is done with nothing is remembered but what the server has, and that of some."""
        del self._open[file.name]
        if file.known_md5 is not None:
            self._md5s[file.name] = file.known_md5
        if len(self._md5s) > _MOST_KNOWN:
            del self._md5s[next(iter(self._md5s))]
            self._has_forgotten = True

    def _watch_less(self) -> None:
        """The file that was saved longest ago is sent as it is, and once more at the run's end."""
        for file in self._open.values():
            if file.policy == "live" and file.sent_number == file.number and not file.is_in_flight:
                self._forget(file)
                warn(
                    f"more than {_MOST_WATCHED:,} files are saved to be sent whenever they change: "
                    "the first of them are sent again when the run ends. save(…, policy='now') is "
                    "for files that stay as they are (said once)"
                )
                return


def _send(link: Link, file: _Wanted) -> _Sent:
    sent = _Sent(file, file.number)
    began = time.monotonic()
    try:
        path = file.path if file.path.exists() else file.spare
        with path.open("rb") as opened:
            sent.stamp = _stamp(path)
            md5, size_bytes = _digest(opened)
            if md5 != file.known_md5:
                opened.seek(0)
                route = (*link.route, "files", file.name)
                link.client.put_file(route, opened, size_bytes=size_bytes, query=[("md5", md5)])
                file.known_md5 = md5
    except (OSError, RunstoneError) as error:
        sent.error = error
    except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
        sent.error = InvalidInput(f"{type(error).__name__}: {error}")
    sent.took_s = time.monotonic() - began
    return sent


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.md5(usedforsecurity=False)
    size_bytes = 0
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
        size_bytes += len(piece)
    return digest.hexdigest(), size_bytes


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        said = path.stat()
    except OSError:
        return None
    return said.st_mtime_ns, said.st_size
