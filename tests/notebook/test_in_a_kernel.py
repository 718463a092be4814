"""Runs in a real kernel: what cells show, and what a saved notebook keeps."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from runstone.tracking.folder import RunFolder
from runstone.tracking.glance import Glance

WIDGET = "application/vnd.jupyter.widget-view+json"
WAIT_S = 60
PLAIN = """
import sys
sys.modules["anywidget"] = None  # as where it is not installed
"""


class Kernel:
    """A kernel, and every display that it made, as a notebook would show it now."""

    def __init__(self, folder: Path, **environ: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNSTONE_", "WANDB_"))}
        said = {"RUNSTONE_MODE": "offline", "IPYTHONDIR": str(folder), "HOME": str(folder)}
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            cwd=str(folder), env=kept | said | environ, extra_arguments=["--quiet"]
        )
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=WAIT_S)
        self.displays: dict[str, dict[str, Any]] = {}
        self.widget: dict[str, Any] = {}
        self.stderr = ""

    def run(self, code: str) -> str:
        """What the cell printed; an error is part of it."""
        asked = self.client.execute(code)
        printed = ""
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT_S)
            printed += self.hear(message)
            is_ours = message["parent_header"].get("msg_id") == asked
            if is_ours and message["content"].get("execution_state") == "idle":
                return printed

    def hear(self, message: dict[str, Any]) -> str:
        kind, content = message["msg_type"], message["content"]
        if kind in ("display_data", "update_display_data"):
            name = content["transient"]["display_id"]
            assert (kind == "update_display_data") == (name in self.displays)
            self.displays[name] = content["data"]
        elif kind in ("comm_open", "comm_msg"):
            self.widget |= content["data"].get("state", {})
        elif kind == "stream" and content["name"] == "stderr":
            self.stderr += content["text"]
        elif kind == "stream":
            return str(content["text"])
        elif kind == "error":
            return str(content["ename"])
        return ""

    def hear_until(self, is_there: Any) -> None:
        until = time.monotonic() + WAIT_S
        while not is_there():
            assert time.monotonic() < until
            self.hear(self.client.get_iopub_msg(timeout=WAIT_S))

    def shown(self) -> list[str]:
        """The cards, one below the other, as text."""
        return [
            re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", data["text/html"])).strip()
            for data in self.displays.values()
            if "runstone-card" in data.get("text/html", "")
        ]

    def live(self) -> int:
        return sum(WIDGET in data for data in self.displays.values())

    def end(self) -> None:
        """As a notebook's server ends it; what it still says is heard."""
        if not self.manager.is_alive():
            return
        self.client.shutdown()
        until = time.monotonic() + WAIT_S
        while self.manager.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
        while True:
            try:
                self.hear(self.client.get_iopub_msg(timeout=0.5))
            except Empty:
                break

    def shut_down(self) -> None:
        """As for a restart; what is said before the answer is heard."""
        asked = self.client.shutdown(restart=True)
        while True:
            message = self.client.get_iopub_msg(timeout=WAIT_S)
            self.hear(message)
            if message["msg_type"] == "shutdown_reply":
                assert message["parent_header"].get("msg_id") == asked
                return

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_a_run_is_live_beside_its_cell_and_stays_in_the_saved_notebook(kernel: Kernel) -> None:
    kernel.run(
        "import runstone\n"
        "run = runstone.init('demo')\n"
        "for i in range(300): run.log({'loss': 1 / (i + 1), **{f'm{k}': k for k in range(20)}})\n"
        "run"
    )
    assert (len(kernel.shown()), kernel.live()) == (1, 1), "once, though it is named again"
    kernel.hear_until(lambda: "step 299" in kernel.widget.get("head", {}).get("facts", []))
    assert kernel.widget["head"]["state"] == "running"
    assert kernel.widget["head"]["num_metrics"] == 21
    assert len(kernel.widget["charts"]) == 12
    assert kernel.widget["charts"]["loss"]["range"] == [1 / 300, 1]
    turns = set(kernel.widget["more"])
    assert len(turns) in (1, 8), "of nine others, eight at a time"
    kernel.hear_until(lambda: set(kernel.widget["more"]) != turns)
    assert {*turns, *kernel.widget["more"]} == {f"m{k}" for k in range(11, 20)}
    (card,) = kernel.shown()
    assert "running" in card, "whoever opens the notebook without its kernel sees this"
    assert "loss 0.003333" in card
    assert "and 9 more metrics" in card
    assert "pip install" not in card

    assert kernel.run("1 / 0") == "ZeroDivisionError"
    assert kernel.run("run.is_finished, print(run.is_finished)").startswith("False")
    kernel.run("run.log({'loss': 42}); run.display()")
    assert kernel.live() == 2, "another cell shows it, too"
    kernel.run("run.finish()")
    assert kernel.live() == 0
    assert [("finished" in card, "loss 42" in card) for card in kernel.shown()] == [
        (True, True)
    ] * 2
    assert kernel.stderr == ""


