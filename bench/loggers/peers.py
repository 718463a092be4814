"""Who is measured: the clients, and an environment for each of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness import ROOT
from mlflow_reading import mlflow_python

PEERS = Path(__file__).resolve().parents[1] / "peers"
CACHE = ROOT / ".cache" / "bench" / "peers"
OURS = "runstone"
OFFLINE = "runstone offline"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is measured.

    Attributes:
        module: What is imported.
        venv: Whose environment and requirements it has; its own, if left out.
        driver: Whose driver in bench/peers logs for it, likewise.
        environ: What else it is told.
    """

    name: str
    module: str
    venv: str = ""
    driver: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    def python(self) -> Path:
        """Of its environment."""
        return environment(self.venv or self.name)

    def file(self) -> str:
        """The driver's module."""
        return f"tracking_{self.driver or self.name}"


_QUIET = {"RUNSTONE_SYSTEM_METRICS": "off"}
ALL = (
    Peer(OURS, "runstone", environ=_QUIET),
    Peer("runstone all", "runstone", venv=OURS, driver=OURS),
    Peer(OFFLINE, "runstone", OURS, OURS, {**_QUIET, "RUNSTONE_MODE": "offline"}),
    Peer("wandb", "wandb"),
    Peer("trackio", "trackio"),
    Peer("trackio_server", "trackio", venv="trackio", driver="trackio"),
    Peer("aim", "aim"),
    Peer("mlflow", "mlflow"),
    Peer("tensorboardx", "tensorboardX"),
    Peer("swanlab", "swanlab"),
    Peer("goodseed", "goodseed"),
    Peer("pandm", "pandm"),
    Peer("neptune", "neptune_scale"),
)


@cache
def environment(name: str) -> Path:
    """The Python of a peer's environment, which is made if it is not as pinned."""
    if name == "mlflow":
        return mlflow_python()
    folder = CACHE / f"{name}-venv"
    pinned = source_stamp() if name == OURS else (PEERS / f"{name}.txt").read_text()
    python, stamp = folder / "bin" / "python", folder / "runstone-stamp.txt"
    if not stamp.is_file() or stamp.read_text() != pinned:
        uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", "3.11", folder], check=True)
        pip = [uv, "pip", "install", "--quiet", "--python", python]
        what = [ROOT] if name == OURS else ["--requirement", PEERS / f"{name}.txt"]
        # The same version may have been built of an earlier state of this checkout.
        again = ["--refresh-package", OURS] if name == OURS else []
        subprocess.run([*pip, *again, *what], check=True)
        stamp.write_text(pinned)
    return python


def source_stamp() -> str:
    """Says which state of this checkout an environment holds."""
    files = [ROOT / "pyproject.toml", *sorted((ROOT / "src").rglob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def usable(wanted: Sequence[str]) -> list[Peer]:
    """Those whose environment can be made; says why another cannot."""
    found = []
    for peer in ALL:
        if peer.name in wanted:
            try:
                peer.python()
            except subprocess.CalledProcessError as error:
                print(f"{peer.name} cannot be installed here: {error}", flush=True)
            else:
                found.append(peer)
    return found


def clean_environ(scratch: Path) -> dict[str, str]:
    """Nobody's settings, no telemetry."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "WANDB_ERROR_REPORTING": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
    return {**kept, **quiet, "HOME": str(scratch)}
