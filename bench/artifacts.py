"""Versions of a large artifact that changes by 1 %, and many small files; MLflow's store beside it.

Run: python bench/artifacts.py [--short] [--versions 200] [--files 100] [--file-mb 10]

The real wandb client logs a folder, then version after version in which one file in a hundred is
another, as drafts of the version before; then it downloads the last one into an empty folder, and
every byte is compared. MLflow's client logs the same folder to its server's artifact store, which
copies all of it each time: so it makes as many versions as --peer-versions says, and nothing is
extrapolated but the bytes that one more takes. Then the same with a folder of small files. All is
on one machine: client, server and disk share it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import Server, fdatasync_ms, print_table, server
from mlflow_reading import WANDB, mlflow_python, mlflow_server, run_python

PROJECT = "artifacts"
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Work:
    """What is logged.

    Attributes:
        peer_versions: How many whole copies MLflow makes.
    """

    num_versions: int
    num_files: int
    file_bytes: int
    num_small: int
    small_bytes: int
    peer_versions: int

    @property
    def logical_bytes(self) -> int:
        """Of one version."""
        return self.num_files * self.file_bytes

    @property
    def num_changed(self) -> int:
        """Files that are others in the next version: one in a hundred, one at least."""
        return max(1, self.num_files // 100)

    @property
    def changed_bytes(self) -> int:
        """Of the files that change from version to version."""
        return self.num_changed * self.file_bytes


@dataclass(slots=True)
class Figures:
    """What one side took: seconds, and bytes on disk."""

    first_s: float = 0.0
    more_s: float = 0.0
    num_more: int = 0
    disk_bytes: int = 0
    download_s: float = 0.0
    small_s: float = 0.0
    small_disk_bytes: int = 0
    small_download_s: float = 0.0


def fill(folder: Path, count: int, size: int) -> Path:
    """A folder of files that nobody can compress."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.bin").write_bytes(os.urandom(size))
    return folder


def disk_bytes(folder: Path) -> int:
    """What a folder takes on the disk."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


def require_same(found: Path, wanted: Path) -> None:
    """Raises unless both folders hold the same files, byte for byte."""
    names = sorted(path.name for path in wanted.iterdir())
    if sorted(path.name for path in found.iterdir()) != names:
        raise RuntimeError(f"{found} does not hold the files of {wanted}")
    for name in names:
        if (found / name).read_bytes() != (wanted / name).read_bytes():
            raise RuntimeError(f"{found / name} differs from what was logged")


@contextmanager
def scratch(parent: Path, name: str) -> Iterator[Path]:
    """A folder that goes again."""
    folder = parent / name
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def measure_runstone(s: Server, work: Work, large: Path, small: Path, place: Path) -> Figures:
    """The wandb client against Runstone."""
    with s.client() as client:
        path = f"{s.entity(client)}/{PROJECT}"
    known = {
        "WANDB_BASE_URL": s.url,
        "WANDB_API_KEY": s.api_key,
        "WANDB_DIR": str(place),
        "WANDB_CACHE_DIR": str(place / "cache"),
        "WANDB_DATA_DIR": str(place / "staging"),
    }

    def ask(*words: object) -> dict[str, Any]:
        said = run_python(WANDB, "wandb_artifacts.py", *map(str, words), **known)
        return dict(json.loads(said))

    took = Figures(num_more=work.num_versions - 1)
    empty = disk_bytes(s.folder)
    logged = ask("versions", PROJECT, large, work.num_versions, work.num_changed)
    took.first_s, took.more_s = logged["first_s"], logged["more_s"]
    took.disk_bytes = disk_bytes(s.folder) - empty
    with scratch(place, "down") as down:
        took.download_s = ask("download", f"{path}/growing:latest", down)["s"]
        require_same(down, large)
    before = disk_bytes(s.folder)
    took.small_s = ask("whole", PROJECT, "small", small)["first_s"]
    took.small_disk_bytes = disk_bytes(s.folder) - before
    with scratch(place, "down") as down:
        took.small_download_s = ask("download", f"{path}/small:latest", down)["s"]
        require_same(down, small)
    return took


def measure_mlflow(work: Work, large: Path, small: Path, place: Path) -> Figures:
    """MLflow's client against its server."""
    python = mlflow_python()
    took = Figures(num_more=work.peer_versions - 1)
    store = place / "artifacts"
    store.mkdir()

    def ask(*words: object) -> dict[str, Any]:
        said = run_python(python, "mlflow_artifacts.py", *map(str, words))
        return dict(json.loads(said))

    with mlflow_server(python, place) as url:
        logged = ask("versions", url, large, work.peer_versions, work.num_changed)
        took.first_s, *more = logged["each_s"]
        took.more_s = sum(more)
        took.disk_bytes = disk_bytes(store)
        with scratch(place, "down") as down:
            took.download_s = ask("download", url, logged["run"], down)["s"]
            require_same(down, large)
        logged = ask("versions", url, small, 1, 0)
        took.small_s = logged["each_s"][0]
        took.small_disk_bytes = disk_bytes(store) - took.disk_bytes
        with scratch(place, "down") as down:
            took.small_download_s = ask("download", url, logged["run"], down)["s"]
            require_same(down, small)
    return took


