"""Reading the same runs from Runstone and from MLflow 3 on SQLite: search, sort, lists, histories.

Run: python bench/mlflow_reading.py [--runs 1000 10000] [--short] [--rebuild]

Both servers hold the same runs (20 params, 20 metrics each; one run with a long history), written
once and kept under .cache/bench/peers: ours through its public doors, MLflow's by its client and,
as that is slow, by copies of the rows that it wrote. Each answers alone, one after the other, and
both must give the same answers. Asked twice: with what people have in their scripts
(`wandb.Api()`, `MlflowClient`), and over bare HTTP (native API, MLflow's REST API). MLflow gets a
virtual environment of its own from bench/peers/mlflow.txt, and a server as `mlflow server` starts
it: four workers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from harness import ROOT, Server, our_layout, percentile, print_table, server

PEERS = Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(PEERS))

from runs_data import MAX_LOSS, NUM_KEYS, PAGE, PROJECT, long_row, run_data  # noqa: E402
from timing import measured  # noqa: E402

CACHE = ROOT / ".cache" / "bench" / "peers"
WANDB = ROOT / ".cache" / "wandb-clients" / "0.31" / "bin" / "python"
LONG_ROWS = 10_000
REPEATS = 50
_WRITERS = 8
_START_S = 120.0

UPSERT = """
mutation UpsertBucket($project: String, $name: String, $shown: String, $config: JSONString) {
  upsertBucket(input: {modelName: $project, name: $name, displayName: $shown, config: $config}) {
    bucket { id }
  }
}
"""


# The same data in both


def fill_runstone(folder: Path, num_runs: int, num_rows: int) -> None:
    """Writes the runs as the wandb client would."""
    with server(folder) as s, s.client() as client:
        entity = s.entity(client)

        def write(index: int) -> None:
            data = run_data(index)
            write_run(
                client, entity, PROJECT, f"run-{index}", data.name, data.params, [data.metrics]
            )

        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(write, range(num_runs)))
        rows = [long_row(step) for step in range(num_rows)]
        write_run(client, entity, f"{PROJECT}-long", "long", "long", {}, rows)


def write_run(
    client: httpx.Client,
    entity: str,
    project: str,
    run: str,
    shown: str,
    config: dict[str, Any],
    rows: list[dict[str, float]],
) -> None:
    """One run: its record, its rows, its end."""
    wrapped = {key: {"value": value} for key, value in config.items()}
    variables = {"project": project, "name": run, "shown": shown, "config": json.dumps(wrapped)}
    body = {"operationName": "UpsertBucket", "query": UPSERT, "variables": variables}
    answer = client.post("/graphql", json=body).json()
    if "errors" in answer:
        raise RuntimeError(str(answer["errors"]))
    now = time.time()
    lines = [
        json.dumps({"_step": step, "_timestamp": now + step, **row})
        for step, row in enumerate(rows)
    ]
    files = {
        "wandb-history.jsonl": {"offset": 0, "content": lines},
        "wandb-summary.json": {"offset": 0, "content": [json.dumps(rows[-1])]},
    }
    path = f"/files/{entity}/{project}/{run}/file_stream"
    post = client.post(path, json={"files": files, "complete": True, "exitcode": 0})
    post.raise_for_status()


def fill_mlflow(python: Path, folder: Path, num_runs: int, num_rows: int) -> None:
    """Writes the runs into a database of MLflow's, in memory first: fsyncs are not the point."""
    folder.mkdir(parents=True)
    shared = Path("/dev/shm")
    place = (shared if shared.is_dir() else folder) / f"runstone-bench-{os.getpid()}.db"
    try:
        words = ["fill", f"sqlite:///{place}", str(num_runs), str(num_rows)]
        run_python(python, "mlflow_side.py", *words)
        shutil.move(place, folder / "mlflow.db")
    finally:
        place.unlink(missing_ok=True)


def built(
    kind: str, layout: str, num_runs: int, num_rows: int, fill: Callable[[Path, int, int], None]
) -> Path:
    """The kept folder of one server, filled if it is not there or has another layout."""
    folder = CACHE / f"{kind}-{num_runs}-{num_rows}"
    stamp = folder.with_suffix(".complete")
    if not stamp.exists() or stamp.read_text() != layout:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        fill(folder, num_runs, num_rows)
        stamp.write_text(layout)
        print(f"wrote {num_runs:,} runs to {kind} in {time.monotonic() - began:.0f} s", flush=True)
    return folder


