"""Server start and idle memory: `runstone up` to the first 200 of /ready, then five quiet seconds.

Run: python bench/server_start.py [--repeats 7]

Measured in one go, taking turns, with the two yardsticks that say how fast this machine is now:
the interpreter doing nothing, and a hello-world app under the same uvicorn.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import print_table

_HELLO = """
import sys, uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
uvicorn.run(app, port=int(sys.argv[1]), lifespan="off", log_level="error", ws="none")
"""
_GIVE_UP_S = 60.0
_IDLE_S = 5.0


def time_nothing() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begin


def time_to_first_200(command: list[str], port: int, path: str) -> tuple[float, subprocess.Popen]:
    """Seconds from exec to the answer, and the process, still running."""
    begin = time.perf_counter()
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    while True:
        if process.poll() is not None or time.perf_counter() - begin > _GIVE_UP_S:
            log.seek(0)
            said = log.read()[-2_000:]
            sys.exit(f"{' '.join(command)} did not answer (exit code {process.poll()}):\n{said}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_GIVE_UP_S) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - begin, process
        except OSError:
            time.sleep(0.002)


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident and proportional set size."""
    facts = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if rest.strip().endswith("kB"):
            facts[name] = int(rest.split()[0]) / 1024
    return facts["Rss"], facts["Pss"]


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    nothing, hello, first, later = [], [], [], []
    up = [sys.executable, "-m", "runstone", "up"]
    for _ in range(repeats):
        nothing.append(time_nothing())
        port = free_port()
        took, process = time_to_first_200([sys.executable, "-c", _HELLO, str(port)], port, "/")
        hello.append(took)
        end(process)
        with tempfile.TemporaryDirectory() as folder:
            command = [*up, "--data", f"{folder}/data", "--port", str(port)]
            for times in (first, later):
                took, process = time_to_first_200(command, port, "/ready")
                times.append(took)
                end(process)

    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        _, process = time_to_first_200([sys.executable, "-c", _HELLO, str(port)], port, "/")
        hello_cpu = cpu_s(process.pid)
        time.sleep(1)
        hello_rss, hello_pss = memory_mb(process.pid)
        end(process)
        command = [*up, "--data", f"{folder}/data", "--port", str(port)]
        _, process = time_to_first_200(command, port, "/ready")
        start_cpu = cpu_s(process.pid)
        time.sleep(_IDLE_S)
        rss, pss = memory_mb(process.pid)
        cpu_before = cpu_s(process.pid)
        time.sleep(_IDLE_S)
        idle = (cpu_s(process.pid) - cpu_before) / _IDLE_S
        end(process)

    base, peer = statistics.median(nothing), statistics.median(hello)

    def row(what: str, times: list[float], figure: str) -> tuple[str, str, str]:
        middle = statistics.median(times)
        ratios = f"{middle / base:.1f} x python, {middle / peer:.2f} x hello"
        return what, f"{middle * 1e3:.0f} ms (max {max(times) * 1e3:.0f}); {ratios}", figure

    print_table(
        f"Server start and idle memory (median of {repeats})",
        [
            row("python -c pass", nothing, ""),
            row("uvicorn hello-world, first 200", hello, ""),
            row("runstone up on its folder, first 200 of /ready", later, "≤ 1.0 s"),
            row("runstone up on a new folder, first 200 of /ready", first, ""),
            (
                "CPU time used until that 200",
                f"{start_cpu * 1e3:.0f} ms; hello {hello_cpu * 1e3:.0f} ms",
                "",
            ),
            (
                f"idle after {_IDLE_S:.0f} s, RSS",
                f"{rss:.0f} MB; {rss / hello_rss:.1f} x hello",
                "≤ 100 MB",
            ),
            (f"idle after {_IDLE_S:.0f} s, PSS", f"{pss:.0f} MB; {pss / hello_pss:.1f} x", ""),
            ("idle, share of a core", f"{idle * 100:.1f} %", ""),
        ],
    )


if __name__ == "__main__":
    main()
