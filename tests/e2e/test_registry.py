"""A registry from the first one to the version in production, as a person makes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.conftest import WINDOW, faultless
from tests.e2e.logged import log, signed_in_window
from tests.e2e.screen import faults
from tests.server.processes import Server

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def told(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client says of the versions that it logged."""
    script = Path(__file__).with_name("logged_artifacts.py")
    return log(server, tmp_path_factory.mktemp("registry"), script)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = signed_in_window(browser, server, viewport=WINDOW)
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    """A page of the signed-in window; anything that goes wrong in it fails the test."""
    with faultless(signed_in) as opened:
        yield opened


def test_a_version_goes_into_production(page: Page, told: dict[str, Any]) -> None:
    page.goto("/registry")
    expect(page.get_by_role("heading", name="No registry yet")).to_be_visible()
    page.get_by_role("button", name="New registry").click()
    page.get_by_label("Name", exact=True).fill("sets")
    page.get_by_label("Artifact types").fill("dataset")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="sets", exact=True)).to_be_visible()

    page.goto(f"/{told['entity']}/shelf/artifacts/dataset/data/v0")
    version = page.get_by_role("article", name="data:v0")
    version.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Link to registry").click()
    page.get_by_label("Collection, new or existing").fill("Rows")
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_role("button", name="Show", exact=True).click()

    rows = page.get_by_role("table", name="Versions").get_by_role("row")
    expect(rows.nth(1)).to_contain_text(f"{told['entity']}/shelf/data:v0")
    rows.nth(1).get_by_role("button", name="Add an alias to v0").click()
    page.get_by_label("Add an alias to v0").fill("production")
    page.get_by_label("Add an alias to v0").press("Enter")
    expect(page.get_by_text("production is v0 now")).to_be_visible()
    assert faults(page) == []

    page.goto("/registry/home/sets?tab=settings")
    page.get_by_label("Protect an alias").fill("production")
    page.get_by_role("button", name="Protect", exact=True).click()
    expect(page.get_by_role("button", name="Let everyone move production")).to_be_visible()
    page.get_by_text("Changes", exact=True).click()
    changes = page.get_by_role("list", name="Changes").get_by_role("listitem")
    expect(changes.nth(0)).to_contain_text("protected production")
    expect(changes.nth(1)).to_contain_text("gave production to Rows:v0")
    expect(changes.nth(2)).to_contain_text(f"linked {told['entity']}/shelf/data:v0 as Rows:v0")
    assert faults(page) == []

    page.goto("/registry?q=produ")
    expect(page.get_by_role("link", name="Rows")).to_be_visible()
    # As the wandb client prints it.
    page.goto("/orgs/home/registry/sets?selectionPath=home-org%2Fwandb-registry-sets%2FRows")
    expect(page.get_by_role("heading", name="Rows", exact=True)).to_be_visible()
