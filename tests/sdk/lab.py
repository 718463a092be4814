"""A real server with runs on it, logged as the wandb client logs them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.server.processes import Server
from tests.server.recording import authorization

from runstone.sdk import Api

_UPSERT = """mutation Upsert($input: UpsertBucketInput!) {
  upsertBucket(input: $input) { bucket { id } } }"""
_FILES = """mutation CreateRunFiles($input: CreateRunFilesInput!) {
  createRunFiles(input: $input) { files { name uploadUrl } } }"""


class Lab:
    """The server, and its first user's way in."""

    def __init__(self, data: Path) -> None:
        self.server = Server(data, "--first-user", "ada")
        self.url = self.server.url
        self.key = self.server.key

    @property
    def environ(self) -> dict[str, str]:
        """What says to a process where to read."""
        return {"RUNSTONE_URL": self.url, "RUNSTONE_API_KEY": self.key}

    def api(self) -> Api:
        return Api(self.url, self.key)

    def log(
        self,
        name: str,
        project: str,
        *,
        config: Mapping[str, Any] | None = None,
        rows: Sequence[Mapping[str, Any]] = (),
        system: Sequence[Mapping[str, Any]] = (),
        summary: Mapping[str, Any] | None = None,
        console: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
        exit_code: int | None = 0,
        **more: Any,
    ) -> None:
        """One run, from its beginning to its end (none, where `exit_code` is None).

        Args:
            more: Fields of the upsert: `tags`, `groupName`, `displayName`, `notes`.
        """
        wrapped = {key: {"value": value} for key, value in (config or {}).items()}
        place = {"name": name, "modelName": project, "entityName": "ada"}
        self._graphql(_UPSERT, place | {"config": json.dumps(wrapped)} | more)
        streams = {
            "wandb-history.jsonl": [
                json.dumps({"_step": i, "_timestamp": 1.7e9 + i, "_runtime": float(i), **row})
                for i, row in enumerate(rows)
            ],
            "wandb-events.jsonl": [json.dumps({"_wandb": True, **row}) for row in system],
            "wandb-summary.json": [] if summary is None else [json.dumps(summary)],
            "output.log": [f"2026-01-01T00:00:0{i}.000000 {line}\n" for i, line in
                           enumerate(console)],
        }  # fmt: skip
        body: dict[str, Any] = {
            "files": {
                stream: {"offset": 0, "content": lines}
                for stream, lines in streams.items()
                if lines
            }
        }
        if exit_code is not None:
            body |= {"complete": True, "exitcode": exit_code}
        self._ask("POST", f"/files/ada/{project}/{name}/file_stream", body)
        if files:
            place = {"entityName": "ada", "projectName": project, "runName": name}
            made = self._graphql(_FILES, place | {"files": list(files)})
            for file in made["createRunFiles"]["files"]:
                url = file["uploadUrl"].removeprefix(self.url)
                assert self.server.ask("PUT", url, body=files[file["name"]]).status == 200

    def more_console(self, name: str, project: str, offset: int, lines: Sequence[str]) -> None:
        """Lines that a run prints later."""
        content = [f"2026-01-01T00:00:1{i}.000000 {line}\n" for i, line in enumerate(lines)]
        files = {"output.log": {"offset": offset, "content": content}}
        self._ask("POST", f"/files/ada/{project}/{name}/file_stream", {"files": files})

    def _graphql(self, query: str, wanted: Mapping[str, Any]) -> Any:
        answer = self._ask("POST", "/graphql", {"query": query, "variables": {"input": wanted}})
        assert "errors" not in answer, answer
        return answer["data"]

    def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        headers = authorization(self.key) | {"Content-Type": "application/json"}
        answer = self.server.ask(method, path, body=json.dumps(body).encode(), headers=headers)
        assert answer.status == 200, answer.body
        return answer.json()
