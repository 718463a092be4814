"""Speaks as the wandb client does, just enough to record rows on a running server."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any

from tests.server.processes import Server

_BEGIN = """mutation UpsertBucket($project: String, $name: String) {
  upsertBucket(input: {modelName: $project, name: $name}) {
    bucket { historyLineCount project { entity { name } } } } }"""


def authorization(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"api:{key}".encode()).decode()}


def begin_run(server: Server, key: str, name: str, project: str = "p") -> int:
    """Begins the run or finds it again; returns how many rows it has."""
    body = {"query": _BEGIN, "variables": {"project": project, "name": name}}
    answer = server.ask(
        "POST",
        "/graphql",
        body=json.dumps(body).encode(),
        headers=authorization(key) | {"Content-Type": "application/json"},
    )
    assert answer.status == 200, answer.body
    said: dict[str, Any] = answer.json()
    assert "errors" not in said, said
    return int(said["data"]["upsertBucket"]["bucket"]["historyLineCount"] or 0)


def post_rows(
    connection: http.client.HTTPConnection,
    key: str,
    entity: str,
    name: str,
    offset: int,
    num_rows: int,
    project: str = "p",
) -> int:
    """Sends rows; returns the status."""
    lines = [
        json.dumps({"_step": i, "_timestamp": 1.7e9 + i, "loss": 1 / (1 + i)})
        for i in range(offset, offset + num_rows)
    ]
    body = {"files": {"wandb-history.jsonl": {"offset": offset, "content": lines}}}
    connection.request(
        "POST",
        f"/files/{entity}/{project}/{name}/file_stream",
        body=json.dumps(body).encode(),
        headers=authorization(key) | {"Content-Type": "application/json"},
    )
    answer = connection.getresponse()
    answer.read()
    return answer.status
