"""Everything out: one long history over HTTP in each format, and rows through the real client.

Run: python bench/export.py [--rows 2000000]

The history has 20 keys of ten kinds. Baseline in the same run: pyarrow writing the same arrays from
memory to a Parquet file in memory, without a server, a disk or a network.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet

from bodies import values
from harness import ROOT, Server, percentile, print_table, server
from runstone.domain.history import HistoryBatch, Numbers, ValueKind
from runstone.domain.run import RunUpdate
from runstone.ports.store import Transaction
from runstone.services.ingest import Report, record
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.sqlite.store import SqliteStore

KEYS, BATCH, PROJECT = 20, 20_000, "bench"
CLIENT = ROOT / ".cache/wandb-clients/0.31/bin/python"
TIMED_IN_CLIENT = """
import json, sys, time
import wandb
run = wandb.Api().run(sys.argv[1])
begin = time.perf_counter()
rows = sum(1 for _ in run.scan_history())
scan = rows / (time.perf_counter() - begin)
begin = time.perf_counter()
picked = sum(1 for _ in run.scan_history(keys=["_step", "g0/metric_0", "g1/metric_1"]))
picking = picked / (time.perf_counter() - begin)
def latency(**options):
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        run.history(pandas=False, **options)
        times.append(time.perf_counter() - begin)
    return sorted(times)[10] * 1e3
facts = {"rows": rows, "scan": scan, "picked": picked, "picking": picking,
         "history": latency(), "keys": latency(keys=["g0/metric_0"])}
print(json.dumps(facts))
"""


def columns(num_rows: int) -> list[np.ndarray]:
    """The values of each key."""
    matrix = values(np.random.default_rng(0), num_rows, KEYS)
    return [np.ascontiguousarray(matrix[:, i]) for i in range(KEYS)]


def fill(folder: Path, entity: str, run: str, found: list[np.ndarray]) -> None:
    """Logs a run of these columns and seals it."""
    num_rows = len(found[0])
    kinds = [
        ValueKind.INT if (column == np.floor(column)).all() else ValueKind.FLOAT for column in found
    ]
    start = time.time()
    times = np.round(start + np.arange(num_rows) * 0.1, 6)
    store = SqliteStore(folder, durability="process")
    try:

        def begin(tx: Transaction) -> object:
            actor = actor_for_user(tx, tx.accounts.entity(entity).id)
            return begin_run(tx, actor, None, PROJECT, run, RunUpdate())[0]

        begun = store.write(begin).result()
        for row in range(0, num_rows, BATCH):
            part = slice(row, min(row + BATCH, num_rows))
            batch = HistoryBatch(
                row0=row,
                step=np.arange(part.start, part.stop, dtype=np.int64),
                time=times[part],
                runtime=np.round(times[part] - start, 6),
                numbers={
                    f"g{i % 7}/metric_{i}": Numbers(column[part], None, kinds[i])
                    for i, column in enumerate(found)
                },
            )

            def log(tx: Transaction, batch: HistoryBatch = batch) -> None:
                actor = actor_for_user(tx, tx.accounts.entity(entity).id)
                record(tx, actor, entity, PROJECT, run, Report(history=batch))

            store.write(log).result()
        store.seal_run(begun.id)
    finally:
        store.close()


def baseline_s(found: list[np.ndarray]) -> float:
    """Seconds that pyarrow takes to write the columns as Parquet, as it does by itself."""
    table = pyarrow.table({f"k{i}": column for i, column in enumerate(found)})
    begin = time.perf_counter()
    pyarrow.parquet.write_table(table, io.BytesIO())
    return time.perf_counter() - begin


def download(s: Server, path: str) -> tuple[float, int, float]:
    """Seconds, bytes, and CPU seconds of the server, to receive an answer and drop it."""
    cpu = s.cpu_s()
    begin, size = time.perf_counter(), 0
    with s.client() as client, client.stream("GET", path) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_raw():
            size += len(chunk)
    return time.perf_counter() - begin, size, s.cpu_s() - cpu


class Neighbour(threading.Thread):
    """Asks for a small thing all the time: what others notice of an export."""

    def __init__(self, s: Server, path: str) -> None:
        super().__init__(daemon=True)
        self._server = s
        self._path = path
        self._is_over = threading.Event()
        self.times: list[float] = []

    def run(self) -> None:
        """Asks until told to end."""
        with self._server.client() as client:
            while not self._is_over.is_set():
                begin = time.perf_counter()
                client.get(self._path).raise_for_status()
                self.times.append(time.perf_counter() - begin)
                time.sleep(0.01)

    def end(self) -> None:
        """Waits for the last answer."""
        self._is_over.set()
        self.join()


def through_client(s: Server, path: str) -> dict[str, float]:
    """What the real client measures of itself; its home is a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [CLIENT, "-c", TIMED_IN_CLIENT, path],
            env={
                "HOME": home,
                "PATH": "/usr/bin:/bin",
                "WANDB_BASE_URL": s.url,
                "WANDB_API_KEY": s.api_key,
                "WANDB_SILENT": "true",
            },
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--client-rows", type=int, default=50_000)
    options = parser.parse_args()
    found = columns(options.rows)
    with tempfile.TemporaryDirectory(prefix="runstone-bench-") as name:
        folder = Path(name)
        with server(folder) as s, s.client() as client:
            entity = s.entity(client)
        fill(folder, entity, "long", found)
        fill(folder, entity, "short", [column[: options.client_rows] for column in found])
        with server(folder) as s:
            print_table(
                f"Export of {options.rows:,} rows × {KEYS} keys, and reading by the client",
                measure(s, entity, found, options.client_rows),
            )


