"""The history engine in process: packing, appending, sealing, charts, scans; no HTTP, no JSON.

Run: python bench/history_engine.py [--long-rows 500000] [--profile NAME]

20 runs × 50 metrics × 10k rows and 20 runs × 5 metrics × 500k rows are appended in batches of
100 rows, 20 batches to a durable commit, while another thread seals; then charts are timed.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import platform
import pstats
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw
import numpy as np
from pcodec import ChunkConfig, standalone

from bodies import values
from runstone.domain.history import (
    Axis,
    HistoryBatch,
    Numbers,
    RowFilter,
    SeriesQuery,
    StreamKind,
    ValueKind,
)
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.journal import pack
from runstone.storage.sql.named import read
from runstone.storage.sqlite.database import connect
from runstone.storage.sqlite.history import SqliteHistory, SqliteHistoryReader
from runstone.storage.sqlite.sealing import SqliteSealer

T = TypeVar("T")
RUNS, SHORT_ROWS, SHORT_KEYS, LONG_KEYS = 20, 10_000, 50, 5
BATCH_ROWS, BATCHES_PER_COMMIT = 100, 20
FIRST_LONG, FIRST_LIVE, FIRST_WIDE = 1_000, 2_000, 3_000


class Engine:
    """A database with one writing connection behind a lock, as the store's commit thread is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = connect(path)
        self._writer.execute(read("runstone.storage.sqlite", "schema/history.sql")).fetchall()
        self._lock = threading.Lock()
        self._local = threading.local()
        self.longest_unit = 0.0
        self.cache = ReadCache()
        self.sealer = SqliteSealer(self.reader, self.write)
        self.connection = self.reader()

    def reader(self) -> apsw.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = connect(self.path)
        found: apsw.Connection = self._local.connection
        return found

    def write(self, unit: Callable[[apsw.Connection], T]) -> T:
        """One durable commit."""
        with self._lock:
            begin = time.perf_counter()
            self._writer.execute("BEGIN IMMEDIATE")
            found = unit(self._writer)
            self._writer.execute("COMMIT")
            self.longest_unit = max(self.longest_unit, time.perf_counter() - begin)
            return found

    def open(self, run: int) -> StreamId:
        """A stream."""
        return self.write(lambda c: SqliteHistory(c).open_stream(RunId(run), StreamKind.HISTORY).id)

    def read(self, unit: Callable[[SqliteHistoryReader], T]) -> T:
        """One snapshot."""
        self.connection.execute("BEGIN")
        try:
            return unit(SqliteHistoryReader(self.connection, self.cache))
        finally:
            self.connection.execute("ROLLBACK")

    def file_bytes(self) -> int:
        """Of the pages in use."""
        self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        ((pages, free, size),) = self._writer.execute(
            "SELECT page_count, freelist_count, page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        )
        return int((pages - free) * size)


def batches(seed: int, num_rows: int, num_keys: int, batch: int = BATCH_ROWS) -> list[HistoryBatch]:
    """A run's batches, as the ingest service makes them."""
    rng = np.random.default_rng(seed)
    table = np.ascontiguousarray(values(rng, num_rows, num_keys).T)
    names = [f"group{m % 7}/metric_{m}" for m in range(num_keys)]
    whole = [bool((column == np.rint(column)).all()) for column in table]
    step = np.arange(num_rows)
    at = 1.79e9 + step * 0.1 + rng.uniform(-0.005, 0.005, num_rows)
    at = np.round(at, 6)
    runtime = np.round(at - 1.79e9, 6)
    return [
        HistoryBatch(
            i,
            step[i : i + batch],
            at[i : i + batch],
            runtime[i : i + batch],
            {
                name: Numbers(
                    column[i : i + batch], None, ValueKind.INT if is_whole else ValueKind.FLOAT
                )
                for name, column, is_whole in zip(names, table, whole, strict=True)
            },
        )
        for i in range(0, num_rows, batch)
    ]


def best_us(action: Callable[[], object], repeats: int = 300) -> float:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return float(np.median(times)) * 1e6


def baseline(folder: Path) -> list[tuple[str, str]]:
    """What the machine gives right now: read every other figure beside these."""
    rng = np.random.default_rng(0)
    walk = (np.cumsum(rng.normal(size=65_536)) * 0.01).astype(np.float32).astype(np.float64)
    packed = standalone.simple_compress(walk, ChunkConfig(compression_level=4))
    with (folder / "sync").open("wb") as file:

        def sync() -> None:
            file.write(bytes(400_000))
            file.flush()
            os.fdatasync(file.fileno())

        fsync = best_us(sync, 40) / 1e3
    return [
        ("pco: decode 65,536 floats (quiet: 153 µs)",
         f"{best_us(lambda: standalone.simple_decompress(packed), 100):.0f} µs"),
        ("pco: encode them (quiet: 2,680 µs)",
         f"{best_us(lambda: standalone.simple_compress(walk, ChunkConfig(compression_level=4)), 20):.0f} µs"),  # noqa: E501
        ("fdatasync of 400 kB (spike: below 1 ms)", f"{fsync:.2f} ms"),
    ]  # fmt: skip


def packing() -> list[tuple[str, str]]:
    large, small = batches(0, 100, 100)[0], batches(0, 1, 10)[0]
    mixed = HistoryBatch(
        0, large.step, large.time, large.runtime,
        {**dict(list(large.numbers.items())[:50]),
         "sparse": Numbers(np.arange(10.0), np.arange(10, dtype=np.uint32))},
    )  # fmt: skip
    return [
        ("pack 100 × 100 dense", f"{best_us(lambda: pack(large)):.1f} µs"),
        ("pack 1 × 10 dense", f"{best_us(lambda: pack(small)):.1f} µs"),
        ("pack 100 × 50 and a sparse key", f"{best_us(lambda: pack(mixed)):.1f} µs"),
    ]


def appending(engine: Engine) -> list[tuple[str, str]]:
    found = []
    for run, rows, keys in ((9_000, 100, 100), (9_001, 1, 10)):
        stream = engine.open(run)
        todo = batches(1, rows * 300, keys, rows)
        times: list[float] = []

        def unit(c: apsw.Connection, stream: StreamId = stream, todo: list[HistoryBatch] = todo,
                 times: list[float] = times) -> None:  # fmt: skip
            history = SqliteHistory(c)
            for batch in todo:
                begin = time.perf_counter()
                history.append(stream, batch)
                times.append(time.perf_counter() - begin)

        engine.write(unit)
        engine.write(lambda c, run=run: SqliteHistory(c).erase_some(RunId(run), max_bytes=2**60))  # type: ignore[misc]
        found.append((f"append {rows} × {keys}, no commit", f"{np.median(times) * 1e6:.1f} µs"))
    return found


def ingest(engine: Engine, first_run: int, num_rows: int, num_keys: int) -> list[tuple[str, str]]:
    streams = [engine.open(first_run + i) for i in range(RUNS)]
    done = threading.Event()

    def seal() -> None:
        while not done.is_set():
            if not engine.sealer.seal_due():
                time.sleep(0.02)

    sealer = threading.Thread(target=seal)
    made = [batches(first_run + i, num_rows, num_keys) for i in range(RUNS)]
    engine.longest_unit = 0.0
    cpu, begin = time.process_time(), time.perf_counter()
    sealer.start()
    group: list[tuple[StreamId, HistoryBatch]] = []

    def unit(c: apsw.Connection) -> None:
        history = SqliteHistory(c)
        for stream, batch in group:
            history.append(stream, batch)

    for i in range(len(made[0])):
        for run, stream in enumerate(streams):
            group.append((stream, made[run][i]))
            if len(group) == BATCHES_PER_COMMIT:
                engine.write(unit)
                group.clear()
    acked = time.perf_counter() - begin
    done.set()
    sealer.join()
    sealed_live = engine.read(lambda h: h.stats()).journal_rows
    for i in range(RUNS):
        engine.sealer.seal_run(RunId(first_run + i))
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    points = RUNS * num_rows * num_keys
    stats = engine.read(lambda h: h.stats([RunId(first_run + i) for i in range(RUNS)]))
    name = f"{RUNS} × {num_keys} keys × {num_rows:,} rows"
    return [
        (f"{name}: appended and sealed", f"{points / wall / 1e6:.1f} M points/s"),
        (f"{name}: acknowledged", f"{points / acked / 1e6:.1f} M points/s"),
        (f"{name}: CPU", f"{cpu / points * 1e6:.3f} s / M points"),
        (f"{name}: rows unsealed at the end", f"{sealed_live:,}"),
        (f"{name}: longest write unit", f"{engine.longest_unit * 1e3:.0f} ms"),
        (f"{name}: chunk bytes", f"{stats.chunk_bytes / points:.2f} B / point"),
    ]


def chart(engine: Engine, name: str, query: Callable[[int], SeriesQuery], n: int = 40
          ) -> tuple[str, str]:  # fmt: skip
    times = []
    for i in range(n):
        begin = time.perf_counter()
        engine.read(lambda h, i=i: h.series(query(i)))  # type: ignore[misc]
        times.append((time.perf_counter() - begin) * 1e3)
    p50, p95 = np.percentile(times[1:], (50, 95))
    return name, f"p50 {p50:.1f}, p95 {p95:.1f} ms"


def charts(engine: Engine, long_rows: int) -> list[tuple[str, str]]:
    short = [RunId(i) for i in range(RUNS)]
    long = [RunId(FIRST_LONG + i) for i in range(RUNS)]

    def zoomed(part: float, axis: Axis = Axis.STEP) -> Callable[[int], SeriesQuery]:
        def query(i: int) -> SeriesQuery:
            width = long_rows * part
            lo = (i * 0.37 % 1) * (long_rows - width)
            if axis is not Axis.STEP:
                lo, width = lo * 0.1, width * 0.1
            if axis is Axis.TIME:
                lo += 1.79e9
            key = f"group{i % LONG_KEYS}/metric_{i % LONG_KEYS}"
            return SeriesQuery(long, [key], axis=axis, lo=lo, hi=lo + width)

        return query

    found = [
        chart(engine, "20 × 10k, whole",
              lambda i: SeriesQuery(short, [f"group{i % 7}/metric_{i % SHORT_KEYS % 7}"])),
        chart(engine, "20 × 10k, 10 %",
              lambda i: SeriesQuery(short, ["group1/metric_1"], lo=i * 100, hi=i * 100 + 1000)),
    ]  # fmt: skip
    found += [
        chart(engine, f"20 × {long_rows:,}, whole, {axis}", zoomed(1.0, axis)) for axis in Axis
    ]
    found += [
        chart(engine, f"20 × {long_rows:,}, {part:.1%}", zoomed(part))
        for part in (0.5, 0.26, 0.2, 0.1, 0.05, 0.01, 0.001)
    ]
    found.append(chart(engine, f"20 × {long_rows:,}, 10 %, relative", zoomed(0.1, Axis.RELATIVE)))
    keys = [f"group{m % 7}/metric_{m}" for m in range(SHORT_KEYS)]
    found.append(chart(engine, "50 charts × 20 runs × 10k", lambda i: SeriesQuery(short, keys), 6))
    return found


def live(engine: Engine) -> list[tuple[str, str]]:
    """20 running runs with 200 one-second batches each in the journal."""
    streams = [engine.open(FIRST_LIVE + i) for i in range(RUNS)]
    made = [batches(i, 2_010, 100, 10) for i in range(RUNS)]

    def add(first: int, last: int) -> None:
        def unit(c: apsw.Connection) -> None:
            for stream, todo in zip(streams, made, strict=True):
                for batch in todo[first:last]:
                    SqliteHistory(c).append(stream, batch)

        engine.write(unit)

    add(0, 160)
    runs = [RunId(FIRST_LIVE + i) for i in range(RUNS)]
    query = SeriesQuery(runs, ["group1/metric_1"])
    begin = time.perf_counter()
    engine.read(lambda h: h.series(query))
    cold = (time.perf_counter() - begin) * 1e3
    times = []
    for i in range(160, 200):
        add(i, i + 1)
        begin = time.perf_counter()
        engine.read(lambda h: h.series(query))
        times.append((time.perf_counter() - begin) * 1e3)
    keys = best_us(lambda: engine.read(lambda h: h.keys(runs)), 10) / 1e3
    return [
        ("20 live runs, 160 batches each in the journal, first chart", f"{cold:.1f} ms"),
        ("… each following chart, one batch more", f"p50 {np.median(times):.1f} ms"),
        ("… keys of 20 live runs × 100 keys", f"{keys:.1f} ms"),
    ]


def others(engine: Engine, long_rows: int) -> list[tuple[str, str]]:
    long = [RunId(FIRST_LONG + i) for i in range(RUNS)]
    short = [RunId(i) for i in range(RUNS)]
    info = engine.read(lambda h: h.stream(long[0], StreamKind.HISTORY))
    assert info is not None
    begin = time.perf_counter()
    num = engine.read(lambda h: sum(b.num_rows * len(b.numbers) for b in h.scan(info.id)))
    scan = num / (time.perf_counter() - begin) / 1e6
    keys = ["group1/metric_1"]
    few = RowFilter(keys=keys, min_step=long_rows // 2, limit=1_000)
    kind = StreamKind.HISTORY

    def ms(unit: Callable[[SqliteHistoryReader], object], repeats: int = 20) -> str:
        return f"{best_us(lambda: engine.read(unit), repeats) / 1e3:.1f} ms"

    begin = time.perf_counter()
    engine.write(lambda c: SqliteHistory(c).erase_some(long[3], max_bytes=2**60))
    deleted = (time.perf_counter() - begin) * 1e3
    return [
        ("scan of one long run", f"{scan:.0f} M values/s"),
        ("keys of 20 runs × 50 keys", ms(lambda h: h.keys(short))),
        ("1,000 rows out of a long run", ms(lambda h: h.rows(long[1], few))),
        ("sample of 500 rows of a long run", ms(lambda h: h.sample(long[2], kind, keys, 500))),
        ("delete a long run, durably", f"{deleted:.1f} ms"),
    ]


def wide(engine: Engine) -> list[tuple[str, str]]:
    stream = engine.open(FIRST_WIDE)
    made = batches(3, 1_000, 10_000, 10)
    engine.longest_unit = 0.0
    begin = time.perf_counter()
    for batch in made:
        engine.write(lambda c, b=batch: SqliteHistory(c).append(stream, b))  # type: ignore[misc]
    appended = engine.longest_unit
    engine.longest_unit = 0.0
    engine.sealer.seal_run(RunId(FIRST_WIDE))
    wall = time.perf_counter() - begin
    query = SeriesQuery([RunId(FIRST_WIDE)], ["group1/metric_8"], buckets=200)
    return [
        ("1 run × 10,000 keys × 1,000 rows", f"{10 / wall:.1f} M points/s"),
        ("… longest write unit, appending / sealing",
         f"{appended * 1e3:.0f} / {engine.longest_unit * 1e3:.0f} ms"),
        chart(engine, "… one key of it", lambda _: query),
    ]  # fmt: skip


def show(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, figure in rows:
        print(f"  {name:<62} {figure:>24}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--long-rows", type=int, default=500_000)
    arguments.add_argument(
        "--only", default="baseline packing appending ingest baseline charts live others wide"
    )
    arguments.add_argument("--profile", default="")
    options = arguments.parse_args()
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")
    print(
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy"
        f" {np.__version__}, SQLite {apsw.sqlite_lib_version()}, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory(dir=".") as folder:
        engine = Engine(Path(folder) / "engine.db")
        num_points = RUNS * (SHORT_ROWS * SHORT_KEYS + options.long_rows * LONG_KEYS)
        parts: dict[str, Callable[[], list[tuple[str, str]]]] = {
            "baseline": lambda: baseline(Path(folder)),
            "packing": packing,
            "appending": lambda: appending(engine),
            "ingest": lambda: [
                *ingest(engine, 0, SHORT_ROWS, SHORT_KEYS),
                *ingest(engine, FIRST_LONG, options.long_rows, LONG_KEYS),
                ("file", f"{engine.file_bytes() / num_points:.2f} B / point"),
            ],
            "charts": lambda: charts(engine, options.long_rows),
            "live": lambda: live(engine),
            "others": lambda: others(engine, options.long_rows),
            "wide": lambda: wide(engine),
        }  # fmt: skip
        for name in options.only.split():
            profile = cProfile.Profile()
            if options.profile == name:
                profile.enable()
            rows = parts[name]()
            profile.disable()
            show(name, rows)
            if options.profile == name:
                pstats.Stats(profile).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
