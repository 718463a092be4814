"""What a live run does with files, as scripts say it; the work is in `saving`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from typing import Any, Literal

    from runstone.tracking.saving import Saving

_FILE = 6
"""`encoding.Kind.FILE`."""


class FileVerbs:
    """The part of `ActiveRun` that is about files. `init()` imports nothing for it."""

    _saved: Saving | None = None
    if TYPE_CHECKING:
        _lock: threading.RLock

        def _write(self, record: tuple[Any, ...]) -> None: ...

    @property
    def dir(self) -> str | None:
        """A folder for files that go with the run: what is in it at the end is sent.

        None for a disabled run.
        """
        folder = self._saving().folder()
        return None if folder is None else str(folder)

    def save(
        self,
        glob_str: str | os.PathLike[str],
        base_path: str | os.PathLike[str] | None = None,
        policy: Literal["now", "live", "end"] = "live",
        glob: bool = True,
    ) -> list[str]:
        """Saves files with the run; returns where they lie on this machine until they are sent.

        Args:
            glob_str: A file, or a pattern (`*.txt`, `logs/**/*.csv`) that is resolved now.
            base_path: What of the path is no part of the name on the server. By default the
                working directory, or of an absolute path all but the file's own folder.
            policy: `now`: as it is now, whatever becomes of it. `live`: whenever it changes.
                `end`: as it is at the end.
            glob: False takes `*`, `?` and `[` for what they are.

        Raises:
            InvalidInput: No such policy, an address of something elsewhere, or a path that is not
                within `base_path`.
        """
        return self._saving().save(glob_str, base_path, policy, is_pattern=glob)

    def note_file(self, name: str, path: str, policy: str = "now") -> None:
        """Has a file sent that is there already; of several of one name the last one counts.

        Args:
            name: On the server; parts are joined with `/`.
            path: Within the run's folder, or absolute.
        """
        with self._lock:
            self._write((_FILE, name, path, policy))

    def _saving(self) -> Saving:
        # A fork has files of its own: those of its parent are the parent's to settle.
        if self._saved is None or self._saved.pid != os.getpid():
            from runstone.tracking.saving import Saving

            self._saved = Saving(self)  # type: ignore[arg-type]  # it is the run
        return self._saved

    def _settle_files(self) -> None:
        """Before the run's last record: files of `live` and `end` are as they will be sent."""
        if self._saved is not None and self._saved.pid == os.getpid():
            self._saved.end()
