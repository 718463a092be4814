"""A few of the trials of `killed_runs`, which says how more are made."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.faults.killed_runs import try_kills

TRIALS = 12


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_log_returned_for_survives_the_death_of_its_process(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # pytest shows it where a trial fails
    print(try_kills(tmp_path, TRIALS, seed))
