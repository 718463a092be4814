"""A server that was restored from an older backup: what it lacks is sent again, or kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.server.processes import Server, clean_environment, wait_until
from tests.tracking.conftest import Desk

from runstone.sdk import Api

LIVE = """
import sys
import runstone
run = runstone.init("restored", id="live", config={"lr": 0.1})
for line in sys.stdin:
    if line.startswith("end"):
        break
    if line.startswith("save"):
        open("kept.txt", "w").write("kept")
        run.save("kept.txt")
        continue
    run.log({"i": int(line)})
    print("printed", line.strip(), flush=True)
    run.config["last"] = int(line)
run.finish()
"""


class Restorable:
    """A server whose data folder is put back to what it was, on the same port."""

    def __init__(self, folder: Path) -> None:
        self._data, self._backup = folder / "data", folder / "backup"
        self._server = Server(self._data, "--first-user", "ada")
        self.url, self.key = self._server.url, self._server.key

    def back_up(self) -> None:
        self._server.stop()
        shutil.copytree(self._data, self._backup)
        self._start()

    def restore(self) -> None:
        self._server.stop()
        shutil.rmtree(self._data)
        shutil.copytree(self._backup, self._data)
        self._start()

    def _start(self) -> None:
        port = str(urlsplit(self.url).port)
        self._server = Server(self._data, "--port", port, key=self.key)
        assert self._server.url == self.url

    def kill(self) -> None:
        self._server.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path / "server")
    try:
        yield made
    finally:
        made.kill()


@pytest.fixture
def desk(tmp_path: Path, server: Restorable) -> Desk:
    environ = clean_environment(
        HOME=str(tmp_path),
        RUNSTONE_SYSTEM_METRICS="false",
        RUNSTONE_URL=server.url,
        RUNSTONE_API_KEY=server.key,
    )
    return Desk(tmp_path, environ)


def rows(server: Restorable, run: str) -> list[int]:
    with Api(server.url, server.key) as api:
        found = api.run(f"ada/restored/{run}").history().to_arrow().to_pylist()
        return [row["i"] for row in found]


def num_rows(server: Restorable, run: str) -> int:
    try:
        return len(rows(server, run))
    except Exception:  # noqa: BLE001 - not there yet
        return 0


@pytest.mark.parametrize("logs_more", [True, False], ids=["logs more", "only ends"])
@pytest.mark.parametrize("had_it", [True, False], ids=["had some", "had none"])
def test_a_live_run_is_made_whole(
    desk: Desk, server: Restorable, had_it: bool, logs_more: bool
) -> None:
    if not had_it:
        server.back_up()
    script = desk.start_with_input(LIVE)
    assert script.stdin is not None

    def log(*numbers: int) -> None:
        assert script.stdin is not None
        script.stdin.write("".join(f"{i}\n" for i in numbers))
        script.stdin.flush()

    log(*range(5))
    wait_until(lambda: num_rows(server, "live") == 5)
    if had_it:
        server.back_up()
    log(*range(5, 10))
    wait_until(lambda: num_rows(server, "live") == 10)
    server.restore()
    if logs_more:
        log(10)
    _, err = script.communicate("end\n", timeout=60)
    num = 11 if logs_more else 10
    assert rows(server, "live") == list(range(num))
    assert err.count("what it lacks is sent again") == 1
    with Api(server.url, server.key) as api:
        run = api.run("ada/restored/live")
        assert run.state == "finished"
        assert run.config["lr"] == 0.1
        assert run.config["last"] == num - 1
        assert run.summary["i"] == num - 1
        printed = [line for line in run.console() if "printed" in str(line)]
        assert len(printed) == num


@pytest.mark.parametrize(("later", "num"), [("5\n6", 7), ("save", 5)], ids=["rows", "a file"])
def test_what_was_sent_and_lost_is_kept_until_it_is_sent_again(
    desk: Desk, server: Restorable, later: str, num: int
) -> None:
    script = desk.start_with_input(LIVE)
    assert script.stdin is not None
    script.stdin.write("".join(f"{i}\n" for i in range(5)))
    script.stdin.flush()
    wait_until(lambda: num_rows(server, "live") == 5)
    server.back_up()
    script.communicate(f"{later}\nend\n", timeout=60)
    assert rows(server, "live") == list(range(num))
    server.restore()

    assert "1 was sent before" in desk.runstone("sync")
    clean = ("--clean", "--older-than", "0", "--yes")
    assert "has less than was sent" in desk.runstone("sync", *clean)
    assert ": sent" in desk.runstone("sync", "--again")
    assert rows(server, "live") == list(range(num))
    assert "1 was sent before" in desk.runstone("sync")
    assert "removed" in desk.runstone("sync", *clean)
