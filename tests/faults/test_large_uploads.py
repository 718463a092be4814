"""Contents in parts on a real server that is killed, and on a disk that fills."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.server.processes import Server
from tests.wire.wandb.test_artifact_parts import InParts, download, said
from tests.wire.wandb.test_artifacts import manifest

from runstone.testing.blobs import LARGE

_FILE_SYSTEM_MB = 40


class Running:
    """A server that may be killed and started again, asked as the wire tests ask theirs."""

    def __init__(self, data: Path) -> None:
        self.data_folder = data
        self.server = Server(data, "--first-user", "ada")
        self.key = self.server.key
        self.port = self.server.url.rpartition(":")[2]

    def restart(self) -> None:
        self.server.kill()
        self.server = Server(self.data_folder, "--port", self.port)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = "ada",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if user is not None:
            key = base64.b64encode(f"api:{self.key}".encode()).decode()
            sent["authorization"] = f"Basic {key}"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, content=content, headers=sent, timeout=120)

    def graphql(self, query: str, *, user: str | None = "ada", **variables: Any) -> httpx.Response:
        return self.ask("POST", "/graphql", {"query": query, "variables": variables}, user=user)

    def data(self, query: str, **variables: Any) -> Any:
        answer = self.graphql(query, **variables)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def blobs(self) -> list[str]:
        folder = self.data_folder / "blobs"
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def send(upload: InParts, number: int) -> httpx.Response:
    """Sends a part by the URL that the client was given, whatever server answers there now."""
    node = upload.node["uploadMultipartUrls"]["uploadUrlParts"][number - 1]
    path = urlsplit(node["uploadUrl"]).path
    answer: httpx.Response = upload.site.ask("PUT", path, upload.pieces[number - 1], user=None)
    return answer


def finish(upload: InParts, body: bytes) -> None:
    assert upload.complete().status_code == 200
    assert upload.describe(manifest(f=body)).status_code == 200
    assert upload.commit().status_code == 200


def test_a_server_killed_in_the_middle_goes_on(tmp_path: Path) -> None:
    site: Any = Running(tmp_path / "data")
    try:
        upload = InParts(site)
        upload.ask(LARGE)
        assert send(upload, 3).status_code == 200  # the last one, before the size of parts is known
        assert send(upload, 1).status_code == 200
        site.restart()
        assert said(upload.complete()) == (409, "parts-missing")
        assert send(upload, 2).status_code == 200
        site.restart()
        finish(upload, LARGE)
        assert download(site) == LARGE
        assert len(site.blobs()) == 1
    finally:
        site.server.kill()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_FILE_SYSTEM_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_during_uploads(small_disk: Path) -> None:
    site: Any = Running(small_disk / "data")
    try:
        upload = InParts(site)
        upload.ask(LARGE)
        assert send(upload, 1).status_code == 200
        whole = InParts(site, "whole")
        free = os.statvfs(small_disk)
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - 3_000_000))

        full = send(upload, 2)
        assert said(full) == (503, "disk-full")
        assert full.headers["retry-after"] == "30"
        assert "is full; nothing stored before is harmed" in full.json()["error"]
        url = whole.announce("f", LARGE)["uploadUrl"]
        assert said(whole.put(url, LARGE)) == (503, "disk-full")
        # Nothing half-stored: the first part, and what belongs to it.
        assert not [name for name in site.blobs() if name.startswith((".incoming", "contents"))]
        assert site.data("query { viewer { username } }") == {"viewer": {"username": "ada"}}

        ballast.unlink()
        for number in (2, 3):
            assert send(upload, number).status_code == 200
        finish(upload, LARGE)
        assert download(site) == LARGE
    finally:
        site.server.kill()