def measure(
    s: Server, entity: str, found: list[np.ndarray], client_rows: int
) -> list[tuple[str, str, str]]:
    """The figures, line by line."""
    base = f"/api/v1/projects/{entity}/{PROJECT}/runs"
    num_values = len(found[0]) * KEYS
    base_s = baseline_s(found)
    rows = [("pyarrow, from memory to memory", f"{num_values / base_s / 1e6:.1f} M values/s", "")]
    idle_mb = s.rss_mb()
    for wanted, figure in (("parquet", "≥ 50"), ("arrow", ""), ("csv", ""), ("jsonl", "")):
        path = f"{base}/long/history?format={wanted}"
        taken = min((download(s, path) for _ in range(3 if figure else 1)), key=lambda one: one[0])
        seconds, size, cpu = taken
        rows.append(
            (
                f"{wanted} over HTTP",
                f"{num_values / seconds / 1e6:.1f} M values/s ({base_s / seconds:.2f} of pyarrow), "
                f"{size / num_values:.1f} B/value, {cpu:.2f} s of CPU",
                figure and f"{figure} M values/s",
            )
        )
    rows.append(("server's memory, idle and after", f"{idle_mb:.0f}, {s.rss_mb():.0f} MB", ""))
    neighbour = Neighbour(s, f"{base}/short")
    neighbour.start()
    download(s, f"{base}/long/history")
    neighbour.end()
    late = percentile(neighbour.times, 95) * 1e3
    rows.append(("a run's page during an export, p95", f"{late:.1f} ms", ""))
    facts = through_client(s, f"{entity}/{PROJECT}/short")
    assert facts["rows"] == facts["picked"] == client_rows, facts
    rows += [
        ("scan_history, wandb 0.31", f"{facts['scan']:,.0f} rows/s", ""),
        ("scan_history of two keys", f"{facts['picking']:,.0f} rows/s", ""),
        ("history(), 500 samples, p50", f"{facts['history']:.0f} ms", ""),
        ("history(keys=…), p50", f"{facts['keys']:.0f} ms", ""),
    ]
    return rows


if __name__ == "__main__":
    main()
