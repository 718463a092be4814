"""A person signs in by the printed link and watches a run of the unmodified wandb client grow."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.compat.install_clients import client_python
from tests.server.processes import Server, clean_environment

pytestmark = pytest.mark.e2e

DRAWN = """(key) => {
  const chart = window.__runstone?.charts().find((c) => c.key === key);
  return chart ? chart.lines : null;
}"""
GROWN = """([key, length]) => {
  const chart = window.__runstone?.charts().find((c) => c.key === key);
  return chart?.lines[0]?.x.length === length;
}"""


class Training:
    """A script under the wandb client that logs when it is told to."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._process = subprocess.Popen(
            [client_python("0.31"), Path(__file__).with_name("live_training.py")],
            env=clean_environment(
                WANDB_BASE_URL=server.url,
                WANDB_API_KEY=server.key,
                WANDB_DIR=str(folder),
                WANDB_ERROR_REPORTING="false",
                HOME=str(folder),
            ),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def log(self, num_rows: int) -> None:
        """Logs so many rows more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{num_rows}\n")
        self._process.stdin.flush()
        while not self._process.stdout.readline().strip().isdigit():
            assert self._process.poll() is None, "the training script ended"

    def finish(self) -> int:
        """Ends the run; returns the exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.read()
        code = self._process.wait(60)
        self._process.stdout.close()
        return code

    def kill(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def training(server: Server, tmp_path: Path) -> Iterator[Training]:
    script = Training(server, tmp_path)
    yield script
    script.kill()


def expected(num_rows: int) -> list[float | None]:
    """The losses that were logged, NaN as what JavaScript hands over for it."""
    return [math.nan if i == 5 else math.exp(-i / 7) for i in range(num_rows)]


def drawn(page: Page, key: str, num_rows: int) -> dict[str, Any]:
    """The one line of a chart, once it has so many points."""
    page.wait_for_function(GROWN, arg=[key, num_rows], timeout=45_000)
    lines = page.evaluate(DRAWN, key)
    assert len(lines) == 1
    return dict(lines[0])


def test_the_curves_of_a_live_run_grow_with_the_values_that_it_logs(
    server: Server, page: Page, training: Training
) -> None:
    page.goto(server.said(r"(http\S+/signin\?token=\S+)"))
    expect(page).to_have_url(f"{server.url}/")
    training.log(20)

    page.get_by_role("link", name="live").first.click()
    line = drawn(page, "train/loss", 20)
    assert line["exact"]
    assert line["x"] == list(range(20))
    assert line["y"] == pytest.approx(expected(20), abs=0, rel=0, nan_ok=True)
    accuracy = drawn(page, "train/accuracy", 20)
    assert accuracy["y"] == [1 - 1 / (i + 1) for i in range(20)]

    # No reload: the server's events make the page ask for what is new.
    training.log(25)
    line = drawn(page, "train/loss", 45)
    assert line["x"] == list(range(45))
    assert line["y"] == pytest.approx(expected(45), abs=0, rel=0, nan_ok=True)
    expect(page.get_by_text("a run that is watched").first).to_be_visible()

    assert training.finish() == 0
    page.goto(f"{server.url}/{line_entity(page)}/live/runs/watched")
    expect(page.get_by_text("finished", exact=False).first).to_be_visible()
    expect(page.get_by_text("a run that is watched").first).to_be_visible()


def line_entity(page: Page) -> str:
    """The first part of the project page's address."""
    return page.url.split("/")[3]
