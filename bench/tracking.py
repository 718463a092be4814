"""Logging runs: Runstone's own client beside nine others, in one run.

Run: python bench/tracking.py [--short] [--peers wandb trackio …] [--rows log-1 kill-flat …]

Each peer has a virtual environment of its own (bench/peers/<name>.txt, made on first use below
.cache/bench/peers), Runstone likewise: this checkout with its base dependencies. All log the same
data in calls that mean the same, with their default settings but for system metrics, which are off
where a peer can do without them. `runstone all` is ours with them on; `runstone offline` is ours as
those are measured that have no server, and reads back after `runstone sync`, which counts.

A peer without a server here is measured offline (wandb, SwanLab, neptune-scale) or local (Aim,
goodseed, pandm, tensorboardX, Trackio, as it comes); `mlflow` and `trackio_server` send to their
own server on this machine, and so does Runstone: what is "read back" is read from that server, over
its API.

What is measured, by group of rows:

install     Packages in the environment and their bytes.
import      `import X` (ours: and `runstone.init`) in fresh processes, medians, less a bare
            interpreter; wall and CPU.
empty       A script that begins a run and ends it, likewise: init(), finish(), the whole process,
            and the CPU of it and of all that it leaves behind.
log-1/-50   log() of a dict of 1 or 50 numbers, 20,000 times flat out, 10 s at most, then finish();
            the better of two runs. CPU is that of all the client's processes until finish() is
            through; a server's own is beside it.
ends-*      10 metrics x 10,000 steps, 1 x 100,000, 1,000 x 100, from the first log() until all of
            it was read back by the peer's own reader, value by value. 10 s of log() at most: a
            slow peer's figure is for what it got done. Bytes per point are those of the file or
            folder that keeps the run, or of the server's; finished and at rest (Runstone's server
            packs a run that was silent for a minute: the bench has it do so at once).
kill-*      SIGKILL right after log() number N returned: 5,000 flat out, 200 at 50/s, the same with
            all helper processes killed at once. Then the peer's own way of recovering (`runstone
            sync`), and its reader. Lost are rows for which log() had returned.

Figures are kept in .cache/bench/tracking; a run that was cut goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loggers.peers import ALL, CACHE, Peer, usable
from loggers.tables import Column, Group, print_all
from loggers.work import SHORT, WHOLE, Bench, Figures, Size

RESULTS = CACHE.parent / "tracking"
_PAUSE_S = 0.02


_IMPORT = (Column("wall_ms", "import ms"), Column("cpu_ms", "CPU ms"))
_EMPTY = (
    Column("init_ms", "init() ms"),
    Column("finish_ms", "finish() ms"),
    Column("wall_ms", "whole process ms"),
    Column("cpu_ms", "its CPU ms"),
)
_LOG = (
    Column("p50_us", "p50 µs"),
    Column("p99_us", "p99 µs"),
    Column("loop_per_s", "calls/s in the loop", "more", 0),
    Column("per_s", "calls/s with finish()", "more", 0),
    Column("cpu_us", "CPU µs a call"),
    Column("server_us", "server CPU µs a call", "neither"),
    Column("num", "calls", "neither", 0),
)
_ENDS = (
    Column("loop_s", "loop s", digits=3),
    Column("finish_s", "finish() s", "neither", 3),
    Column("read_s", "reading s", "neither", 3),
    Column("points_per_s", "points/s end to end", "more", 0),
    Column("cpu_s", "CPU s", digits=2),
    Column("server_s", "server CPU s", "neither", 2),
    Column("bytes", "bytes a point"),
    Column("left_bytes", "on the client", "neither"),
    Column("num_points", "points", "neither", 0),
)
_KILL = (Column("lost", "rows lost", digits=0), Column("num", "logged", "neither", 0))


def groups(size: Size) -> list[Group]:
    """All that can be asked."""

    def log(num: int) -> Group:
        title = f"log() of {num} metric{'s' * (num > 1)}, {size.num_calls:,} times flat out"
        return Group(f"log-{num}", title, _LOG, lambda bench, peer: bench.log(peer, num))

    def ends(num: int, rows: int) -> Group:
        title = f"{num:,} metric{'s' * (num > 1)} x {rows:,} steps, until they are read back"
        name = f"ends-{num}x{rows}"
        return Group(name, title, _ENDS, lambda bench, peer: bench.ends(peer, num, rows))

    def kill(name: str, what: str, num: int, pause_s: float, whom: str) -> Group:
        title = f"kill -9 right after log() has returned: {num:,} rows {what}"
        return Group(name, title, _KILL, lambda bench, peer: bench.kill(peer, num, pause_s, whom))

    paced = f"at {1 / _PAUSE_S:.0f}/s"
    return [
        Group(
            "install",
            "Installed",
            (Column("num", "packages", digits=0), Column("mb", "MB")),
            Bench.install,
        ),
        Group("import", f"Import, medians of {size.repeats}, a bare one less", _IMPORT, None),
        Group("empty", f"An empty run, medians of {size.repeats}", _EMPTY, Bench.empty),
        *(log(num) for num in (1, 50)),
        *(ends(*shape) for shape in size.ends),
        kill("kill-flat", "flat out", size.num_flat, 0.0, "alone"),
        kill("kill-paced", paced, size.num_paced, _PAUSE_S, "alone"),
        kill("kill-helpers", f"{paced}, helpers too", size.num_paced, _PAUSE_S, "helpers"),
    ]


class Results:
    """Figures by group and peer, in a file after each of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found: dict[str, dict[str, Any]] = {}
        if path.exists():
            self.found = json.loads(path.read_text())
            print(f"going on with {path}", flush=True)

    def lacks(self, group: Group, peer: Peer) -> bool:
        """Whether it is still to be measured."""
        return peer.name not in self.found.get(group.name, {})

    def keep(self, group: Group, peer: Peer, figures: Figures | str) -> None:
        """Adds what was measured, or why it was not."""
        self.found.setdefault(group.name, {})[peer.name] = figures
        part = self._path.with_suffix(".new")
        part.write_text(json.dumps(self.found, indent=1))
        part.replace(self._path)

    def close(self) -> Path:
        """It is whole: another run begins anew."""
        return self._path.replace(self._path.with_name(f"{self._path.stem}-done.json"))


