"""Files that go with a run, and the folder in which they lie until they are sent.

What is saved stays what it was: bytes of `now` are copied, so that a later change or deletion of
the original does not matter; of `live` and `end` a second name is kept (a copy on another disk),
for the day on which the original is gone.
"""

from __future__ import annotations

import atexit
import errno
import os
import shutil
import sys
import threading
from contextlib import suppress
from glob import escape
from glob import glob as matches
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from runstone.domain.errors import InvalidInput
from runstone.domain.names import normalize_file_name
from runstone.tracking.active_runs import current
from runstone.tracking.interruptions import pass_on
from runstone.tracking.sharing import no_run
from runstone.tracking.terminal import warn

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

FILES: Final = "files"
"""Below the run's folder; a file's name on the server is its path in there."""
_MEDIA: Final = "media/"
_POLICIES: Final = ("now", "live", "end")
_REFLINK: Final = 0x4004_9409
"""Linux: share the bytes of another file until one of the two is written to."""


class Saving:
    """What a process saves with one run; may be shared by threads.

    Attributes:
        pid: Of the process.
    """

    def __init__(self, run: ActiveRun) -> None:
        self.pid = os.getpid()
        self._run = run
        self._lock = threading.RLock()  # a signal's handler saves, too
        self._late: dict[str, Path] = {}
        self._has_shown_dir = False
        self._nowhere: Path | None = None
        """For scripts of a disabled run, which write there all the same."""

    def folder(self) -> Path:
        """Where files lie that go with the run; what is there at its end is sent."""
        if self._run.folder is None:
            if self._nowhere is None:
                from tempfile import mkdtemp

                self._nowhere = Path(mkdtemp(prefix="runstone-"))
                atexit.register(_remove_of, self.pid, self._nowhere)
            return self._nowhere
        self._has_shown_dir = True
        folder = self._run.folder / FILES
        folder.mkdir(exist_ok=True)
        return folder

    def save(
        self,
        pattern: str | os.PathLike[str] | bytes,
        base_path: str | os.PathLike[str] | None,
        policy: str,
        *,
        is_pattern: bool,
    ) -> list[str]:
        """See `ActiveRun.save`.

        Raises:
            InvalidInput: See there.
        """
        if policy not in _POLICIES:
            raise InvalidInput(f"policy is {policy!r}; it must be {', '.join(_POLICIES)}.")
        wanted = os.fspath(pattern)
        wanted = wanted.decode() if isinstance(wanted, bytes) else wanted
        if "://" in wanted:
            raise InvalidInput(
                f"{wanted} is an address: only files of this machine can be saved. "
                "An artifact can refer to what is elsewhere (add_reference)."
            )
        place, base = os.path.abspath(wanted), _base(wanted, base_path)
        if os.path.commonpath([place, base]) != base or place == base:
            raise InvalidInput(f"{place} is not within base_path, {base}.")
        if self._run.folder is None:
            return []
        pattern_text = place if is_pattern else escape(place)
        found = [Path(one) for one in sorted(matches(pattern_text, recursive=True))]
        # Of a pipe nobody knows when it ends, or whether it begins.
        files = [one for one in found if one.is_file()]
        if not files:
            warn(f"save(): no file matches {wanted}")
        return [
            str(kept)
            for one in files
            if (
                kept := self._save_one(one, PurePosixPath(one.relative_to(base).as_posix()), policy)
            )
        ]

    def end(self) -> None:
        """The run ends: what was to be looked at now is as it will be sent."""
        if self._run.folder is None:
            return
        root = self._run.folder / FILES
        if self._has_shown_dir:
            for path in sorted(root.rglob("*")):
                name = path.relative_to(root).as_posix()
                if path.is_file() and name not in self._late and not name.startswith(_MEDIA):
                    self._note(name, f"{FILES}/{name}", "now")
        for name, source in list(self._late.items()):  # a copy may take its time
            try:
                _keep_second_name(source, root / name)
            except OSError as error:
                pass_on(error)  # else what was kept before is sent
            self._note(name, f"{FILES}/{name}", "now")

    def _save_one(self, source: Path, wanted: PurePosixPath, policy: str) -> Path | None:
        assert self._run.folder is not None
        try:
            name = normalize_file_name(str(wanted))
            kept = self._run.folder / FILES / name
            is_ours = kept.exists() and kept.samefile(source) and not _is_link(source, kept)
            with self._lock:
                if policy == "now" or is_ours:
                    if not is_ours:
                        copy_file(source, kept)
                    self._late.pop(name, None)
                    self._note(name, f"{FILES}/{name}", policy)
                else:
                    _keep_second_name(source, kept)
                    self._late[name] = source
                    self._note(name, str(source), policy)
        except (OSError, InvalidInput) as error:
            pass_on(error)
            warn(f"{source} is not saved: {error}")
            return None
        return kept

    def _note(self, name: str, path: str, policy: str) -> None:
        self._run.note_file(name, path, policy)


