"""Every row comes back as it was logged, in each way of reading that a client line has."""

from __future__ import annotations

import pytest
from tests.compat.conftest import Client

pytestmark = pytest.mark.compat


def test_rows_come_back_as_they_were_logged(client: Client) -> None:
    facts = client.run("history_rows.py", f"reading-{client.line}").facts
    assert facts["last"] == 2_501
    differences = {key: facts[key] for key in facts if key.startswith(("odd", "many", "beta"))}
    assert differences.pop("odd keys") == [[0, 1], [2, -(2**62)]]
    assert differences.pop("many sampled") == [0, 2_624, 5_249, 7_874, 10_499]
    assert {key: wrong for key, wrong in differences.items() if wrong} == {}
    assert facts["unknown keys"] == []
    # Rows come by pages alone (ADR 0010): the client says so, rather than give an empty folder.
    assert facts.get("exports", "IncompleteRunHistoryError") == "IncompleteRunHistoryError"
    assert facts.get("lenient", [0, True]) == [0, True]
