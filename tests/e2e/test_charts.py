"""Charts draw what the unmodified client logged: values, not pixels."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.logged import Logged
from tests.e2e.screen import drawn_lines
from tests.e2e.values import INFINITY_AT, LEARNING_RATES, NAN_AT, NUM_STEPS, accuracy, loss

pytestmark = pytest.mark.e2e


def ema(weight: float) -> list[float]:
    """The accuracy of the deepest run, smoothed by an exponential average without its bias."""
    smoothed, weights, found = 0.0, 0.0, []
    for step in range(NUM_STEPS):
        smoothed = weight * smoothed + (1 - weight) * accuracy(step, 3)
        weights = weight * weights + (1 - weight)
        found.append(smoothed / weights)
    return found


def test_the_workspace_draws_what_was_logged(tab: Page, logged: Logged) -> None:
    tab.goto(logged.walk)

    lines = drawn_lines(tab, "train/loss", [1] + [NUM_STEPS] * 3)
    for name, rate in LEARNING_RATES.items():
        expected = [loss(step, rate) for step in range(NUM_STEPS)]
        assert lines[name]["x"] == list(range(NUM_STEPS))
        assert lines[name]["y"] == pytest.approx(expected, abs=0, rel=0, nan_ok=True)
        assert math.isnan(lines[name]["y"][NAN_AT])
        assert lines[name]["y"][INFINITY_AT] == math.inf
    assert lines["fails"]["y"] == [3.5]

    lines = drawn_lines(tab, "train/accuracy", [NUM_STEPS] * 3)
    assert lines["deep"]["y"] == [accuracy(step, 3) for step in range(NUM_STEPS)]


def test_smoothing_is_of_the_whole_series_at_every_zoom(tab: Page, logged: Logged) -> None:
    expected = ema(0.9)
    tab.goto(f"{logged.walk}?smooth=ema:0.9")
    whole = drawn_lines(tab, "train/accuracy", [NUM_STEPS] * 3)["deep"]
    assert whole["smooth"] == pytest.approx(expected, rel=1e-12)
    assert whole["y"] == [accuracy(step, 3) for step in range(NUM_STEPS)]

    tab.goto(f"{logged.walk}?smooth=ema:0.9&from=100&to=120")
    # With the neighbours of the range, so that the line enters and leaves the picture.
    part = drawn_lines(tab, "train/accuracy", [23] * 3)["deep"]
    assert part["x"] == list(range(99, 122))
    assert part["smooth"] == pytest.approx(expected[99:122], rel=1e-12)


def test_a_metric_is_drawn_over_the_key_that_it_asked_for(tab: Page, logged: Logged) -> None:
    tab.goto(logged.walk)
    assert drawn_lines(tab, "val/loss", [10] * 3)["deep"]["x"] == list(range(1, 11))


def test_dragging_zooms_every_chart_and_a_double_click_resets(tab: Page, logged: Logged) -> None:
    tab.goto(logged.walk)
    drawn_lines(tab, "train/accuracy", [NUM_STEPS] * 3)
    chart = tab.locator('[data-testid="chart"][data-key="train/accuracy"]')
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=5)
    tab.mouse.up()
    tab.wait_for_url("**from=**")
    tab.wait_for_function(
        "() => window.__runstone.charts().find((c) => c.key === 'train/accuracy')"
        ".lines.every((line) => line.x.length < 100)"
    )
    drawn = tab.evaluate(
        "() => window.__runstone.charts().map((c) => [c.key, c.x, c.lines.map((l) => l.x)])"
    )
    zoomed = {key: (shown, lines) for key, shown, lines in drawn}
    shown, lines = zoomed["train/accuracy"]
    steps = list(range(math.ceil(shown[0]) - 1, math.floor(shown[1]) + 2))
    assert lines == [steps] * 3
    assert zoomed["train/loss"][0] == shown

    chart.dblclick(position={"x": box["width"] * 0.4, "y": 60})
    drawn_lines(tab, "train/accuracy", [NUM_STEPS] * 3)


def test_the_tooltip_reads_all_runs_at_one_step(tab: Page, logged: Logged) -> None:
    tab.goto(f"{logged.walk}?panel=train/accuracy")
    drawn_lines(tab, "train/accuracy", [NUM_STEPS] * 3)
    chart = tab.locator('[data-testid="chart"][data-key="train/accuracy"]').last
    box = chart.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = tab.get_by_test_id("chart-tooltip")
    expect(tip).to_be_visible()
    said = tip.inner_text()
    step = int("".join(c for c in said.splitlines()[0] if c.isdigit()))
    for depth, name in enumerate(LEARNING_RATES, start=1):
        assert name in said
        assert f"{accuracy(step, depth):.4g}" in said


def test_charts_of_tables_are_drawn_as_the_script_asked(tab: Page, logged: Logged) -> None:
    tab.set_viewport_size({"width": 1280, "height": 2400})
    tab.goto(f"/{logged.entity}/plots/runs/drawn")

    lines = drawn_lines(tab, "line", [5, 5])
    assert lines["a"]["x"] == [0, 2, 4, 6, 8]
    assert lines["b"]["y"] == [2, 6, 10, 14, 18], "of the last step"
    lines = drawn_lines(tab, "series", [3, 3])
    assert (lines["up"]["y"], lines["down"]["y"]) == ([1, 2, 3], [3, 2, 1])
    (bars,) = drawn_lines(tab, "bar", [2]).values()
    assert bars["y"] == [40, 50], "what has one name is added"
    (counts,) = drawn_lines(tab, "histogram", [4]).values()
    assert (counts["x"], counts["y"]) == ([0, 5, 10, 15], [3, 2, 3, 2])
    lines = drawn_lines(tab, "confusion", [3, 3, 3])
    assert lines["dog"]["y"] == [1, 1, 0], "a row for what it was"
    assert drawn_lines(tab, "val/pr", [10, 10, 10]).keys() == {"cat", "dog", "owl"}

    confusion = tab.locator("[data-key=confusion]")
    confusion.get_by_role("application").focus()
    tab.keyboard.press("ArrowRight")
    tip = tab.get_by_test_id("chart-tooltip")
    expect(tip).to_contain_text("Count2")
    confusion.get_by_text("Shares").click()
    expect(confusion.get_by_role("radio", name="Shares")).to_be_checked()

    own = tab.locator("[data-key=own]")
    expect(own.get_by_text("team/spiral is not a chart that is drawn here")).to_be_visible()
    expect(own.get_by_role("columnheader", name="kind")).to_be_visible()

    tab.locator("[data-key=line]").get_by_role("button", name="Previous step").click()
    tab.wait_for_function(
        "() => window.__runstone.charts().find((c) => c.key === 'line')?.lines[1]?.y[0] === 1"
    )
