"""Saving code with a live run, as scripts say it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runstone.sdk.artifact_drafts import Artifact


def is_code(path: str, root: str = "") -> bool:
    """What `log_code` saves by default: Python, what is installed, how a container is built."""
    name = os.path.basename(path)
    return name.endswith(".py") or name in ("requirements.txt", "Dockerfile", "pyproject.toml")


def is_nothing(path: str, root: str = "") -> bool:
    """What `log_code` leaves out by default: nothing but folders of runs and hidden ones."""
    return False


class CodeVerbs:
    """The part of `ActiveRun` that is about code. `init()` imports nothing for it."""

    if TYPE_CHECKING:
        id: str
        project: str
        folder: Path | None

        def log_artifact(self, artifact_or_path: Artifact) -> Artifact: ...  # noqa: D102 - a name only
        def save_copy(self, name: str, content: bytes) -> None: ...  # noqa: D102 - likewise

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[[str, str], bool] | Callable[[str], bool] = is_code,
        exclude_fn: Callable[[str, str], bool] | Callable[[str], bool] = is_nothing,
    ) -> Artifact | None:
        """Saves code with the run: as an artifact of type `code`, and for the run's code page.

        Args:
            root: Folder that is looked through; folders of runs and hidden ones are passed over.
            name: Of the artifact; by default `source-<project>-<program>`.
            include_fn: Of a file's path, and the root if it takes two: whether to save it. By
                default Python files, `requirements.txt`, `pyproject.toml` and `Dockerfile`.
            exclude_fn: Likewise, which of those not to save.

        Returns:
            The artifact; None where nothing was found, or the run is disabled.

        Raises:
            InvalidInput: A name that is not legal.
        """
        if self.folder is None:
            return None
        from pathlib import Path

        from runstone.sdk.artifact_drafts import Artifact
        from runstone.tracking.surroundings.code import FOLDER, artifact_name, of_two, select

        base = Path(root or ".").absolute()
        found = list(select(base, of_two(include_fn), of_two(exclude_fn)))
        if not found:
            return None
        artifact = Artifact(name or artifact_name(self.project, self.id), "code")
        for path in found:
            place = path.relative_to(base).as_posix()
            artifact.add_file(path, place)
            self.save_copy(f"{FOLDER}/{place}", path.read_bytes())
        return self.log_artifact(artifact)
