"""The folder of one run on this machine: what it logged, who writes it, what was sent.

What the folder holds is what counts, whoever looks: the process that logs, `runstone sync` on this
machine, or on another one that shares the file system.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.tracking import locks
from runstone.tracking.identity import Identity
from runstone.tracking.journal import AHEAD, MAIN, SUFFIX, JournalReader, trim, writers_in
from runstone.tracking.terminal import warn

_IDENTITY: Final = "run.json"
_DONE: Final = "sent"
_LEFT_OUT: Final = "left out"
"""A line of it, where the server did not take all."""
_LIVE: Final = "live"
_ENDED: Final = "ended"
_SYNCING: Final = "syncing"
_PAGE: Final = "page"
_MAX_NAME_CHARS: Final = 64
_PAUSE_S: Final = 0.002
_TRIES: Final = 20
"""Who asks whether a lock is taken has it for an instant: who wants it tries again."""
_PATIENT_TRIES: Final = 1_000
"""Of a lock that nobody else can want. On a busy machine an instant lasts longer, and a run without
its lock would be taken for dead."""


class _Mark:
    """What a folder says of what was sent: where to, how far, and whether all of it was taken."""

    def __init__(
        self, address: str, positions: dict[str, tuple[int, int]], *, has_left_out: bool
    ) -> None:
        self.address = address
        self.positions = positions
        self.has_left_out = has_left_out


class RunFolder:
    """Where everything of a run is kept before it is on a server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal"
        self.system = path / "system"
        self.console = path / "console"
        self.surroundings = path / "surroundings"
        self._is_known_full = False

    @classmethod
    def create(cls, root: Path, identity: Identity) -> RunFolder:
        """A new folder below `root`.

        Raises:
            OSError: It cannot be written.
        """
        began = time.strftime("%Y%m%d_%H%M%S", time.gmtime(identity.started_at))
        name = f"run-{began}-{_file_name(identity.run)}"
        if identity.label:
            name += f"-{_file_name(identity.label)}"
        if not root.is_dir():
            root.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                # Runs in the midst of a repository are not committed along with its code.
                (root / ".gitignore").write_text("*\n")
        number = 1
        while True:
            path = root / (name if number == 1 else f"{name}-{number}")
            try:
                path.mkdir()
                break
            except FileExistsError:
                # Of the same second: another process of the run, or the one before.
                number += 1
        folder = cls(path)
        # Whole at once: whoever watches for new folders reads it at any time.
        partial = path / f".{_IDENTITY}"
        try:
            folder.journal.mkdir()
            partial.write_bytes(identity.as_json())
            partial.replace(path / _IDENTITY)
        except OSError:
            import shutil

            shutil.rmtree(path, ignore_errors=True)
            raise
        return folder

    def say_full(self, error: OSError) -> None:
        """Says, once, that the disk takes no more; whatever it was that should be written."""
        if not self._is_known_full:
            self._is_known_full = True
            reason = error.strerror or str(error)
            warn(
                f"{self.path} cannot be written ({reason}): training goes on, and what is logged "
                "is lost until there is room (said once)"
            )

    def identity(self) -> Identity:
        """Who the run is.

        Raises:
            InvalidInput: It is no folder of a run.
        """
        try:
            return Identity.from_json((self.path / _IDENTITY).read_bytes())
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{self.path} is no folder of a run: {error}.") from error

    def lanes(self) -> list[Path]:
        """Folders of journals; each lane has a lock of its own in the process that writes it."""
        return [self.journal, self.system, self.console, self.surroundings]

    def hold(self) -> int | None:
        """Says that the run is live while this process, or a fork of it, lives.

        Returns:
            What to close with `os.close`; None where another process holds it.
        """
        return _take(self.path / _LIVE, _PATIENT_TRIES)

    def claim(self, wanted: str) -> tuple[str, int | None]:
        """A name under which no process ever wrote here, and the hold of who writes so now.

        Args:
            wanted: Has a number put behind it where it is in use; what no file may be called so
                is left out.

        Raises:
            OSError: The folder cannot be written.
        """
        wanted = _file_name(wanted)
        number = 2 if wanted == MAIN else 1
        while True:
            name = wanted if number == 1 else f"{wanted}-{number}"
            path = self.path / f"{_LIVE}.{name}"
            try:
                # One process alone makes it, also over a network file system.
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                number += 1
                continue
            return name, _take(path, _PATIENT_TRIES)

    def is_held(self) -> bool:
        """Whether a process of this machine, as far as locks reach, writes it now."""
        return any(locks.is_taken(path) for path in self.path.glob(f"{_LIVE}*"))

    def note_end(self) -> None:
        """For processes that write on when the run's own one has ended it: a pool's workers."""
        with suppress(OSError):
            (self.path / _ENDED).touch()

    def has_ended(self) -> bool:
        """Whether the run's own process has ended it."""
        return os.path.exists(self.path / _ENDED)

    def note_page(self, url: str, entity: str, name: str) -> None:
        """For processes that the run's own one starts: where it is, and what it is called there."""
        partial = self.path / f".{_PAGE}.{os.getpid()}"
        with suppress(OSError):
            partial.write_text(json.dumps([url, entity, name]), encoding="utf-8")
            partial.replace(self.path / _PAGE)

    def page(self) -> tuple[str, str, str] | None:
        """Address, entity and name as the server said them to the run's own process, if it has."""
        try:
            url, entity, name = json.loads((self.path / _PAGE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return url, entity, name

    def has_locks(self) -> bool:
        """Whether that nobody holds it says that nobody of this machine writes it."""
        try:
            return locks.hold_at(self.path / _SYNCING)
        except OSError:
            return False

    def hold_sync(self) -> int | None:
        """Says that this process is about to send it, so that two do not do the same work.

        Nothing depends on it: what is sent twice is there once.

        Returns:
            What to close with `os.close`; None where another process is at it.
        """
        try:
            return _take(self.path / _SYNCING, _TRIES)
        except OSError:
            return locks.take_there(self.path / _IDENTITY)  # a folder that may only be read

    def written_at(self) -> float:
        """When something was written last, as the file system says: seconds since 1970 UTC."""
        times = [self.path.stat().st_mtime]
        for lane in self.lanes():
            with suppress(OSError):
                times += [path.stat().st_mtime for path in lane.glob(f"*{SUFFIX}")]
        return max(times)

    def size_bytes(self) -> int:
        """Of all that it holds, on the disk."""
        return sum(_size(Path(at) / name) for at, _, names in os.walk(self.path) for name in names)

    def journal_bytes(self) -> int:
        """Of its journals, space that is not used yet included."""
        return sum(_size(path) for lane in self.lanes() for path in lane.glob(f"*{SUFFIX}"))

    def is_sent(self, server: str | None = None) -> bool:
        """Whether everything in it is on a server.

        Args:
            server: Address of the one that is meant; by default any.
        """
        said = self._mark()
        if said is None or not (server is None or said.address.startswith(f"{server}/")):
            return False
        positions = said.positions
        for lane in self.lanes():
            for writer in writers_in(lane):
                number, at = positions.get(f"{lane.name}/{writer}", (0, 0))
                reader = JournalReader(lane, writer, number=number, at=at)
                if next(reader.records(max_bytes=1), None) is not None:
                    return False
        return True

    def trim(self) -> None:
        """Gives back what the run's own process left when it was killed: space that it had ahead.

        Only where it is dead for certain: who has a file mapped that becomes shorter dies of it.
        So what other processes of the run write stays as it is.
        """
        for lane in self.lanes():
            with suppress(OSError):
                for path in lane.glob(f"{MAIN}.*{AHEAD}"):
                    path.unlink(missing_ok=True)
            trim(lane, "")

    def sent_to(self) -> str | None:
        """The run's page, where everything of it was sent at some time."""
        said = self._mark()
        return None if said is None else said.address

    def has_left_out(self) -> bool:
        """Whether the server did not take all of what was sent: some lies here alone."""
        said = self._mark()
        return said is not None and said.has_left_out

    def mark_sent(
        self, address: str, positions: dict[str, tuple[int, int]], *, has_left_out: bool = False
    ) -> None:
        """Notes where it is; in the cache of this machine where the folder takes no more.

        Where that takes nothing either it is not noted, and the server is asked again.

        Args:
            positions: By lane and writer (`journal/` is the first one's), how far was sent: a
                process that nobody knew of any more may write on.
            has_left_out: The server did not take all of it.
        """
        lines = [address, json.dumps(positions), *([_LEFT_OUT] if has_left_out else [])]
        text = "\n".join([*lines, ""])
        try:
            put_whole(self.path / _DONE, text)
        except OSError:
            with suppress(OSError):
                aside = self._mark_aside()
                aside.parent.mkdir(parents=True, exist_ok=True)
                put_whole(aside, text)
        else:
            with suppress(OSError):
                self._mark_aside().unlink(missing_ok=True)

    def _mark(self) -> _Mark | None:
        try:
            with suppress(OSError):
                # It is there where the folder could not be written when more of it was sent.
                return _read_mark(self._mark_aside())
            return _read_mark(self.path / _DONE)
        except (OSError, ValueError, AttributeError, TypeError):
            return None

    def _mark_aside(self) -> Path:
        """Of a folder that may only be read: by where it is, and who the run is.

        Raises:
            OSError: It is no folder of a run.
        """
        from hashlib import sha256  # not above: most folders may be written

        from runstone.sdk.settings import cache_folder

        who = f"{self.path.resolve()}\n".encode() + (self.path / _IDENTITY).read_bytes()
        return cache_folder() / _DONE / sha256(who).hexdigest()


def _read_mark(path: Path) -> _Mark:
    address, text, *more = path.read_text(encoding="utf-8").splitlines()
    positions = {key: (int(number), int(at)) for key, (number, at) in json.loads(text).items()}
    return _Mark(address, positions, has_left_out=_LEFT_OUT in more)


def put_whole(path: Path, text: str) -> None:
    """A file, whole or not at all."""
    partial = path.parent / f".{path.name}.{os.getpid()}"
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def create_folder(root: Path, identity: Identity) -> RunFolder | None:
    """A new folder below `root`, or where there is room; None where nobody lets us write."""
    try:
        return RunFolder.create(root, identity)
    except OSError as error:
        reason = error.strerror or str(error)
    import tempfile

    try:
        folder = RunFolder.create(Path(tempfile.mkdtemp(prefix="runstone-")), identity)
    except OSError:
        warn(f"{root} cannot be written ({reason}), nor can anything else: nothing is logged")
        return None
    warn(
        f"{root} cannot be written ({reason}): the run is kept in {folder.path}. RUNSTONE_DIR says "
        "where to keep runs"
    )
    return folder


def run_folders(root: Path, named: str = "run-*") -> list[RunFolder]:
    """Those below `root` that are named so, or `root` itself; the oldest first."""
    if (root / _IDENTITY).exists():
        return [RunFolder(root)]
    with suppress(OSError):
        return [RunFolder(path.parent) for path in sorted(root.glob(f"{named}/{_IDENTITY}"))]
    return []


def folders_beside(folder: RunFolder, run: str) -> list[RunFolder]:
    """Others below the same root that hold something of a run; the oldest first.

    One that does not say whose it is, being damaged, is nobody's here: `runstone sync` names it.
    """
    found = []
    for other in run_folders(folder.path.parent, f"run-*-{_file_name(run)}*"):
        with suppress(InvalidInput, OSError):
            if other.path != folder.path and other.identity().run == run:
                found.append(other)
    return found


def _take(path: Path, tries: int) -> int | None:
    for _ in range(tries):
        if (descriptor := locks.take(path)) is not None:
            return descriptor
        time.sleep(_PAUSE_S)
    return None


def _file_name(text: str) -> str:
    """Of it what a file may be called everywhere, Windows and other alphabets included."""
    legal = (c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in text)
    return "".join(legal)[:_MAX_NAME_CHARS].rstrip(".") or "_"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # it has gone meanwhile
