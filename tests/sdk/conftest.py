"""One server for all tests of a worker: those that change runs have projects of their own."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sdk.lab import Lab

from runstone.sdk import Api


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with five runs in `ada/digits`, which no test changes."""
    made = Lab(tmp_path_factory.mktemp("lab") / "data")
    try:
        for number in range(5):
            made.log(
                f"r{number}",
                "digits",
                displayName=f"try {number}",
                config={"lr": 10.0**-number, "opt": {"name": "adam" if number % 2 else "sgd"}},
                summary={"loss": math.nan if number == 3 else number / 10, "acc": 1 - number / 10},
                rows=[
                    {"loss": math.nan if (number, i) == (3, 1) else number + 1 / (1 + i)}
                    | ({"note": f"at {i}"} if i == 2 else {})
                    for i in range(4)
                ],
                system=[{"_timestamp": 1.7e9 + i, "system.cpu": 10.0 * i} for i in range(3)],
                console=[f"hello from {number}", "\x1b[31mred\x1b[0m", "bye"],
                files={"model.bin": bytes(range(256)) * (number + 1), "notes/a b.txt": b"text"},
                tags=["baseline"] if number < 3 else [],
                groupName="odd" if number % 2 else "even",
                exit_code=1 if number == 4 else 0,
            )
        yield made
    finally:
        made.server.kill()


@pytest.fixture
def api(lab: Lab) -> Iterator[Api]:
    with lab.api() as made:
        yield made


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of whoever runs the tests says where to read."""
    for name in [n for n in os.environ if n.startswith(("RUNSTONE_", "WANDB_", "NETRC"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
