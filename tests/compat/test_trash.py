"""Runs that are deleted while their process is at it, and begun again afterwards."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from tests.compat.conftest import Client, finish

from runstone.domain.run import RunState

pytestmark = pytest.mark.compat

ROWS = 600


def ask(client: Client, method: str, path: str) -> Any:
    request = urllib.request.Request(
        f"{client.server.url}/api/v1{path}",
        method=method,
        headers={"authorization": f"Bearer {client.server.key}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read() or b"null")


def test_a_deleted_run_stops_and_loses_nothing(client: Client) -> None:
    name = f"deleted-{client.line}"
    process = client.start("waits", "steps", name, str(ROWS), "0.1")
    client.server.wait_for(lambda: client.server.has_rows("steps", name, 5))
    address = f"/projects/ada/steps/runs/{name}"
    ask(client, "DELETE", address)
    facts = finish(process).facts
    assert facts["interrupted"], "its process was told to stop"
    assert facts["logged"] < ROWS
    refused = client.run("steps", name, "0", "1").facts["error"]
    assert "in the trash" in refused
    assert "choose another run id" in refused
    restored = ask(client, "POST", f"{address}/restore")
    # The interrupt may fall between a row that was logged and the script's own count of it.
    assert restored["num_rows"] - facts["logged"] in (0, 1), "all that it logged, also meanwhile"
    assert restored["state"] == RunState.KILLED
    found = client.server.run("steps", name)
    assert found.column("i") == list(range(restored["num_rows"]))
    lines = {line.text for line in found.console}
    assert f"line {facts['logged'] - 1}" in lines
