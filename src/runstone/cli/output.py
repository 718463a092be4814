"""What commands print: aligned tables, or one JSON document."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

_GAP: Final = "  "
_NARROWEST: Final = 8
"""No column is cut to less, where the terminal is narrow: the last ones are left out."""


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    nothing: str,
    fits_terminal: bool = False,
) -> None:
    """Rows under headings, aligned as a terminal shows them; numbers at the right.

    Args:
        columns: Heading by key of the rows, in order.
        nothing: Said instead of an empty table.
        fits_terminal: Cut long cells, and leave out the last columns, where it is too narrow;
            what goes to a file or a pipe is whole.
    """
    if not rows:
        click.echo(nothing)
        return
    headings = [heading.upper() for heading in columns.values()]
    cells = [headings, *([_cell(row.get(key)) for key in columns] for row in rows)]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(columns))]
    if fits_terminal and sys.stdout.isatty():
        widths = _fitted(widths, shutil.get_terminal_size().columns)
    at_right = [_is_numeric([row.get(key) for row in rows]) for key in columns]
    for line in cells:
        padded = (
            _padded(_cut(text, width), width, at_right=is_right)
            for text, width, is_right in zip(line, widths, at_right, strict=False)
        )
        click.echo(_GAP.join(padded).rstrip())
    if left_out := list(columns.values())[len(widths) :]:
        click.echo(f"… not shown here: {', '.join(left_out)}.", err=True)


def print_facts(facts: Mapping[str, Any], *, indent: int = 0) -> None:
    """A line for each fact that there is, cut to the terminal."""
    known = {name: _cell(value) for name, value in facts.items() if value not in (None, "")}
    if not known:
        return
    begin = " " * indent
    first = min(40, max(map(_width, known)))
    available = shutil.get_terminal_size().columns - indent - first - len(_GAP)
    for name, text in known.items():
        shown = _cut(text, max(available, _NARROWEST)) if sys.stdout.isatty() else text
        click.echo(f"{begin}{_padded(name, first, at_right=False)}{_GAP}{shown}")


def human_size(size_bytes: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KB", "MB", "GB"):
        if size_bytes < 1_000:
            return f"{size_bytes:.3g} {unit}"
        size_bytes /= 1_000
    return f"{size_bytes:.3g} TB"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Six digits are enough, but never less than the whole part of seconds or counts.
        return f"{value:.1f}" if 1e6 <= abs(value) < 1e15 else f"{value:.6g}"
    text = str(value)
    # Instants as people read them; the JSON has them in full.
    if len(text) >= 20 and text[4:5] == "-" and text[10:11] == "T":
        return text[:16].replace("T", " ")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_numeric(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in known
    )


def _fitted(widths: Sequence[int], available: int) -> list[int]:
    """Widths that fit: the widest columns are cut first, then the last ones left out."""
    fitted = list(widths)

    def excess() -> int:
        return sum(fitted) + len(_GAP) * (len(fitted) - 1) - available

    while excess() > 0:
        widest = max(range(len(fitted)), key=lambda i: fitted[i])
        if fitted[widest] > _NARROWEST:
            second = max((w for w in fitted if w < fitted[widest]), default=_NARROWEST)
            fitted[widest] -= min(excess(), max(1, fitted[widest] - max(second, _NARROWEST)))
        elif len(fitted) > 1:
            fitted.pop()
        else:
            break
    return fitted


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _padded(text: str, width: int, *, at_right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if at_right else text + space


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
