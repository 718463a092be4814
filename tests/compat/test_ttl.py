"""Times to live by the real clients: what is set is read back, and what is over is gone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.compat.conftest import of_line
from tests.compat.live import LiveServer
from tests.server.recording import authorization

pytestmark = pytest.mark.compat

THREE_DAYS = 3 * 86_400


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that looks for what has expired all the time."""
    live = LiveServer(tmp_path_factory.mktemp("ttl") / "data", "--retention-check-s", "0.2")
    live.start()
    yield live
    live.stop()


def numbers(server: LiveServer, project: str, name: str) -> list[int]:
    request = urllib.request.Request(
        f"{server.url}/api/v1/projects/ada/{project}/artifacts/{name}/versions",
        headers=authorization(server.key),
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return [version["index"] for version in json.load(answer)["versions"]]


@pytest.mark.parametrize("line", ["0.31", "0.19"])
def test_times_to_live(line: str, quick: LiveServer, tmp_path: Path) -> None:
    project = f"ttl-{line.replace('.', '-')}"
    facts = of_line(line, quick, tmp_path / "home").run("ttl", project).facts
    assert facts["logged"] == [None, THREE_DAYS]
    assert facts["changed"] == 5 * 3_600
    assert (facts["inherited"], facts["disabled"]) == (None, None)
    quick.wait_for(lambda: numbers(quick, project, "fleeting") == [])
    assert numbers(quick, project, "plain") == [0]
    assert numbers(quick, project, "lasting") == [0]
