"""The data folder: who holds it, its secret, and who serves it now.

One process holds the folder at a time, by a lock of the operating system that ends with the
process, however it ends. `server.json` is there while a server runs and says where it listens; it
counts only while the lock is held.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from runstone.domain.errors import Conflict, CorruptData, NotFound, RunstoneError, Unavailable

LOCK_NAME: Final = "lock"
SECRET_NAME: Final = "secret"  # noqa: S105 - the name of the file
SERVING_NAME: Final = "server.json"

_MIN_SECRET_CHARS: Final = 32
_LOCK_PATIENCE_S: Final = 0.5
"""`probe` takes the lock for an instant; whoever really wants it tries for a little longer."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server, as `server.json` describes it.

    Attributes:
        url: Where it answers on this machine.
        started_at: ISO 8601, UTC.
        is_embedded: It is a training process that logs to the folder, not one that was started
            to serve it.
    """

    pid: int
    url: str
    version: str
    started_at: str
    is_embedded: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a folder.

    Attributes:
        pid: None where it could not be read.
        serving: None while it starts or stops, and for a command that works on the folder.
    """

    pid: int | None
    serving: Serving | None


class DataFolder:
    """A folder that this process holds, until `close`."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        """Use `hold`."""
        self.path = path
        self._lock = lock

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def secret(self) -> str:
        """The secret that signs links and sessions; made on first use.

        Raises:
            CorruptData: The file is there and holds too little.
        """
        path = self.path / SECRET_NAME
        with _in_our_words(path):
            if not path.exists():
                _write_private(path, secrets.token_hex(32) + "\n")
        return read_secret(self.path)

    def remember(self, name: str, facts: Mapping[str, str]) -> None:
        """Keeps facts as a JSON file of that name, durably; nobody else can read them."""
        with _in_our_words(self.path):
            _write_private(self.path / name, json.dumps(dict(facts)) + "\n")

    def announce(self, serving: Serving) -> None:
        """Says that a server answers now, and where."""
        with _in_our_words(self.path):
            _write_private(self.path / SERVING_NAME, json.dumps(asdict(serving)) + "\n")

    def retract(self) -> None:
        """Says that it no longer does."""
        with contextlib.suppress(OSError):
            (self.path / SERVING_NAME).unlink(missing_ok=True)

    def abandon(self) -> None:
        """In a fork: leaves the folder to the process that holds it."""
        self._lock.close()

    def close(self) -> None:
        """Lets go of the folder. Repeatable."""
        if self._lock.closed:
            return
        self.retract()
        self._lock.close()


def hold(path: Path, *, create: bool = True) -> DataFolder:
    """Takes the folder for this process.

    Args:
        create: Make the folder where there is none.

    Raises:
        NotFound: There is no folder and `create` is false.
        Conflict: Another process holds it.
        Unavailable: It cannot be made or written.
    """
    path = path.absolute()
    with _in_our_words(path):
        if create:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not path.is_dir():
            raise no_folder(path)
        lock = (path / LOCK_NAME).open("a+", encoding="utf-8")
        try:
            os.chmod(path / LOCK_NAME, 0o600)
            deadline = time.monotonic() + _LOCK_PATIENCE_S
            while not _try_lock(lock):
                if time.monotonic() > deadline:
                    raise _is_held(path, Holder(_pid_in(lock), _serving(path)))
                time.sleep(0.05)
            lock.seek(0)
            lock.truncate()
            lock.write(f"{os.getpid()}\n")
            lock.flush()
        except BaseException:
            lock.close()
            raise
    folder = DataFolder(path, lock)
    # Of one that was killed: whoever asks now is not to be sent there.
    folder.retract()
    return folder


def probe(path: Path) -> Holder | None:
    """Who holds the folder now; None for nobody.

    Raises:
        NotFound: There is no such folder.
        Unavailable: It cannot be read.
    """
    path = path.absolute()
    with _in_our_words(path):
        if not path.is_dir():
            raise no_folder(path)
        try:
            lock = (path / LOCK_NAME).open("r+", encoding="utf-8")
        except FileNotFoundError:
            return None
        with lock:
            if _try_lock(lock):
                return None
            return Holder(_pid_in(lock), _serving(path))


def read_secret(path: Path) -> str:
    """The secret of a folder that was served before.

    Raises:
        CorruptData: The file holds too little.
        Unavailable: It cannot be read.
    """
    file = path / SECRET_NAME
    with _in_our_words(file):
        secret = file.read_text(encoding="utf-8", errors="replace").strip()
    if len(secret) < _MIN_SECRET_CHARS:
        raise CorruptData(
            f"The file {file} is damaged. Restore it from a backup, or remove it: the server "
            "then makes a new one, and links that were handed out stop working.",
            code="damaged-secret",
        )
    return secret


def no_folder(path: Path) -> NotFound:
    """What is said where the data folder is missing."""
    return NotFound(
        f"There is no data folder {path}. Say with --data where it is, or start a server with "
        "`runstone up`.",
        code="no-data-folder",
    )


def _is_held(path: Path, holder: Holder) -> Conflict:
    who = f"process {holder.pid}" if holder.pid else "another process"
    if holder.serving is not None and holder.serving.is_embedded:
        text = (
            f"The data folder {path} is served by a script that logs to it ({who}), at "
            f"{holder.serving.url}: use that address until the script has ended."
        )
    elif holder.serving is not None:
        text = (
            f"The data folder {path} is served already: {who}, at {holder.serving.url}. Use that "
            f"server, stop it with `runstone down --data {path}`, or choose another folder with "
            "--data."
        )
    else:
        text = (
            f"The data folder {path} is in use by {who}, which is starting, stopping or an "
            "administration command. Try again in a moment, or choose another folder with --data."
        )
    return Conflict(text, code="folder-in-use")


def _serving(path: Path) -> Serving | None:
    try:
        return Serving(**json.loads((path / SERVING_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _pid_in(lock: IO[str]) -> int | None:
    try:
        lock.seek(0)
        return int(lock.read().strip())
    except (OSError, ValueError):
        return None


def _write_private(path: Path, text: str) -> None:
    # Whole or not at all, and never readable by others, not even for an instant.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> RunstoneError:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return Unavailable(
                f"The disk that holds {path} is full. Nothing stored before is harmed: free some "
                "space and start again.",
                code="disk-full",
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Unavailable(
                f"The data folder {path} cannot be written ({error.strerror}). Check that it "
                "belongs to this user and is not on a read-only disk, or choose another with "
                "--data.",
                code="storage-not-writable",
            )
        case errno.ENOTDIR | errno.EEXIST:
            return Unavailable(
                f"{path} cannot be the data folder: there is a file in its place. Choose another "
                "with --data.",
                code="not-a-folder",
            )
        case _:
            return Unavailable(
                f"The data folder {path} cannot be used: {error.strerror or error}.",
                code="storage-not-usable",
            )


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        # Locks are mandatory there: one byte far behind the text, so that the text stays readable.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
