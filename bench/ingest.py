"""wandb-protocol ingest: 100 × 100-point bodies over 8 connections, durable, and what it weighs.

Run: python bench/ingest.py [--seconds 60]

Baseline in the same run: a bare uvicorn server that reads and orjson-parses the same bodies and
keeps nothing, so the ratio says what storing costs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import apsw
import numpy as np

from bodies import lines, split_body
from harness import Server, fdatasync_ms, percentile, print_table, server
from http_load import Connection

ROWS, METRICS, CONNECTIONS, BODIES = 100, 100, 8, 12
BASELINE_PORT = 18471
BASELINE_APP = """
import orjson
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    for line in orjson.loads(body)["files"]["wandb-history.jsonl"]["content"]:
        orjson.loads(line)
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})
"""


async def fire(
    address: tuple[str, int], key: str, paths: list[str], offsets: list[int], seconds: float
) -> tuple[int, float, list[float]]:
    """Posts from every connection for `seconds`; returns points, wall seconds, latencies in s."""
    rng = np.random.default_rng(1)
    start = time.time()
    bodies = [
        split_body(lines(rng, first_step=i * ROWS, num_rows=ROWS, num_metrics=METRICS, start=start))
        for i in range(BODIES)
    ]
    connections = [await Connection.open(address, key) for _ in paths]
    deadline = time.monotonic() + seconds
    sent = 0

    async def one(connection: Connection, path: str, offset: int) -> None:
        nonlocal sent
        turn = 0
        while time.monotonic() < deadline:
            before, after = bodies[turn % BODIES]
            status, answer = await connection.post(path, before, str(offset).encode(), after)
            if status != 200:
                raise RuntimeError(f"{status}: {answer[:300]!r}")
            offset += ROWS
            turn += 1
            sent += ROWS * METRICS

    begin = time.monotonic()
    await asyncio.gather(*map(one, connections, paths, offsets))
    wall = time.monotonic() - begin
    for connection in connections:
        connection.close()
    return sent, wall, [t for c in connections for t in c.latencies]


def stored_bytes(folder: Path) -> tuple[int, int]:
    """Size of the database file, and what of it is in use, in bytes (reusable pages apart)."""
    connection = apsw.Connection(str(folder / "runstone.db"), flags=apsw.SQLITE_OPEN_READONLY)
    size, pages, free = (
        connection.pragma(name) for name in ("page_size", "page_count", "freelist_count")
    )
    connection.close()
    return size * pages, size * (pages - free)


def measure_runstone(s: Server, seconds: float) -> tuple[int, float, list[float], float]:
    """Runs the load against Runstone; returns points, wall, latencies and server CPU seconds."""
    with s.client() as client:
        entity = s.entity(client)
        names = [f"run{i}" for i in range(CONNECTIONS)]
        offsets = [s.create_run(client, "bench-ingest", name) for name in names]
    paths = [f"/files/{entity}/bench-ingest/{name}/file_stream" for name in names]
    cpu = s.cpu_s()
    points, wall, latencies = asyncio.run(fire(s.address, s.api_key, paths, offsets, seconds))
    return points, wall, latencies, s.cpu_s() - cpu


def measure_baseline(seconds: float) -> tuple[int, float]:
    """The same load against a server that parses and forgets; returns points and wall seconds."""
    script = (
        f"import uvicorn\n{BASELINE_APP}\nuvicorn.run(app, port={BASELINE_PORT}, log_level='error')"
    )
    command = [sys.executable, "-c", script]
    process = subprocess.Popen(command, env=os.environ)
    try:
        for _ in range(100):
            try:
                asyncio.run(_ping())
                break
            except OSError:
                time.sleep(0.1)
        paths = ["/"] * CONNECTIONS
        points, wall, _ = asyncio.run(
            fire(("127.0.0.1", BASELINE_PORT), "x" * 40, paths, [0] * CONNECTIONS, seconds)
        )
        return points, wall
    finally:
        process.kill()
        process.wait()


async def _ping() -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", BASELINE_PORT)
    writer.close()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    base_points, base_wall = measure_baseline(min(10.0, seconds))
    with server() as s:
        sync_ms = fdatasync_ms(s.folder)
        points, wall, latencies, cpu = measure_runstone(s, seconds)
        rss = s.rss_mb()
        # Sealing goes on behind; give it time to catch up before weighing.
        settle(s)
        in_file, in_use = stored_bytes(s.folder)
    rate, base_rate = points / wall, base_points / base_wall
    print_table(
        f"wandb-protocol ingest, {wall:.0f} s, {CONNECTIONS} connections, {ROWS} × {METRICS} "
        f"(fdatasync {sync_ms:.2f} ms)",
        [
            ("points/s, durable", f"{rate / 1e6:.2f} M", "≥ 4 M"),
            ("ratio to parsing alone (same run)", f"{rate / base_rate:.2f}", ""),
            ("parsing alone, points/s", f"{base_rate / 1e6:.2f} M", ""),
            (
                "ack p50 / p95 / p99, ms",
                " / ".join(f"{percentile(latencies, p) * 1e3:.1f}" for p in (50, 95, 99)),
                "",
            ),
            ("server CPU, s per M points", f"{cpu / (points / 1e6):.3f}", ""),
            ("server memory at the end, MB", f"{rss:.0f}", ""),
            ("bytes/point, sealed", f"{in_use / points:.2f}", "≤ 3"),
            ("bytes/point of the file, reusable pages included", f"{in_file / points:.2f}", ""),
        ],
    )


def settle(s: Server) -> None:
    """Waits until the server has been quiet for two seconds (at most five minutes)."""
    quiet_since, last = time.monotonic(), s.cpu_s()
    give_up = quiet_since + 300
    while time.monotonic() < give_up and time.monotonic() - quiet_since < 5:
        time.sleep(0.5)
        now = s.cpu_s()
        if now - last > 0.1:
            quiet_since = time.monotonic()
        last = now


if __name__ == "__main__":
    main()
