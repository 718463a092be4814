"""Stopping a real server: everything acknowledged is kept, requests finish, nothing hangs."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Callable

import pytest
from tests.server.processes import Server, wait_until
from tests.server.recording import authorization, begin_run, post_rows

from runstone.server.folder import probe

Start = Callable[..., Server]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_idle_server_stops_with_0(start: Start, number: signal.Signals) -> None:
    server = start()
    idle = server.connect()
    idle.request("GET", "/healthz")
    idle.getresponse().read()  # kept alive, and must not be waited for
    began = time.monotonic()
    assert server.stop(number) == 0
    assert time.monotonic() - began < 9, "it waited for a connection that nobody uses"
    idle.close()
    assert probe(server.data) is None
    assert not (server.data / "server.json").exists()
    assert not (server.data / "runstone.db-wal").exists(), "the log was folded into the database"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_acknowledged_is_lost_mid_write(start: Start, number: signal.Signals) -> None:
    server = start()
    key, names = server.key, [f"run{i}" for i in range(4)]
    for name in names:
        assert begin_run(server, key, name) == 0
    entity = server.ask("GET", "/api/v1/me", headers=authorization(key)).json()["user"]["username"]
    acknowledged = dict.fromkeys(names, 0)
    sent = dict.fromkeys(names, 0)

    def write(name: str) -> None:
        connection = server.connect()
        try:
            while True:
                sent[name] += 50
                if post_rows(connection, key, entity, name, acknowledged[name], 50) != 200:
                    return
                acknowledged[name] += 50
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(name,)) for name in names]
    for writer in writers:
        writer.start()
    wait_until(lambda: min(acknowledged.values()) >= 200)
    code = server.stop(number)
    for writer in writers:
        writer.join()
    assert code == (0 if number is signal.SIGTERM else -signal.SIGKILL)
    again = start()
    for name in names:
        kept = begin_run(again, key, name)
        assert acknowledged[name] <= kept <= sent[name]


def test_request_in_flight_is_answered(start: Start) -> None:
    server = start()
    key = server.key
    begin_run(server, key, "r")
    entity = server.ask("GET", "/api/v1/me", headers=authorization(key)).json()["user"]["username"]
    line = json.dumps({"_step": 0, "loss": 1.0})
    body = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": [line]}}}).encode()
    with half_sent(server, f"/files/{entity}/p/r/file_stream", key, body) as connection:
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert server.process.poll() is None, "it waits for the rest of the request"
        connection.sendall(body[10:])
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200")
    assert server.wait() == 0
    assert begin_run(start(), key, "r") == 1


def test_event_streams_end(start: Start) -> None:
    server = start()
    connection = server.connect()
    connection.request("GET", "/api/v1/events", headers=authorization(server.key))
    stream = connection.getresponse()
    assert stream.getheader("content-type", "").startswith("text/event-stream")
    assert stream.readline()
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    stream.read()  # up to the end that the server sets, as it should be: not broken off
    assert server.wait() == 0
    assert time.monotonic() - began < 9, "it waited for the stream"
    connection.close()


def test_second_signal_forces(start: Start) -> None:
    server = start()
    begin_run(server, server.key, "r")
    with half_sent(server, "/files/x/p/r/file_stream", server.key, b"x" * 100):
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        assert server.wait(within_s=9) == 1


def test_request_that_never_ends_does_not_keep_it(start: Start) -> None:
    server = start()
    with half_sent(server, "/files/x/p/r/file_stream", server.key, b"x" * 100):
        assert server.stop() == 0


def half_sent(server: Server, path: str, key: str, body: bytes) -> socket.socket:
    """A connection on which a request is begun: ten bytes of its body are missing the rest."""
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    credentials = authorization(key)["Authorization"]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {credentials}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[:10])
    time.sleep(0.3)
    return connection
