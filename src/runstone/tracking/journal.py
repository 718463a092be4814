"""The journal: what a run logged, on this machine the moment that `log()` returns.

A record is copied into a memory-mapped file, so it outlives the process (kill -9 as well) without
a system call: the pages are the kernel's. A file of a journal begins with 16 bytes (`RSTJRNL1`,
then zeros) and holds records one behind the other: length and CRC-32 of the payload (both uint32,
little-endian), then the payload. The length is written last, so that a record is there wholly or
not at all; 0 is where the journal ends for now, `0xFFFFFFFF` says that it goes on in the next file.

The first file is small, for runs that say little; the next is made in the background while there is
room in the last (`space`, `background`).
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from collections import deque
from contextlib import suppress

from runstone.tracking import background
from runstone.tracking.interruptions import pass_on
from runstone.tracking.space import Space, make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap
    from pathlib import Path
    from typing import Final

MAGIC: Final = b"RSTJRNL1".ljust(16, b"\0")
SUFFIX: Final = ".journal"
AHEAD: Final = ".ahead"
"""Of a file that is made before it is needed."""
MAIN: Final = "main"
"""What the files of the writer without a name are called."""

_HEADER: Final = struct.Struct("<II")
_HEAD_BYTES: Final = _HEADER.size
_GOES_ON: Final = 0xFFFF_FFFF
_SIZES: Final = (64 << 10, 1 << 20, 4 << 20, 8 << 20)
"""Of the first files; the others are like the last."""
_LEAST: Final = 1 << 10
_PAUSE_S: Final = 0.1
"""A disk that was full is not asked again before."""
MAX_RECORD_BYTES: Final = 1 << 30
_LEAST_AHEAD: Final = 1 << 14
_MOST_AHEAD: Final = 1 << 20
"""Bytes that a reader reads at once: few where little comes."""


def file_of(folder: Path, writer: str, number: int) -> Path:
    """Where a part of a writer's journal lies; `main` stands for the only writer."""
    return folder / f"{writer or MAIN}.{number:06d}{SUFFIX}"


