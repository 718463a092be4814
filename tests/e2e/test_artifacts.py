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
    graph = shelf.get_by_role("group", name="Lineage graph")
    nodes = graph.locator("button[data-id]")
    expect(nodes).to_have_count(3)
    here = nodes.filter(has_text="data:v0")
    expect(here).to_have_attribute("aria-current", "true")
    # What it came from stands to the left of it, what used it to the right.
    left, middle, right = (
        nodes.filter(has_text=text).bounding_box() for text in ("writer", "data:v0", "reader")
    )
    assert left is not None
    assert middle is not None
    assert right is not None
    assert left["x"] + left["width"] < middle["x"] < middle["x"] + middle["width"] < right["x"]
    assert faults(shelf) == []

    here.focus()
    shelf.keyboard.press("ArrowRight")
    expect(nodes.filter(has_text="reader")).to_be_focused()
    expect(shelf.get_by_role("complementary", name="About what is chosen")).to_contain_text(
        "finished", ignore_case=True
    )
    shelf.keyboard.press("Enter")
    shelf.wait_for_url(f"**/runs/{told['reader']}/artifacts")
    shelf.get_by_role("region", name="Used").get_by_role("link", name="data:v0").click()
    expect(shelf.get_by_role("article", name="data:v0")).to_be_visible()


def test_two_versions_are_compared(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data")
    shelf.get_by_text("Compare", exact=True).click()
    # The newest beside the one before it.
    changes = shelf.get_by_role("list", name="Files that differ")
    expect(changes.get_by_role("button")).to_have_count(2)
    expect(shelf.get_by_role("button", name="From v0")).to_be_visible()
    changes.get_by_role("button", name="notes.txt").click()
    patch = shelf.get_by_role("region", name="How the code differs")
    expect(patch).to_contain_text("note 1")
    expect(patch).to_contain_text("note 2")
    changes.get_by_role("button", name="rows.csv").click()
    expect(shelf.get_by_text("0 added, 0 removed, 2 changed, 1 the same")).to_be_visible()
    assert shelf.locator("del").all_inner_texts() == ["1", "2"]
    assert shelf.locator("ins").all_inner_texts() == ["2", "4"]
    assert faults(shelf) == []

    shelf.get_by_role("button", name="Swap").click()
    expect(shelf.get_by_role("button", name="From v1")).to_be_visible()
    shelf.get_by_text("Metadata", exact=True).click()
    cells = shelf.get_by_role("table", name="Metadata").get_by_role("cell")
    expect(cells.nth(0)).to_contain_text("2")
    expect(cells.nth(1)).to_contain_text("1")
    assert faults(shelf) == []


def test_the_best_version_is_called_so(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data?show=metrics")
    expect(shelf.get_by_text("v1: factor 2")).to_be_visible()
    table = shelf.get_by_role("table", name="Metrics")
    rows = table.get_by_role("row")
    expect(rows.nth(1)).to_contain_text("v1")
    table.get_by_role("button", name="Sort by factor").click()
    shelf.get_by_text("lowest", exact=True).click()
    expect(shelf.get_by_text("v0: factor 1")).to_be_visible()
    expect(rows.nth(1)).to_contain_text("v0")
    shelf.wait_for_url("**goal=lowest**")
    assert faults(shelf) == []
    shelf.get_by_role("button", name="Call it best").click()
    expect(rows.nth(1)).to_contain_text("best")
    shelf.get_by_role("button", name="Undo").click()
    expect(rows.nth(1)).not_to_contain_text("best")


def test_a_collection_is_renamed_and_back(
    shelf: Page, signed_in: BrowserContext, told: dict[str, Any]
) -> None:
    def edit(page: Page, name: str) -> None:
        head = page.locator("header", has=page.get_by_role("heading", level=1, exact=True))
        head.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name="Edit this artifact").click()
        page.get_by_role("textbox", name="Name").fill(name)
        page.get_by_role("button", name="Save").click()

    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data")
    for name in ("records", "data"):
        edit(shelf, name)
        shelf.wait_for_url(f"**/artifacts/dataset/{name}")
        expect(shelf.get_by_role("heading", level=1)).to_have_text(name)
    # A name that cannot be is said at its field. (The browser notes the refusal as an error.)
    page = signed_in.new_page()
    page.goto(f"/{told['entity']}/shelf/artifacts/dataset/data")
    edit(page, "a:b")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("a:b")
    assert faults(page) == []
    page.close()


def test_an_alias_moves_and_comes_back(shelf: Page, told: dict[str, Any]) -> None:
    shelf.goto(f"/{told['entity']}/shelf/artifacts/dataset/data/v1")
    versions = shelf.get_by_role("table", name="Versions")
    shelf.get_by_role("button", name="New alias").click()
    shelf.get_by_role("textbox", name="New alias").fill("chosen")
    shelf.keyboard.press("Enter")
    expect(versions.get_by_role("row").nth(1)).to_contain_text("chosen")
    shelf.get_by_role("button", name="Undo").click()
    expect(versions.get_by_role("row").nth(1)).not_to_contain_text("chosen")