def measure(bench: Bench, group: Group, peers: Sequence[Peer], results: Results) -> None:
    """What is lacking of a group."""
    lacking = [peer for peer in peers if results.lacks(group, peer)]
    if not lacking:
        return
    if group.measure is None:
        found = bench.imports(lacking)
        for peer in lacking:
            results.keep(group, peer, found[peer.name])
        return
    for peer in lacking:
        began = time.monotonic()
        try:
            figures: Figures | str = group.measure(bench, peer)
        except (RuntimeError, subprocess.SubprocessError) as error:
            figures = str(error)
            print(f"{group.name}, {peer.name}: {error}", file=sys.stderr, flush=True)
        results.keep(group, peer, figures)
        print(f"{group.name}: {peer.name}, {time.monotonic() - began:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names, rows = [peer.name for peer in ALL], [group.name for group in groups(WHOLE)]
    parser.add_argument("--short", action="store_true", help="does it work? A few calls each")
    parser.add_argument("--peers", nargs="+", choices=names, default=names)
    parser.add_argument("--rows", nargs="+", metavar="ROWS", help=f"of {', '.join(rows)}")
    options = parser.parse_args()
    size = SHORT if options.short else WHOLE
    known = groups(size)
    asked = [g for g in known if not options.rows or g.name.startswith(tuple(options.rows))]
    peers = usable(options.peers)
    RESULTS.mkdir(parents=True, exist_ok=True)
    results = Results(RESULTS / ("short.json" if options.short else "tracking.json"))
    scratch = Path(tempfile.mkdtemp(prefix="runstone-bench-tracking-"))
    try:
        bench = Bench(scratch, size)
        for group in asked:
            measure(bench, group, peers, results)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_all(asked, peers, results.found)
    print(f"\nThe figures are in {results.close()}")


if __name__ == "__main__":
    main()