class Journal:
    """Appends records; one thread at a time, which its caller sees to (`lane`)."""

    def __init__(self, folder: Path, writer: str) -> None:
        """Begins a journal.

        Raises:
            OSError: There is one already, the folder cannot be written, or the disk is full.
        """
        self._folder = folder
        self._writer = writer
        self._number: int
        self._ahead: deque[Space] = deque()
        """The next file, where it is made; in the background, without a lock: see `later`."""
        self._full: tuple[float, OSError] | None = None
        self._is_closed = False
        self._end: int
        self._soft: int
        self._use(make(file_of(folder, writer, 0), _SIZES[0], _LEAST), 0, None, 0)

    def append(self, payload: bytes) -> None:
        """Writes a record; it is on this machine when this returns.

        Raises:
            OSError: The disk is full; the record is not there.
            ValueError: It is longer than a gigabyte, or the journal is closed.
        """
        size = len(payload)
        end = self._end
        stop = end + _HEAD_BYTES + size
        if stop > self._soft:
            self._make_room(size)
            end = self._end
            stop = end + _HEAD_BYTES + size
        space, checksum = self._map, _checksum(payload)
        space[end + _HEAD_BYTES : stop] = payload
        # A signal's handler may raise behind each call, not in between: with the last one it is
        # there, and nothing is written over it any more.
        self._end = stop
        _pack_header(space, end, size, checksum)

    def close(self) -> None:
        """Gives unused space back."""
        self._is_closed = True
        self._drop_ahead()
        self._space.cut(self._end)

    def _drop_ahead(self) -> None:
        # Of two that do so at once, one finds nothing.
        with suppress(IndexError):
            self._ahead.popleft().drop()

    def _use(self, space: Space, number: int, before: mmap | None, end: int) -> None:
        """Goes on in a file, which the one before says as well.

        Args:
            before: That one; None for the first.
            end: Where its records end.
        """
        new = space.map
        new[: len(MAGIC)] = MAGIC
        # Nothing from here on may be interrupted by a signal: one call, and it is the last thing.
        self._space = space
        self._map = new
        self._number = number
        self._end = _START
        # Room for the header that says that it goes on.
        self._last = space.size - _HEAD_BYTES
        self._soft = space.size >> 2
        """Where to think of the next file, and then where this one is full."""
        if before is not None:
            _pack_header(before, end, _GOES_ON, 0)

    def _make_room(self, size: int) -> None:
        if self._soft != self._last:
            self._soft = self._last
            background.later(self._make_next)
        if self._end + _HEAD_BYTES + size > self._last:
            self._go_on(size)

    def _make_next(self) -> None:
        """In the background; what fails is tried again, and told, when it is needed."""
        if self._ahead or self._is_closed:
            return
        with suppress(OSError):
            # Under a name of its own, for it may be needed before it is there.
            path = self._folder / f"{self._writer or MAIN}.{self._number}{AHEAD}"
            self._keep_ahead(make(path, self._wanted(), _LEAST))

    def _keep_ahead(self, space: Space) -> None:
        self._ahead.append(space)
        if self._is_closed:
            self._drop_ahead()

    def _wanted(self) -> int:
        return _SIZES[min(self._number + 1, len(_SIZES) - 1)]

    def _go_on(self, size: int) -> None:
        if size > MAX_RECORD_BYTES:
            raise ValueError(f"one record of {size:,} bytes; at most {MAX_RECORD_BYTES:,}")
        if self._is_closed:
            raise ValueError("the journal is closed")
        ahead = self._taken_ahead(size) or self._made_now(size)
        before, end = self._space, self._end
        self._use(ahead, self._number + 1, before.map, end)

        def cut() -> None:
            before.cut(end + _HEAD_BYTES)

        if not background.later(cut):
            cut()

    def _taken_ahead(self, size: int) -> Space | None:
        """The file that was made ahead, under its name; None where none is, or it is too small."""
        try:
            ahead = self._ahead.popleft()
        except IndexError:
            return None
        if ahead.size >= _room_for(size):
            try:
                ahead.rename(self._next_path())
            except OSError as error:
                ahead.drop()
                pass_on(error)
                return None
            return ahead
        ahead.drop()
        return None

    def _made_now(self, size: int) -> Space:
        if self._full is not None and time.monotonic() < self._full[0]:
            raise self._full[1]
        path = self._next_path()
        try:
            with suppress(FileNotFoundError):
                path.unlink()  # a signal raised an exception where one was made before
            return make(path, self._wanted(), _room_for(size))
        except OSError as error:
            pass_on(error)
            self._full = (time.monotonic() + _PAUSE_S, error)
            raise

    def _next_path(self) -> Path:
        return file_of(self._folder, self._writer, self._number + 1)


def _room_for(size: int) -> int:
    """Bytes of a file that holds a record of that size, and says that it goes on."""
    return _START + size + 2 * _HEAD_BYTES


_START: Final = len(MAGIC)
_pack_header: Final = _HEADER.pack_into
_unpack_header: Final = _HEADER.unpack_from
_checksum: Final = zlib.crc32


