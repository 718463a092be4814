"""The git repository that a run's program is in: asked by the program `git`, which changes nothing.

It is asked with a time limit, never waits for a password, and takes no lock. Diffs that are too
long are cut between two files, and say so in their first line.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Final, NamedTuple

from runstone.tracking import settings

_LIMIT_S: Final = 15.0
MAX_DIFF_BYTES: Final = 4 * 1024 * 1024
_QUIET: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_DIFF: Final = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=diff")
_FILE: Final = b"\ndiff --git "


class Repository(NamedTuple):
    """A repository.

    Attributes:
        root: Of the working tree.
        commit: None before the first one.
        branch: None on a commit of its own.
    """

    root: Path
    commit: str | None
    remote: str | None
    branch: str | None

    def as_metadata(self) -> dict[str, Any]:
        """In the words of `wandb-metadata.json`."""
        said = {"remote": self.remote, "commit": self.commit, "branch": self.branch}
        return {key: value for key, value in said.items() if value is not None}

    def diff(self) -> bytes:
        """What is changed and not committed, of files that git knows."""
        return _bounded(_git(self.root, *_DIFF, "HEAD")) if self.commit else b""

    def unpushed(self) -> tuple[str, bytes] | None:
        """The newest commit below this one that a remote has, and all changes since.

        None where nothing is unpushed, or no remote is known.
        """
        if self.commit is None or self.remote is None:
            return None
        missing = _text(_git(self.root, "rev-list", "--boundary", "HEAD", "--not", "--remotes"))
        base = next((line[1:] for line in missing.split() if line.startswith("-")), None)
        if base is None:
            return None
        return base, _bounded(_git(self.root, *_DIFF, base))

    def untracked(self, patterns: tuple[str, ...]) -> list[Path]:
        """Files that git neither knows nor ignores."""
        said = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--", *patterns)
        return [self.root / os.fsdecode(name) for name in said.split(b"\0") if name]


def find_repository(folder: Path) -> Repository | None:
    """The repository that a folder is in; None where there is none, or no git."""
    root = _text(_git(folder, "rev-parse", "--show-toplevel"))
    if not root:
        return None
    remote = _text(_git(folder, "config", "--get", "remote.origin.url"))
    if not remote:
        first = _text(_git(folder, "remote")).split("\n")[0]
        remote = _text(_git(folder, "config", "--get", f"remote.{first}.url")) if first else ""
    if remote:
        # Not what most runs wait for: it takes longer than all of this.
        from runstone.domain.environment import without_credentials

        remote = without_credentials(remote)
    return Repository(
        Path(root),
        _text(_git(folder, "rev-parse", "--verify", "--quiet", "HEAD")) or None,
        remote or None,
        _text(_git(folder, "symbolic-ref", "--short", "--quiet", "HEAD")) or None,
    )


def _git(folder: Path, *words: str) -> bytes:
    """What git says; nothing where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - words of ours, no shell
            ["git", "-c", "core.fsmonitor=false", *words],  # noqa: S607 - the user's git
            cwd=folder,
            env={**settings.variables(), **_QUIET},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _text(said: bytes) -> str:
    return said.decode(errors="replace").strip()


def _bounded(diff: bytes) -> bytes:
    if len(diff) <= MAX_DIFF_BYTES:
        return diff
    cut = diff.rfind(_FILE, 0, MAX_DIFF_BYTES)
    kept = diff[: cut + 1] if cut > 0 else b""
    note = f"# The diff has {len(diff):,} bytes; kept are the files of the first {len(kept):,}.\n"
    return note.encode() + kept
