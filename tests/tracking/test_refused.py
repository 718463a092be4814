"""A server, or what stands before it, that says no: said once, with what to do; all arrives."""

from __future__ import annotations

import http.client
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from tests.server.processes import wait_until
from tests.tracking.conftest import Desk

from runstone.sdk import Api


class Gate:
    """Stands before a server; answers with `status` while there is one.

    Attributes:
        refuses: Only requests whose path has this in it.
        refused: Set with each that was.
    """

    def __init__(self, server: str) -> None:
        self.status: int | None = None
        self.refuses = ""
        self.refused = Event()
        place = urlsplit(server).netloc
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(size)
                status = gate.status
                if status is not None and gate.refuses in self.path:
                    self.send_response(status)
                    self.send_header("content-length", "0")
                    self.end_headers()
                    gate.refused.set()
                    return
                with closing(http.client.HTTPConnection(place, timeout=120)) as there:
                    there.request(self.command, self.path, body, dict(self.headers))
                    answer = there.getresponse()
                    said = answer.read()
                self.send_response(answer.status)
                for name in ("content-type", "content-encoding"):
                    if (value := answer.headers.get(name)) is not None:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gate(api: Api) -> Iterator[Gate]:
    with standing(Gate(api.url)) as made:
        yield made


@contextmanager
def standing(gate: Gate) -> Iterator[Gate]:
    thread = Thread(target=gate.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gate
    finally:
        gate.server.shutdown()
        thread.join()
        gate.server.server_close()


class Training:
    """A script that logs when it is told to; all that it says on stderr is heard, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self.said = ""

    def prints(self, text: str) -> None:
        line = self._stdout.readline()
        assert line == f"{text}\n", line or self._stderr.read()

    def hear(self, text: str) -> None:
        """Waits until it has said so."""
        while text not in self.said:
            line = self._stderr.readline()
            assert line, self.said
            self.said += line

    def log(self) -> None:
        """Has it log rows, which is over when this returns."""
        self._stdin.write("on\n")
        self._stdin.flush()
        self.prints("logged")

    def end(self) -> str:
        """Has it end; all that it said."""
        self._stdin.close()
        self.said += self._stderr.read()
        assert self._process.wait(120) == 0, self.said
        return self.said

    def stop(self) -> None:
        """Leaves nothing of it, whatever became of it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._stdin, self._stdout, self._stderr):
            with suppress(BrokenPipeError):
                stream.close()


GOES_ON = """
import runstone, sys, time
run = runstone.init("refused", id=ID)
while run.url is None and HEARD:
    time.sleep(0.01)
run.log({"i": 0})
print("here", flush=True)
for line in sys.stdin:
    for i in range(1, 100):
        run.log({"i": i})
    print("logged", flush=True)
run.finish()
"""
ALL = list(range(100))


@contextmanager
def training(desk: Desk, run: str, *, is_heard: bool, **more: str) -> Iterator[Training]:
    script = f"ID, HEARD = {run!r}, {is_heard}{GOES_ON}"
    made = Training(desk.start_with_input(script, **more))
    try:
        made.prints("here")
        yield made
    finally:
        made.stop()


def logged(api: Api, run: str) -> list[object]:
    rows = api.run(f"ada/refused/{run}").history().to_arrow()
    return list(rows["i"].to_pylist()) if "i" in rows.column_names else []


@pytest.mark.parametrize("status", [500, 403, 404])
def test_trouble_in_the_middle_passes(desk: Desk, api: Api, gate: Gate, status: int) -> None:
    """One line when it begins, one when it is over, however often it was tried in between."""
    with training(desk, f"m{status}", is_heard=True, RUNSTONE_URL=gate.url) as script:
        gate.status = status
        script.log()
        for _ in range(2):
            gate.refused.clear()
            assert gate.refused.wait(120)
        gate.status = None
        script.hear("the server answers again")
        err = script.end()
    assert err.count(f"status {status}") == 1, err
    assert err.count("trying again") == 1, err
    assert err.count("the server answers again") == 1, err
    assert api.run(f"ada/refused/m{status}").state == "finished"
    assert logged(api, f"m{status}") == ALL


def test_files_alone_that_are_refused_hold_nothing_up(desk: Desk, api: Api, gate: Gate) -> None:
    """Rows arrive meanwhile, and nobody says that all is well before it is."""
    gate.status, gate.refuses = 500, "/files/"
    with training(desk, "saves", is_heard=True, RUNSTONE_URL=gate.url) as script:
        script.hear("trying again")
        for _ in range(4):
            gate.refused.clear()
            assert gate.refused.wait(120)
        script.log()
        wait_until(lambda: logged(api, "saves") == ALL, within_s=120, every_s=0.1)
        assert list(api.run("ada/refused/saves").files()) == []
        gate.status = None
        script.hear("the server answers again")
        err = script.end()
    assert err.count("status 500") == 1, err
    assert err.count("the server answers again") == 1, err
    assert "requirements.txt" in [file.name for file in api.run("ada/refused/saves").files()]


@pytest.mark.parametrize("status", [500, 401, 403, 404])
def test_trouble_from_the_beginning_to_the_end(
    desk: Desk, api: Api, gate: Gate, status: int
) -> None:
    gate.status = status
    more = {"RUNSTONE_URL": gate.url, "RUNSTONE_FINISH_TIMEOUT": "0.5"}
    with training(desk, f"b{status}", is_heard=False, **more) as script:
        script.hear("trying again")
        script.log()
        # Once while it is tried, and at the end, with what to do.
        first, last, advice = script.end().splitlines()
    assert f"status {status}" in first
    assert f"status {status}" in last
    assert "runstone sync" in advice
    assert ": sent" in desk.runstone("sync")
    assert logged(api, f"b{status}") == ALL


def test_a_key_that_nobody_knows(desk: Desk, api: Api) -> None:
    """The server says what is wrong with it, and the client where the run is."""
    # An end that takes more than three seconds says so.
    more = {"RUNSTONE_API_KEY": "runstone-" + "0" * 40, "RUNSTONE_FINISH_TIMEOUT": "2"}
    with training(desk, "key", is_heard=False, **more) as script:
        script.hear("trying again")
        script.log()
        first, last, advice = script.end().splitlines()
    assert "The API key is not known" in first
    assert "The API key is not known" in last
    assert "runstone sync" in advice
    assert ": sent" in desk.runstone("sync")
    assert logged(api, "key") == ALL