# The peer


def mlflow_python() -> Path:
    """The Python of MLflow's environment, which is made if it is not as pinned."""
    folder = CACHE / "mlflow-venv"
    pinned, stamp = (PEERS / "mlflow.txt").read_text(), folder / "runstone-stamp.txt"
    python = folder / "bin" / "python"
    if not stamp.is_file() or stamp.read_text() != pinned:
        uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", "3.11", folder], check=True)
        sync = [uv, "pip", "sync", "--quiet", "--python", python, PEERS / "mlflow.txt"]
        subprocess.run(sync, check=True)
        stamp.write_text(pinned)
    return python


@contextmanager
def mlflow_server(python: Path, folder: Path) -> Iterator[str]:
    """The URL of an MLflow server on the folder's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
        "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}",
        "--artifacts-destination", str(folder / "artifacts"),
        # A worker that is busy for seconds is no dead one.
        "--uvicorn-opts", "--timeout-worker-healthcheck 120",
    ]  # fmt: skip
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=peer_environment(), start_new_session=True
        )
    try:
        deadline = time.monotonic() + _START_S
        while not answers(f"{url}/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"MLflow did not start; see {folder / 'server.log'}")
            time.sleep(0.2)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def answers(url: str) -> bool:
    """Whether something is served there."""
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def peer_environment(**more: str) -> dict[str, str]:
    """The environment of the clients and of MLflow: no telemetry."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "HOME") if key in os.environ}
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "WANDB_ERROR_REPORTING": "false"}
    return {**kept, **quiet, "WANDB_SILENT": "true", "WANDB_DIR": str(CACHE), **more}


def run_python(python: Path, script: str, *words: str, **env: str) -> str:
    """Runs a script of bench/peers with another Python; what it printed last."""
    done = subprocess.run(
        [python, PEERS / script, *words],
        env=peer_environment(**env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3_000:])
    return done.stdout.strip().rpartition("\n")[2]


# The same questions over HTTP


def ask_native(s: Server, client: httpx.Client, repeats: int) -> dict[str, Any]:
    """The native API of Runstone."""
    entity = s.entity(client)
    path = f"/api/v1/projects/{entity}/{PROJECT}"
    data = run_data(0)
    columns = [f'config["{key}"]' for key in data.params]
    columns += [f'summary["{key}"]' for key in data.metrics]
    chosen = f'config.optimizer == "adam" and summary["val/loss"] < {MAX_LOSS}'

    def page(**query: Any) -> list[str]:
        found = get(client, f"{path}/runs", limit=PAGE, columns=columns, **query).json()
        return [run["display_name"] for run in found["runs"]]

    def everything() -> int:
        lines = get(client, f"{path}/table", format="jsonl").content.splitlines()
        return sum(len(json.loads(line)) >= 2 * NUM_KEYS for line in lines)

    def history() -> list[float]:
        run = f"/api/v1/projects/{entity}/{PROJECT}-long/runs/long/history"
        lines = get(client, run, format="jsonl", keys="loss").content.splitlines()
        return [json.loads(line)["loss"] for line in lines]

    order = '-summary["val/acc"]'
    return measured(
        {
            "search": lambda: page(filter=chosen, sort=order),
            "sort": lambda: page(sort=order),
            "everything": everything,
            "history": history,
        },
        repeats,
    )


