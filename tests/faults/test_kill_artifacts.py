"""A few of the trials of `killed_artifacts`; `RUNSTONE_TEST_KILLS=100` for more."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.faults.killed_artifacts import try_kills

TRIALS = int(os.environ.get("RUNSTONE_TEST_KILLS", "8"))


@pytest.mark.slow
@pytest.mark.compat
@pytest.mark.timeout(TRIALS * 120 + 300)
def test_no_committed_version_misses_a_byte_and_nothing_is_left_over(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # kept by pytest, shown where it fails
    print(try_kills(tmp_path, TRIALS, seed))
