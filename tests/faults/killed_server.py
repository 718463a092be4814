"""kill -9 of a real server at any moment: what it acknowledged is there, once; the file is whole.

One worker of the test run takes a file: the trials stand in `test_kill_server_*.py`, side by side.
Each trial posts to a running `runstone up`, kills it, opens the folder, compares every row with
what was sent, and starts it again on the same folder; clients go on where their last
acknowledgement left them, as the wandb client does.
"""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import apsw
from tests.server.processes import Server

from runstone.domain.access import OPERATOR
from runstone.domain.history import StreamKind
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run
from runstone.storage.sqlite.database import FILE_NAME, check
from runstone.storage.sqlite.store import SqliteStore

TRIALS = 25
_MORE = 5
RUNS = 3
PROJECT = "kill"


@dataclass
class Client:
    """Posts rows of one run in order; repeats what was not acknowledged."""

    name: str
    acknowledged: int = 0
    sent: int = 0
    lost_connection: bool = False
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def post_until_cut(self, server: Server, entity: str, key: str) -> None:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
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
        "loss": hash_value(name, number),
        "count": number,
    }
    if number % 3 == 0:
        values["val/loss"] = hash_value(name, -number)
    if number % 50 == 0:
        values["note"] = f"row {number}"
    return values


def hash_value(name: str, number: int) -> float:
    """A double that says which row of which run it is."""
    return random.Random(f"{name}:{number}").random()


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
                numbers = range(batch.row0, batch.row0 + batch.num_rows)
                assert batch.row0 == seen
                assert batch.step.tolist() == list(numbers)
                assert batch.time.tolist() == [1.7e9 + n / 8 for n in numbers]
                assert batch.numbers["loss"].values.tolist() == [
                    hash_value(client.name, n) for n in numbers
                ]
                sparse = batch.numbers.get("val/loss")
                assert ([] if sparse is None else sparse.values.tolist()) == [
                    hash_value(client.name, -n) for n in numbers if n % 3 == 0
                ]
                notes = batch.objects.get("note")
                assert ([] if notes is None else list(notes.texts)) == [
                    json.dumps(f"row {n}") for n in numbers if n % 50 == 0
                ]
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


def kill_again_and_again(worker: int, tmp_path: Path) -> None:
    """Trials with random numbers of their own: nothing acknowledged is lost or doubled."""
    data = tmp_path / "data"
    rng = random.Random(worker)
    clients = [Client(f"run{i}", rng=random.Random(worker * 100 + i)) for i in range(RUNS)]
    key = entity = None
    sealed_bytes = num_trials = 0
    # The trials are worth something only if sealing was going on meanwhile: on a machine that is
    # too slow for that, a few more let the server live longer.
    while num_trials < TRIALS or (not sealed_bytes and num_trials < TRIALS + _MORE):
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
            time.sleep(rng.uniform(0.05, 1.6) if num_trials <= TRIALS else 8.0)
        finally:
            server.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        assert all(client.lost_connection for client in clients)
        sealed_bytes = verify(data, entity, clients)
    assert min(client.acknowledged for client in clients) > 0
    assert sealed_bytes > 0
    print(
        f"{num_trials} kills, {sum(c.acknowledged for c in clients):,} acknowledged rows, "
        "0 lost, 0 doubled"
    )
