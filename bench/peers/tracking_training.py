"""The training loop of bench/soak.py, in an environment with PyTorch.

Words: seconds, milliseconds of a step, a folder, a seed. Blocks of steps with and without logging
take turns; what is printed, saved and computed is the same in both. Writes what it logged and how
long each step took into the folder.
"""

from __future__ import annotations

import json
import random
import sys
import time
from array import array
from itertools import count
from pathlib import Path
from typing import Any

import torch

import runstone

BLOCK_STEPS = 100
NUM_SCALARS = 10
NAMES = [f"train/scalar_{number}" for number in range(NUM_SCALARS)]
_PRINT_EVERY = 10
_HISTOGRAM_EVERY = 50
_CHECKPOINT_EVERY = 8
"""Pairs of blocks."""
_WIDTH = 256


class Training:
    """A small network that learns random labels; one thread, the other core is the server's."""

    def __init__(self, seed: int) -> None:
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(_WIDTH, _WIDTH),
            torch.nn.ReLU(),
            torch.nn.Linear(_WIDTH, _WIDTH),
            torch.nn.ReLU(),
            torch.nn.Linear(_WIDTH, 10),
        )
        self.optimizer = torch.optim.AdamW(self.model.parameters())
        self.num_turns = 1

    def step(self) -> float:
        """Batches of forward, backward, update; the last loss."""
        for _ in range(self.num_turns):
            inputs = torch.randn(128, _WIDTH)
            labels = torch.randint(0, 10, (128,))
            loss = torch.nn.functional.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def first_weights(self) -> Any:
        """Of the first layer."""
        return self.model[0].weight.detach().numpy()

    def calibrate(self, step_ms: float) -> None:
        """As many batches as make a step of about that length."""
        for _ in range(20):
            self.step()
        began = time.perf_counter()
        for _ in range(50):
            self.step()
        one_ms = (time.perf_counter() - began) / 50 * 1e3
        self.num_turns = max(1, round(step_ms / one_ms))


def main() -> None:
    seconds, step_ms, folder, seed = sys.argv[1:]
    place, rng = Path(folder), random.Random(int(seed))
    training = Training(int(seed))
    training.calibrate(float(step_ms))
    most = int(float(seconds) / float(step_ms) * 4e3) + 10 * BLOCK_STEPS
    # Taken before the run begins: what grows later is not the bench's.
    times = array("d", bytes(8 * most))
    logged = array("d", bytes(8 * most * NUM_SCALARS))
    run = runstone.init("soak", dir=place / "runs", config={"step_ms": float(step_ms)})
    (place / "run.json").write_text(json.dumps({"project": run.project, "run": run.id}))
    num_steps = num_values = num_versions = 0
    checkpoint = place / "checkpoint.pt"
    began, mine, all_of_it = time.monotonic(), time.thread_time(), time.process_time()
    for block in count():
        is_logging = block % 2 == 0
        for step in range(BLOCK_STEPS):
            before = time.perf_counter()
            loss = training.step()
            row: dict[str, Any] = {name: loss * rng.random() for name in NAMES}
            if step % _PRINT_EVERY == 0:
                print(f"step {num_steps}: loss {loss:.6f}", flush=True)
            is_saving = block // 2 % _CHECKPOINT_EVERY == 0 and step == BLOCK_STEPS // 2
            if is_saving:
                torch.save(training.model.state_dict(), checkpoint)
            if is_logging:
                extra = {}
                if step % _HISTOGRAM_EVERY == 0:
                    extra["weights"] = runstone.Histogram(training.first_weights())
                run.log(row | extra)
                if is_saving:
                    run.log_artifact(checkpoint, name="checkpoint", type="model")
                    num_versions += 1
            times[num_steps] = time.perf_counter() - before
            num_steps += 1
            if is_logging:
                for value in row.values():
                    logged[num_values] = value
                    num_values += 1
        if not is_logging and (time.monotonic() - began > float(seconds) or num_steps * 2 > most):
            break
    mine, all_of_it = time.thread_time() - mine, time.process_time() - all_of_it
    (place / "times").write_bytes(times[:num_steps].tobytes())
    (place / "logged").write_bytes(logged[:num_values].tobytes())
    said = {
        "num_turns": training.num_turns,
        "num_logged": num_values // NUM_SCALARS,
        "num_versions": num_versions,
        "num_lines": num_steps // _PRINT_EVERY,
        "other_threads_cpu_s": all_of_it - mine,
    }
    # From here on the parent lets the server be.
    (place / "said.json").write_text(json.dumps(said))
    (place / "looped").touch()
    while not (place / "healed").exists():
        time.sleep(0.1)
    run.finish()


if __name__ == "__main__":
    main()
