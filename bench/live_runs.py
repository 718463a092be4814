"""200 live runs, one batch a second each (about 265,000 points/s): cost and latency of acks.

Run: python bench/live_runs.py [--seconds 30] [--runs 200]

Baseline in the same run: the same number of requests/s with an empty body (a heartbeat), so the
ratio says what the points cost.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time

import numpy as np

from bodies import lines, split_body
from harness import Server, fdatasync_ms, percentile, print_table, server
from http_load import Connection

CONNECTIONS = 50
SHAPES = 40


def bodies() -> list[tuple[bytes, bytes, int, int]]:
    """Batches of 1–47 rows × 10–100 metrics, some 1,325 points: (before, after, rows, points)."""
    rng, choose = np.random.default_rng(2), random.Random(2)
    made = []
    for _ in range(SHAPES):
        num_rows, num_metrics = choose.randint(1, 47), choose.randint(10, 100)
        rows = lines(
            rng, first_step=0, num_rows=num_rows, num_metrics=num_metrics, start=time.time()
        )
        made.append((*split_body(rows), num_rows, num_rows * num_metrics))
    return made


async def live(
    s: Server, paths: list[str], seconds: float, *, with_points: bool
) -> tuple[int, list[float]]:
    """Each run posts once a second at its own phase; returns points and ack latencies in s."""
    shapes = bodies()
    pool: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        pool.put_nowait(await Connection.open(s.address, s.api_key))
    points = 0
    latencies: list[float] = []
    begin = time.monotonic()

    async def run(index: int, path: str) -> None:
        nonlocal points
        choose = random.Random(index)
        offset = 0
        await asyncio.sleep(choose.random())
        while time.monotonic() - begin < seconds:
            due = time.monotonic()
            before, after, num_rows, num_points = choose.choice(shapes)
            connection = await pool.get()
            parts = (before, str(offset).encode(), after) if with_points else (b"{}",)
            status, answer = await connection.post(path, *parts)
            latencies.append(connection.latencies[-1])
            pool.put_nowait(connection)
            if status != 200:
                raise RuntimeError(f"{status}: {answer[:300]!r}")
            if with_points:
                offset += num_rows
                points += num_points
            await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - due)))

    await asyncio.gather(*(run(i, path) for i, path in enumerate(paths)))
    return points, latencies


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    with server() as s:
        sync_ms = fdatasync_ms(s.folder)
        with s.client() as client:
            entity = s.entity(client)
            names = [f"live{i}" for i in range(arguments.runs)]
            for name in names:
                s.create_run(client, "bench-live", name)
        paths = [f"/files/{entity}/bench-live/{name}/file_stream" for name in names]
        figures = {}
        for label, with_points in (("heartbeats", False), ("batches", True)):
            cpu, begin = s.cpu_s(), time.monotonic()
            points, latencies = asyncio.run(
                live(s, paths, arguments.seconds, with_points=with_points)
            )
            wall = time.monotonic() - begin
            figures[label] = (points / wall, latencies, (s.cpu_s() - cpu) / wall * 100)
    rate, latencies, core = figures["batches"]
    idle_core = figures["heartbeats"][2]
    print_table(
        f"{arguments.runs} live runs, 1 batch/s each, {arguments.seconds:.0f} s "
        f"(fdatasync {sync_ms:.2f} ms)",
        [
            ("points/s", f"{rate / 1e3:.0f} k", "265 k"),
            ("server CPU, % of one core", f"{core:.1f}", "≤ 12"),
            ("ratio to empty heartbeats (same run)", f"{core / idle_core:.2f}", ""),
            ("ack p50, ms", f"{percentile(latencies, 50) * 1e3:.1f}", "≤ 7"),
            ("ack p99, ms", f"{percentile(latencies, 99) * 1e3:.1f}", "≤ 25"),
        ],
    )


if __name__ == "__main__":
    main()
