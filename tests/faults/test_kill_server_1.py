"""Half of the trials of `killed_server`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.killed_server import kill_again_and_again


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path: Path) -> None:
    kill_again_and_again(1, tmp_path)
