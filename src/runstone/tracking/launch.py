"""The launcher that started this process beside others: which one it is, and of which run.

What launchers say in the environment is all there is to go by: before training has begun there is
nothing else that the processes could agree by, and a server may be out of reach.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.settings import host_name, variables

_RANKS: Final = (
    ("RANK", "WORLD_SIZE"),  # torchrun, DeepSpeed, Accelerate
    ("SLURM_PROCID", "SLURM_NTASKS"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMIX_RANK", None),
    ("PMI_RANK", "PMI_SIZE"),  # MPICH, Intel MPI
)
_LOCAL_SIZES: Final = ("LOCAL_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS")
_NO_RENDEZVOUS: Final = "none"
"""What torchrun calls every launch that was given no `--rdzv-id`."""


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of several processes that belong together.

    Attributes:
        rank: Of this process; 0 leads.
        size: How many there are; None where the launcher does not say.
        id: The same in all of them and in no other launch; None where the launcher says nothing
            that could be that.
    """

    rank: int
    size: int | None
    id: str | None


def find_launch(said: Mapping[str, str] | None = None) -> Launch | None:
    """The launch that this process is part of; None where it was started alone."""
    said = variables() if said is None else said
    for rank_name, size_name in _RANKS:
        rank = _number(said.get(rank_name))
        if rank is not None:
            size = _number(said.get(size_name)) if size_name else None
            return Launch(rank, size, _id_of(rank_name, size, said))
    # Some start one process a device by themselves and say no more (Lightning).
    rank = _number(said.get("LOCAL_RANK"))
    if rank is None or said.get("NODE_RANK", "0") != "0":
        return None
    return Launch(rank, _number(said.get("WORLD_SIZE")), None)


def run_of_launch(launch: Launch | None) -> str:
    """The id of the run that all processes of a launch share.

    Raises:
        InvalidInput: There is no launch, or it does not say which one it is.
    """
    if launch is None:
        raise InvalidInput(
            "A shared run needs an id that all its processes know: no launcher (torchrun, srun, "
            "mpirun) is seen here that says one. Give init(id=…, rank=…), or set RUNSTONE_RUN_ID "
            "for all of them.",
            code="no-launch",
        )
    if launch.id is None:
        raise InvalidInput(
            f"This is rank {launch.rank} of a launch that does not say which one it is, so its "
            "processes cannot agree on a run by themselves: set RUNSTONE_RUN_ID to the same new "
            "value for all of them, or give torchrun an --rdzv-id of its own.",
            code="no-launch",
        )
    import hashlib  # who shares no run need not wait for it

    digest = hashlib.sha256(launch.id.encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(letters[number // 36**place % 36] for place in range(10))


def _id_of(rank_name: str, size: int | None, said: Mapping[str, str]) -> str | None:
    if size is not None and any(_number(said.get(name)) == size for name in _LOCAL_SIZES):
        # All of them are on this machine, children of one launcher, which outlives restarts.
        return f"{host_name()}/{os.getppid()}/{_start_of(os.getppid())}"
    elastic = said.get("TORCHELASTIC_RUN_ID")
    if rank_name == "RANK" and elastic and elastic != _NO_RENDEZVOUS:
        return f"torchelastic/{elastic}"
    job, step = said.get("SLURM_JOB_ID"), said.get("SLURM_STEP_ID")
    if job and step:
        return f"slurm/{said.get('SLURM_CLUSTER_NAME', '')}/{job}/{step}"
    if namespace := said.get("PMIX_NAMESPACE"):
        return f"pmix/{namespace}"
    return None


def _start_of(pid: int) -> str:
    """When a process began: numbers of processes come again."""
    try:
        # The 22nd field; the second one, a name in brackets, may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    try:
        import psutil

        return f"{psutil.Process(pid).create_time():.2f}"
    except (ImportError, psutil.Error):
        return ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
