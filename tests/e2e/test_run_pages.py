"""The pages of a run, with what the unmodified client logged."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.conftest import faultless
from tests.e2e.logged import Logged
from tests.e2e.values import LEARNING_RATES, NUM_STEPS, accuracy

pytestmark = pytest.mark.e2e

NATURAL_SIZES = "imgs => imgs.map(i => [i.naturalWidth, i.naturalHeight])"


def test_the_overview_shows_config_summary_and_machine(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.run('deep')}/overview")
    main = tab.get_by_role("main")
    expect(main.get_by_text("learning_rate", exact=True)).to_be_visible()
    expect(main.get_by_text(str(LEARNING_RATES["deep"]), exact=True).first).to_be_visible()
    expect(main.get_by_text("gelu", exact=True)).to_be_visible()
    expect(main.get_by_text(f"{accuracy(NUM_STEPS - 1, 3):.4g}", exact=True).first).to_be_visible()
    expect(main.get_by_text("CPython", exact=False)).to_be_visible()
    expect(main.get_by_text("logged_project.py", exact=False).first).to_be_visible()


def test_the_overview_shows_alerts_the_newest_first(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.run('talks')}/overview")
    alerts = tab.get_by_role("region", name="Alerts")
    titles = alerts.locator("li strong")
    expect(titles).to_have_text(["Alert 4", "Alert 3", "Alert 2"])
    expect(alerts.get_by_text("Error", exact=True)).to_be_visible()
    alerts.get_by_role("button", name="All 4 alerts").click()
    expect(titles).to_have_text(["Alert 4", "Alert 3", "Alert 2", "Alert 1"])


def test_notes_edited_in_place_are_kept_and_can_be_undone(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.run('wide')}/overview")
    tab.get_by_role("button", name="Edit the notes").click()
    tab.get_by_role("textbox", name="Notes").fill("Better than it looks.")
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_text("Notes saved")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("Better than it looks.")).to_be_visible()


def test_the_console_shows_colours_the_error_stream_and_finds(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.run('deep')}/console")
    output = tab.get_by_label("Console output")
    done = output.get_by_text("done", exact=True)
    expect(done).to_be_visible()
    expect(output.get_by_text("warning of deep")).to_be_visible()
    plain = output.get_by_text("warning of deep").evaluate("e => getComputedStyle(e).color")
    assert done.evaluate("e => getComputedStyle(e).color") != plain
    assert "\x1b" not in output.inner_text()

    tab.goto(f"{logged.run('talks')}/console?line=1500")
    expect(output.get_by_text("line 1499 of 3000", exact=True)).to_be_visible()
    tab.get_by_role("searchbox", name="Search the console").fill("line 2718 ")
    expect(output.get_by_text("line 2718 of 3000")).to_be_visible()
    expect(tab.get_by_text("1 of 1")).to_be_visible()


def test_system_charts_draw_what_the_machine_reported(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.run('deep')}/system")
    tab.wait_for_function("() => (window.__runstone?.charts() ?? []).length > 1")
    charts = tab.evaluate("() => window.__runstone.charts()")
    percents = [line["y"] for c in charts if "memory_percent" in c["key"] for line in c["lines"]]
    assert percents
    assert all(0 < value < 100 for values in percents for value in values)


def test_files_are_previewed_by_what_they_are(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.media_run}/files")
    tab.get_by_role("treeitem", name="figures.csv").click()
    expect(tab.get_by_text("x,y", exact=True)).to_be_visible()
    expect(tab.get_by_text("ü", exact=True)).to_be_visible()

    tab.goto(f"{logged.media_run}/files/config.yaml")
    expect(tab.get_by_test_id("code")).to_contain_text("value: 1")

    tab.goto(f"{logged.media_run}/files/data.bin")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download").first.click()
    assert download.value.path().stat().st_size > 0


def test_media_show_pictures_tables_and_figures(window: BrowserContext, logged: Logged) -> None:
    page = window.new_page()
    page.goto(f"{logged.media_run}/media?q=image")
    images = page.locator("img")
    images.first.wait_for()
    page.wait_for_function("() => [...document.images].every((i) => i.complete)")
    sizes = images.evaluate_all(NATURAL_SIZES)
    assert [4, 4] in sizes

    page.goto(f"{logged.media_run}/media?q=table")
    expect(page.get_by_text("w0", exact=True)).to_be_visible()
    page.goto(f"{logged.media_run}/media?q=figure")
    expect(page.locator(".js-plotly-plot, iframe").first).to_be_visible()
    page.close()


def test_html_that_was_logged_runs_apart_from_the_app(
    window: BrowserContext, logged: Logged
) -> None:
    page = window.new_page()
    page.goto(f"{logged.media_run}/media?q=html")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_role("heading", name="hello")).to_be_visible()
    handle = page.locator("iframe").first.element_handle()
    assert handle is not None
    inside = handle.content_frame()
    assert inside is not None
    # Its scripts run, but on no origin: nothing of the app is within their reach.
    assert inside.evaluate("document.title") == "x"
    assert inside.evaluate("self.origin") == "null"
    assert inside.evaluate(
        "(() => { try { return document.cookie } catch { return 'no' } })()"
    ) in (
        "",
        "no",
    )
    assert (
        inside.evaluate("(() => { try { return String(top.document) } catch { return 'no' } })()")
        == "no"
    )
    assert inside.evaluate("fetch('/api/v1/me').then(() => 'yes', () => 'no')") == "no"
    page.close()


def test_comparing_shows_only_what_differs(tab: Page, logged: Logged) -> None:
    runs = logged.runs
    tab.goto(f"{logged.walk}/compare?runs={runs['deep']},{runs['shallow']}")
    main = tab.get_by_role("main")
    expect(main.get_by_text("learning_rate", exact=True)).to_be_visible()
    expect(main.get_by_text("model.depth", exact=True)).to_be_visible()
    expect(main.get_by_text("batch_size", exact=True)).to_have_count(0)
    tab.get_by_role("switch", name="Differences only").click()
    expect(main.get_by_text("batch_size", exact=True)).to_be_visible()


def test_a_run_that_is_not_there_is_said_to_be_so(window: BrowserContext, logged: Logged) -> None:
    page = window.new_page()
    page.goto(f"{logged.walk}/runs/nowhere")
    expect(page.get_by_text("No such run")).to_be_visible()
    page.close()
    with faultless(window) as again:
        again.goto(logged.walk)
        expect(again.get_by_role("link", name="deep").first).to_be_visible()
