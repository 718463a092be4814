"""Charts over HTTP: 20 runs × 10k and × 500k points at every zoom, and 50 charts opened at once.

Run: python bench/series.py [--long-rows 500000]

The data folder is built through the wandb protocol once and kept under .cache/bench. Baseline in
the same run: the whole-range chart of one 500k run computed by SQL over one row per point.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import httpx
import numpy as np

from bodies import lines, split_body
from harness import ROOT, Server, our_layout, percentile, print_table, server
from http_load import Connection

RUNS, SHORT_ROWS, SHORT_KEYS, LONG_KEYS, BATCH = 20, 10_000, 50, 5, 2_000
PROJECT_SHORT, PROJECT_LONG = "bench-10k", "bench-long"
REPEATS = 40
ROW_PER_POINT = """
SELECT min(step), max(step), count(*), min(value), max(value), sum(value)
FROM point WHERE run = 0 GROUP BY step * 1000 / ?
"""


async def fill(s: Server, project: str, num_rows: int, num_keys: int, first_line: int) -> None:
    """Logs `num_rows` rows into each of 20 runs."""
    with s.client() as client:
        entity = s.entity(client)
        for i in range(RUNS):
            s.create_run(client, project, f"r{i}")
    batch = min(BATCH, num_rows)
    queue: asyncio.Queue[int] = asyncio.Queue()
    for i in range(RUNS):
        queue.put_nowait(i)

    async def worker() -> None:
        connection = await Connection.open(s.address, s.api_key)
        while not queue.empty():
            i = queue.get_nowait()
            rng, start = np.random.default_rng(i), time.time()
            path = f"/files/{entity}/{project}/r{i}/file_stream"
            for step in range(first_line, num_rows, batch):
                rows = lines(
                    rng, first_step=step, num_rows=batch, num_metrics=num_keys, start=start
                )
                before, after = split_body(rows)
                status, answer = await connection.post(path, before, str(step).encode(), after)
                if status != 200:
                    raise RuntimeError(f"{status}: {answer[:300]!r}")
            await connection.post(path, b'{"complete": true, "exitcode": 0}')
        connection.close()

    await asyncio.gather(worker(), worker())


def request(
    project: str,
    entity: str,
    key: int,
    lo: float | None = None,
    hi: float | None = None,
    smoothing: float | None = None,
) -> dict[str, object]:
    """One chart's request: 20 runs, one key, 1,000 buckets, time-weighted smoothing if any."""
    return {
        "entity": entity,
        "project": project,
        "runs": [f"r{i}" for i in range(RUNS)],
        "keys": [f"group{key % 7}/metric_{key}"],
        "axis": "step",
        "lo": lo,
        "hi": hi,
        "buckets": 1_000,
        "smoothing": None if smoothing is None else {"kind": "time_ema", "amount": smoothing},
    }


def num_series(content: bytes) -> int:
    """Checks the frame and counts its series."""
    magic, size = struct.unpack_from("<4sI", content)
    assert magic == b"RSS1", content[:200]
    header = json.loads(content[8 : 8 + size])
    assert not header["errors"], header["errors"]
    return len(header["series"])


def timed(client: httpx.Client, requests: list[dict[str, object]], expected: int) -> float:
    """Seconds of one POST /series."""
    begin = time.perf_counter()
    answer = client.post("/api/v1/series", json={"requests": requests})
    elapsed = time.perf_counter() - begin
    answer.raise_for_status()
    assert num_series(answer.content) == expected
    return elapsed


def ms(times: list[float]) -> str:
    """p50 / p95 in ms."""
    return f"{percentile(times, 50) * 1e3:.1f} / {percentile(times, 95) * 1e3:.1f}"


def row_per_point_s(folder: Path, num_rows: int) -> float:
    """The baseline: one run's whole-range chart from a table with a row per point, in s."""
    path = folder / "row-per-point.db"
    connection = apsw.Connection(str(path))
    if not connection.table_exists("main", "point"):
        connection.execute(
            "CREATE TABLE point (run, step, value, PRIMARY KEY (run, step)) WITHOUT ROWID"
        )
        noise = np.random.default_rng(0).standard_normal(num_rows).tolist()
        with connection:
            connection.executemany("INSERT INTO point VALUES (0, ?, ?)", enumerate(noise))
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        connection.execute(ROW_PER_POINT, (num_rows,)).fetchall()
        times.append(time.perf_counter() - begin)
    return min(times)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long-rows", type=int, default=500_000)
    long_rows = parser.parse_args().long_rows
    folder = ROOT / ".cache" / "bench" / f"series-{long_rows}"
    folder.mkdir(parents=True, exist_ok=True)
    filled = folder / "filled"
    if not filled.exists() or filled.read_text() != our_layout():
        print("filling the data folder (once) …", file=sys.stderr)
        shutil.rmtree(folder)
        folder.mkdir()
        with server(folder) as s:
            asyncio.run(fill(s, PROJECT_SHORT, SHORT_ROWS, SHORT_KEYS, 0))
            asyncio.run(fill(s, PROJECT_LONG, long_rows, LONG_KEYS, 0))
            time.sleep(70)  # idle runs are sealed after a minute
        filled.write_text(our_layout())
    with server(folder) as s, s.client() as client:
        entity = s.entity(client)
        measure(s, client, entity, folder, long_rows)