def keep_bytes(run: ActiveRun, name: str, data: bytes | memoryview) -> None:
    """Puts bytes among the run's files, and has them sent.

    The same name stands for the same bytes here: what is there already is not written again.

    Raises:
        OSError: They cannot be written.
    """
    assert run.folder is not None
    path = run.folder / FILES / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = _partial(path)
        try:
            partial.write_bytes(data)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    run.note_file(name, f"{FILES}/{name}")


def keep_copy(run: ActiveRun, name: str, source: Path) -> None:
    """Likewise a copy of a file."""
    assert run.folder is not None
    path = run.folder / FILES / name
    if not path.exists():
        copy_file(source, path)
    run.note_file(name, f"{FILES}/{name}")


def copy_file(source: Path, target: Path) -> None:
    """A copy that is wholly there or not at all; it shares the disk's blocks where it can.

    Raises:
        OSError: The one cannot be read, or the other not be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(target)
    try:
        if not _share_blocks(source, partial):
            shutil.copyfile(source, partial)
        shutil.copystat(source, partial)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _keep_second_name(source: Path, kept: Path) -> None:
    """So that the bytes outlive the original's name."""
    said = source.stat()
    with suppress(FileNotFoundError):
        there = kept.stat()
        is_same = (there.st_ino, there.st_dev) == (said.st_ino, said.st_dev)
        if is_same or (there.st_mtime_ns, there.st_size) == (said.st_mtime_ns, said.st_size):
            return
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(kept)
    try:
        os.link(source.resolve(), partial)
        partial.replace(kept)
    except OSError as error:
        partial.unlink(missing_ok=True)
        pass_on(error)
        copy_file(source, kept)


def _remove_of(pid: int, folder: Path) -> None:
    """At the end of the process that made it, and of no child's."""
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)


def _base(wanted: str, base_path: str | os.PathLike[str] | None) -> str:
    """What is left out of the names on the server."""
    if base_path is not None:
        return os.path.abspath(base_path)
    if not os.path.isabs(wanted):
        return os.path.abspath(".")
    # One folder is kept, as wandb does.
    return os.path.dirname(os.path.dirname(os.path.abspath(wanted)))


def _is_link(source: Path, kept: Path) -> bool:
    """Whether they are two names of one file, and not one."""
    return os.path.abspath(source) != os.path.abspath(kept)


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name[-64:]}.{os.getpid()}-{next(_numbers)}")


_numbers: Final = count()
"""Not the thread's: a signal's handler may save what is being saved."""


def _share_blocks(source: Path, target: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _REFLINK, old.fileno())
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENOSPC):
                raise
            return False  # not on this file system
    return True


def save(
    glob_str: str | os.PathLike[str] | None = None,
    base_path: str | os.PathLike[str] | None = None,
    policy: Literal["now", "live", "end"] = "live",
    glob: bool = True,
) -> list[str]:
    """Saves files with the run that was begun last; see `ActiveRun.save`.

    Raises:
        InvalidInput: There is none, or see there.
    """
    run = current()
    if run is None:
        raise no_run()
    return run.save(glob_str, base_path, policy, glob)
