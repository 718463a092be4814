"""`mode="local"`: straight into a data folder, without a server that anybody started."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import pytest
from tests.server.processes import Server
from tests.tracking.conftest import Desk

from runstone.sdk import Api

LOGS = """
import runstone
with runstone.init("here", mode="local", name="{name}", config={{"a": 1}}) as run:
    for i in range({rows}):
        run.log({{"i": i}})
    print(run.id)
"""
ENDLESS = """
import runstone, time
run = runstone.init("here", mode="local", name="first")
run.log({"i": 0})
while run.url is None:
    time.sleep(0.05)
print(run.url, flush=True)
i = 1
while True:
    run.log({"i": i})
    print(i, flush=True)
    i += 1
    time.sleep(0.001)
"""


@pytest.fixture
def alone(tmp_path: Path) -> Desk:
    """A desk whose surroundings name no server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNSTONE_", "WANDB_"))}
    return Desk(tmp_path, kept | {"HOME": str(tmp_path)})


def read(alone: Desk, data: str = "runstone-data") -> tuple[Server, Api]:
    """`runstone up` on the folder, and the key by which scripts logged to it."""
    server = Server(alone.folder / data)
    return server, Api(server.url, (alone.folder / data / "local-key").read_text().strip())


def values(api: Api, name: str) -> list[int]:
    (run,) = [run for run in api.runs(f"{api.user}/here") if run.name == name]
    return run.history(keys=["i"]).to_arrow().column("i").to_pylist()


def test_it_is_there_when_a_server_starts(alone: Desk) -> None:
    _, err = alone.run(LOGS.format(name="first", rows=100))
    assert "runstone up --data runstone-data" in err
    key = alone.folder / "runstone-data" / "local-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    server, api = read(alone)
    try:
        with api:
            assert values(api, "first") == list(range(100))
            (run,) = api.runs(f"{api.user}/here")
            assert (run.state, run.config) == ("finished", {"a": 1})
            # A server that runs takes what scripts log to its folder.
            _, err = alone.run(LOGS.format(name="second", rows=7))
            assert f"all of it is at {server.url}" in err
            assert values(api, "second") == list(range(7))
            # A key that was revoked is replaced.
            key.write_text("runstone-" + "0" * 40)
            alone.run(LOGS.format(name="third", rows=7))
            assert values(api, "third") == list(range(7))
    finally:
        server.kill()
        server.wait()


def test_several_processes_and_the_one_that_serves_is_killed(alone: Desk) -> None:
    first = alone.start(ENDLESS)
    assert first.stdout is not None
    url = first.stdout.readline().partition("/root")[0].rpartition("/here")[0].rpartition("/")[0]
    serving = json.loads((alone.folder / "runstone-data" / "server.json").read_text())
    assert (serving["pid"], serving["is_embedded"]) == (first.pid, True)
    assert url in ("", serving["url"])
    # While it lasts, it is a server like any other, but not one to stop.
    key = (alone.folder / "runstone-data" / "local-key").read_text().strip()
    with Api(serving["url"], key) as api:
        assert len(api.runs(f"{api.user}/here")) == 1
    assert "lets go of it when it ends" in alone.runstone("down", code=1)
    assert "use that address until" in alone.runstone("up", code=1)

    others = [alone.start(LOGS.format(name=f"n{number}", rows=2_000)) for number in range(2)]
    for line in first.stdout:
        if int(line) >= 500:
            break
    first.send_signal(signal.SIGKILL)
    rest = first.stdout.read().split()
    first.communicate()
    for process in others:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    alone.runstone("sync", "--data", "runstone-data")
    server, api = read(alone)
    try:
        with api:
            for number in range(2):
                assert values(api, f"n{number}") == list(range(2_000))
            killed = values(api, "first")
            assert killed == list(range(len(killed)))
            assert len(killed) > int(rest[-1] if rest else line)
    finally:
        server.kill()
        server.wait()


def test_what_was_offline_goes_there_as_well(alone: Desk) -> None:
    alone.run(LOGS.format(name="first", rows=5).replace("local", "offline"))
    assert ": sent" in alone.runstone("sync", "--data", "elsewhere")
    server, api = read(alone, "elsewhere")
    try:
        with api:
            assert values(api, "first") == list(range(5))
    finally:
        server.kill()
        server.wait()


def test_without_the_server_installed_it_is_kept(alone: Desk) -> None:
    missing = "import sys\nsys.modules['runstone.server.embedded'] = None\n"
    _, err = alone.run(missing + LOGS.format(name="first", rows=5))
    assert "pip install 'runstone[server]'" in err
    assert "runstone sync" in err
    assert ": sent" in alone.runstone("sync", "--data", "runstone-data")


def test_a_script_that_finishes_nothing(alone: Desk) -> None:
    script = LOGS.format(name="first", rows=5).replace("with ", "run = ").replace(" as run:", "")
    body = script.replace("\n    ", "\n")
    body = body.replace("range(5):\n    run", "range(5): run").replace("range(5):\n", "range(5): ")
    _, err = alone.run(body)
    assert "Traceback" not in err
    assert "runstone up --data" in err