def measure(s: Server, client: httpx.Client, entity: str, folder: Path, long_rows: int) -> None:
    """All rows of the table."""
    rng = np.random.default_rng(5)

    def chart(
        project: str,
        key: int,
        lo: float | None = None,
        hi: float | None = None,
        smoothing: float | None = None,
    ) -> float:
        return timed(client, [request(project, entity, key, lo, hi, smoothing)], RUNS)

    cold = chart(PROJECT_SHORT, 3)
    s.wait_until_loaded(client)
    short = [chart(PROJECT_SHORT, i % SHORT_KEYS) for i in range(REPEATS)]
    zooms = {}
    for share in (1.0, 0.1, 0.01, 0.001):
        times = []
        for i in range(REPEATS):
            lo = float(rng.integers(0, max(1, int(long_rows * (1 - share)))))
            span = (None, None) if share == 1.0 else (lo, lo + long_rows * share)
            times.append(chart(PROJECT_LONG, i % LONG_KEYS, *span))
        zooms[share] = times
    # The first look at an amount reads everything; moving about in it afterwards does not.
    amounts = [0.9 + i / 1_000 for i in range(6)]
    smooth_short = [chart(PROJECT_SHORT, 3, smoothing=amount) for amount in amounts]
    smooth_first = [chart(PROJECT_LONG, 3, smoothing=amount) for amount in amounts]
    smooth_again = {}
    for share in (1.0, 0.1, 0.01):
        times = []
        for i in range(REPEATS):
            lo = float(rng.integers(0, max(1, int(long_rows * (1 - share)))))
            span = (None, None) if share == 1.0 else (lo, lo + long_rows * share)
            times.append(chart(PROJECT_LONG, 3, *span, smoothing=amounts[i % len(amounts)]))
        smooth_again[share] = times
    at_once = []
    for _ in range(7):
        requests = [request(PROJECT_SHORT, entity, key) for key in range(50)]
        at_once.append(timed(client, requests, RUNS * 50))
    # As a browser may: ten requests of five charts on six connections.
    with ThreadPoolExecutor(6) as pool:
        clients = [s.client() for _ in range(6)]
        begin = time.perf_counter()
        list(
            pool.map(
                lambda i: timed(
                    clients[i % 6],
                    [request(PROJECT_SHORT, entity, key) for key in range(i * 5, i * 5 + 5)],
                    RUNS * 5,
                ),
                range(10),
            )
        )
        split = time.perf_counter() - begin
    all_zooms = [t for times in zooms.values() for t in times]
    baseline = row_per_point_s(folder, long_rows)
    whole = percentile(zooms[1.0], 50)
    print_table(
        f"Charts over HTTP, 20 runs each, 1,000 buckets ({long_rows:,} rows in the long runs)",
        [
            ("first request after start, ms", f"{cold * 1e3:.1f}", ""),
            ("20 × 10k points, p50 / p95 ms", ms(short), "≤ 8 / ≤ 15"),
            *(
                (f"20 × {long_rows // 1000}k, zoom {share:.1%}, p50 / p95 ms", ms(times), "")
                for share, times in zooms.items()
            ),
            (f"20 × {long_rows // 1000}k, any zoom, p50 / p95 ms", ms(all_zooms), "p95 ≤ 25"),
            ("20 × 10k smoothed, an amount's first look, p50 / p95 ms", ms(smooth_short), ""),
            (
                f"20 × {long_rows // 1000}k smoothed, an amount's first look, p50 / p95 ms",
                ms(smooth_first),
                "",
            ),
            *(
                (
                    f"20 × {long_rows // 1000}k smoothed, zoom {share:.1%}, p50 / p95 ms",
                    ms(times),
                    "",
                )
                for share, times in smooth_again.items()
            ),
            (
                "50 charts × 20 runs in one request, median ms",
                f"{percentile(at_once, 50) * 1e3:.0f}",
                "≤ 250",
            ),
            ("50 charts × 20 runs in 10 requests, wall ms", f"{split * 1e3:.0f}", "≤ 250"),
            ("a row per point, ONE run of the 20, ms", f"{baseline * 1e3:.0f}", ""),
            ("ratio: 20 × a row per point / Runstone", f"{RUNS * baseline / whole:.0f}", ""),
            ("server memory, MB", f"{s.rss_mb():.0f}", ""),
        ],
    )


if __name__ == "__main__":
    main()
