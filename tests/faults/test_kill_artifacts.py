"""A few of the trials of `killed_artifacts`, which says how more are made."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.faults.killed_artifacts import try_kills

TRIALS = 6


@pytest.mark.slow
@pytest.mark.compat
@pytest.mark.timeout(900)
def test_no_committed_version_misses_a_byte_and_nothing_is_left_over(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # pytest shows it where a trial fails
    print(try_kills(tmp_path, TRIALS, seed))
