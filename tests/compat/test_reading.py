"""What `runstone.Api` makes of what the real client leaves behind: its login, and its runs."""

from __future__ import annotations

import pytest
from tests.compat.conftest import Client

from runstone.sdk import Api
from runstone.sdk.settings import Server, find_server

pytestmark = pytest.mark.compat


def test_a_login_of_the_client_counts(client: Client) -> None:
    url, key = client.server.url, client.server.key
    said = client.cli("login", "--host", url, key, WANDB_API_KEY="", WANDB_BASE_URL="")
    assert said.code == 0, said.output
    assert find_server(environ={"HOME": str(client.home)}) == Server(url, key)


def test_a_run_of_the_client_is_read_back(client: Client) -> None:
    name = f"read-{client.line}"
    outcome = client.run("plain_style", "reading", name)
    with Api(client.server.url, client.server.key) as api:
        run = api.run(f"ada/reading/{name}")
        assert run.state == "finished"
        stored = client.server.run("reading", name)
        assert dict(run.config) == stored.documents.config
        assert dict(run.summary) == stored.documents.summary
        rows = run.history().to_dicts()
        assert len(rows) == outcome.facts["rows"]
        assert run.history().to_polars()["_step"].to_list() == [row["_step"] for row in rows]
        assert {file.name for file in run.files()} >= {"requirements.txt"}
        for file in run.files():
            assert len(file.read()) == file.size_bytes
