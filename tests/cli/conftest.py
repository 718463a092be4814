"""Servers that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.server.processes import Server


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers; the folder is `tmp_path/data` where none is given."""
    servers: list[Server] = []

    def start_one(data: Path | None = None, *flags: str, **more: object) -> Server:
        server = Server(data or tmp_path / "data", *flags, **more)  # type: ignore[arg-type]
        servers.append(server)
        return server

    yield start_one
    for server in servers:
        server.kill()