def test_a_cell_run_again_ends_the_run_before_and_the_kernel_the_last(
    kernel: Kernel, tmp_path: Path
) -> None:
    kernel.run(PLAIN)
    cell = "import runstone\nrun = runstone.init('demo')\nrun.log({'loss': 1})"
    kernel.run(cell)
    (first,) = kernel.shown()
    assert "running" in first
    assert "runstone[notebook]" in first
    kernel.run("1 / 0")
    kernel.run(cell)
    first, second = kernel.shown()
    assert "finished" in first
    assert "loss 1" in second
    kernel.run("run.log({'loss': 7})")
    assert "loss 7" in kernel.shown()[1], "a card shows what each cell did"
    assert kernel.live() == 0
    kernel.end()
    assert ["finished" in card for card in kernel.shown()] == [True, True], "an error is no end"
    assert len(list(tmp_path.glob("runstone/run-*"))) == 2


def test_a_cell_that_takes_long_has_a_new_card_now_and_then(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run("import runstone.notebook.display as display\ndisplay._CARD_S = 0.1")
    kernel.run("import runstone\nrun = runstone.init('demo')")
    kernel.client.execute(
        "import os, time\nrun.log({'loss': 42})\nwhile not os.path.exists('go'): time.sleep(0.05)"
    )
    kernel.hear_until(lambda: "loss 42" in kernel.shown()[0])
    (tmp_path / "go").touch()
    kernel.run("pass")
    # The page of a kernel that is started anew hears no more than this.
    kernel.shut_down()
    assert "finished" in kernel.shown()[0]
    assert kernel.live() == 0


def test_magics_and_what_is_not_to_be_seen(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run(PLAIN + "import os, runstone\nos.environ['RUNSTONE_SILENT'] = 'true'")
    kernel.run("run = runstone.init('demo'); run.log({'loss': 1})")
    assert kernel.shown() == [], "nobody wants to be told"
    assert "3" in kernel.run("%%runstone\nprint(1 + 2)")
    assert len(kernel.shown()) == 1, "unless they ask"
    kernel.run("html = run.to_html(height=100)")
    assert "max-height:100px" in kernel.run("print(html)")
    kernel.run("run.finish()")
    assert "No run is being logged" in kernel.run("%runstone")
    kernel.run("from runstone.notebook import executed_cells")
    script = kernel.run("print(executed_cells())")
    assert "run = runstone.init('demo')" in script
    compile(script, "cells", "exec")
    (kept,) = tmp_path.glob("runstone/run-*/files/code/session.py")
    assert "print(1 + 2)" in kept.read_text()
    assert kernel.run("%load_ext runstone") == ""


def test_the_example_runs_and_keeps_no_widget(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "examples" / "spirals.ipynb"
    book = nbformat.read(page, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, timeout=WAIT_S, kernel_name="python3", resources=place).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    shown = [output["data"]["text/html"] for output in outputs]
    assert ["finished" in html for html in shown] == [True, False]
    assert "accuracy" in shown[0]
    assert WIDGET not in json.dumps(outputs)
    (folder,) = tmp_path.glob("runstone/run-*")
    glance = Glance(RunFolder(folder))
    assert glance.read(WAIT_S)
    assert glance.lines["accuracy"].last > 0.95
