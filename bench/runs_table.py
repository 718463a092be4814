"""The runs table over HTTP: 100,000 runs × (100 config + 100 summary keys).

Run: python bench/runs_table.py [--runs 100000] [--rebuild]

The data folder is built with SQL once and kept under .cache/bench. Measured on a real server:
three filters, a sort and a page of 50, warm; the first use of a key, and of an aggregate of the
history (50 keys in one sealed segment of each run, whose figures are written and whose values are
not: nothing here reads them); groups, the values of a key; the same while 200 runs a second are
updated through the wandb protocol; and a tag put on all runs by one request, with what the updates
beside it wait. Baseline in the same run: the same question put to SQLite over the JSON documents of
the same file.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import httpx
import numpy as np

from harness import ROOT, Server, our_layout, percentile, print_table, server
from runstone.storage.chunks.figures import encode_figures

PROJECT = "bench-table"
NUM_KEYS = 100
NUM_METRICS = 50
FILTER = (
    'config["param_004"] < 500 and summary["metric/000"] > 0.5 and config["param_002"] == "ccccc"'
)
SORT = '-summary["metric/001"]'
REPEATS = 200
GROUPS = {
    "group_by": 'config["param_002"], state, tags',
    "aggregates": 'mean(summary["metric/000"]), min(summary["metric/001"]), '
    'median(summary["metric/002"]), last(summary["metric/003"]), best(summary["metric/004"], max)',
    "sort": '-mean(summary["metric/000"])',
}
SCAN = """
SELECT r.id FROM run r
JOIN run_config c ON c.run_id = r.id
JOIN run_summary s ON s.run_id = r.id
WHERE c.config ->> '$."param_004"' < 500 AND s.summary ->> '$."metric/000"' > 0.5
    AND c.config ->> '$."param_002"' = 'ccccc'
