"""The same runs for every server that is compared: what they were configured with and reached.

Standard library only: it is imported by each peer's own Python.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

PROJECT = "bench-peers"
NUM_KEYS = 20
LONG_METRICS = ("loss", "acc", "lr", "grad/norm", "tokens")
PAGE = 50
MAX_LOSS = 0.3


@dataclass(frozen=True)
class RunData:
    """One run: strings and numbers that were chosen, and the last values of its metrics."""

    name: str
    params: dict[str, str | int | float]
    metrics: dict[str, float]


def run_data(index: int) -> RunData:
    """The run of that number; always the same."""
    rng = random.Random(index)
    params: dict[str, str | int | float] = {
        "optimizer": rng.choice(["adam", "sgd", "lion", "adafactor"]),
        "lr": 10 ** rng.uniform(-5, -1),
        "layers": rng.randrange(2, 48),
    }
    params |= {f"param_{k:02d}": rng.random() for k in range(NUM_KEYS - len(params))}
    metrics = {"val/loss": rng.random(), "val/acc": rng.random()}
    metrics |= {f"metric_{k:02d}": rng.random() for k in range(NUM_KEYS - len(metrics))}
    return RunData(f"{rng.choice(['resnet', 'vit', 'mlp'])}-{index}", params, metrics)


def long_row(step: int) -> dict[str, float]:
    """What the long run logs at a step."""
    x = math.sin(step * 0.37) * 0.1
    values = (math.exp(-step / 2_000) + x, 1 - math.exp(-step / 3_000), 1e-3 / (1 + step), 1 + x)
    return dict(zip(LONG_METRICS, (*values, step * 4_096.0), strict=True))
