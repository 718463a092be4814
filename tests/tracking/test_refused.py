"""A server, or what stands before it, that says no: said once, with what to do; all arrives."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api


class Gate:
    """Stands before a server; answers with `status` while there is one."""

    def __init__(self, server: str) -> None:
        self.status: int | None = None
        self.refused = Event()
        place = urlsplit(server).netloc
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(size)
                if gate.status is not None:
                    self.send_response(gate.status)
                    self.send_header("content-length", "0")
                    self.end_headers()
                    gate.refused.set()
                    return
                there = http.client.HTTPConnection(place, timeout=60)
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
                there.close()

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


GOES_ON = """
import runstone, sys
run = runstone.init("refused", id=ID)
while run.url is None and HEARD:
    pass
run.log({"i": 0})
print("here", flush=True)
for line in sys.stdin:
    for i in range(1, 100):
        run.log({"i": i})
    print("logged", flush=True)
run.finish()
"""


@pytest.mark.parametrize("status", [500, 403, 404])
def test_trouble_in_the_middle_passes(desk: Desk, api: Api, gate: Gate, status: int) -> None:
    """One line when it begins, one when it is over, however often it was tried in between."""
    script = f"ID, HEARD = 'm{status}', True" + GOES_ON.replace("    pass", "    time.sleep(0.01)")
    process = desk.start_with_input("import time\n" + script, RUNSTONE_URL=gate.url)
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "here\n"
    gate.status = status
    process.stdin.write("on\n")
    process.stdin.flush()
    assert process.stdout.readline() == "logged\n"
    for _ in range(2):
        gate.refused.clear()
        assert gate.refused.wait(120)
    gate.status = None
    err = ""
    assert process.stderr is not None
    while "the server answers again" not in err:
        line = process.stderr.readline()
        assert line, err
        err += line
    process.stdin.close()
    err += process.stderr.read()
    process.stderr.close()
    process.stdout.close()
    assert process.wait(60) == 0, err
    assert err.count(f"status {status}") == 1, err
    assert err.count("trying again") == 1, err
    assert err.count("the server answers again") == 1, err
    run = api.run(f"ada/refused/m{status}")
    assert run.state == "finished"
    assert run.history(keys=["i"]).to_arrow().column("i").to_pylist() == list(range(100))


@pytest.mark.parametrize("status", [500, 401, 403, 404])
def test_trouble_from_the_beginning_to_the_end(
    desk: Desk, api: Api, gate: Gate, status: int
) -> None:
    gate.status = status
    script = f"ID, HEARD = 'b{status}', False" + GOES_ON
    process = desk.start_with_input(script, RUNSTONE_URL=gate.url, RUNSTONE_FINISH_TIMEOUT="0.5")
    _, err = process.communicate("on\n", timeout=120)
    assert process.returncode == 0, err
    # Once while it is tried, and at the end, with what to do.
    first, last, advice = err.splitlines()
    assert f"status {status}" in first
    assert "trying again" in first
    assert f"status {status}" in last
    assert "runstone sync" in advice
    assert ": sent" in desk.runstone("sync")
    run = api.run(f"ada/refused/b{status}")
    assert run.history(keys=["i"]).to_arrow().column("i").to_pylist() == list(range(100))


def test_a_key_that_nobody_knows(desk: Desk, api: Api) -> None:
    """The server says what is wrong with it, and the client where the run is."""
    script = "ID, HEARD = 'key', False" + GOES_ON
    process = desk.start_with_input(
        script, RUNSTONE_API_KEY="runstone-" + "0" * 40, RUNSTONE_FINISH_TIMEOUT="5"
    )
    _, err = process.communicate("on\n", timeout=120)
    assert process.returncode == 0, err
    first, last, advice = err.splitlines()
    assert "The API key is not known" in first
    assert "The API key is not known" in last
    assert "runstone sync" in advice
    assert ": sent" in desk.runstone("sync")
    assert api.run("ada/refused/key").summary["i"] == 99
