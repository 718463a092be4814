"""A console of 1 M lines (100 MB), coloured, over HTTP: windows, tail, search, download.

Run: python bench/console.py [--lines 1000000] [--writers 1,8]

Lines arrive through the wandb protocol. The baseline is a text file of the same lines: `grep -c`
of the same words over it. A search is asked on until it ends, as the page does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from harness import Server, print_table, server

PROJECT = "bench-console"
NEEDLE = "needle in it"
BEGIN = datetime(2026, 1, 1)
_LINES_AT_ONCE = 5_000
_REPEATS = 20


def text_of(writer: int, number: int, last: int) -> str:
    """A line as a training loop prints it; one has the needle."""
    words = NEEDLE if (writer, number) == (0, last * 9 // 10) else "x" * 12
    return (
        f"\x1b[32mepoch {number:7}\x1b[0m loss={1 / (number + 1):.6f} acc=0.{number % 9973:04} "
        f"lr=0.000100 throughput=1234.5 samples/s {words}"
    )


def send(running: Server, client: httpx.Client, run: str, writers: int, lines: int) -> None:
    """Prints lines in turn from all writers, a tenth of a millisecond apart."""
    path = f"/files/{running.entity(client)}/{PROJECT}/{run}/file_stream"
    each = lines // writers
    for start in range(0, each, _LINES_AT_ONCE):
        for writer in range(writers):
            content = []
            for number in range(start, min(start + _LINES_AT_ONCE, each)):
                at = BEGIN + timedelta(microseconds=100 * (number * writers + writer))
                text = text_of(writer, number, each)
                content.append(json.dumps({"ts": at.isoformat(), "content": text}))
            name = "output.log" if writers == 1 else f"output_rank{writer}.log"
            body = {"files": {name: {"offset": start, "content": content}}}
            client.post(path, json=body).raise_for_status()


def timed(ask: Callable[[], Any], repeats: int = _REPEATS) -> float:
    """Median milliseconds."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        ask()
        times.append(1e3 * (time.perf_counter() - begin))
    return median(times)


def measure(client: httpx.Client, path: str, lines: int) -> list[tuple[str, str, str]]:
    """Rows of the table."""

    def get(query: str) -> Any:
        return client.get(f"{path}{query}").raise_for_status().json()

    def search(query: str) -> int:
        found, after = 0, 0
        while after is not None:
            answer = get(f"/search?limit=100&after={after}&{query}")
            found += len(answer["matches"])
            after = None if found >= 100 else answer["next"]
        return found

    rows = []
    for place in (0.0, 0.5, 0.999):
        start = int(lines * place)
        took = timed(lambda: get(f"?start={start}&limit=1000"))  # noqa: B023 - called at once
        rows.append((f"1,000 lines at {place:.1%}", f"{took:.1f} ms", "≤ 50 ms"))
    rows.append(("the last 1,000", f"{timed(lambda: get('?tail=1000')):.1f} ms", "≤ 50 ms"))
    for label, query, matches, figure in (
        ("one line in all", f"q={NEEDLE.upper()}", 1, "≤ 2 s"),
        ("absent text", "q=nothing+like+it", 0, "≤ 2 s"),
        ("a common word, 100 lines", "q=loss", 100, "≤ 0.5 s"),
        ("pattern with a literal", "q=needle+in+\\w%2B&regex=true", 1, "≤ 2 s"),
        ("pattern without one", "q=[y-z]{3}&regex=true", 0, ""),
    ):
        assert search(query) == matches, label
        took = timed(lambda: search(query), 3)  # noqa: B023 - called at once
        rows.append((label, f"{took:.0f} ms", figure))
    begin = time.perf_counter()
    with client.stream("GET", f"{path}/download") as answer:
        size = sum(map(len, answer.iter_bytes()))
    rows.append(("download", f"{size / 1e6 / (time.perf_counter() - begin):.0f} MB/s", ""))
    return rows


def baseline(lines: int) -> tuple[str, str, str]:
    """The same words by grep over a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "console.txt"
        with file.open("w") as out:
            out.writelines(f"{text_of(0, number, lines)}\n" for number in range(lines))
        command = ["grep", "-ci", NEEDLE, str(file)]
        took = timed(lambda: subprocess.run(command, check=True, capture_output=True), 3)
        return f"baseline: grep -ci over {file.stat().st_size / 1e6:.0f} MB", f"{took:.0f} ms", ""


def main() -> None:
    """Prints a table for each number of writers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--writers", default="1,8")
    options = parser.parse_args()
    with server() as running, running.client() as client:
        for writers in map(int, options.writers.split(",")):
            run = f"run{writers}"
            running.create_run(client, PROJECT, run)
            begin = time.perf_counter()
            send(running, client, run, writers, options.lines)
            rate = options.lines / (time.perf_counter() - begin)
            entity = running.entity(client)
            path = f"/api/v1/projects/{entity}/{PROJECT}/runs/{run}/console"
            rows = [("written", f"{rate:,.0f} lines/s", ""), *measure(client, path, options.lines)]
            title = f"{options.lines:,} lines of {writers} writer(s)"
            print_table(title, [*rows, baseline(options.lines)])


if __name__ == "__main__":
    main()
