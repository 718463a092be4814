"""Files of versions in a folder of this machine: where they go, and whether they are there."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from runstone.sdk.artifact_files import ArtifactFile
from runstone.sdk.artifact_paths import VersionPath

_PIECE_BYTES: Final = 1 << 20

if TYPE_CHECKING:
    _Path = Path
else:
    _Path = type(Path())  # before Python 3.12 that is the one to inherit from


class PlacedPath(_Path):
    """Where something was saved: a path that scripts may also add text to.

    wandb's clients return a text, and their scripts say `version.download() + "/model.pt"`.
    """

    def __add__(self, more: object) -> str:
        return f"{self}{more}" if isinstance(more, str) else NotImplemented

    def __radd__(self, before: object) -> str:
        return f"{before}{self}" if isinstance(before, str) else NotImplemented


def default_root(version: VersionPath) -> Path:
    """Where a version goes that nobody said a place for: `artifacts/name-v3`, as on all systems."""
    return Path("artifacts", f"{version.collection.collection}-{version.version}")


def is_there(target: Path, md5: str, size_bytes: int) -> bool:
    """Whether a file has those bytes already."""
    if not target.is_file() or target.stat().st_size != size_bytes:
        return False
    with target.open("rb") as file:
        return digest_so_far(file).hexdigest() == md5


def below(root: Path) -> Iterator[tuple[str, Path]]:
    """Everything in a folder that is no folder, by name; links are not followed."""
    for folder, folders, names in os.walk(root):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*names, *links):
            path = Path(folder, name)
            yield path.relative_to(root).as_posix(), path


def temporary(target: Path) -> Path:
    """Beside a file, the one that becomes it when it is whole."""
    return target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")


def digest_so_far(file: BinaryIO) -> hashlib._Hash:
    """The MD5 of an open file, which is at its end afterwards."""
    digest = hashlib.md5(usedforsecurity=False)
    file.seek(0)
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
    return digest


def has_what_it_led_to(target: Path, file: ArtifactFile) -> bool:
    """Whether what a reference to a file led to is here already; of others that cannot be told."""
    if not target.is_file() or not (file.reference or "").startswith("file:"):
        return False
    with target.open("rb") as opened:
        return base64.b64encode(digest_so_far(opened).digest()).decode() == file.digest
