"""Scripts that people have already: the recipes for reading W&B hold with each client line."""

from __future__ import annotations

import pytest
from tests.compat.conftest import Client

pytestmark = pytest.mark.compat


def test_recipes_for_reading(client: Client) -> None:
    outcome = client.run("recipes")
    assert len(outcome.facts["done"]) == 15, outcome.output