ORDER BY s.summary ->> '$."metric/001"' DESC LIMIT 50
"""


def documents(rng: random.Random) -> tuple[str, str]:
    """A config of floats, integers and texts, and a summary of floats."""
    config = {
        f"param_{k:03d}": rng.random()
        if k % 3 == 0
        else rng.randrange(1_000)
        if k % 3 == 1
        else rng.choice("abcdefgh") * 5
        for k in range(NUM_KEYS)
    }
    summary = {f"metric/{k:03d}": rng.random() for k in range(NUM_KEYS)}
    return json.dumps(config), json.dumps(summary)


def build(folder: Path, num_runs: int) -> None:
    """Fills a new data folder: the server makes it, SQL adds the runs."""
    folder.mkdir(parents=True)
    with server(folder) as s, s.client() as client:
        s.create_run(client, PROJECT, "first")
    connection = apsw.Connection(str(folder / "runstone.db"))
    connection.execute("PRAGMA synchronous = OFF")
    project, user, seq = connection.execute(
        "SELECT project_id, user_id, (SELECT value FROM counter WHERE name = 'change_seq') FROM run"
    ).fetchall()[0]
    rng = random.Random(7)
    now = time.time_ns() // 1_000

    def rows() -> Iterator[tuple[Any, ...]]:
        for i in range(num_runs):
            at = now - (num_runs - i) * 1_000_000
            tags = json.dumps(rng.sample(["baseline", "sweep", "paper", "old"], rng.randrange(3)))
            state = rng.choice(["finished", "failed", "crashed"])
            name = f"{rng.choice(['resnet', 'vit', 'mlp'])}-{i}"
            group = f"group-{i % 500}"
            yield (
                project,
                f"run{i}",
                i + 1,
                name,
                state,
                at,
                at,
                at + 9**9,
                user,
                group,
                tags,
                seq + i,
            )

    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO run (project_id, name, number, display_name, state, created_at, heartbeat_at,"
        " finished_at, user_id, run_group, tags, notes, stop_requested, change_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?)",
        rows(),
    )
    (first,) = connection.execute("SELECT min(id) FROM run WHERE name LIKE 'run%'").fetchall()[0]
    texts = [(first + i, *documents(rng)) for i in range(num_runs)]
    connection.executemany(
        "INSERT INTO run_config (run_id, config, client_info) VALUES (?, jsonb(?), '{}')",
        ((run, config) for run, config, _ in texts),
    )
    connection.executemany(
        "INSERT INTO run_summary (run_id, summary) VALUES (?, jsonb(?))",
        ((run, summary) for run, _, summary in texts),
    )
    build_histories(connection, first, num_runs)
    connection.execute("UPDATE counter SET value = ? WHERE name = 'change_seq'", (seq + num_runs,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute("ANALYZE")
    connection.close()


def build_histories(connection: apsw.Connection, first: int, num_runs: int) -> None:
    """A sealed stream of 100 rows for each run, as far as tables of runs read it."""
    names = [(f"loss/{k:02d}",) for k in range(NUM_METRICS)]
    connection.executemany("INSERT INTO metric_key (name) VALUES (?)", names)
    keys = [
        row[0] for row in connection.execute("SELECT id FROM metric_key WHERE name LIKE 'loss/%'")
    ]

    generator = np.random.default_rng(7)

    def figures() -> str:
        values = generator.random((NUM_METRICS, 3))
        parts = (f'"{key}":"{encode_figures(row)}"' for key, row in zip(keys, values, strict=True))
        return "{" + ",".join(parts) + "}"

    runs = range(first, first + num_runs)
    connection.executemany(
        "INSERT INTO stream (run_id, kind, writer, next_row, sealed_rows, num_points,"
        " sealed_points, first_time, last_step, last_time)"
        " VALUES (?, 'history', '', 100, 100, 5000, 5000, 0.0, 99, 99.0)",
        ((run,) for run in runs),
    )
    connection.execute(
        "INSERT INTO segment (stream_id, row0, num_rows, state, num_points, num_bytes,"
        " step_ascending, time_ascending, relative_ascending, step, time, runtime)"
        " SELECT id, 0, 100, 1, 5000, 0, 0, 0, 0, x'', x'', x'' FROM stream"
        " WHERE run_id BETWEEN ? AND ?",
        (runs[0], runs[-1]),
    )
    segments = connection.execute(
        "SELECT s.id, t.run_id, t.id FROM segment s JOIN stream t ON t.id = s.stream_id"
        " WHERE t.run_id BETWEEN ? AND ? ORDER BY s.id",
        (runs[0], runs[-1]),
    ).fetchall()
    # What no segment has a value of is forgotten.
    connection.executemany(
        "INSERT INTO chunk (segment_id, key_id, is_object, num_values, kind, data)"
        " VALUES (?, ?, 0, 100, 0, x'')",
        [(segments[0][0], key) for key in keys],
    )
    connection.executemany(
        "INSERT INTO segment_figures (segment_id, run_id, stream_id, row0, figures)"
        " VALUES (?, ?, ?, 0, jsonb(?))",
        ((*segment, figures()) for segment in segments),
    )


class Table:
    """Asks a server for pages of the table, and notes how long each took."""

    def __init__(self, s: Server, client: httpx.Client) -> None:
        self._client = client
        self._path = f"/api/v1/projects/{s.entity(client)}/{PROJECT}"

    def ask(self, *, at: str = "/runs", **params: Any) -> tuple[float, Any]:
        """Milliseconds, and the answer."""
        begin = time.perf_counter()
        answer = self._client.get(self._path + at, params={"limit": 50, **params})
        took = (time.perf_counter() - begin) * 1e3
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        return took, answer.json()

    def repeat(self, times: int, *, at: str = "/runs", **params: Any) -> list[float]:
        """Milliseconds of each of many."""
        return [self.ask(at=at, **params)[0] for _ in range(times)]

    def change(self, **wanted: Any) -> tuple[float, Any]:
        """Changes runs; seconds, and the answer."""
        begin = time.perf_counter()
        answer = self._client.post(f"{self._path}/runs/bulk", json=wanted, timeout=120)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        return time.perf_counter() - begin, answer.json()


def update_runs(
    s: Server,
    entity: str,
    worker: int,
    per_second: int,
    stop: threading.Event,
    waits: list[float],
) -> None:
    """Reports new summaries of live runs until `stop`; notes how long each answer took, in ms."""
    rng = random.Random(1)
    with s.client() as client:
        names = [f"live{worker}-{i}" for i in range(per_second)]
        for name in names:
            s.create_run(client, PROJECT, name)
        bodies = [
            {"files": {"wandb-summary.json": {"offset": 0, "content": [documents(rng)[1]]}}}
            for _ in range(50)
        ]
        begin, number = time.perf_counter(), 0
        while not stop.is_set():
            due = begin + number / per_second
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            path = f"/files/{entity}/{PROJECT}/{names[number % len(names)]}/file_stream"
            sent = time.perf_counter()
            client.post(path, json=bodies[number % len(bodies)]).raise_for_status()
            waits.append((time.perf_counter() - sent) * 1e3)
            number += 1


def scan_ms(folder: Path, repeats: int) -> list[float]:
    """The same question by SQL over the documents."""
    connection = apsw.Connection(str(folder / "runstone.db"), flags=apsw.SQLITE_OPEN_READONLY)
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        connection.execute(SCAN).fetchall()
        times.append((time.perf_counter() - begin) * 1e3)
    connection.close()
    return times


def own_mb(s: Server) -> float:
    """Memory of the server's own, without the mapped database, in MB."""
    for line in Path(f"/proc/{s.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def shown(times: list[float]) -> str:
    """Median and 95th percentile."""
    return f"p50 {percentile(times, 50):.1f} ms, p95 {percentile(times, 95):.1f} ms"


def forget_file(folder: Path) -> None:
    """Lets the system keep no page of the database in memory."""
    with (folder / "runstone.db").open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_file(folder: Path) -> None:
    """Brings the database into the system's memory, as it is on a server that is in use."""
    with (folder / "runstone.db").open("rb") as file:
        while file.read(1 << 24):
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--seconds", type=float, default=20.0, help="of updates")
    arguments = parser.parse_args()
    folder = ROOT / ".cache" / "bench" / f"runs-table-{arguments.runs}"
    if arguments.rebuild:
        shutil.rmtree(folder, ignore_errors=True)
    complete = folder / "complete"
    if not complete.exists() or complete.read_text() != our_layout():
        shutil.rmtree(folder, ignore_errors=True)
        build(folder, arguments.runs)
        complete.write_text(our_layout())
    rows: list[tuple[str, str, str]] = []
    waits: list[float] = []
    with server(folder) as s, s.client() as client:
        table = Table(s, client)
        idle_mb = own_mb(s)
        table.ask(limit=1)
        forget_file(folder)
        from_disk = [
            table.ask(sort='config["param_005"]')[0],
            table.ask(sort='summary["metric/005"]')[0],
        ]
        read_file(folder)
        before = s.cpu_s()
        first = [table.ask(sort=f'config["param_{k:03d}"]')[0] for k in range(10, 30)]
        first += [table.ask(sort=f'-summary["metric/{k:03d}"]')[0] for k in range(10, 30)]
        first_cpu = (s.cpu_s() - before) / len(first) * 1e3
        cold, answer = table.ask(filter=FILTER, sort=SORT)
        before = s.cpu_s()
        warm = table.repeat(REPEATS, filter=FILTER, sort=SORT)
        warm_cpu = (s.cpu_s() - before) / REPEATS * 1e3
        paged, cursor = [], answer["next_cursor"]
        while cursor and len(paged) < 50:
            took, page = table.ask(filter=FILTER, sort=SORT, cursor=cursor)
            cursor = page["next_cursor"]
            paged.append(took)
        named, _ = table.ask(filter='name ~ "resnet-.*7$"', sort="name")
        names = table.repeat(50, filter='name ~ "resnet-.*7$"', sort="name")
        plain = table.repeat(50)
        logged = [
            table.ask(sort=f'{aggregate}(history["loss/{k:02d}"])')[0]
            for k in range(10)
            for aggregate in ("min", "last")
        ]
        logged_warm = table.repeat(50, sort='min(history["loss/00"])')
        grouped_first, _ = table.ask(at="/groups", **GROUPS)
        grouped = table.repeat(50, at="/groups", **GROUPS)
        values = table.repeat(50, at="/values", key='config["param_001"]', filter=FILTER)
        many_values = table.repeat(20, at="/values", key='config["param_000"]')
        mb, mapped_mb = own_mb(s), s.rss_mb()
        stop = threading.Event()
        entity = s.entity(client)
        # Each waits for its commit, so several are needed for the rate.
        updates = [
            threading.Thread(target=update_runs, args=(s, entity, w, 50, stop, waits), daemon=True)
            for w in range(4)
        ]
        for thread in updates:
            thread.start()
        time.sleep(3.0)
        busy: list[float] = []
        end = time.monotonic() + arguments.seconds
        while time.monotonic() < end:
            busy.append(table.ask(filter=FILTER, sort=SORT)[0])
            time.sleep(0.2)
        busy_first = [table.ask(sort=f'config["param_{k:03d}"]')[0] for k in range(40, 50)]
        busy_logged = [table.ask(sort=f'max(history["loss/{k}"])')[0] for k in range(40, 50)]
        busy_grouped = table.repeat(20, at="/groups", **GROUPS)
        before_bulk = len(waits)
        tagged_s, tagged = table.change(action="add_tags", tags=["bulk"], filter="true")
        time.sleep(0.5)
        during_bulk = waits[before_bulk:]
        table.change(action="remove_tags", tags=["bulk"], filter="true")
        stop.set()
        for thread in updates:
            thread.join()
        rate = len(waits) / (time.monotonic() - end + arguments.seconds + 3.0)
        scans = scan_ms(folder, 5)
        rows += [
            ("3 filters + sort + page of 50, warm", shown(warm), "p95 <= 25 ms"),
            ("following pages of it", shown(paged), "p95 <= 25 ms"),
            ("first use of a key (40 keys)", shown(first), "<= 150 ms"),
            (
                "first of a config, of a summary, all of it on disk",
                " and ".join(f"{took:.0f}" for took in from_disk) + " ms",
                "",
            ),
            ("server CPU for each of both", f"{warm_cpu:.1f} ms, {first_cpu:.0f} ms", ""),
            ("first use of 4 keys at once", f"{cold:.0f} ms", ""),
            ("pattern on 100k distinct names + sort, first", f"{named:.0f} ms", ""),
            ("the same, warm", shown(names), "p95 <= 25 ms"),
            ("plain list, newest first", shown(plain), ""),
            (f"warm query during {rate:.0f} updates/s", shown(busy), "p95 <= 25 ms"),
            ("first use of a key during updates", shown(busy_first), "<= 150 ms"),
            ("first use of an aggregate of the history", shown(logged), "<= 150 ms"),
            ("the same, warm", shown(logged_warm), "p95 <= 25 ms"),
            ("the same, first, during updates", shown(busy_logged), "<= 150 ms"),
            ("3 levels of groups, 5 aggregates, first", f"{grouped_first:.0f} ms", ""),
            ("the same, warm", shown(grouped), ""),
            ("the same, warm, during updates", shown(busy_grouped), ""),
            ("values of a key under 3 filters", shown(values), "p95 <= 25 ms"),
            ("values of a key with 100k different ones", shown(many_values), ""),
            (
                f"a tag on {tagged['num_changed']:,} runs by one request",
                f"{tagged_s:.1f} s",
                "",
            ),
            ("updates during it, answered after", shown(during_bulk), ""),
            ("server's own memory: at start, after all", f"{idle_mb:.0f}, {mb:.0f} MB", ""),
            ("with the system's cache of the mapped file", f"{mapped_mb:.0f} MB", ""),
            ("baseline: the same by SQLite JSONB scan", shown(scans), ""),
            (
                "baseline / warm (medians)",
                f"{percentile(scans, 50) / percentile(warm, 50):.0f} x",
                "",
            ),
            ("runs that pass the filters", f"{answer['total']:,}", ""),
        ]
    print_table(f"Runs table, {arguments.runs:,} runs x {2 * NUM_KEYS} keys", rows)


if __name__ == "__main__":
    main()
