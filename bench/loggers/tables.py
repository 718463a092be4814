"""What is said of the figures: a table for each group, and where Runstone is not ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness import machine_facts
from loggers.peers import OFFLINE, OURS, Peer
from loggers.work import Bench, Figures


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a table; the better ones are the smaller ones, the larger ones, or neither."""

    key: str
    title: str
    better: Literal["less", "more", "neither"] = "less"
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together."""

    name: str
    title: str
    columns: tuple[Column, ...]
    measure: Callable[[Bench, Peer], Figures] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Runstone against the best of the others in one figure.

    Attributes:
        ratio: Above 1 where Runstone is better; infinite where only it has none of what is bad.
        offline: What Runstone has offline, where that was measured.
    """

    group: str
    column: Column
    ours: float
    best: float
    peer: str
    ratio: float
    offline: float | None


def verdicts(group: Group, found: dict[str, Any]) -> list[Verdict]:
    """Of the figures of a group that can be better or worse."""
    ours = found.get(OURS)
    others = {
        name: figures
        for name, figures in found.items()
        if not name.startswith(OURS) and not isinstance(figures, str)
    }
    if ours is None or isinstance(ours, str) or not others:
        return []
    said = []
    for column in group.columns:
        if column.better == "neither":
            continue
        is_less = column.better == "less"
        names = sorted(others, key=lambda name: others[name][column.key], reverse=not is_less)
        mine, best = ours[column.key], others[names[0]][column.key]
        over, under = (best, mine) if is_less else (mine, best)
        ratio = 1.0 if over == under else over / under if under > 0 else float("inf")
        alone = found.get(OFFLINE)
        offline = alone[column.key] if isinstance(alone, dict) else None
        said.append(Verdict(group.name, column, mine, best, names[0], ratio, offline))
    return said


def told(value: float, digits: int) -> str:
    """A figure as it is shown."""
    return f"{value:,.{digits}f}"


def print_group(group: Group, found: dict[str, Any], peers: Sequence[Peer]) -> None:
    """One table: the peers, and Runstone's ratio to the best of them."""
    print(f"\n### {group.title}\n")
    heads = ["", *(column.title for column in group.columns)]
    lines = []
    for peer in peers:
        figures = found.get(peer.name)
        if isinstance(figures, dict):
            cells = [told(figures[column.key], column.digits) for column in group.columns]
        else:
            cells = ["failed" if figures else "-"] * len(group.columns)
        lines.append([peer.name, *cells])
    by_key = {said.column.key: said for said in verdicts(group, found)}
    against = [
        f"{by_key[column.key].ratio:.2f} x {by_key[column.key].peer}"
        if column.key in by_key
        else ""
        for column in group.columns
    ]
    if any(against):
        lines.append(["**ratio**", *against])
    print_lines(heads, lines)


def print_lines(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """A table in Markdown."""
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for cells in (heads, ["-" * width for width in widths], *lines):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"| {' | '.join(padded)} |")


def print_all(asked: Sequence[Group], peers: Sequence[Peer], every_found: dict[str, Any]) -> None:
    """All tables; last, where Runstone is not ahead."""
    print(f"\n## Logging, client beside client\n\n{machine_facts()}")
    every = []
    for group in asked:
        found = every_found.get(group.name, {})
        print_group(group, found, peers)
        every += verdicts(group, found)
    # Nothing lost cannot be bettered.
    behind = [said for said in every if said.ratio <= 1 and not said.ours == said.best == 0]
    print(f"\n### Rows where Runstone is not ahead: {len(behind)} of {len(every)}\n")
    lines = [
        [
            said.group,
            said.column.title,
            told(said.ours, said.column.digits),
            f"{told(said.best, said.column.digits)} ({said.peer})",
            f"{said.ratio:.2f}",
            "" if said.offline is None else told(said.offline, said.column.digits),
        ]
        for said in sorted(behind, key=lambda said: said.ratio)
    ]
    print_lines(["rows", "figure", "Runstone", "best", "ratio", "offline"], lines)
