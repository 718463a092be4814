"""What is stored, what deleting would free, and a rule that is looked at before it is turned on."""

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
    script = Path(__file__).with_name("logged_storage.py")
    return log(server, tmp_path_factory.mktemp("storage"), script)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    context = signed_in_window(browser, server, viewport=WINDOW)
    yield context
    context.close()


@pytest.fixture
def attic(signed_in: BrowserContext, told: dict[str, Any]) -> Iterator[Page]:
    """The project's storage; anything that goes wrong in it fails the test."""
    with faultless(signed_in) as opened:
        opened.goto(f"/{told['entity']}/attic/storage")
        yield opened


def test_from_the_server_to_a_project(attic: Page, told: dict[str, Any]) -> None:
    attic.goto("/storage")
    row = attic.get_by_role("row", name=f"{told['entity']}/attic")
    # One run, three versions.
    expect(row).to_be_visible()
    cells = row.get_by_role("cell").all_inner_texts()
    assert cells[:2] == ["1", "3"]
    assert faults(attic) == []
    row.get_by_role("link").click()
    attic.wait_for_url(f"**/{told['entity']}/attic/storage")
    expect(attic.get_by_role("heading", name="Storage", exact=True)).to_be_visible()


def test_a_rule_is_seen_before_it_is_turned_on(attic: Page) -> None:
    table = attic.get_by_role("region", name="Artifacts")
    expect(table.get_by_role("row", name="net")).to_be_visible()
    cells = table.get_by_role("row", name="net").get_by_role("cell").all_inner_texts()
    # Versions, logical, stored, unique: the shared 5 KB lie there once.
    assert cells[2:6] == ["3", "21 KB", "11 KB", "11 KB"]

    table.get_by_role("button", name="Retention: net").click()
    dialog = attic.get_by_role("dialog")
    rule = dialog.get_by_role("textbox", name="Rule")
    expect(dialog.get_by_role("button", name="Turn on")).to_be_disabled()
    rule.fill("keep newest 1\nkeep best 1 by min(metadata.acc)")
    goes = dialog.get_by_role("list", name="Goes (1 version)").get_by_role("listitem")
    expect(goes).to_have_count(1)
    expect(goes).to_contain_text("v1")
    stays = dialog.get_by_role("list", name="Stays (2 versions)").get_by_role("listitem")
    expect(stays.nth(0)).to_contain_text("newest 1")
    expect(stays.nth(1)).to_contain_text("best 1 by min(metadata.acc)")
    expect(dialog.get_by_text("Would free 2.0 KB")).to_be_visible()
    assert faults(attic) == []
    dialog.get_by_role("button", name="Save, off").click()

    rules = attic.get_by_role("region", name="Retention")
    expect(rules.get_by_role("row", name="net")).to_contain_text("off")
    rules.get_by_role("button", name="Edit").click()
    dialog.get_by_role("button", name="Turn on: delete 1 version, free 2.0 KB").click()
    expect(rules.get_by_role("row", name="net").get_by_text("on", exact=True)).to_be_visible()
    assert faults(attic) == []
    rules.get_by_role("button", name="Edit").click()
    dialog.get_by_role("button", name="Remove the rule").click()
    expect(rules.get_by_text("No rule deletes versions in this project.")).to_be_visible()


def test_the_chosen_are_weighed_and_deleted(attic: Page, told: dict[str, Any]) -> None:
    attic.get_by_role("checkbox", name="Choose net").check()
    bar = attic.get_by_role("region", name="What the chosen would free")
    expect(bar.get_by_text("would free 11 KB")).to_be_visible()
    attic.get_by_role("checkbox", name="Choose net").uncheck()
    attic.get_by_role("checkbox", name="Choose writer").check()
    expect(bar).to_contain_text("1 run")
    bar.get_by_role("button", name="Delete…").click()
    dialog = attic.get_by_role("dialog")
    expect(dialog).to_contain_text("goes to the trash and can be restored")
    assert faults(attic) == []
    dialog.get_by_role("button", name="Delete, free").click()
    row = attic.get_by_role("row", name="writer")
    expect(row).to_contain_text("in the trash")
    attic.get_by_role("button", name="Restore the runs").click()
    expect(row.get_by_role("checkbox")).to_be_visible()
    # What the run logged was there all the time.
    expect(attic.get_by_role("row", name="net").get_by_role("cell").nth(2)).to_have_text("3")
