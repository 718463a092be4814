"""Blobs that come in parts: each written to its own place in one file, many at once.

An upload is a folder: `data`, in which part n begins at n - 1 times the size of a part; `part.n`,
written once part n is durable; `key`. All parts but the last have one size, which the first of them
to come tells. A last part that comes before them waits in `tail`, and is the only one that is
copied. The name of an upload holds the number of its parts.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.ports.blobs import Part, UnfinishedUpload
from runstone.storage.localfs.durable import give_back, move_durably, on_disk, sync_folder

_NAME: Final = re.compile(r"[0-9a-f]{32}-([1-9]\d{0,4})")
_FLUSH_BYTES: Final = 1024 * 1024
_COPY_BYTES: Final = 16 * 1024 * 1024
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)
"""Windows would write two bytes for each line's end."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A part that is durable.

    Attributes:
        in_tail: It is the last, and waits beside the others.
    """

    part: Part
    size_bytes: int
    in_tail: bool


class LocalUploads:
    """The unfinished uploads below one folder of blobs."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Keeps them in `folder`, which is on the disk of `root`; earlier ones are still there."""
        self._root = root
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    async def begin(self, key: str, num_parts: int) -> str:
        if not 1 <= num_parts <= 10_000:
            raise InvalidInput(f"An upload has 1 to 10,000 parts; not {num_parts:,}.")
        upload = f"{secrets.token_hex(16)}-{num_parts}"

        def make() -> None:
            folder = self._folder / upload
            folder.mkdir()
            _write_whole(folder / "key", key.encode())
            sync_folder(self._folder)

        await on_disk(make, self._root)
        return upload

    async def put_part(
        self,
        key: str,
        upload: str,
        part: Part,
        chunks: AsyncIterator[bytes],
        *,
        size_bytes: int,
    ) -> None:
        folder, num_parts = await on_disk(lambda: self._find(key, upload), self._root)
        if not 1 <= part.number <= num_parts:
            raise InvalidInput(f"There is no part {part.number:,} of {num_parts:,}.")
        async with self._turn(upload, part.number):
            known = await on_disk(lambda: _arrived(folder, part.number), self._root)
            if known is not None and (known.part, known.size_bytes) == (part, size_bytes):
                # Sent again by a client that missed the answer: what is durable stays untouched.
                async for _ in chunks:
                    pass
                return
            is_last = part.number == num_parts
            part_size = await on_disk(
                lambda: _part_size(folder, None if is_last else size_bytes), self._root
            )
            in_tail = part_size is None
            start = 0 if part_size is None else (part.number - 1) * part_size
            file = folder / ("tail" if in_tail else "data")
            arriving = _Arrived(part, size_bytes, in_tail)
            await self._write(folder, file, start, arriving, chunks)

    async def _write(
        self,
        folder: Path,
        file: Path,
        start: int,
        arriving: _Arrived,
        chunks: AsyncIterator[bytes],
    ) -> None:
        part, size_bytes = arriving.part, arriving.size_bytes
        digest = hashlib.md5(usedforsecurity=False)

        def open_it() -> int:
            (folder / f"part.{part.number}").unlink(missing_ok=True)
            return os.open(file, os.O_WRONLY | os.O_CREAT | _BINARY, 0o600)

        def write(data: bytearray, at: int) -> None:
            digest.update(data)
            _write_at(descriptor, data, at)

        descriptor = await on_disk(open_it, self._root)
        try:
            pending, size, written = bytearray(), 0, 0
            async for chunk in chunks:
                size += len(chunk)
                if size > size_bytes:  # what follows is the place of another part
                    raise _wrong_size(part, size_bytes)
                pending += chunk
                if len(pending) >= _FLUSH_BYTES:
                    full, pending = pending, bytearray()
                    await on_disk(partial(write, full, start + written), self._root)
                    written += len(full)
            await on_disk(partial(write, pending, start + written), self._root)
            if size != size_bytes:
                raise _wrong_size(part, size_bytes)
            if digest.digest() != part.md5:
                raise InvalidInput(
                    f"The bytes of part {part.number:,} are not those that were announced; upload "
                    "it again.",
                    code="digest-mismatch",
                )
            await on_disk(lambda: os.fsync(descriptor), self._root)
        except BaseException:
            # What was written of it would keep a full disk full.
            give_back(descriptor, start, size_bytes)
            raise
        finally:
            os.close(descriptor)
        await on_disk(lambda: _note(folder, arriving), self._root)

    async def list_parts(self, key: str, upload: str) -> Sequence[Part]:
        def look() -> list[Part]:
            folder, num_parts = self._find(key, upload)
            found = (_arrived(folder, number) for number in range(1, num_parts + 1))
            return [one.part for one in found if one is not None]

        return await on_disk(look, self._root)

    async def complete(self, key: str, upload: str, parts: Sequence[Part], target: Path) -> None:
        _, num_parts = self._name(upload)
        async with contextlib.AsyncExitStack() as turns:
            for number in range(1, num_parts + 1):
                await turns.enter_async_context(self._turn(upload, number))
            await on_disk(lambda: self._complete(key, upload, parts, target), self._root)

    def _complete(self, key: str, upload: str, parts: Sequence[Part], target: Path) -> None:
        folder, num_parts = self._name(upload)
        if not (folder / "data").exists() and not (folder / "tail").exists() and target.exists():
            _remove(folder)  # completed already
            return
        folder, num_parts = self._find(key, upload)
        arrived = [_arrived(folder, number) for number in range(1, num_parts + 1)]
        here = [one.part for one in arrived if one is not None]
        part_size = _part_size(folder, None) or 0
        fit = all(one is None or one.size_bytes == part_size for one in arrived[:-1])
        if list(parts) != here or len(here) != num_parts or not fit:
            raise Conflict(
                f"{len(here):,} of {num_parts:,} parts have arrived, and they are not exactly "
                "those that make the file; upload those that are missing.",
                code="parts-missing",
            )
        last = arrived[-1]
        assert last is not None
        data = folder / "data"
        if num_parts == 1 and (folder / "tail").exists():
            (folder / "tail").replace(data)
        descriptor = os.open(data, os.O_RDWR | _BINARY)
        try:
            start = (num_parts - 1) * part_size
            if num_parts > 1 and last.in_tail:
                _append(folder / "tail", descriptor, start)
            os.ftruncate(descriptor, start + last.size_bytes)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        move_durably(data, target, self._root)
        _remove(folder)

    async def abort(self, key: str, upload: str) -> None:
        def remove() -> None:
            with contextlib.suppress(NotFound):
                _remove(self._find(key, upload)[0])

        await on_disk(remove, self._root)

    def all(self, prefix: str) -> list[UnfinishedUpload]:
        """All whose keys begin so. What a crash left half begun or half removed goes."""
        found = []
        for entry in sorted(self._folder.iterdir()):
            name = _NAME.fullmatch(entry.name)
            try:
                key = (entry / "key").read_text()
                begun = datetime.fromtimestamp((entry / "key").stat().st_mtime, UTC)
            except OSError:
                with contextlib.suppress(OSError):
                    entry.rmdir()  # if it is empty: one that begins now has its key in an instant
                continue
            if name is not None and key.startswith(prefix):
                found.append(UnfinishedUpload(key, entry.name, begun, int(name[1])))
        return found

    def _turn(self, upload: str, number: int) -> asyncio.Lock:
        return self._turns.setdefault((upload, number), asyncio.Lock())

    def _name(self, upload: str) -> tuple[Path, int]:
        # It has been in the hands of a client: nothing else than our own form becomes a path.
        name = _NAME.fullmatch(upload)
        if name is None:
            raise _unknown()
        return self._folder / upload, int(name[1])

    def _find(self, key: str, upload: str) -> tuple[Path, int]:
        folder, num_parts = self._name(upload)
        try:
            is_its = (folder / "key").read_text() == key
        except FileNotFoundError:
            is_its = False
        if not is_its:
            raise _unknown()
        return folder, num_parts


