"""Runs of processes that PyTorch starts: ranks by a real torchrun, workers of a DataLoader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runstone.tracking.folder import RunFolder
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.records import Block, Kind, Row, decode_all

DDP = """
import os, runstone, torch, torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

dist.init_process_group("gloo")
rank = dist.get_rank()
run = runstone.init("ddp", config={"rank": rank}, mode="offline", shared=SHARED)
data = TensorDataset(torch.randn(64, 4), torch.randn(64, 1))
model = DistributedDataParallel(nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), 0.1)
for x, y in DataLoader(data, batch_size=8, sampler=DistributedSampler(data), num_workers=2):
    loss = ((model(x) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    run.log({f"loss/{rank}": loss})
dist.barrier()
if rank == 1 and KILLED:
    os.kill(os.getpid(), 9)
dist.destroy_process_group()
"""

LOADER = """
import sys, runstone
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset):
    def __init__(self, run): self.run = run
    def __len__(self): return 32
    def __getitem__(self, i):
        self.run.log({"held": i})
        runstone.log({"said": i})
        return i

if __name__ == "__main__":
    with runstone.init("loader", mode="offline") as run:
        loader = DataLoader(
            Numbers(run), batch_size=4, num_workers=2, multiprocessing_context=sys.argv[1]
        )
        for batch in loader:
            run.log({"batch": batch.sum()})
"""


def start(folder: Path, script: str, *after: str, by: tuple[str, ...] = ()) -> tuple[int, str]:
    """The exit code, and what was said on stderr."""
    path = folder / "script.py"
    path.write_text(script)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNSTONE_", "WANDB_"))}
    done = subprocess.run(
        [sys.executable, *by, path, *after],
        cwd=folder, env=kept | {"OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def folders(root: Path) -> list[RunFolder]:
    return [RunFolder(path) for path in sorted((root / "runstone").glob("run-*"))]


def logged(folder: RunFolder) -> dict[str, list[Any]]:
    """What all processes logged of each key, sorted."""
    found: dict[str, list[Any]] = {}
    for writer in writers_in(folder.journal):
        payloads = list(JournalReader(folder.journal, writer).records())
        for kind, record in decode_all(payloads):
            if kind is not Kind.ROW:
                continue
            rows = record.rows() if isinstance(record, Block) else [record]
            for row in rows:
                assert isinstance(row, Row)
                for key, value in row.values.items():
                    found.setdefault(key, []).append(value)
    return {key: sorted(values) for key, values in found.items()}


def test_ranks_of_torchrun_share_a_run(tmp_path: Path) -> None:
    script = DDP.replace("SHARED", "True").replace("KILLED", "False")
    code, err = start(tmp_path, script, by=TORCHRUN)
    assert code == 0, err
    made = folders(tmp_path)
    assert len({folder.identity().run for folder in made}) == 1
    assert [(f.identity().label, f.identity().joins) for f in made] == [
        ("rank-0", False),
        ("rank-1", True),
    ]
    assert [{key: len(v) for key, v in logged(f).items()} for f in made] == [
        {"loss/0": 4},
        {"loss/1": 4},
    ]


def test_a_rank_that_is_killed_keeps_what_it_logged(tmp_path: Path) -> None:
    script = DDP.replace("SHARED", "None").replace("KILLED", "True")
    code, _ = start(tmp_path, script, by=TORCHRUN)
    assert code != 0
    made = folders(tmp_path)
    assert len({folder.identity().run for folder in made}) == 2, "nobody asked for one"
    lengths = {key: len(values) for folder in made for key, values in logged(folder).items()}
    assert lengths == {"loss/0": 4, "loss/1": 4}


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
def test_workers_of_a_loader_log_into_the_run(tmp_path: Path, way: str) -> None:
    code, err = start(tmp_path, LOADER, way)
    assert code == 0, err
    (folder,) = folders(tmp_path)
    batches = [sum(range(at, at + 4)) for at in range(0, 32, 4)]
    assert logged(folder) == {
        "batch": batches,
        "held": list(range(32)),
        "said": list(range(32)),
    }