def rows(work: Work, ours: Figures, theirs: Figures) -> list[tuple[str, str, str]]:
    """The table: what, Runstone, MLflow."""
    small_bytes = work.num_small * work.small_bytes

    def rate(num_bytes: float, seconds: float) -> str:
        return f"{seconds:.2f} s, {num_bytes / seconds / _MB:.0f} MB/s"

    def each(figures: Figures) -> str:
        if not figures.num_more:
            return "none made"
        return f"{figures.more_s / figures.num_more * 1e3:.0f} ms ({figures.num_more} made)"

    def disk(figures: Figures) -> str:
        num_versions = figures.num_more + 1
        logical = num_versions * work.logical_bytes
        share = figures.disk_bytes / logical
        return (
            f"{figures.disk_bytes / _MB:,.0f} MB for {num_versions} versions "
            f"({logical / _MB:,.0f} MB logical, {share:.1%})"
        )

    def files(seconds: float) -> str:
        return f"{seconds:.2f} s, {work.num_small / seconds:,.0f} files/s"

    def row(what: str, tell: Callable[[Figures], str]) -> tuple[str, str, str]:
        return what, tell(ours), tell(theirs)

    return [
        row("first version, whole", lambda f: rate(work.logical_bytes, f.first_s)),
        row("each further version, 1 % changed", each),
        row("disk", disk),
        row("last version downloaded", lambda f: rate(work.logical_bytes, f.download_s)),
        row(f"{work.num_small:,} small files up", lambda f: files(f.small_s)),
        row("the same down", lambda f: files(f.small_download_s)),
        row(
            f"their disk ({small_bytes / _MB:.0f} MB)",
            lambda f: f"{f.small_disk_bytes / _MB:.0f} MB",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute: 20 × 1 MB, 500 small files")
    parser.add_argument("--versions", type=int)
    parser.add_argument("--files", type=int)
    parser.add_argument("--file-mb", type=float)
    parser.add_argument("--small-files", type=int)
    parser.add_argument("--peer-versions", type=int, default=3, help="whole copies MLflow makes")
    options = parser.parse_args()
    usual = (10, 20, 1.0, 500) if options.short else (200, 100, 10.0, 10_000)
    given = (options.versions, options.files, options.file_mb, options.small_files)
    versions, files, file_mb, small = (
        value if value is not None else default for value, default in zip(given, usual, strict=True)
    )
    work = Work(
        versions, files, int(file_mb * _MB), small, 2_000, min(options.peer_versions, versions)
    )
    with tempfile.TemporaryDirectory(prefix="runstone-bench-artifacts-") as folder:
        place = Path(folder)
        large = fill(place / "large", work.num_files, work.file_bytes)
        few = fill(place / "small", work.num_small, work.small_bytes)
        (place / "wandb").mkdir()
        (place / "data").mkdir()
        with server(place / "data") as s:
            ours = measure_runstone(s, work, large, few, place / "wandb")
            cpu_s, rss_mb = s.cpu_s(), s.rss_mb()
        shutil.rmtree(place / "data")
        shutil.rmtree(place / "wandb")
        (place / "mlflow").mkdir()
        theirs = measure_mlflow(work, large, few, place / "mlflow")
        sync_ms = fdatasync_ms(place)
    print_table(
        f"Artifacts: {work.num_versions} versions of {work.logical_bytes / _MB:,.0f} MB in "
        f"{work.num_files} files, {work.changed_bytes / _MB:.0f} MB changed each; "
        "wandb 0.31 to Runstone, MLflow 3 to its own server",
        [("", "Runstone", "MLflow"), *rows(work, ours, theirs)],
    )
    print(
        f"\nRunstone's server used {cpu_s:.1f} s of CPU for all of it and held {rss_mb:.0f} MB at "
        f"the end; fdatasync here takes {sync_ms:.1f} ms, and Runstone waits for it before it says "
        "that a file is there, MLflow does not."
    )


if __name__ == "__main__":
    main()
