"""Services run over the memory store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runstone.testing.office import Office, make_office


@pytest.fixture
def office() -> Iterator[Office]:
    office = make_office()
    yield office
    office.store.close()
