"""What is on the screen, as numbers and as faults: what charts drew, what axe finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

_AXE: Final = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
_SERIOUS: Final = ("serious", "critical")

_DRAWN: Final = """(key) => {
  const chart = window.__runstone?.charts().find((c) => c.key === key);
  return chart ? chart.lines : null;
}"""
_IS_DRAWN: Final = """([key, lengths]) => {
  const chart = window.__runstone?.charts().find((c) => c.key === key);
  if (!chart) return false;
  const found = chart.lines.map((line) => line.x.length).sort((a, b) => a - b);
  return JSON.stringify(found) === JSON.stringify(lengths);
}"""


def drawn_lines(page: Page, key: str, lengths: list[int]) -> dict[str, dict[str, Any]]:
    """The lines of a chart by their runs' names, once they have so many points."""
    page.wait_for_function(_IS_DRAWN, arg=[key, sorted(lengths)], timeout=30_000)
    return {line["name"]: line for line in page.evaluate(_DRAWN, key)}


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, one line each: the rule, and where."""
    # Evaluated as the debugger does: the page's own policy would refuse a script element.
    page.evaluate(_AXE.read_text())
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:300]}"
        for rule in found
        if rule["impact"] in _SERIOUS
        for node in rule["nodes"]
    ]
