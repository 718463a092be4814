"""A real browser (Debian's Chromium) on a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.e2e.logged import Logged, kept_log
from tests.server.processes import Server

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Without these Chromium looks for Google's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW = {"width": 1280, "height": 800}
expect.set_options(timeout=30_000)  # as for clicks: a busy machine is no failure


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser process.

    Of a module, not of the session: while Playwright runs, its event loop counts as this thread's,
    and no other test of the same worker could use asyncio.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own folder."""
    running = Server(tmp_path_factory.mktemp("e2e") / "data")
    yield running
    running.kill()


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """A server with what the unmodified client has logged: each worker has a copy of one folder."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    facts = kept_log(base.parent if is_worker else base)
    folder = tmp_path_factory.mktemp("logged")
    running = Server(shutil.copytree(facts.data, folder / "data"), key=facts.key)
    try:
        yield Logged(running, facts.entity, facts.runs, facts.media)
    finally:
        running.kill()


@pytest.fixture(scope="module")
def window(browser: Browser, logged: Logged) -> Iterator[BrowserContext]:
    """A window on that server, in which the administrator is signed in."""
    context = logged.visit(browser, viewport=WINDOW)
    yield context
    context.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A fresh page where nobody is signed in; anything that goes wrong in it fails the test."""
    context = browser.new_context(viewport=WINDOW)
    with faultless(context) as opened:
        yield opened
        opened.screenshot(path=str(tmp_path / "last.png"))
    context.close()


@pytest.fixture
def tab(window: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A page of the signed-in window; anything that goes wrong in it fails the test."""
    with faultless(window) as opened:
        yield opened
        opened.screenshot(path=str(tmp_path / "last.png"))


@contextmanager
def faultless(context: BrowserContext) -> Iterator[Page]:
    """A page that must log no error."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    yield opened
    opened.close()
    assert problems == []
