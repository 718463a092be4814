"""docs/logging.md, client-settings.md: each block of Python there runs against a real server."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tracking.conftest import Desk

from runstone.sdk import Api

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "logging.md", DOCS / "client-settings.md"]

_BEFORE = """
from pathlib import Path
import runstone

batch = [([[0.0, 0.5], [1.0, 0.25]], "four pixels")]
for name in ("best.pt", "last.pt"):
    Path(name).write_text(name)
with runstone.init("digits") as run:
    faces = runstone.Artifact("faces", type="dataset")
    faces.add_file("best.pt")
    run.log_artifact(faces, aliases=["clean"]).wait()
"""
_AROUND = {
    "run.log({": ('run = runstone.init("digits")\n', "run.finish()\n"),
    'run = runstone.init("ray"': ("", "runstone.finish()\n"),
}


def test_every_block_runs(desk: Desk, api: Api) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    blocks = re.findall(r"^```python\n(.*?)^```", pages, re.M | re.S)
    assert len(blocks) >= 7
    script = _BEFORE
    for block in blocks:
        before, after = next(
            (around for start, around in _AROUND.items() if block.startswith(start)), ("", "")
        )
        script += f"\n{before}{block}\n{after}"
    out, err = desk.run(script, RUNSTONE_CONSOLE="off", RUNSTONE_SYSTEM_METRICS="off")
    assert "Traceback" not in err
    # The first one prints where its run is, right after it began.
    address, *_ = out.splitlines()
    _, id_ = address.split(f"{api.url}/ada/digits/runs/")
    assert api.run(f"ada/digits/{id_}").summary["_step"] == 9
    run = api.run("ada/digits/long-training")
    assert (run.state, run.summary["loss"], run.last_step) == ("finished", 0.4, 101)
