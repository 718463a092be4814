"""One real server for all tests that abuse one; what it holds is compared after each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faults.victim import MAX_BODY_MB, MAX_UPLOAD_MB, Victim
from tests.server.processes import Server


@pytest.fixture(scope="session")
def shared_victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    limits = ("--max-body-mb", str(MAX_BODY_MB), "--max-upload-mb", str(MAX_UPLOAD_MB))
    server = Server(tmp_path_factory.mktemp("victim") / "data", *limits)
    try:
        yield Victim(server)
    finally:
        server.kill()


@pytest.fixture
def victim(shared_victim: Victim) -> Iterator[Victim]:
    """The server; afterwards it must still serve, and hold what it held."""
    yield shared_victim
    shared_victim.check_unharmed()