def ask_rest(url: str, repeats: int) -> dict[str, Any]:
    """The REST API of MLflow."""
    chosen = f"params.optimizer = 'adam' and metrics.`val/loss` < {MAX_LOSS}"
    order = ["metrics.`val/acc` DESC"]
    with httpx.Client(base_url=f"{url}/api/2.0/mlflow", timeout=120) as client:

        def experiment(name: str) -> str:
            answer = get(client, "/experiments/get-by-name", experiment_name=name).json()
            return str(answer["experiment"]["experiment_id"])

        def runs(name: str, **query: Any) -> Any:
            body = {"experiment_ids": [ids[name]], **query}
            answer = client.post("/runs/search", json=body)
            answer.raise_for_status()
            return answer.json()

        def page(**query: Any) -> list[str]:
            found = runs(PROJECT, max_results=PAGE, order_by=order, **query)["runs"]
            return [run["info"]["run_name"] for run in found]

        def everything() -> int:
            count, token = 0, None
            while True:
                more = {"page_token": token} if token else {}
                found = runs(PROJECT, max_results=1_000, **more)
                count += sum(bool(run["data"]["params"]) for run in found["runs"])
                token = found.get("next_page_token")
                if not token:
                    return count

        def history() -> list[float]:
            answer = get(client, "/metrics/get-history", run_id=long, metric_key="loss")
            return [point["value"] for point in answer.json()["metrics"]]

        ids = {name: experiment(name) for name in (PROJECT, f"{PROJECT}-long")}
        long = runs(f"{PROJECT}-long")["runs"][0]["info"]["run_id"]
        return measured(
            {
                "search": lambda: page(filter=chosen),
                "sort": page,
                "everything": everything,
                "history": history,
            },
            repeats,
        )


def get(client: httpx.Client, path: str, **query: Any) -> httpx.Response:
    """A GET that must succeed."""
    answer = client.get(path, params=query)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:500]}")
    return answer


# Side by side


def compare(num_runs: int, num_rows: int, repeats: int) -> list[tuple[str, str, str]]:
    """Rows of the table for one number of runs."""
    python = mlflow_python()
    ours = built("runstone", our_layout(), num_runs, num_rows, fill_runstone)
    pinned = (PEERS / "mlflow.txt").read_text()
    theirs = built("mlflow", pinned, num_runs, num_rows, lambda *words: fill_mlflow(python, *words))
    with server(ours) as s, s.client() as client:
        native = ask_native(s, client, repeats)
        env = {"WANDB_BASE_URL": s.url, "WANDB_API_KEY": s.api_key}
        api = json.loads(run_python(WANDB, "wandb_side.py", str(repeats), **env))
    with mlflow_server(python, theirs) as url:
        rest = ask_rest(url, repeats)
        peer = json.loads(run_python(python, "mlflow_side.py", "ask", url, str(repeats)))
    check_same(native, rest, api, peer)
    titles = {
        "search": f"search 2 conditions, sort, page of {PAGE}",
        "sort": f"sort by a metric, page of {PAGE}",
        "everything": f"all {num_runs:,} runs with params and metrics",
        "history": f"history of a metric, {num_rows:,} points",
    }
    return [
        (f"{num_runs:,} runs, {door}: {title}", versus(mine[name]["ms"], other[name]["ms"]), "")
        for door, mine, other in (("clients", api, peer), ("HTTP", native, rest))
        for name, title in titles.items()
    ]


def check_same(first: dict[str, Any], *others: dict[str, Any]) -> None:
    """All gave the same runs and points, in the same order."""
    for other in others:
        for name, said in first.items():
            mine, answer = said["answer"], other[name]["answer"]
            if mine != answer:
                raise RuntimeError(f"{name}: {str(mine)[:300]} and {str(answer)[:300]} differ")


def versus(mine: list[float], other: list[float]) -> str:
    """Medians, and how many times longer the other takes."""
    one, two = percentile(mine, 50), percentile(other, 50)
    return f"{one:.1f} ms, MLflow {two:.1f} ms: {two / one:.1f} x"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--short", action="store_true", help="100 runs, 5 repeats: does it work?")
    parser.add_argument("--rebuild", action="store_true")
    arguments = parser.parse_args()
    if not WANDB.exists():
        raise SystemExit("the wandb client is not installed: `make clients` does it")
    if arguments.rebuild:
        for stamp in CACHE.glob("*.complete"):
            stamp.unlink()
    sizes, num_rows, repeats = arguments.runs, LONG_ROWS, REPEATS
    if arguments.short:
        sizes, num_rows, repeats = [100], 1_000, 5
    rows: list[tuple[str, str, str]] = []
    for num_runs in sizes:
        rows += compare(num_runs, num_rows, repeats)
    print_table(
        "Reading, against MLflow 3 on SQLite (medians; the ratio says how much longer)", rows
    )


if __name__ == "__main__":
    main()
