"""kill -9 of a real server at any moment: what it acknowledged is there, once; the file is whole.

One worker of the test run takes a file: the trials stand in `test_kill_server_*.py`, side by side.
Each trial posts to a running `runstone up`, kills it, opens the folder, compares every row with
what was sent, and starts it again on the same folder; clients go on where their last
acknowledgement left them, as the wandb client does.

In a test run the trials are few; more are a trial of its own:

    .venv/bin/python -m tests.faults.killed_server --trials 1000
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import tempfile
import threading
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import numpy as np
from tests.server.processes import Server

from runstone.domain.access import OPERATOR
from runstone.domain.history import HistoryBatch, StreamKind
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run
from runstone.storage.sqlite.database import FILE_NAME, check
from runstone.storage.sqlite.store import SqliteStore

TRIALS = 20
_MORE = 5
_IN_A_FOLDER = 25
RUNS = 3
PROJECT = "kill"
_MIXER = 0x9E37_79B9_7F4A_7C15


@dataclass
class Client:
    """Posts rows of one run in order; repeats what was not acknowledged."""

    name: str
    acknowledged: int = 0
    sent: int = 0
    lost_connection: bool = False
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def post_until_cut(self, server: Server, entity: str, key: str) -> None:
        self.lost_connection = False
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
        token = base64.b64encode(f"api:{key}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        try:
            while True:
                num_rows = self.rng.randint(1, 200)
                # Now and then the last batch again, as after an acknowledgement that got lost.
                first = max(0, self.acknowledged - self.rng.choice((0, 0, 0, 7)))
                rows = [json.dumps(row(self.name, i)) for i in range(first, first + num_rows)]
                files: dict[str, object] = {
                    "wandb-history.jsonl": {"offset": first, "content": rows},
                    "wandb-summary.json": {
                        "offset": 0,
                        "content": [json.dumps({"last": first + num_rows})],
                    },
                }
                self.sent = max(self.sent, first + num_rows)
                connection.request(
                    "POST",
                    f"/files/{entity}/{PROJECT}/{self.name}/file_stream",
                    json.dumps({"files": files}),
                    headers,
                )
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 200, body
                self.acknowledged = max(self.acknowledged, first + num_rows)
        except (OSError, http.client.HTTPException):
            self.lost_connection = True
        finally:
            connection.close()


def row(name: str, number: int) -> dict[str, object]:
    """The one row of a run with that number: sparse keys, an object now and then."""
    values: dict[str, object] = {
        "_step": number,
        "_timestamp": 1.7e9 + number / 8,
        "_runtime": number / 8,
        "loss": value_of(name, number),
        "count": number,
    }
    if number % 3 == 0:
        values["val/loss"] = value_of(name, -number)
    if number % 50 == 0:
        values["note"] = f"row {number}"
    return values


def value_of(name: str, number: int) -> float:
    """A double that says which row of which run it is."""
    return (((number + zlib.crc32(name.encode())) * _MIXER) % 2**53) / 2**53


def values_of(name: str, numbers: np.ndarray) -> np.ndarray:
    """`value_of` of many rows."""
    mixed = (numbers.astype(np.int64) + zlib.crc32(name.encode())).astype(np.uint64)
    return (mixed * np.uint64(_MIXER) % np.uint64(2**53)).astype(np.float64) / 2**53


def begin_runs(server: Server, key: str) -> str:
    """Makes the runs; returns the entity."""
    token = base64.b64encode(f"api:{key}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
    for i in range(RUNS):
        query = (
            f'mutation {{ upsertBucket(input: {{modelName: "{PROJECT}", name: "run{i}"}})'
            " { bucket { project { entity { name } } } } }"
        )
        answer = server.ask(
            "POST", "/graphql", body=json.dumps({"query": query}).encode(), headers=headers
        )
        bucket = answer.json()["data"]["upsertBucket"]["bucket"]
    return str(bucket["project"]["entity"]["name"])


def verify(folder: Path, entity: str, clients: list[Client]) -> int:
    """Compares everything stored with everything sent; returns bytes in sealed chunks."""
    connection = apsw.Connection(str(folder / FILE_NAME))
    assert check(connection) == []
    connection.close()
    store = SqliteStore(folder)

    def compare(snapshot: Snapshot) -> int:
        ids = []
        for client in clients:
            run = find_run(snapshot, OPERATOR, entity, PROJECT, client.name)
            ids.append(run.id)
            stream = snapshot.history.stream(run.id, StreamKind.HISTORY)
            num_rows = stream.next_row if stream else 0
            # All that was acknowledged, and nothing that was never sent. What was stored and not
            # acknowledged will be sent again, and dropped.
            assert client.acknowledged <= num_rows <= client.sent
            if stream is None:
                continue
            seen = 0
            for batch in snapshot.history.scan(stream.id):
                assert batch.row0 == seen
                compare_batch(client.name, batch)
                seen += batch.num_rows
            assert seen == num_rows
            # Rows and summary of one post are durable together.
            summary = snapshot.runs.documents(run.id).summary
            assert summary.get("last", 0) >= client.acknowledged - 7
        return snapshot.history.stats(ids).chunk_bytes

    try:
        return store.read(compare).result()
    finally:
        store.close()


def compare_batch(name: str, batch: HistoryBatch) -> None:
    """Every value of the rows that a batch says it holds."""
    numbers = np.arange(batch.row0, batch.row0 + batch.num_rows)
    assert np.array_equal(batch.step, numbers)
    assert np.array_equal(batch.time, 1.7e9 + numbers / 8)
    assert np.array_equal(batch.numbers["loss"].values, values_of(name, numbers))
    assert np.array_equal(batch.numbers["count"].values, numbers)
    in_some = numbers[numbers % 3 == 0]
    sparse = batch.numbers.get("val/loss")
    found = np.empty(0) if sparse is None else sparse.values
    assert np.array_equal(found, values_of(name, -in_some))
    notes = batch.objects.get("note")
    assert ([] if notes is None else list(notes.texts)) == [
        json.dumps(f"row {n}") for n in numbers.tolist() if n % 50 == 0
    ]


def kill_again_and_again(seed: int, folder: Path, trials: int = TRIALS) -> int:
    """Kills with random numbers of their own: nothing acknowledged is lost or doubled.

    Returns:
        How many rows were acknowledged.
    """
    data = folder / "data"
    rng = random.Random(seed)
    clients = [Client(f"run{i}", rng=random.Random(seed * 100 + i)) for i in range(RUNS)]
    key = entity = None
    sealed_bytes = num_trials = 0
    # The trials are worth something only if sealing was going on meanwhile: on a machine that is
    # too slow for that, a few more let the server live longer.
    while num_trials < trials or (not sealed_bytes and num_trials < trials + _MORE):
        num_trials += 1
        server = Server(data)
        try:
            if key is None:
                key = server.key
                entity = begin_runs(server, key)
            assert entity is not None
            threads = [
                threading.Thread(target=client.post_until_cut, args=(server, entity, key))
                for client in clients
            ]
            for thread in threads:
                thread.start()
            time.sleep(rng.uniform(0.05, 1.6) if num_trials <= trials else 8.0)
        finally:
            server.kill()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive()
        assert all(client.lost_connection for client in clients)
        sealed_bytes = verify(data, entity, clients)
    assert min(client.acknowledged for client in clients) > 0
    assert sealed_bytes > 0
    return sum(client.acknowledged for client in clients)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    num_kills = num_rows = 0
    while num_kills < options.trials:
        size = min(_IN_A_FOLDER, options.trials - num_kills)
        with tempfile.TemporaryDirectory(prefix="runstone-kills-") as folder:
            num_rows += kill_again_and_again(seed + num_kills, Path(folder), size)
        num_kills += size
        print(f"{num_kills:,} kills, {num_rows:,} acknowledged rows, 0 lost, 0 doubled", flush=True)


if __name__ == "__main__":
    main()
