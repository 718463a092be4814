"""Trees of files, and versions made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runstone import Api, Artifact, ArtifactVersion

PROJECT = "ada/arts"


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def log(api: Api, name: str, files: Mapping[str, bytes], **more: object) -> ArtifactVersion:
    """One version of an artifact of the project."""
    draft = Artifact(name, "dataset", metadata=more.pop("metadata", None))  # type: ignore[arg-type]
    for path, data in files.items():
        with draft.new_file(path, mode="xb") as file:
            file.write(data)
    return api.log_artifact(draft, PROJECT, **more)  # type: ignore[arg-type]
