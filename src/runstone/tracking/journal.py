"""The journal: what a run logged, on this machine the moment that `log()` returns.

A record is copied into a memory-mapped file, so it outlives the process (kill -9 as well) without
a system call: the pages are the kernel's. A file of a journal begins with 16 bytes (`RSTJRNL1`,
then zeros) and holds records one behind the other: length and CRC-32 of the payload (both uint32,
little-endian), then the payload. The length is written last, so that a record is there wholly or
not at all; 0 is where the journal ends for now, `0xFFFFFFFF` says that it goes on in the next file.

Space is taken from the disk before it is mapped: a full disk is an error in `append`, where a
mapped file with holes would end the process.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MAGIC: Final = b"RSTJRNL1".ljust(16, b"\0")
SUFFIX: Final = ".journal"

_HEADER: Final = struct.Struct("<II")
_HEAD_BYTES: Final = _HEADER.size
_GOES_ON: Final = 0xFFFF_FFFF
_FIRST_BYTES: Final = 1 << 20
_NEXT_BYTES: Final = 16 << 20
MAX_RECORD_BYTES: Final = 1 << 30


def file_of(folder: Path, writer: str, number: int) -> Path:
    """Where a part of a writer's journal lies; `main` stands for the only writer."""
    return folder / f"{writer or 'main'}.{number:06d}{SUFFIX}"


class Journal:
    """Appends records; one per process, whose caller sees to it that one thread does at a time."""

    def __init__(self, folder: Path, writer: str) -> None:
        """Begins a journal.

        Raises:
            OSError: There is one already, the folder cannot be written, or the disk is full.
        """
        self._folder = folder
        self._writer = writer
        self._number = 0
        self._map: mmap.mmap
        self._end: int
        self._last: int
        self._open(_FIRST_BYTES)

    def append(self, payload: bytes) -> None:
        """Writes a record; it is on this machine when this returns.

        Raises:
            OSError: The disk is full; the record is not there.
            ValueError: It is longer than a gigabyte.
        """
        size = len(payload)
        start = self._end + _HEAD_BYTES
        stop = start + size
        if stop > self._last:
            self._go_on(size)
            start = self._end + _HEAD_BYTES
            stop = start + size
        self._map[start:stop] = payload
        _HEADER.pack_into(self._map, self._end, size, zlib.crc32(payload))
        self._end = stop

    def close(self) -> None:
        """Gives unused space back."""
        self._map.close()
        os.truncate(self._path, self._end)

    def _open(self, size: int) -> None:
        self._path = file_of(self._folder, self._writer, self._number)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _take_space(descriptor, size)
            self._map = mmap.mmap(descriptor, size)
        except BaseException:
            self._path.unlink()
            raise
        finally:
            os.close(descriptor)
        self._map[: len(MAGIC)] = MAGIC
        self._end = len(MAGIC)
        # Room for the header that says that it goes on.
        self._last = size - _HEAD_BYTES

    def _go_on(self, size: int) -> None:
        if size > MAX_RECORD_BYTES:
            raise ValueError(f"one record of {size:,} bytes; at most {MAX_RECORD_BYTES:,}")
        before, end, path = self._map, self._end, self._path
        self._number += 1
        try:
            self._open(max(_NEXT_BYTES, size + len(MAGIC) + 2 * _HEAD_BYTES))
        except BaseException:
            self._number -= 1
            self._map, self._end, self._path = before, end, path
            raise
        _HEADER.pack_into(before, end, _GOES_ON, 0)
        before.close()
        os.truncate(path, end + _HEAD_BYTES)


class JournalReader:
    """Reads a journal from its beginning, also while it is being written.

    Each look opens the file anew and reads it, never through a map: so that what another machine
    wrote on a shared file system is seen as soon as that shows it, in whatever order its pages
    come: a record whose bytes are not all here has no valid checksum yet.

    Args:
        number: File to begin with, and the place in it; as `position` said.
    """

    def __init__(self, folder: Path, writer: str, *, number: int = 0, at: int = 0) -> None:
        self._folder = folder
        self._writer = writer
        self._number = number
        self._at = max(at, len(MAGIC))

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
        while num_bytes < max_bytes:
            path = file_of(self._folder, self._writer, self._number)
            try:
                with path.open("rb") as file:
                    file.seek(self._at)
                    data = file.read(max(1 << 20, max_bytes - num_bytes))
            except FileNotFoundError:
                return
            at, goes_on, is_cut = 0, False, False
            while len(data) - at >= _HEAD_BYTES:
                size, checksum = _HEADER.unpack_from(data, at)
                if size in (0, _GOES_ON):
                    goes_on = size == _GOES_ON
                    break
                stop = at + _HEAD_BYTES + size
                if stop > len(data):
                    is_cut = True
                    break
                payload = data[at + _HEAD_BYTES : stop]
                if zlib.crc32(payload) != checksum:
                    return  # being written now, or lost with the machine's power
                at = stop
                self._at += _HEAD_BYTES + size
                num_bytes += size
                yield payload
            if goes_on:
                self._number += 1
                self._at = len(MAGIC)
            elif is_cut and at == 0:
                # One record that is longer than what was read.
                payload = self._long_record(path, size)
                if len(payload) < size or zlib.crc32(payload) != checksum:
                    return
                self._at += _HEAD_BYTES + size
                num_bytes += size
                yield payload
            elif at == 0:
                return

    def _long_record(self, path: Path, size: int) -> bytes:
        with path.open("rb") as file:
            file.seek(self._at + _HEAD_BYTES)
            return file.read(size)


def writers_in(folder: Path) -> list[str]:
    """The writers that have a journal in the folder."""
    names = {path.name.rsplit(".", 2)[0] for path in folder.glob(f"*{SUFFIX}")}
    return sorted("" if name == "main" else name for name in names)


def _take_space(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    zeros = bytes(1 << 20)
    for start in range(0, size, len(zeros)):
        os.write(descriptor, zeros[: size - start])