def _arrived(folder: Path, number: int) -> _Arrived | None:
    try:
        md5, size, place = (folder / f"part.{number}").read_text().split()
    except FileNotFoundError:
        return None
    return _Arrived(Part(number, bytes.fromhex(md5)), int(size), place == "tail")


def _note(folder: Path, arrived: _Arrived) -> None:
    place = "tail" if arrived.in_tail else "data"
    text = f"{arrived.part.md5.hex()} {arrived.size_bytes} {place}\n"
    _write_whole(folder / f"part.{arrived.part.number}", text.encode())


def _part_size(folder: Path, told: int | None) -> int | None:
    """The size of all parts but the last; the first one to come tells it."""
    file = folder / "size"
    with contextlib.suppress(FileNotFoundError):
        known = int(file.read_text())
        if told is None or told == known:
            return known
        if any(_is_in_data(marker) for marker in folder.glob("part.*")):
            raise InvalidInput(
                f"All parts but the last have {known:,} bytes; this one has {told:,}.",
                code="wrong-size",
            )
        file.unlink(missing_ok=True)  # said by one that was never stored
    if told is None:
        return None
    # Two may come first at once: a link is made by one of them.
    mine = folder / f"size.{secrets.token_hex(8)}"
    _write_whole(mine, str(told).encode())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(mine, file)
    finally:
        mine.unlink()
    return _part_size(folder, told)


def _is_in_data(marker: Path) -> bool:
    return marker.read_text().endswith("data\n")


def _write_whole(file: Path, data: bytes) -> None:
    beside = file.with_name(f".{file.name}")
    with beside.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    sync_folder(file.parent)


def _append(source: Path, descriptor: int, start: int) -> None:
    with source.open("rb") as file:
        while chunk := file.read(_COPY_BYTES):
            _write_at(descriptor, chunk, start)
            start += len(chunk)


def _write_at(descriptor: int, data: bytes | bytearray, at: int) -> None:
    left = memoryview(data)
    os.lseek(descriptor, at, os.SEEK_SET)
    while left:  # a file may take less than it is given
        left = left[os.write(descriptor, left) :]


def _remove(folder: Path) -> None:
    # The key goes last: until then a crash leaves an upload that can be found and removed.
    for file in folder.iterdir() if folder.exists() else ():
        if file.name != "key":
            file.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _wrong_size(part: Part, size_bytes: int) -> InvalidInput:
    return InvalidInput(
        f"Part {part.number:,} has not the {size_bytes:,} bytes that were announced; upload it "
        "again.",
        code="wrong-size",
    )


def _unknown() -> NotFound:
    return NotFound(
        "There is no such upload: it was completed, or given up after a time. Begin again.",
        code="no-such-upload",
    )
