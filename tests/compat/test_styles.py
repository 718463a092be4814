"""Scripts as the frameworks and tutorials write them: no change, no warning, every row there."""

from __future__ import annotations

import re

import pytest
from tests.compat.conftest import Client

from runstone.domain.run import RunState

pytestmark = pytest.mark.compat

COMPLAINT = re.compile(r"warning|error|traceback|fail|retry|unsupported|not built", re.IGNORECASE)


@pytest.mark.parametrize("style", ["lightning_style", "keras_style", "plain_style"])
def test_scripts_run_unchanged_and_quietly(client: Client, style: str) -> None:
    name = f"{style.replace('_', '-')}-{client.line}"
    outcome = client.run(style, "styles", name)
    assert [line for line in outcome.output.splitlines() if COMPLAINT.search(line)] == []
    stored = client.server.run("styles", name)
    assert stored.run.state is RunState.FINISHED
    assert len(stored.rows) == outcome.facts["rows"]
