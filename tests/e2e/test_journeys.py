"""What people do: find, sort, filter, delete and undo, jump, change the language, come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import WINDOW, faultless
from tests.e2e.logged import HERE, Logged, log
from tests.e2e.values import LEARNING_RATES
from tests.server.processes import Server, runstone

pytestmark = pytest.mark.e2e


def rows(page: Page) -> list[str]:
    """Names in the table, from above."""
    found = page.get_by_test_id("table-row").get_by_role("link").all_inner_texts()
    return [name.strip() for name in found]


def test_the_table_sorts_and_filters_by_what_was_logged(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.walk}/table?sort=-config.learning_rate")
    expect(tab.get_by_test_id("table-row")).to_have_count(5)
    assert rows(tab)[:3] == list(LEARNING_RATES)

    field = tab.get_by_role("searchbox").first
    field.fill("config.learning_rate < 0.05 and state == 'finished'")
    expect(tab.get_by_test_id("table-row")).to_have_count(2)
    assert rows(tab) == ["wide", "deep"]

    field.fill("config.learning_rat < 0.05")
    expect(tab.get_by_text("learning_rat", exact=False).first).to_be_visible()


def test_a_broken_filter_is_explained_where_it_stands(logged: Logged, browser: Browser) -> None:
    context = logged.visit(browser, viewport=WINDOW)
    page = context.new_page()
    page.goto(f"{logged.walk}/table")
    expect(page.get_by_test_id("table-row")).to_have_count(5)
    page.get_by_role("searchbox").first.fill("config.learning_rate <")
    expect(page.get_by_role("alert").first).to_be_visible()
    context.close()


def test_a_deleted_run_comes_back_by_undo(tab: Page, logged: Logged) -> None:
    tab.goto(logged.walk)
    row = tab.get_by_test_id("run-row").filter(has_text="fails")
    row.hover()
    row.get_by_role("button", name="Menu of fails").click()
    tab.get_by_role("menuitem", name="Delete").click()
    expect(tab.get_by_test_id("run-row").filter(has_text="fails")).to_have_count(0)
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_test_id("run-row").filter(has_text="fails")).to_have_count(1)


def test_the_palette_jumps_to_a_run(tab: Page, logged: Logged) -> None:
    tab.goto("/")
    expect(tab.get_by_role("button", name="Search or jump")).to_be_visible()
    tab.keyboard.press("Control+k")
    tab.get_by_role("combobox").fill("shallow")
    expect(tab.get_by_role("option").filter(has_text="shallow").first).to_be_visible()
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**{logged.run('shallow')}*")


def test_three_languages(browser: Browser, logged: Logged) -> None:
    for locale, word in (("ko-KR", "프로젝트"), ("zh-CN", "项目"), ("de-DE", "Projects")):
        context = logged.visit(browser, viewport=WINDOW, locale=locale)
        with faultless(context) as page:
            page.goto("/")
            expect(page.get_by_role("heading", name=word).first).to_be_visible()
            assert page.evaluate("document.documentElement.lang").startswith(
                locale[:2] if locale != "de-DE" else "en"
            )
        context.close()


def test_a_phone_has_no_sideways_scroll(browser: Browser, logged: Logged) -> None:
    context = logged.visit(browser, viewport={"width": 390, "height": 844}, has_touch=True)
    deep = logged.run("deep")
    for path in ("/", logged.walk, deep, f"{deep}/overview", f"{deep}/console", f"{deep}/files"):
        with faultless(context) as page:
            page.goto(path)
            page.wait_for_load_state("networkidle", timeout=2_000) if path == "/authorize" else None
            expect(page.get_by_role("main")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_the_empty_page_turns_into_the_first_project(
    server: Server, page: Page, tmp_path: Path
) -> None:
    page.goto(server.said(r"(http\S+/signin\?token=\S+)"))
    expect(page.get_by_text("WANDB_BASE_URL", exact=False).first).to_be_visible()
    log(server, tmp_path, HERE / "one_run.py")
    expect(page.get_by_role("link", name=re.compile("first"))).to_be_visible(timeout=15_000)


def test_signing_in_by_password_and_what_a_wrong_one_says(server: Server, browser: Browser) -> None:
    made = runstone("admin", "user", "create", "grace", "--data", server.data)
    assert made.returncode == 0, made.stderr
    secret = "correct horse battery"
    given = runstone("admin", "user", "password", "grace", "--data", server.data, stdin=secret)
    assert given.returncode == 0, given.stderr
    context = browser.new_context(base_url=server.url, viewport=WINDOW)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("radio", name="Password").check(force=True)
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Password", exact=True).last.fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password", exact=True).last.fill(secret)
    page.keyboard.press("Enter")
    expect(page.get_by_text("WANDB_BASE_URL", exact=False).first).to_be_visible()
    context.close()


def test_the_page_outlives_its_server(browser: Browser, tmp_path: Path) -> None:
    first = Server(tmp_path / "data")
    log(first, tmp_path, HERE / "one_run.py")
    context = browser.new_context(base_url=first.url, viewport=WINDOW)
    page = context.new_page()
    page.goto(first.said(r"(http\S+/signin\?token=\S+)"))
    page.get_by_role("link", name=re.compile("first")).first.click()
    page.get_by_test_id("chart").first.wait_for()
    port = first.url.rsplit(":", 1)[1]
    first.kill()
    expect(page.get_by_role("status").filter(has_text="Reconnecting")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("chart").first).to_be_visible()
    second = Server(tmp_path / "data", "--port", port)
    try:
        expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible(timeout=30_000)
    finally:
        context.close()
        second.kill()
