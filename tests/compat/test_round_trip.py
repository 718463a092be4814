"""What went in comes out: forty runs with every kind of data, written and read by the real client.

The script (`scripts/round_trip/`) knows what it logged and compares, value by value, with what
`wandb.Api()` gives back; what a client line itself changes on the way is written down there with
its reason. Here only its verdict is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.compat.conftest import Client, finish
from tests.compat.live import LiveServer

pytestmark = [pytest.mark.compat, pytest.mark.timeout(600)]

NUM_RUNS = 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server with no other runs, which soon misses one whose process was killed."""
    live = LiveServer(tmp_path / "data", crash_after_s=5)
    live.start()
    yield live
    live.stop()
    assert "unexpected error" not in live.log(), live.log()


def test_everything_comes_back(client: Client) -> None:
    scratch = client.home / "scratch"
    scratch.mkdir()
    process = client.start("round_trip/main", str(scratch), str(NUM_RUNS), WANDB_SILENT="true")
    outcome = finish(process, within_s=540)
    assert outcome.code == 0, outcome.output[-5_000:]
    facts = outcome.facts
    assert facts["differences"] == [], "\n".join(facts["differences"])
    assert facts["runs"] == NUM_RUNS
    assert facts["checks"] > 1_900
