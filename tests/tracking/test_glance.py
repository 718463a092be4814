"""What is seen of a run's metrics by whoever reads its journal along."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runstone
from runstone.sdk.card import Card, Curve, curves_of, duration, number
from runstone.tracking.farewell import metric_lines, sparkline
from runstone.tracking.folder import RunFolder
from runstone.tracking.glance import MAX_BUCKETS, MAX_LINES, Glance, Line


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("RUNSTONE_SILENT", "RUNSTONE_MODE"):
        monkeypatch.setenv(name, "offline" if name == "RUNSTONE_MODE" else "1")
    monkeypatch.setenv("RUNSTONE_DIR", str(tmp_path))
    monkeypatch.setenv("RUNSTONE_CONSOLE", "off")
    monkeypatch.setenv("RUNSTONE_SYSTEM_METRICS", "off")


def folder_of(run: runstone.ActiveRun) -> RunFolder:
    assert run.folder is not None
    return RunFolder(run.folder)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(width=32), max_size=1_500),
    cuts=st.lists(st.integers(0, 1_500), max_size=5),
)
def test_a_line_keeps_extremes_and_what_is_odd(values: list[float], cuts: list[int]) -> None:
    line = Line()
    edges = sorted({0, len(values), *(cut for cut in cuts if cut < len(values))})
    for start, stop in pairwise(edges):
        line.extend(range(start, stop), values[start:stop])
    finite = [value for value in values if math.isfinite(value)]
    assert len(line) <= MAX_BUCKETS
    assert line.num_points == len(values)
    assert (line.low, line.high) == (min(finite, default=None), max(finite, default=None))
    assert len(line.means) == len(line)
    odd = {
        1 if value != value else 2 if value > 0 else 4 for value in values if value not in finite
    }
    assert {bit for mark in line.odd.values() for bit in (1, 2, 4) if mark & bit} == odd
    if values:
        assert line.steps[-1] == len(values) - 1
        assert len(line) > min(len(values), MAX_BUCKETS) // 2 - 1


def test_a_live_run_is_read_as_it_grows() -> None:
    run = runstone.init("glance")
    glance = Glance(folder_of(run))
    for step in range(3):
        run.log({"loss": 3 - step, "nested": {"a": True}, "text": "no number", "big": 10**400})
        assert glance.read(10)
        assert (glance.num_rows, glance.last_step) == (step + 1, step)
    assert list(glance.lines) == ["loss", "big", "nested.a"]
    assert glance.lines["big"].last == math.inf
    run.log({f"m{i}": i for i in range(2 * MAX_LINES)})
    run.finish(3)
    assert glance.read(10)
    assert (len(glance.lines), glance.has_more, glance.exit_code) == (MAX_LINES, True, 3)


def test_how_metrics_moved_in_a_few_lines() -> None:
    with runstone.init("glance") as run:
        for step in range(100):
            run.log({"loss": 1 / (step + 1), "odd": math.nan, "same": 7, "x" * 50: step})
        run.log({f"m{i}": i for i in range(20)})
    lines = metric_lines(folder_of(run))
    assert len(lines) == 11
    name, curve, *figures = lines[0].split()
    assert (name, figures) == ("loss", ["0.01", "0.01", "…", "1"])
    assert (len(curve), curve[0], curve[-1]) == (24, "█", "▁")
    assert lines[1].split() == ["odd", "NaN"]
    assert lines[2].split() == ["same", "▁" * 24, "7", "7", "…", "7"]
    assert lines[3].startswith("x" * 39 + "…  ▁▁")
    assert lines[10] == "and 14 more metrics"


def test_of_a_long_journal_some_rows_do() -> None:
    with runstone.init("glance") as run:
        for step in range(20_000):
            run.log({"some long name of a metric": step, "loss": -step})
    glance = Glance(folder_of(run))
    assert glance.read(60, every=10)
    assert 2_000 < glance.num_rows < 4_000
    assert glance.lines["loss"].last == -19_999
    assert sparkline(glance.lines["loss"])[0] == "█"
    assert sparkline(glance.lines["loss"])[-1] == "▁"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1234567, "−1,234,567"),
        (0.123456, "0.1235"),
        (1234.5678, "1,235"),
        (1e-9, "1e−9"),
        (-2.5e12, "−2.5e12"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
        (True, "True"),
        pytest.param(10**400, "> 1.798e308", id="big"),
    ],
)
def test_numbers_as_people_read_them(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.6, "1m 0s"), (134, "2m 14s"), (8_040, "2h 14m"), (200_000, "2d 7h")],
)
def test_durations_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_card_takes_names_for_texts() -> None:
    curves, more = curves_of({"a<b": 1, "_step": 3, "text": "x", **{f"m{i}": i for i in range(20)}})
    html = Card("<i>n</i>", '"p"', "failed", 'https://x/?a="b', curves=curves, num_more=more).html()
    assert "<i>" not in html
    assert "a&lt;b" in html
    assert 'href="https://x/?a=&quot;b"' in html
    assert "and 9 more metrics" in html


def test_a_card_draws_what_can_be_drawn() -> None:
    def curve(*values: float) -> Curve:
        return Curve("x", values[-1], range(len(values)), values, values, values)

    assert "<svg" not in Card("n", "p", "running", curves=[curve(math.nan, math.nan)]).html()
    assert "h.01" in Card("n", "p", "running", curves=[curve(5)]).html()
    huge = Card("n", "p", "running", curves=[curve(-1.7e308, math.nan, 1.7e308, 1.0)]).html()
    assert "nan" not in huge.lower().replace("name", "")
    assert "inf" not in huge
