"""What axe finds on every page, in light and in dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext
from tests.e2e.logged import Logged
from tests.e2e.screen import faults

pytestmark = pytest.mark.e2e

# Each with something that stands on the page once it is whole.
PAGES = {
    "home": ("/", "table"),
    "keys": ("/authorize", "h1"),
    "account": ("/account", "h1"),
    "workspace": ("{walk}", "[data-testid=chart]"),
    "table": ("{walk}/table", "[data-testid=table-row]"),
    "everything stored": ("/storage", "table"),
    "storage": ("{walk}/storage", "table"),
    "trash": ("{walk}/trash", "h1, h2"),
    "compare": ("{walk}/compare?runs={deep},{shallow}", "text=learning_rate"),
    "charts": ("{run}", "[data-testid=chart]"),
    "overview": ("{run}/overview", "text=batch_size"),
    "console": ("{run}/console", "text=warning of deep"),
    "system": ("{run}/system", "[data-testid=chart]"),
    "files": ("{run}/files/config.yaml", "[data-testid=code]"),
    "code": ("{run}/code", "text=numpy"),
    "media": ("{media}/media", "img"),
    "media of runs": ("{media_project}?section=*media", "img"),
    "artifacts": ("{shelf}", "article"),
    "files of a version": ("{shelf}/v0/files/rows.csv", "text=rows.csv"),
    "lineage": ("{shelf}/v0/lineage", "[role=group] button[data-id]"),
    "metrics of versions": ("{shelf}?show=metrics", "table"),
    "versions compared": (
        "{shelf}?show=compare&from=v0&to=v1&file=docs%2Fnotes.txt",
        "[aria-label='How the code differs']",
    ),
    "tables compared": ("{shelf}?show=compare&from=v0&to=v1&file=rows.csv", "ins"),
    "registries": ("/registry", "h1"),
    "registry": ("/registry/home/sets", "table"),
    "registry's collection": ("/registry/home/sets/Rows", "table"),
    "registry's members": ("/registry/home/sets?tab=members", "table"),
    "registry's settings": ("/registry/home/sets?tab=settings", "form"),
    "registry's changes": ("/registry/home/sets?tab=changes", "li"),
    "nowhere": ("/no/such/project", "h1"),
}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious(window: BrowserContext, logged: Logged, name: str) -> None:
    path, landmark = PAGES[name]
    page = window.new_page()
    page.goto(
        path.format(
            walk=logged.walk,
            run=logged.run("deep"),
            media=logged.media_run,
            media_project=logged.media_run.partition("/runs/")[0],
            shelf=logged.shelf,
            **logged.runs,
        )
    )
    page.locator(landmark).first.wait_for()
    found = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a literal
        page.wait_for_function(
            "theme => document.documentElement.dataset.theme === theme", arg=theme
        )
        found[theme] = faults(page)
    page.close()
    assert found == {"light": [], "dark": []}
