"""How a version's files come to this machine: side by side, each once, and going on after a cut.

A file has its name when it is whole and its MD5 was checked. Small ones come many at a time; a
large one that was cut goes on where it was, in this call or in a later one.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias, TypeVar

from runstone.domain.errors import CorruptData, InvalidInput, RunstoneError, Unavailable
from runstone.sdk import artifact_references
from runstone.sdk.artifact_batches import SMALL_BYTES, batches
from runstone.sdk.artifact_cache import ArtifactCache
from runstone.sdk.artifact_files import AS_IT_IS, ArtifactFile
from runstone.sdk.artifact_folders import (
    digest_so_far,
    has_what_it_led_to,
    is_there,
    temporary,
)
from runstone.sdk.artifact_paths import VersionPath
from runstone.sdk.frames import Progress
from runstone.sdk.progress import Told
from runstone.sdk.saving import place_within, told_of
from runstone.sdk.transport import Transport

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

WORKERS: Final = 8
_HEAD_BYTES: Final = 24
_PIECE_BYTES: Final = 1 << 20
_TRIES: Final = 5
"""To go on after a connection was cut, as long as each brings something."""
_PAUSE_S: Final = 0.5

A = TypeVar("A")
B = TypeVar("B")

OnMissing: TypeAlias = Callable[[ArtifactFile, RunstoneError], None]
"""Told of a reference that could not be fetched, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A content, and where it goes."""

    file: ArtifactFile
    md5: str
    targets: Sequence[Path]

    @property
    def size_bytes(self) -> int:
        return self.file.size_bytes


class Download:
    """One download into one folder.

    Args:
        version: By its number: an alias may move meanwhile.
    """

    def __init__(
        self,
        transport: Transport,
        version: VersionPath,
        root: Path,
        *,
        skip_cache: bool = False,
        workers: int = WORKERS,
        progress: Progress | None = None,
        on_missing: OnMissing | None = None,
    ) -> None:
        self._transport = transport
        self._version = version
        self._root = root
        self._cache = None if skip_cache else ArtifactCache()
        self._workers = max(1, workers)
        self._told = Told(progress)
        self._on_missing = on_missing
        self._folders: set[Path] = set()
        self._is_over = threading.Event()
        self._placing = threading.Lock()

    def fetch(self, files: Iterable[ArtifactFile]) -> None:
        """Brings the files that are not there yet.

        Raises:
            CannotWrite: The disk is full, or does not let us.
            CorruptData: What came is not what was logged.
            InvalidInput: A path leads out of the folder, or a reference cannot be fetched.
            Unavailable: The connection was cut again and again.
        """
        contents: dict[str, list[Path]] = {}
        sizes: dict[str, ArtifactFile] = {}
        references: list[tuple[ArtifactFile, Path]] = []
        for file in files:
            target = place_within(self._root, file.path)
            if file.md5 is None:
                references.append((file, target))
            else:
                contents.setdefault(file.md5, []).append(target)
                sizes[file.md5] = file
        if self._on_missing is None:
            _refuse_unfetched(file for file, _ in references)
        with told_of(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
        wanted = [_Wanted(sizes[md5], md5, targets) for md5, targets in contents.items()]
        self._told.expect(
            sum(one.size_bytes * len(one.targets) for one in wanted)
            + sum(file.size_bytes for file, _ in references)
        )
        # Not above: where a script has ended already, its run is still sent, but this is no longer
        # imported.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._workers, thread_name_prefix="runstone-download") as pool:
            small = [one for one in wanted if one.size_bytes <= SMALL_BYTES]
            large = [[one] for one in wanted if one.size_bytes > SMALL_BYTES]
            found = self._each(pool, self._find_all, [small, *large])
            absent = [one for some in found for one in some]
            together = batches(one for one in absent if one.size_bytes <= SMALL_BYTES)
            alone = (one for one in absent if one.size_bytes > SMALL_BYTES)
            works = [
                *(partial(self._fetch_large, one) for one in alone),
                *(partial(self._fetch_small, batch) for batch in together),
                *(partial(self._fetch_reference, *one) for one in references),
            ]
            self._each(pool, _call, works)
        if self._cache is not None and absent:
            self._cache.keep_to_limit()

    def _each(
        self, pool: ThreadPoolExecutor, work: Callable[[A], B], items: Iterable[A]
    ) -> list[B]:
        """What `work` makes of each, side by side; after a failure nothing more is begun."""
        from concurrent.futures import FIRST_EXCEPTION, wait

        futures = [pool.submit(work, item) for item in items]
        try:
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            self._is_over.set()
            for future in futures:
                future.cancel()
            raise

    # What is here

    def _find_all(self, wanted: Iterable[_Wanted]) -> list[_Wanted]:
        return [left for one in wanted if (left := self._find(one)) is not None]

    def _find(self, wanted: _Wanted) -> _Wanted | None:
        """What is left to be fetched of a content: its places where it is not yet."""
        left: list[Path] = []
        for target in wanted.targets:
            if is_there(target, wanted.md5, wanted.size_bytes) or self._take(wanted, target):
                self._told.tell(wanted.size_bytes)
            else:
                left.append(target)
        return _Wanted(wanted.file, wanted.md5, left) if left else None

    def _take(self, wanted: _Wanted, target: Path) -> bool:
        """Puts a content that the cache has in its place."""
        if self._cache is None:
            return False
        if wanted.size_bytes <= SMALL_BYTES:
            data = self._cache.read(wanted.md5, wanted.size_bytes)
            if data is not None:
                self._write(target, data)
            return data is not None
        with told_of(target):
            self._make_folder(target)
            ours = temporary(target)
            if not self._cache.take(wanted.md5, wanted.size_bytes, ours):
                return False
            ours.replace(target)
        return True

    # Contents

    def _fetch_small(self, batch: Sequence[_Wanted]) -> None:
        asked = {one.md5: one for one in batch}
        for attempt in range(_TRIES):
            try:
                with self._transport.stream(
                    (*self._version.segments, "contents"),
                    headers=AS_IT_IS,
                    body={"md5s": list(asked)},
                ) as body:
                    source = io.BufferedReader(body, _PIECE_BYTES)
                    came = {md5: _next_content(source, md5) for md5 in asked}
                # One thread at a time: several that make small files only get in each other's way.
                with self._placing:
                    for md5, data in came.items():
                        self._place_small(asked[md5], data)
                return
            except Unavailable:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE_S)

    def _place_small(self, wanted: _Wanted, data: bytes) -> None:
        self._stop_if_over()
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != wanted.md5:
            raise self._damaged(wanted)
        for target in wanted.targets:
            self._write(target, data)
            self._told.tell(len(data))
        if self._cache is not None:
            self._cache.keep_bytes(wanted.md5, data)

    def _write(self, target: Path, data: bytes) -> None:
        with told_of(target):
            self._make_folder(target)
            ours = temporary(target)
            try:
                ours.write_bytes(data)
                ours.replace(target)
            except BaseException:
                with suppress(OSError):
                    ours.unlink()
                raise

    def _fetch_large(self, wanted: _Wanted) -> None:
        target = wanted.targets[0]
        # The name of what is left of a cut download says of which bytes it is a part.
        left = target.with_name(f".{wanted.md5}.part")
        ours = temporary(target)
        with told_of(target):
            self._make_folder(target)
            # Taken by its name: of two who download the same, one goes on and one begins anew.
            with suppress(FileNotFoundError):
                left.replace(ours)
            try:
                self._fetch_rest(wanted, ours)
            except (Unavailable, KeyboardInterrupt, _Over):
                with suppress(OSError):
                    ours.replace(left)
                raise
            except BaseException:
                with suppress(OSError):
                    ours.unlink()
                raise
            ours.replace(target)
        for other in wanted.targets[1:]:
            with told_of(other):
                self._make_folder(other)
                copy = temporary(other)
                shutil.copyfile(target, copy)
                copy.replace(other)
            self._told.tell(wanted.size_bytes)
        if self._cache is not None:
            self._cache.keep(wanted.md5, target)

    def _fetch_rest(self, wanted: _Wanted, ours: Path) -> None:
        with ours.open("a+b") as file:
            digest = digest_so_far(file)
            self._told.tell(file.tell())
            for attempt in range(_TRIES):
                began_at = file.tell()
                if began_at >= wanted.size_bytes:
                    break
                headers = dict(AS_IT_IS)
                if began_at:
                    headers |= {"range": f"bytes={began_at}-", "if-range": f'"{wanted.md5}"'}
                try:
                    with self._transport.stream(wanted.file.segments, headers=headers) as body:
                        if body.status != 206 and began_at:
                            self._told.tell(-began_at)
                            file.truncate(0)
                            file.seek(0)
                            digest = hashlib.md5(usedforsecurity=False)
                        for piece in body.chunks():
                            self._stop_if_over()
                            file.write(piece)
                            digest.update(piece)
                            self._told.tell(len(piece))
                    break
                except Unavailable:
                    if attempt == _TRIES - 1 or file.tell() <= began_at:
                        raise
                    time.sleep(_PAUSE_S)
        if digest.hexdigest() != wanted.md5:
            raise self._damaged(wanted)

    def _damaged(self, wanted: _Wanted) -> CorruptData:
        return CorruptData(
            f"The bytes of {wanted.file.path} of {self._version} are not those that were logged: "
            "their MD5 differs. Ask for it again.",
            code="md5-differs",
        )

    # References

    def _fetch_reference(self, file: ArtifactFile, target: Path) -> None:
        self._stop_if_over()
        if has_what_it_led_to(target, file):
            self._told.tell(file.size_bytes)
            return
        assert file.reference is not None, "what has no MD5 is a reference"
        with told_of(target):
            self._make_folder(target)
            ours = temporary(target)
            try:
                with ours.open("xb") as opened:
                    artifact_references.fetch(file.reference, file.digest, opened)
                ours.replace(target)
            except RunstoneError as error:
                if self._on_missing is None:
                    raise
                self._on_missing(file, error)
            finally:
                with suppress(OSError):
                    ours.unlink()
        self._told.tell(file.size_bytes)

    # Within

    def _make_folder(self, target: Path) -> None:
        folder = target.parent
        if folder not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    def _stop_if_over(self) -> None:
        if self._is_over.is_set():
            raise _Over


class _Over(Exception):
    """Another file failed: nobody waits for this one any more."""


def _call(work: Callable[[], None]) -> None:
    work()


def _refuse_unfetched(references: Iterable[ArtifactFile]) -> None:
    found = [
        f for f in references if f.reference and not artifact_references.can_fetch(f.reference)
    ]
    if found:
        raise InvalidInput(
            f"{len(found):,} file(s) refer to what Runstone does not fetch, such as "
            f"{found[0].path} to {found[0].reference}. Get these with their own tool; "
            "allow_missing_references=True, in the shell --allow-missing-references, "
            "downloads the rest.",
            code="reference-not-fetched",
        )


def _next_content(source: BinaryIO, md5: str) -> bytes:
    head = source.read(_HEAD_BYTES)
    size = int.from_bytes(head[16:])
    data = source.read(size) if len(head) == _HEAD_BYTES and head[:16].hex() == md5 else b""
    if len(head) < _HEAD_BYTES or len(data) < size:
        raise Unavailable("The answer ended in the middle of a file. Try again.", code="cut")
    return data
