"""A browser that goes away in the middle of a long answer: the server stops working on it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.server.processes import Server, wait_until
from tests.server.recording import authorization, begin_run, post_rows

Start = Callable[..., Server]

NUM_ROWS = 40_000
BATCH = 10_000
NUM_CHARTS = 300


def test_curves_that_nobody_waits_for_are_given_up(start: Start) -> None:
    server = start()
    key = server.key
    begin_run(server, key, "r1")
    entity = server.ask("GET", "/api/v1/me", headers=authorization(key)).json()["user"]["username"]
    with closing(server.connect()) as logging:
        for row0 in range(0, NUM_ROWS, BATCH):
            assert post_rows(logging, key, entity, "r1", row0, BATCH) == 200
    page = _page(entity)

    begun = _cpu_s(server)
    whole = server.ask("POST", "/api/v1/series", body=page, headers=authorization(key))
    cost = _cpu_s(server) - begun
    assert whole.status == 200
    assert b'"request":299' in whole.body

    begun = _cpu_s(server)
    waiting = [_ask_raw(server, page, authorization(key)) for _ in range(4)]  # every reader is busy
    wait_until(lambda: _cpu_s(server) > begun + cost / 10)
    for connection in waiting:
        connection.close()
    answer = server.ask("GET", "/api/v1/projects", headers=authorization(key))
    assert answer.status == 200
    _rest(server)
    assert _cpu_s(server) - begun < 2 * cost, f"four pages cost {4 * cost:.1f} s to their end"


def _page(entity: str) -> bytes:
    """Charts that cannot be read together, since each is smoothed differently."""
    chart = {"entity": entity, "project": "p", "runs": ["r1"], "keys": ["loss"], "buckets": 1_000}
    requests: list[Any] = [
        chart | {"smoothing": {"kind": "gaussian", "amount": 700 + n}} for n in range(NUM_CHARTS)
    ]
    return json.dumps({"requests": requests}).encode()


def _ask_raw(server: Server, body: bytes, headers: dict[str, str]) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(["POST /api/v1/series HTTP/1.1", f"host: {host}", *lines])
    connection.sendall(f"{head}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def _cpu_s(server: Server) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rest(server: Server) -> None:
    """Waits until the server does nothing worth mentioning."""
    before = _cpu_s(server)
    while True:
        time.sleep(0.5)
        now = _cpu_s(server)
        if now - before < 0.05:
            return
        before = now
