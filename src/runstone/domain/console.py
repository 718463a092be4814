"""Captured output as it is read: many writers' lines in one order, and what of a line is visible.

Each line has a time in the order of its run: when it was first printed, never earlier than the
line before it of the same writer. Lines of all writers are ordered by (that time, writer, number),
which keeps every writer's own order and stays as it is when a line is rewritten (progress bars).
A position counts numbers, not lines: a number that a writer left out takes the time of the next
line that is there, and its position shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from runstone.domain.run import ConsoleLine

TimeOf: TypeAlias = Callable[[int, int], int]
"""Time of a writer's line: index of the writer, number of the line."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPE: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor movements
    r"|[\]P^_X][^\x07\x1b\0]*(?:\x07|\x1b\\)?"  # OSC and other strings: titles, links
    r"|[ -/]*[0-~]"  # two-character escapes
    r"|)"  # one that is cut off
)


@dataclass(frozen=True, slots=True)
class ConsoleWriter:
    """One of the processes whose output a run holds.

    Attributes:
        writer: As in its lines; empty for the only one.
        label: What the client calls it: the label of its last line.
        num_lines: The number after that of its last line.
    """

    writer: str
    label: str | None
    num_lines: int


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line with its time in the order of its run, in microseconds since 1970."""

    time: int
    line: ConsoleLine


def parse_time(at: str | None) -> int | None:
    """A line's timestamp in microseconds since 1970, UTC if it names no zone; None if unusable."""
    if at is None:
        return None
    try:
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        since = instant - _EPOCH
    except (ValueError, OverflowError):
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def times_of(
    lines: Sequence[ConsoleLine],
    last: TimedLine | None,
    time_after: Callable[[int], int],
) -> list[int]:
    """Times of lines that are about to be stored, in the order of their run.

    Args:
        lines: Of one writer, by number.
        last: The writer's last line that is stored.
        time_after: Time of the first stored line of that number or above; called for numbers up
            to that of `last`.
    """
    end = last.line.number if last else -1
    now = last.time if last else 0
    times = []
    for line in lines:
        if line.number <= end:
            times.append(time_after(line.number))
            continue
        now = max(now, parse_time(line.at) or 0)
        times.append(now)
    return times


def visible(text: str) -> str:
    """A line without what a terminal does not show: colours, cursor movements, titles.

    Also of lines with NUL between them, none of which is touched.
    """
    return _ESCAPE.sub("", text) if "\x1b" in text else text


def select(
    counts: Sequence[int], time_of: TimeOf, position: int, floor: Sequence[int]
) -> list[int]:
    """How many lines of each writer lie before a position of their common order.

    A weighted median of the middles of what is undecided is compared with all writers, until
    nothing is undecided: some 20 × log(lines) looks at a time for each writer, whatever the
    position.

    Args:
        counts: Lines of each writer; the order of writers settles equal times.
        time_of: Never decreases with the number of the line; called for existing numbers only.
        position: Lines of all writers before it, `floor` included.
        floor: Lines of each writer known to lie before the position.
    """
    position = min(max(position, sum(floor)), sum(counts))
    most = position - sum(floor)
    low = list(floor)
    high = [min(count, begin + most) for count, begin in zip(counts, floor, strict=True)]
    if len(counts) == 1:
        return [position]
    known: dict[tuple[int, int], int] = {}

    def key(writer: int, number: int) -> tuple[int, int, int]:
        at = (writer, number)
        if at not in known:
            known[at] = time_of(writer, number)
        return known[at], writer, number

    while sum(low) < position < sum(high):
        pivot = _pivot(low, high, key)
        below = [_count_below(w, low[w], high[w], pivot, key) for w in range(len(counts))]
        if sum(below) < position:
            # The pivot itself lies before the position.
            below[pivot[1]] += 1
            low = below
        else:
            high = below
    return low if sum(low) == position else high


_Key: TypeAlias = tuple[int, int, int]


def _pivot(low: Sequence[int], high: Sequence[int], key: Callable[[int, int], _Key]) -> _Key:
    middles = sorted(
        (key(w, (low[w] + high[w]) // 2), high[w] - low[w])
        for w in range(len(low))
        if low[w] < high[w]
    )
    half = sum(weight for _, weight in middles) / 2
    seen = 0
    for middle, weight in middles:
        seen += weight
        if seen >= half:
            return middle
    raise AssertionError("only asked where something is undecided")


def _count_below(
    writer: int, low: int, high: int, pivot: _Key, key: Callable[[int, int], _Key]
) -> int:
    while low < high:
        middle = (low + high) // 2
        if key(writer, middle) < pivot:
            low = middle + 1
        else:
            high = middle
    return low
