"""A page that holds the widget as a notebook does, with what a kernel would have sent."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from runstone.notebook.packing import packed
from runstone.sdk.card import number
from runstone.tracking.glance import Line

_ROOM = files("runstone.notebook")

_HOST = """
class Model {
  constructor(state) { this.state = state; this.handlers = []; this.saved = []; }
  get(key) { return this.state[key]; }
  set(key, value) { this.state[key] = value; this.tell(key); }
  save_changes() { this.saved.push(structuredClone(this.state.picked)); }
  on(event, handler) { this.handlers.push([event, handler]); }
  off(event, handler) {
    this.handlers = this.handlers.filter(([e, h]) => e !== event || h !== handler);
  }
  tell(key) { for (const [e, h] of [...this.handlers]) if (e === `change:${key}`) h(); }
}
function read(state) {
  for (const chart of Object.values({ ...state.more, ...state.charts })) {
    const bytes = Uint8Array.from(atob(chart.points), (c) => c.charCodeAt(0));
    chart.points = new DataView(bytes.buffer);
  }
  return state;
}
window.errors = [];
window.addEventListener("error", (event) => window.errors.push(String(event.message)));
window.begin = async (source, state) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  window.model = new Model(read(state));
  window.end = await widget.render({ model: window.model, el: document.querySelector("#cell") });
};
window.tell = (state) => {
  for (const [key, value] of Object.entries(read(state))) window.model.set(key, value);
};
"""


def line_of(values: Sequence[float], steps: Sequence[float] | None = None) -> Line:
    """A metric that was logged so."""
    line = Line()
    line.extend(list(range(len(values))) if steps is None else steps, values)
    return line


def state_of(lines: Mapping[str, Line], *, drawn: int = 12, **head: Any) -> dict[str, Any]:
    """What the kernel sends of a run with these metrics."""
    first = list(lines)[:drawn]
    said = {
        "name": "brisk-sun-12",
        "project": "digits",
        "state": "running",
        "url": "http://127.0.0.1:8470/lab/digits/runs/4k2x9qzt",
        "facts": ["2m 14s", "step 1,234"],
        "notes": [],
        "num_metrics": len(lines),
        "first": first,
    }
    return {
        "head": said | head,
        "metrics": [[key, number(line.last)] for key, line in lines.items()],
        "charts": {key: packed(lines[key]) for key in first},
        "picked": [],
    }


def sent(state: Mapping[str, Any]) -> str:
    """As JSON; bytes as base64."""
    return json.dumps(state, default=lambda data: base64.b64encode(data).decode())


def open_page(page: Page, state: Mapping[str, Any], *, dark: bool = False) -> None:
    """The widget in a cell of a light or a dark notebook."""
    ground, text = ("#111111", "rgba(255,255,255,.87)") if dark else ("#ffffff", "rgba(0,0,0,.87)")
    page.set_content(
        f"<!doctype html><style>body{{background:{ground};color:{text};margin:16px}}</style>"
        f"<style>{(_ROOM / 'widget.css').read_text(encoding='utf-8')}</style>"
        f"<div id=cell></div><script>{_HOST}</script>"
    )
    source = (_ROOM / "widget.js").read_text(encoding="utf-8")
    page.evaluate("([source, state]) => begin(source, JSON.parse(state))", [source, sent(state)])


def tell(page: Page, state: Mapping[str, Any]) -> None:
    """The kernel sends what changed."""
    page.evaluate("(state) => tell(JSON.parse(state))", sent(state))


def training() -> dict[str, Line]:
    """Metrics of some training, with what is odd."""
    num = 5_000
    wave = [math.sin(i * 12.9898) * 43758.5453 % 1 for i in range(num)]
    return {
        "train/loss": line_of([2.3 * math.exp(-i / 900) + 0.2 * wave[i] for i in range(num)]),
        "train/accuracy": line_of([1 - math.exp(-i / 800) - 0.05 * wave[i] for i in range(num)]),
        "learning_rate": line_of([0.1 * (1 + math.cos(math.pi * i / num)) / 2 for i in range(num)]),
        "val/loss": line_of([2.2 * math.exp(-i / 5) + 0.1 for i in range(40)]),
        "diverged": line_of([1.0, 2.0, math.nan, math.inf, 3.0, -math.inf, 2.5]),
        "constant": line_of([3] * 20),
        "once": line_of([42]),
        "nothing/but/NaN": line_of([math.nan] * 4),
        "huge": line_of([-1.7e308, 0, 1.7e308]),
        "tiny": line_of([1e-12 * i for i in range(1, 60)]),
        "a/very/long/name/of/a/metric/that/does/not/fit/into/a/small/chart/at/all": line_of(
            [math.sin(i / 9) for i in range(100)]
        ),
        "<b>markup</b>": line_of([1, 2, 3]),
        **{f"layer.{i}/grad_norm": line_of([i + wave[k] for k in range(50)]) for i in range(60)},
    }
