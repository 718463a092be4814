"""Runs on a disk that is full, or takes nothing: training goes on, and it is said once."""

from __future__ import annotations

import subprocess
import sys

from tests.disks import mounted, needs_mount
from tests.tracking.conftest import Desk

from runstone.sdk import Api

TRAINS = """
import sys, runstone
run = runstone.init("disks", name=sys.argv[1], config={"a": 1})
print("begun")  # the console is on that disk, too
for i in range(20_000):
    run.log({"i": i, "loss": 1 / (i + 1)})
run.finish(exit_code=3)
print(run.has_lost)
"""


def train(desk: Desk, options: str, name: str) -> tuple[str, str]:
    place = desk.folder / "disk"
    environ = desk.environ | {"RUNSTONE_DIR": str(place), "TMPDIR": str(desk.folder)}
    done = subprocess.run(
        [*mounted(options, place), sys.executable, "-c", TRAINS, name],
        cwd=desk.folder, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1], done.stderr


@needs_mount
def test_a_small_disk_keeps_and_sends_what_fits(desk: Desk, api: Api) -> None:
    has_lost, err = train(desk, "size=512k", "small")
    assert has_lost == "True"
    assert err.count("No space left on device") == 1
    assert "what is not lost is at" in err, "the end waits for no room to note it in"
    (run,) = api.runs("ada/disks", 'name == "small"')
    assert (run.state, run.exit_code, run.config) == ("failed", 3, {"a": 1})
    kept = [row["i"] for row in run.history()]
    assert kept == sorted(set(kept)), "some fits again when another journal gives space back"
    assert kept[:1_000] == list(range(1_000))
    assert len(kept) < 20_000


@needs_mount
def test_a_disk_that_takes_nothing_is_left(desk: Desk, api: Api) -> None:
    has_lost, err = train(desk, "ro", "read-only")
    assert has_lost == "False"
    assert err.count("Read-only file system") == 1
    (run,) = api.runs("ada/disks", 'name == "read-only"')
    assert len(run.history().to_arrow()) == 20_000
    assert list(desk.folder.glob("runstone-*/run-*/sent"))
