"""The widget in a real browser, on a page that plays the notebook."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.notebook.page import line_of, open_page, state_of, tell, training

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("request", lambda request: wrong.append(request.url))
    yield made
    context.close()
    assert [text for text in wrong if not text.startswith(("blob:", "about:"))] == []


def figure(page: Page, name: str) -> tuple[str, str]:
    """The line of a chart, and all that is written at it."""
    found = page.locator("figure").filter(has=page.get_by_text(name, exact=True))
    return found.locator("path.rs-curve").first.get_attribute("d") or "", found.inner_text()


def test_a_training_is_drawn_as_it_is(page: Page) -> None:
    open_page(page, state_of(training(), notes=["It is kept in ./runstone"]))
    assert page.locator("header").inner_text().split("\n")[0] == "brisk-sun-12"
    expect(page.get_by_role("link", name="Open")).to_have_attribute("target", "_blank")
    expect(page.locator("figure")).to_have_count(12)
    line, text = figure(page, "train/loss")
    assert 100 < line.count("L") < 200
    assert "NaN" not in line
    assert "step 0 – 4,999" in text
    line, text = figure(page, "diverged")
    assert line.count("M") == 1, "a line ends where values are not finite"
    marks = page.locator("figure").nth(4).locator(".rs-odd path")
    assert marks.count() == 3
    assert figure(page, "nothing/but/NaN")[0] == ""
    assert "1.7e308" in figure(page, "huge")[1]
    assert page.get_by_text("<b>markup</b>").count() == 1, "a name is text"
    page.locator("svg").nth(8).hover(position={"x": 120, "y": 20})
    assert figure(page, "huge")[1].split("\n")[1] == "0"
    page.mouse.move(5, 5)
    assert figure(page, "huge")[1].split("\n")[1] == "1.7e308"


def test_what_comes_is_drawn_and_what_is_over_is_let_go(page: Page) -> None:
    open_page(page, state_of({}, name="new", url=None))
    expect(page.locator("figure")).to_have_count(0)
    assert page.get_by_role("link").count() == 0
    assert not page.get_by_label("Find a metric").is_visible()
    tell(page, state_of({"loss": line_of([3, 2])}))
    before = figure(page, "loss")
    tell(page, state_of({"loss": line_of([3, 2, 1.5])}, state="finished", facts=["3m 0s"]))
    after = figure(page, "loss")
    assert before[0] != after[0]
    assert after[1].split("\n")[1] == "1.5"
    assert "finished · 3m 0s" in page.locator("header").inner_text()
    page.evaluate("end()")
    assert page.evaluate("model.handlers.length") == 0


def test_a_kernel_that_is_started_anew_is_noticed(page: Page) -> None:
    open_page(page, state_of({"loss": line_of([1, 2])}))
    tells = "for (const [event, heard] of model.handlers) if (event === 'comm_live_update') heard()"
    page.evaluate(tells)
    assert "its kernel has ended" in page.locator("header").inner_text()
    tell(page, state_of({"loss": line_of([1, 2])}))
    assert "running" in page.locator("header").inner_text(), "it was only cut off"
    tell(page, state_of({"loss": line_of([1, 2])}, state="finished"))
    page.evaluate(tells)
    assert "finished" in page.locator("header").inner_text()


def test_any_metric_can_be_found_and_picked(page: Page) -> None:
    lines = training()
    open_page(page, state_of(lines))
    search = page.get_by_label("Find a metric")
    search.fill("GRAD_NORM")
    assert page.locator(".rs-found li").count() == 50, "as many as anybody reads"
    search.fill("layer.42/")
    page.get_by_role("button", name="layer.42/grad_norm").click()
    assert page.evaluate("model.saved") == [["layer.42/grad_norm"]]
    assert "comes when the kernel answers" in page.locator(".rs-found").inner_text()
    state = state_of(lines)
    picked = state_of({"layer.42/grad_norm": lines["layer.42/grad_norm"]})
    state["charts"] |= picked["charts"]
    tell(page, {"charts": state["charts"]})
    expect(page.locator("figure")).to_have_count(13)
    page.get_by_role("button", name="layer.42/grad_norm").click()
    expect(page.locator("figure")).to_have_count(12)
    search.fill("no such thing")
    assert "No metric is called so" in page.locator(".rs-found").inner_text()


def test_a_metric_that_came_in_turn_is_drawn_at_once(page: Page) -> None:
    """A kernel that is busy with a cell does not hear what is picked."""
    lines = training()
    open_page(page, state_of(lines))
    for name in ("layer.41/grad_norm", "layer.42/grad_norm"):
        tell(page, {"more": state_of({name: lines[name]})["charts"]})
    page.get_by_label("Find a metric").fill("layer.41/")
    page.get_by_role("button", name="layer.41/grad_norm").click()
    expect(page.locator("figure")).to_have_count(13)
    before = figure(page, "layer.41/grad_norm")
    tell(page, {"more": state_of({"layer.41/grad_norm": line_of([1, 2])})["charts"]})
    assert figure(page, "layer.41/grad_norm")[0] != before[0], "its next turn"
    state = state_of({**lines, "layer.41/grad_norm": line_of([3, 2, 1])})
    picked = state_of({"layer.41/grad_norm": line_of([3, 2, 1])})
    tell(page, {"charts": state["charts"] | picked["charts"]})
    assert "step 0 – 2" in figure(page, "layer.41/grad_norm")[1], "what the kernel sends for it"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_follows_the_theme_and_hides_the_card_below(page: Page, dark: bool) -> None:
    open_page(page, state_of({"loss": line_of([1, 2])}, card="runstone-card-1"), dark=dark)
    root = page.locator(".runstone-run")
    expect(root).to_have_attribute("data-theme", "dark" if dark else "light")
    page.evaluate("(colour) => { document.body.style.color = colour }", "#000" if dark else "#fff")
    expect(root).to_have_attribute("data-theme", "light" if dark else "dark")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p class=runstone-card-1>card')")
    card = page.locator(".runstone-card-1")
    assert not card.is_visible()
    page.evaluate("document.querySelector('#cell').replaceChildren()")
    assert card.is_visible(), "without the widget it is there"
    assert page.evaluate("getComputedStyle(document.querySelector('p')).fontSize") == "16px"


def test_it_is_narrow_where_the_page_is(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    open_page(page, state_of(training(), name="a name without an end " * 20))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_that_is_none_is_not_made(page: Page) -> None:
    open_page(page, state_of({"x": line_of([math.pi])}, url="javascript:alert(1)"))
    assert page.get_by_role("link").count() == 0


def test_it_is_small() -> None:
    size = len((files("runstone.notebook") / "widget.js").read_bytes())
    assert size <= 15_000
