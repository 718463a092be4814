"""A run as a card of HTML that needs no script: in a saved notebook, on a light or a dark page.

Every colour is the page's own text colour, thinned, or one that is seen on both grounds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

MAX_CHARTS: Final = 12
_WIDTH: Final = 200
_HEIGHT: Final = 48
_LINE: Final = "#4e82b5"
_STATES: Final = {"running": "#2f8f9d", "finished": "#3f9142"}
_TROUBLE: Final = "#d1495b"
_THIN: Final = "opacity:.65"
_RULE: Final = "1px solid rgba(128,128,128,.28)"


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric on the card.

    Attributes:
        steps: Of the buckets; empty where only the last value is known.
        lows: The least value of each bucket; NaN where it has no finite one.
    """

    name: str
    last: object
    steps: Sequence[float] = ()
    lows: Sequence[float] = ()
    highs: Sequence[float] = ()
    means: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a run.

    Attributes:
        facts: Short texts of the first line: how long, how many steps.
        notes: Sentences below; where it is kept, what is missing.
        num_more: Metrics that are not among the curves.
    """

    name: str
    project: str
    state: str
    url: str | None = None
    facts: Sequence[str] = ()
    curves: Sequence[Curve] = ()
    notes: Sequence[str] = ()
    num_more: int = 0

    def html(self) -> str:
        """The card; of itself, without style sheets."""
        parts = [
            self._head(),
            *(f'<div style="{_THIN};margin-top:6px">{n}</div>' for n in self._notes()),
        ]
        drawn = [curve for curve in self.curves if len(curve.steps)]
        if drawn:
            parts.insert(1, _grid(drawn))
        elif self.curves:
            parts.insert(1, _table(self.curves))
        body = "".join(parts)
        return (
            '<div style="font:13px/20px system-ui,sans-serif;font-variant-numeric:tabular-nums;'
            f'max-width:1100px;padding:8px 0">{body}</div>'
        )

    def _head(self) -> str:
        colour = _STATES.get(self.state, _TROUBLE)
        name = f"<b>{escape(self.name)}</b>"
        if self.url is not None:
            name = (
                f'<a href="{escape(self.url)}" target="_blank" rel="noopener" '
                f'style="color:inherit">{name}</a>'
            )
        facts = " · ".join(escape(fact) for fact in (self.state, *self.facts))
        return (
            f'<div><span style="color:{colour}" aria-hidden="true">●</span> {name} '
            f'<span style="{_THIN};margin:0 8px">{escape(self.project)}</span> '
            f'<span style="{_THIN}">{facts}</span></div>'
        )

    def _notes(self) -> list[str]:
        more = [f"and {self.num_more:,} more metrics"] if self.num_more else []
        return [escape(note) for note in (*more, *self.notes)]


def curves_of(values: Mapping[str, Any]) -> tuple[list[Curve], int]:
    """The first numbers of a summary, and how many more there are."""
    numbers = {
        key: value
        for key, value in values.items()
        if isinstance(value, (int, float)) and not key.startswith("_")
    }
    shown = [Curve(key, value) for key, value in list(numbers.items())[:MAX_CHARTS]]
    return shown, len(numbers) - len(shown)


def duration(seconds: float) -> str:
    """As people say it: `2h 14m`."""
    whole = max(0, round(seconds))
    for size, name, rest, rest_name in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            return f"{whole // size}{name} {whole % size // rest}{rest_name}"
    return f"{whole}s"


def number(value: object) -> str:
    """Four significant digits, as everywhere in Runstone."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if value != value:
        return "NaN"
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return "> 1.798e308" if value > 0 else "< −1.798e308"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, int) and abs(value) < 10_000_000:
        return f"{value:,}".replace("-", "−")
    size = abs(value)
    if size != 0 and not 1e-4 <= size < 1e7:
        mantissa, exponent = f"{value:.3e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    else:
        digits = max(0, 3 - math.floor(math.log10(size))) if size else 0
        text = f"{value:,.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _grid(curves: Sequence[Curve]) -> str:
    cells = "".join(_cell(curve) for curve in curves)
    return (
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));'
        f'gap:12px 20px;margin-top:8px">{cells}</div>'
    )


def _cell(curve: Curve) -> str:
    # Text first: where a page drops drawings, the numbers stay.
    return (
        f'<div style="border-top:{_RULE};padding-top:4px;min-width:0">'
        '<div style="display:flex;gap:8px;justify-content:space-between">'
        '<span style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap;'
        f'{_THIN}" title="{escape(curve.name)}">{escape(curve.name)}</span> '
        f"<b>{escape(number(curve.last))}</b></div>{_drawing(curve)}</div>"
    )


def _table(curves: Sequence[Curve]) -> str:
    rows = "".join(
        f'<tr style="background:none"><td style="text-align:left;{_THIN};padding:2px 24px 2px 0">'
        f'{escape(curve.name)}</td><td style="text-align:right;padding:2px 0" '
        f'title="{escape(str(curve.last))}">{escape(number(curve.last))}</td></tr>'
        for curve in curves
    )
    return f'<table style="border:0;margin:6px 0 0">{rows}</table>'


def _drawing(curve: Curve) -> str:
    finite = [v for v in (*curve.lows, *curve.highs) if v == v]
    if not finite:
        return ""
    order = sorted(range(len(curve.steps)), key=lambda at: curve.steps[at])
    left, right = curve.steps[order[0]], curve.steps[order[-1]]
    low, high = min(finite), max(finite)

    def x(at: int) -> float:
        share = (curve.steps[at] - left) / (right - left) if right > left else 0.5
        return round(1 + share * (_WIDTH - 2), 1)

    def y(value: float) -> float:
        # Halves first: the distance of two doubles may be more than a double.
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
        return round(_HEIGHT - 2 - share * (_HEIGHT - 4), 1)

    band, line = [], []
    for piece in _pieces(order, curve.means):
        if len(piece) == 1:
            at = piece[0]
            line.append(f"M{x(at)} {y(curve.means[at])}h.01")
            continue
        line.append("M" + "L".join(f"{x(at)} {y(curve.means[at])}" for at in piece))
        there = [f"{x(at)} {y(curve.highs[at])}" for at in piece]
        back = [f"{x(at)} {y(curve.lows[at])}" for at in reversed(piece)]
        band.append("M" + "L".join(there + back) + "z")
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(curve.name)}: {number(low)} to {number(high)}" '
        f'style="display:block;width:100%;height:{_HEIGHT}px">'
        f"<title>{escape(curve.name)}: {number(low)} … {number(high)}</title>"
        f'<path d="{"".join(band)}" fill="{_LINE}" fill-opacity=".16"/>'
        f'<path d="{"".join(line)}" fill="none" stroke="{_LINE}" stroke-width="1.5" '
        'stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )


def _pieces(order: Sequence[int], means: Sequence[float]) -> list[list[int]]:
    """Runs of buckets that have a finite value."""
    found: list[list[int]] = [[]]
    for at in order:
        if means[at] == means[at]:
            found[-1].append(at)
        elif found[-1]:
            found.append([])
    return [piece for piece in found if piece]
