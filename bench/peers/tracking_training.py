"""The training loop of bench/soak.py, in an environment with PyTorch.

Words: `train`, batches of a step, a folder, a seed, for how many seconds, and whether every other
block of steps is logged (`logged`) or none (`null`). What is printed, saved and computed is the
same in all. Writes into the folder what it logged, and how long each step of either kind took.

With the words `calibrate` and milliseconds it says how many batches make a step of about that
length.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from array import array
from pathlib import Path
from typing import Any, TextIO

import torch

BLOCK_STEPS = 10
"""As few as there may be with a line of the console in each: the machine drifts."""
NUM_SCALARS = 10
NAMES = [f"train/scalar_{number}" for number in range(NUM_SCALARS)]
_PRINT_EVERY = 10
_HISTOGRAM_EVERY = 50
_CHECKPOINT_EVERY = 2_000
"""Steps."""
_WIDTH = 256


class Training:
    """A small network that learns random labels; one thread, the other core is the server's."""

    def __init__(self, seed: int, num_turns: int = 1) -> None:
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
        self.num_turns = num_turns

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


def turns_of(step_ms: float) -> int:
    """How many batches make a step of about that length."""
    training = Training(0)
    for _ in range(20):
        training.step()
    began = time.perf_counter()
    for _ in range(50):
        training.step()
    one_ms = (time.perf_counter() - began) / 50 * 1e3
    return max(1, round(step_ms / one_ms))


class Diary:
    """Keeps what is logged: with Runstone, and aside, to be compared."""

    def __init__(self, place: Path, most: int) -> None:
        import runstone

        self._place = place
        self._histogram = runstone.Histogram
        # Taken before the run begins: what grows later is not the bench's.
        self._values = array("d", bytes(8 * most * NUM_SCALARS))
        self._num_values = self._num_versions = 0
        self._run = run = runstone.init("soak", dir=place / "runs", config={"rows": most})
        (place / "run.json").write_text(json.dumps({"project": run.project, "run": run.id}))

    def log(self, row: dict[str, Any], weights: Any, checkpoint: Path | None) -> None:
        """What people write in a step."""
        extra = {} if weights is None else {"weights": self._histogram(weights)}
        self._run.log(row | extra)
        if checkpoint is not None:
            self._run.log_artifact(checkpoint, name="checkpoint", type="model")
            self._num_versions += 1

    def note(self, row: dict[str, Any]) -> None:
        """The same aside."""
        for value in row.values():
            self._values[self._num_values] = value
            self._num_values += 1

    def close(self, num_lines: int, threads_s: float) -> None:
        """Says what there was; ends the run when the server is well again."""
        (self._place / "logged").write_bytes(self._values[: self._num_values].tobytes())
        said = {
            "num_logged": self._num_values // NUM_SCALARS,
            "num_versions": self._num_versions,
            "num_lines": num_lines,
            "other_threads_cpu_s": threads_s,
        }
        # From here on the parent lets the server be.
        (self._place / "said.json").write_text(json.dumps(said))
        (self._place / "looped").touch()
        while not (self._place / "healed").exists():
            time.sleep(0.1)
        self._run.finish()


class Steps:
    """Steps of one kind: logged, or not.

    Args:
        out: Where it prints.
    """

    def __init__(self, training: Training, out: TextIO, checkpoint: Path, rng: random.Random):
        self._training = training
        self._out = out
        self._checkpoint = checkpoint
        self._rng = rng
        self.times = array("d")
        self.num_lines = 0

    def block(self, diary: Diary | None) -> None:
        """Some of them; logged where there is a diary."""
        for _ in range(BLOCK_STEPS):
            num = len(self.times)
            before = time.perf_counter()
            loss = self._training.step()
            row: dict[str, Any] = {name: loss * self._rng.random() for name in NAMES}
            if num % _PRINT_EVERY == 0:
                print(f"step {num}: loss {loss:.6f}", flush=True, file=self._out)
                self.num_lines += 1
            is_saving = num % _CHECKPOINT_EVERY == _CHECKPOINT_EVERY // 2
            if is_saving:
                torch.save(self._training.model.state_dict(), self._checkpoint)
            weights = self._training.first_weights() if num % _HISTOGRAM_EVERY == 0 else None
            if diary is not None:
                diary.log(row, weights, self._checkpoint if is_saving else None)
            self.times.append(time.perf_counter() - before)
            if diary is not None:
                diary.note(row)


def main() -> None:
    if sys.argv[1] == "calibrate":
        print(turns_of(float(sys.argv[2])))
        return
    _, num_turns, folder, seed, seconds, kind = sys.argv[1:]
    place, rng = Path(folder), random.Random(int(seed))
    # A descriptor of its own: what is printed there is not listened to.
    plain_out = os.fdopen(os.dup(1), "w")
    training = Training(int(seed), int(num_turns))
    training.step()
    diary = Diary(place, int(float(seconds) * 200)) if kind == "logged" else None
    logged = Steps(training, sys.stdout, place / "logged.pt", rng)
    plain = Steps(training, plain_out, place / "plain.pt", rng)
    mine, all_of_it = time.thread_time(), time.process_time()
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        for steps in (logged, plain, plain, logged):
            steps.block(diary if steps is logged else None)
    mine, all_of_it = time.thread_time() - mine, time.process_time() - all_of_it
    (place / "times-logged").write_bytes(logged.times.tobytes())
    (place / "times-plain").write_bytes(plain.times.tobytes())
    if diary is not None:
        diary.close(logged.num_lines, all_of_it - mine)


if __name__ == "__main__":
    main()
