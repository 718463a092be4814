"""What a live run does with files, as scripts say it; the work is in `saving`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from typing import Any, Literal, TextIO

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
    def dir(self) -> str:
        """A folder for files that go with the run: what is in it at the end is sent.

        Of a disabled run one that goes with the process.
        """
        return str(self._saving().folder())

    def save(
        self,
        glob_str: str | os.PathLike[str] | None = None,
        base_path: str | os.PathLike[str] | None = None,
        policy: Literal["now", "live", "end"] = "live",
        glob: bool = True,
    ) -> list[str]:
        """Saves files with the run; returns where they lie on this machine until they are sent.

        Args:
            glob_str: A file, or a pattern (`*.txt`, `logs/**/*.csv`) that is resolved now. None, as
                old scripts have it after they set a name: nothing, since names save themselves.
            base_path: What of the path is no part of the name on the server. By default the
                working directory, or of an absolute path all but the file's own folder.
            policy: `now`: as it is now, whatever becomes of it. `live`: whenever it changes.
                `end`: as it is at the end.
            glob: False takes `*`, `?` and `[` for what they are.

        Raises:
            InvalidInput: No such policy, an address of something elsewhere, or a path that is not
                within `base_path`.
        """
        if glob_str is None:
            return []
        return self._saving().save(glob_str, base_path, policy, is_pattern=glob)

    def restore(
        self,
        name: str,
        run_path: str | None = None,
        replace: bool = False,
        root: str | os.PathLike[str] | None = None,
    ) -> TextIO:
        """Downloads a file of a run, and opens it.

        Example:
            weights = run.restore("best.pt", run_path="lab/digits/4k2x9qzt").name

        Args:
            name: Its path among the run's files.
            run_path: `entity/project/run`, `project/run` or a run's id; by default this run, as
                far as the server has it.
            replace: Fetches it although a file of that name is there already.
            root: The folder; if left out, one in the run's own that is not sent with it.

        Returns:
            The file, as text; of what is none its `name` is the path.

        Raises:
            NotFound: There is no such run, or it has no such file.
            Unavailable: The server does not answer.
        """
        from runstone.tracking.restoring import restore

        return restore(name, run_path, replace, root, self)  # type: ignore[arg-type]

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
