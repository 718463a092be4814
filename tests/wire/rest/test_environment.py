"""The surroundings of a run over the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import RUN, store_file

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio


async def environment(client: httpx.AsyncClient) -> Any:
    answer = await client.get(f"{RUN}/environment")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_nothing_is_known(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    found = await environment(ada)
    (process,) = found.pop("processes")
    assert set(map(str, process.values())) == {"None", "[]", "{}"}
    assert found == {
        "git": None, "packages": [], "client": None, "code_files": [], "diffs": [],
        "has_diff": False,
    }  # fmt: skip


async def test_record_and_files_are_put_together(ada: httpx.AsyncClient, site: Site) -> None:
    entries = {
        "w1": {"host": "node1", "gpu_count": 1, "gpu": "A100"},
        "w2": {"host": "node2", "git": {"commit": "ab", "branch": "main"}},
        "w3": "nonsense",
    }
    info = {"e": entries, "cli_version": "0.31.0"}
    update = RunUpdate(client_info=info, remote="https://user:secret@example.com/r.git")
    site.add_run("r1", update=update)
    metadata = {"writerId": "w2", "program": "train.py", "python": "3.11"}
    await store_file(site, "wandb-metadata.json", json.dumps(metadata).encode())
    await store_file(site, "requirements.txt", b"\xef\xbb\xbfnumpy==2.0\n\xff==1\n")
    await store_file(site, "conda-environment.yaml", b"- ignored=1\n")
    await store_file(site, "code/train.py", b"x")
    await store_file(site, "diff.patch", b"x")
    await store_file(site, "different.txt", b"x")
    await store_file(site, "upstream_diff_ab.patch", b"x")
    found = await environment(ada)
    first, second = found["processes"]
    assert (first["writer"], first["host"], first["program"]) == ("w1", "node1", None)
    assert [gpu["name"] for gpu in first["gpus"]] == ["A100"]
    assert (second["writer"], second["host"], second["program"]) == ("w2", "node2", "train.py")
    assert found["git"] == {"commit": "ab", "remote": "https://example.com/r.git", "branch": "main"}
    assert found["packages"] == [{"name": "numpy", "version": "2.0"}]
    assert found["client"] == "wandb 0.31.0"
    assert [(file["name"], file["language"]) for file in found["code_files"]] == [
        ("code/train.py", "python"),
    ]  # fmt: skip
    assert [file["name"] for file in found["diffs"]] == ["diff.patch", "upstream_diff_ab.patch"]
    assert found["has_diff"] is True


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"git": 3}'])
async def test_files_that_cannot_be_read(
    ada: httpx.AsyncClient, site: Site, content: bytes
) -> None:
    site.add_run("r1", update=RunUpdate(client_info={"e": ["nonsense"], "cli_version": 3}))
    for name in ("wandb-metadata.json", "requirements.txt", "conda-environment.yaml"):
        await store_file(site, name, content)
    found = await environment(ada)
    assert (len(found["processes"]), found["packages"], found["git"]) == (1, [], None)


async def test_packages_of_conda(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    await store_file(site, "conda-environment.yaml", b"dependencies:\n  - python=3.11=h1\n")
    assert (await environment(ada))["packages"] == [{"name": "python", "version": "3.11"}]


async def test_only_those_who_may(
    bob: httpx.AsyncClient, nobody: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    assert (await bob.get(f"{RUN}/environment")).status_code == 404
    assert (await nobody.get(f"{RUN}/environment")).status_code == 401