class JournalReader:
    """Reads a journal from its beginning, also while it is being written.

    Each look opens the file anew and reads it, never through a map: so that what another machine
    wrote on a shared file system is seen as soon as that shows it, in whatever order its pages
    come: a record whose bytes are not all here has no valid checksum yet.

    Args:
        number: File to begin with, and the place in it; as `position` said.

    Attributes:
        is_at_end: The last look saw where the journal ended just then.
        is_damaged: It ended at a record that is not whole: one that is being written now, or that
            was lost with the machine's power, and what comes behind it as well.
    """

    def __init__(self, folder: Path, writer: str, *, number: int = 0, at: int = 0) -> None:
        self._folder = folder
        self._writer = writer
        self._number = number
        self._at = max(at, _START)
        self._num_ahead = _LEAST_AHEAD
        self._path = file_of(folder, writer, number)
        self.is_at_end = False
        self.is_damaged = False

    @property
    def position(self) -> tuple[int, int]:
        """How far it was read: number of the file, and the place in it."""
        return self._number, self._at

    def records(self, *, max_bytes: int = 8 << 20) -> Iterator[bytes]:
        """The payloads that came since; ends where nothing more is there now.

        Args:
            max_bytes: Ends after about so much.
        """
        num_bytes = 0
        while num_bytes < max_bytes and (payloads := self.batch()):
            num_bytes += sum(map(len, payloads))
            yield from payloads

    def batch(self) -> list[bytes]:
        """Payloads that came since, about a megabyte at most; none where no more is there now."""
        while True:
            try:
                with open(self._path, "rb", buffering=0) as file:
                    file.seek(self._at)
                    data = file.read(self._num_ahead)
            except FileNotFoundError:
                self.is_at_end = True
                return []
            found: list[bytes] = []
            at, num_bytes = 0, len(data)
            size = checksum = 0
            self.is_damaged = False
            while at + _HEAD_BYTES <= num_bytes:
                size, checksum = _unpack_header(data, at)
                stop = at + _HEAD_BYTES + size
                if not size or stop > num_bytes:
                    break
                payload = data[at + _HEAD_BYTES : stop]
                if _checksum(payload) != checksum:
                    self.is_damaged, size = True, 0
                    break
                found.append(payload)
                at = stop
            self._at += at
            # What a live run has written since the last look is little, and zeros come behind it.
            is_cut = bool(size) and size != _GOES_ON
            self._num_ahead = min(4 * self._num_ahead, _MOST_AHEAD) if is_cut else _LEAST_AHEAD
            self.is_at_end = not size
            if size == _GOES_ON:
                self._number += 1
                self._at = _START
                self._path = file_of(self._folder, self._writer, self._number)
            if found:
                return found
            if size == _GOES_ON:
                continue
            if not is_cut or num_bytes < _HEAD_BYTES:
                return []
            # One record that is longer than what was read.
            payload = self._long_record(self._path, size)
            if len(payload) < size or _checksum(payload) != checksum:
                self.is_damaged = True
                return []
            self._at += _HEAD_BYTES + size
            return [payload]

    def lacks_files(self) -> bool:
        """Whether it ends where its files do not: the folder is an incomplete copy, say.

        For what nobody writes any more: of a live journal the next file is there a moment before.
        """
        if self._at == _START and not self._path.exists():
            # The last one said that it goes on, or there is none where it begins.
            return True
        following = file_of(self._folder, self._writer, self._number + 1)
        try:
            with following.open("rb") as file:
                file.seek(_START)
                head = file.read(_HEAD_BYTES)
        except OSError:
            return False
        # One without a record was made when the process was killed.
        return any(head)

    def _long_record(self, path: Path, size: int) -> bytes:
        with path.open("rb") as file:
            file.seek(self._at + _HEAD_BYTES)
            return file.read(size)


def trim(folder: Path, writer: str) -> None:
    """Ends the last file of a journal that nobody writes any more where its records end.

    A record that is not whole, or that has lost its order of pages, stays as it is.
    """
    reader = JournalReader(folder, writer)
    while any(True for _ in reader.records()):
        pass
    number, at = reader.position
    path = file_of(folder, writer, number)
    with suppress(OSError):
        with path.open("rb") as file:
            file.seek(at)
            while piece := file.read(1 << 20):
                if piece.strip(b"\0"):
                    return
        os.truncate(path, at)


def writers_in(folder: Path) -> list[str]:
    """The writers that have a journal in the folder."""
    try:
        files = os.listdir(folder)
    except OSError:
        return []  # nobody has written there yet
    names = {file.rsplit(".", 2)[0] for file in files if file.endswith(SUFFIX)}
    return sorted("" if name == MAIN else name for name in names)
