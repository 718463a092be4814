"""What the benchmarks share: a real server process, machine facts, a table of figures."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

import runstone

ROOT = Path(__file__).resolve().parent.parent
_START_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running `runstone up`."""

    url: str
    api_key: str
    pid: int
    folder: Path

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def client(self) -> httpx.Client:
        """An HTTP client with the administrator's key, keeping its connections."""
        return httpx.Client(base_url=self.url, auth=("api", self.api_key), timeout=60.0)

    def cpu_s(self) -> float:
        """CPU seconds that the server process has used, in user and kernel."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Resident memory in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def create_run(self, client: httpx.Client, project: str, run: str) -> int:
        """Begins a run the way the wandb client does; returns the next history line."""
        answer = client.post(
            "/graphql",
            json={
                "operationName": "UpsertBucket",
                "query": "mutation UpsertBucket($project: String, $name: String) {"
                " upsertBucket(input: {modelName: $project, name: $name}) {"
                " bucket { historyLineCount project { entity { name } } } } }",
                "variables": {"project": project, "name": run},
            },
        ).json()
        if "errors" in answer:
            raise RuntimeError(str(answer["errors"]))
        return int(answer["data"]["upsertBucket"]["bucket"]["historyLineCount"] or 0)

    def wait_until_loaded(self, client: httpx.Client) -> None:
        """Waits for what a server loads in its first second, beside the first requests."""
        client.post("/graphql", json={"query": "{ __typename }"}).raise_for_status()
        time.sleep(0.5)  # then its collector passes over all of it, once

    def entity(self, client: httpx.Client) -> str:
        """The administrator's own entity."""
        return str(client.get("/api/v1/me").json()["entities"][0]["name"])


@contextmanager
def server(folder: Path | None = None, *options: str) -> Iterator[Server]:
    """A server process on a free port; its folder goes with it unless one is given."""
    temporary = folder is None
    data = Path(tempfile.mkdtemp(prefix="runstone-bench-")) if folder is None else folder
    command = [sys.executable, "-m", "runstone", "up", "--port", "0", "--data", str(data)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    log = (data / "bench-server.log").open("w") if data.exists() else subprocess.DEVNULL
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
    )
    try:
        url, key = _read_banner(process, data)
        yield Server(url, key, process.pid, data)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if temporary:
            shutil.rmtree(data, ignore_errors=True)


def _read_banner(process: subprocess.Popen[str], data: Path) -> tuple[str, str]:
    key_file = data / "bench-api-key"
    url = key = None
    assert process.stdout is not None
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        line = process.stdout.readline()
        if match := re.search(r"WANDB_BASE_URL=(\S+)", line):
            url = match[1].strip("\"'")
        if match := re.search(r"WANDB_API_KEY=(\S+)", line):
            key = match[1].strip("\"'")
        if url and key:
            if key.startswith("$("):
                key = key_file.read_text()
            else:
                key_file.write_text(key)
            return url, key
    raise RuntimeError(f"the server did not start (exit code {process.poll()})")


def our_layout() -> str:
    """Says which schema a kept data folder was made with; it changes between releases."""
    files = sorted((Path(runstone.__file__).parent / "storage/sqlite/schema").glob("*.sql"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def machine_speed() -> float:
    """Million turns a second of a plain loop: virtual machines change their speed under us."""
    begin, total = time.process_time(), 0
    for i in range(1_000_000):
        total += i * i
    return 1.0 / (time.process_time() - begin)


_SPEED_AT_START = machine_speed()


def machine_facts() -> str:
    """One line: what this ran on, and how fast it was at the start and is now."""
    model = "unknown CPU"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, load {load:.1f}; a plain loop "
        f"turns {_SPEED_AT_START:.1f} M/s at the start, {machine_speed():.1f} M/s at the end"
    )


def fdatasync_ms(folder: Path, *, repeats: int = 50) -> float:
    """Median time of a 4 kB write and fdatasync in `folder`, in ms: what durability costs here."""
    times = []
    path = folder / "fsync-probe"
    with path.open("wb", buffering=0) as file:
        for _ in range(repeats):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    path.unlink()
    return percentile(times, 50) * 1e3


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def print_table(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Prints (what, measured, figure to reach) under a title and the machine's facts."""
    print(f"\n## {title}\n\n{machine_facts()}\n")
    widths = [max(len(row[i]) for row in [("what", "measured", "figure"), *rows]) for i in range(3)]
    for row in [
        ("what", "measured", "figure"),
        ("-" * widths[0], "-" * widths[1], "-" * widths[2]),
    ]:
        print(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
        )
    for row in rows:
        print(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
        )
