"""A real server that tests send nonsense to, with a run on it that must come to no harm."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.server.processes import Answer, Server

MAX_BODY_MB = 16
MAX_UPLOAD_MB = 1

PROJECT = "p"
KEEPSAKE = "keepsake"

HISTORY = "wandb-history.jsonl"
EVENTS = "wandb-events.jsonl"
SUMMARY = "wandb-summary.json"

GIVES_UP = (400, 401, 403, 404, 409, 410, 413, 422, 501)
"""What ends whatever the wandb client was doing (protocol/wandb.md section 3)."""

_UPSERT = """
mutation Upsert($input: UpsertBucketInput!) {
  upsertBucket(input: $input) { bucket { id name displayName project { entity { name } } } }
}"""
_ALL_OF_A_RUN = """
query All($entity: String, $project: String, $name: String!) {
  project(entityName: $entity, name: $project) {
    name
    run(name: $name) {
      id name displayName notes tags group jobType config summaryMetrics exitcode
      historyLineCount eventsLineCount logLineCount historyKeys
      history events logLines(first: 1000) { edges { node { number line } } }
      files(first: 1000) { edges { node { name sizeBytes md5 } } }
    }
  }
}"""
_CREATE_FILES = """
mutation CreateRunFiles($input: CreateRunFilesInput!) {
  createRunFiles(input: $input) { files { name uploadUrl } }
}"""


class Victim:
    """The server, and what a client knows of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = server.key
        self.headers = {"Authorization": basic(self.key), "Content-Type": "application/json"}
        self.entity = ""
        answer = self.upsert(KEEPSAKE, config='{"lr":{"value":0.1}}', tags=["good", "дa"])
        bucket = answer.json()["data"]["upsertBucket"]["bucket"]
        self.entity = bucket["project"]["entity"]["name"]
        rows = [json.dumps({"_step": i, "_timestamp": 1.7e9 + i, "loss": 1 / (i + 1)}) for i in
                range(50)]  # fmt: skip
        self.stream(
            KEEPSAKE,
            {
                HISTORY: {"offset": 0, "content": rows},
                EVENTS: {"offset": 0, "content": ['{"_timestamp":1.7e9,"cpu":7.5,"_wandb":true}']},
                SUMMARY: {"offset": 0, "content": ['{"loss":0.02}']},
                "output.log": {"offset": 0, "content": ["said\n"]},
            },
        )
        url = self.upload_urls(KEEPSAKE, ["kept/model.bin"])[0]
        assert self.server.ask("PUT", url, body=b"kept" * 1000).status == 200
        self.before = self.keepsake()
        assert self.before["run"]["historyLineCount"] == 50
        self.folder_before = self.outside_of_blobs()
        self._log_read = len(server.log)

    # What clients do

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A request with the administrator's key."""
        return self.server.ask(method, path, body=body, headers=self.headers | dict(headers or {}))

    def graphql(self, query: object, variables: object = None, **more: object) -> Answer:
        body = {"query": query, "variables": variables} | more
        return self.ask("POST", "/graphql", json.dumps(body).encode())

    def upsert(self, name: str, **more: object) -> Answer:
        return self.graphql(_UPSERT, {"input": {"name": name, "modelName": PROJECT} | more})

    def stream_path(self, run: str, *, entity: str | None = None, project: str = PROJECT) -> str:
        parts = (quote(part, safe="") for part in (entity or self.entity, project, run))
        return f"/files/{'/'.join(parts)}/file_stream"

    def stream(self, run: str, files: object, **more: object) -> Answer:
        """One file_stream post; NaN goes as the bare word, as the client sends it."""
        return self.ask("POST", self.stream_path(run), json.dumps({"files": files} | more).encode())

    def rows(self, run: str, rows: Sequence[str], offset: object = 0) -> Answer:
        return self.stream(run, {HISTORY: {"offset": offset, "content": list(rows)}})

    def create_files(self, run: str, names: Sequence[object], project: str = PROJECT) -> Answer:
        place = {"entityName": self.entity, "projectName": project, "runName": run}
        return self.graphql(_CREATE_FILES, {"input": place | {"files": list(names)}})

    def upload_urls(self, run: str, names: Sequence[str]) -> list[str]:
        """Paths to PUT files to."""
        files = self.create_files(run, names).json()["data"]["createRunFiles"]["files"]
        return [file["uploadUrl"].removeprefix(self.server.url) for file in files]

    def read_run(self, name: str, project: str = PROJECT) -> Any:
        """All that is recorded of a run; None where there is none."""
        place = {"entity": self.entity, "project": project, "name": name}
        return self.graphql(_ALL_OF_A_RUN, place).json()["data"]["project"]["run"]

    def new_run(self, name: str) -> str:
        assert self.upsert(name).status == 200
        return name

    @contextlib.contextmanager
    def socket(self) -> Iterator[socket.socket]:
        host, port = self.server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            yield connection

    def send_raw(self, data: bytes, *, hang_up: bool = False) -> bytes:
        """Bytes on a connection of their own, and all that comes back until it is closed.

        Args:
            hang_up: No more is sent, which the server takes for the client's end.
        """
        with self.socket() as connection:
            connection.sendall(data)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    said += part
            return said

    # What must hold afterwards

    def keepsake(self) -> dict[str, Any]:
        place = f"{self.entity}/{PROJECT}/{KEEPSAKE}"
        one = {"entity": self.entity, "project": PROJECT, "runs": [KEEPSAKE], "keys": ["loss"]}
        series = self.ask("POST", "/api/v1/series", json.dumps({"requests": [one]}).encode())
        file = self.ask("GET", f"/files/{place}/kept/model.bin")
        return {
            "run": self.read_run(KEEPSAKE),
            "series": (series.status, series.body),
            "file": (file.status, file.body),
        }

    def outside_of_blobs(self) -> set[Path]:
        """Every file beside the data folder and in it, but for blobs and logs."""
        root = self.server.data.parent
        return {
            path
            for path in root.rglob("*")
            if not path.is_relative_to(self.server.data / "blobs")
            and not path.name.startswith("runstone.db")
        }

    def check_unharmed(self) -> None:
        """It serves, what was stored is as it was, and nothing went wrong that was not foreseen."""
        assert self.server.process.poll() is None, self.server.log[-4000:]
        log = self.server.log[self._log_read :]
        self._log_read += len(log)
        assert "Traceback" not in log, log[-4000:]
        assert self.keepsake() == self.before
        assert self.outside_of_blobs() == self.folder_before
        incoming = self.server.data / "blobs" / ".incoming"
        assert list(incoming.iterdir()) == []


def basic(key: str, user: str = "api") -> str:
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


def refused(answer: Answer, *statuses: int) -> str:
    """Asserts that it says no, for good, in words; returns the words."""
    assert answer.status in (statuses or GIVES_UP), (answer.status, answer.body[:500])
    body = answer.json()
    said = body.get("error") or body.get("detail") or body["errors"][0]["message"]
    assert isinstance(said, str)
    assert 10 < len(said) < 5_000, len(said)
    assert "Traceback" not in said
    return said
