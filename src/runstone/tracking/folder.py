"""The folder of one run on this machine: who it is, and what it logged."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_IDENTITY: Final = "run.json"
_DONE: Final = "sent"
_LIVE: Final = "live"


class Identity:
    """Who the run is, as `init()` was told.

    No dataclass: `init()` makes one, and what makes dataclasses takes longer to import than all
    else that a run begins with.

    Attributes:
        run: Its id.
        entity: None stands for the owner of the API key.
        writer: Under which its first process numbers rows: empty for a run that began here, its
            own where the run may have been there before.
        started_at: Seconds since 1970 UTC.
    """

    def __init__(
        self,
        run: str,
        project: str,
        started_at: float,
        *,
        entity: str | None = None,
        writer: str = "",
        url: str | None = None,
        name: str | None = None,
        group: str | None = None,
        job_type: str | None = None,
        notes: str | None = None,
        tags: list[str] | None = None,
        host: str | None = None,
        program: str | None = None,
    ) -> None:
        self.run = run
        self.project = project
        self.started_at = started_at
        self.entity = entity
        self.writer = writer
        self.url = url
        self.name = name
        self.group = group
        self.job_type = job_type
        self.notes = notes
        self.tags = tags
        self.host = host
        self.program = program

    def as_json(self) -> bytes:
        """As `from_json` reads it, for people, too."""
        said = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return json.dumps(said, indent=2, default=str).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Identity:
        """What `as_json` wrote, here or in a newer version: what is not known is passed over.

        Raises:
            ValueError: It is something else.
        """
        said = json.loads(data)
        if not isinstance(said, dict) or not all(
            isinstance(said.get(name), kind)
            for name, kind in (("run", str), ("project", str), ("started_at", (int, float)))
        ):
            raise ValueError("run, project and started_at are missing")
        known = cls("", "", 0.0)
        for name in vars(known):
            if name in said:
                setattr(known, name, said[name])
        return known


class RunFolder:
    """Where everything of a run is kept before it is on a server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal"
        self.system = path / "system"

    @classmethod
    def create(cls, root: Path, identity: Identity) -> RunFolder:
        """A new folder below `root`.

        Raises:
            OSError: It cannot be written.
        """
        began = datetime.fromtimestamp(identity.started_at, UTC).strftime("%Y%m%d_%H%M%S")
        path = root / f"run-{began}-{identity.run}"
        number = 1
        while path.exists():
            number += 1
            path = root / f"run-{began}-{identity.run}-{number}"
        folder = cls(path)
        folder.journal.mkdir(parents=True)
        (path / _IDENTITY).write_bytes(identity.as_json())
        return folder

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
        return [self.journal, self.system]

    def hold(self) -> int | None:
        """Says that the run is live while this process, or a fork of it, lives.

        Returns:
            What to close with `os.close`; None where another process holds it.
        """
        descriptor = os.open(self.path / _LIVE, os.O_RDWR | os.O_CREAT, 0o600)
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except OSError:
                pass  # a file system without locks: nobody is kept out
        return descriptor

    def is_sent(self) -> bool:
        """Whether everything of the ended run is on a server."""
        return (self.path / _DONE).exists()

    def mark_sent(self, address: str) -> None:
        """Notes where it is."""
        (self.path / _DONE).write_text(address + "\n", encoding="utf-8")


def run_folders(root: Path) -> list[RunFolder]:
    """Those below `root`, or `root` itself; the oldest first."""
    if (root / _IDENTITY).exists():
        return [RunFolder(root)]
    with suppress(OSError):
        return [RunFolder(path.parent) for path in sorted(root.glob(f"run-*/{_IDENTITY}"))]
    return []
