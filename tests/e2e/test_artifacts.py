"""Artifacts of the unmodified client, as a person finds them."""

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
    """What the client says of what it logged."""
    script = Path(__file__).with_name("logged_artifacts.py")
    return log(server, tmp_path_factory.mktemp("artifacts"), script)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = signed_in_window(browser, server, viewport=WINDOW)
    yield context
    context.close()


@pytest.fixture
def shelf(signed_in: BrowserContext) -> Iterator[Page]:
    """A page of the signed-in window; anything that goes wrong in it fails the test."""
    with faultless(signed_in) as opened:
        yield opened


def test_a_version_is_found_and_read(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf")
    shelf.get_by_role("link", name="Artifacts", exact=True).click()
    shelf.get_by_role("navigation", name="Artifacts").get_by_role("link", name="data").click()
    versions = shelf.get_by_role("table", name="Versions")
    rows = versions.get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("v1")
    expect(rows.nth(1)).to_contain_text("latest")
    expect(rows.nth(2)).to_contain_text("factor 1")

    versions.get_by_role("link", name="v0").click()
    version = shelf.get_by_role("article", name="data:v0")
    expect(version.get_by_text(told["digest"])).to_be_visible()
    expect(version.get_by_text(f"{told['size']} B · 2 files")).to_be_visible()
    expect(version.get_by_text("Rows.", exact=True)).to_be_visible()
    expect(version.get_by_text(f"{told['entity']}/shelf/data:v0")).to_be_visible()
    assert faults(shelf) == []

    version.get_by_text("Files", exact=True).click()
    shelf.get_by_role("treeitem", name="notes.txt").click()
    expect(shelf.get_by_test_id("code")).to_contain_text("note 1")
    shelf.wait_for_url("**/artifacts/dataset/data/v0/files/docs/notes.txt")
    shelf.get_by_role("treeitem", name="rows.csv").click()
    expect(shelf.get_by_text("2", exact=True).first).to_be_visible()


def test_lineage_leads_to_the_runs_and_back(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data/first/lineage")
    used = shelf.get_by_role("region", name="Used by")
    expect(shelf.get_by_role("region", name="Logged by").get_by_role("link")).to_have_text("writer")
    used.get_by_role("link", name="reader").click()
    shelf.wait_for_url(f"**/runs/{told['reader']}")
    shelf.goto(f"/{told['entity']}/shelf/runs/{told['reader']}/artifacts")
    shelf.get_by_role("region", name="Used").get_by_role("link", name="data:v0").click()
    expect(shelf.get_by_role("article", name="data:v0")).to_be_visible()


def test_an_alias_moves_and_comes_back(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data/v1")
    versions = shelf.get_by_role("table", name="Versions")
    shelf.get_by_role("button", name="New alias").click()
    shelf.get_by_role("textbox", name="New alias").fill("chosen")
    shelf.keyboard.press("Enter")
    expect(versions.get_by_role("row").nth(1)).to_contain_text("chosen")
    shelf.get_by_role("button", name="Undo").click()
    expect(versions.get_by_role("row").nth(1)).not_to_contain_text("chosen")
