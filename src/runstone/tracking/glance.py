"""What a run's metrics look like, in bounded memory, read from its journals as they grow.

For whoever looks at a live run on this machine: a widget in a notebook, the last lines on a
terminal. `log()` knows nothing of it.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from runstone.tracking.columns import flat
from runstone.tracking.folder import RunFolder
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.records import Finish, Kind, Row, decode

MAX_BUCKETS: Final = 200
MAX_LINES: Final = 500
_AT_ONCE: Final = 1 << 18
"""Bytes between two looks at the clock."""
_LAST: Final = 20
"""Records."""


class Line:
    """One metric: up to `MAX_BUCKETS` buckets of neighbouring points, with their exact extremes.

    Attributes:
        first_step: Of the first point.
        steps: Of each bucket's last point.
        lows: NaN in a bucket without a finite value, as in `highs` and `means`.
        num_points: All that were logged.
        odd: The buckets that hold NaN (1), +inf (2) or −inf (4), added up.
    """

    __slots__ = (
        "_counts",
        "_room",
        "_sums",
        "_width",
        "first_step",
        "highs",
        "last",
        "lows",
        "num_points",
        "odd",
        "steps",
    )

    def __init__(self) -> None:
        self.steps = array("d")
        self.lows = array("d")
        self.highs = array("d")
        self._sums = array("d")
        self._counts = array("q")
        self.odd: dict[int, int] = {}
        self._width = 1
        self._room = 0
        self.num_points = 0
        self.last: float = math.nan
        self.first_step = 0.0

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def means(self) -> list[float]:
        """Of the finite values of each bucket."""
        return [
            total / count if count else math.nan
            for total, count in zip(self._sums, self._counts, strict=True)
        ]

    @property
    def low(self) -> float | None:
        """The least finite value, if there is one."""
        return min((value for value in self.lows if value == value), default=None)

    @property
    def high(self) -> float | None:
        """The greatest finite value, if there is one."""
        return max((value for value in self.highs if value == value), default=None)

    def extend(self, steps: Sequence[float], values: Sequence[float]) -> None:
        """More points."""
        if not self.num_points:
            self.first_step = steps[0]
        self.last = values[-1]
        self.num_points += len(values)
        at = 0
        while at < len(values):
            if self._room == 0:
                self._open_bucket()
            stop = at + self._room
            self._fill(values[at:stop])
            self._room = max(0, stop - len(values))
            self.steps[-1] = steps[min(stop, len(steps)) - 1]
            at = stop

    def _open_bucket(self) -> None:
        if len(self.steps) == MAX_BUCKETS:
            self._halve()
        self.steps.append(0.0)
        self.lows.append(math.nan)
        self.highs.append(math.nan)
        self._sums.append(0.0)
        self._counts.append(0)
        self._room = self._width

    def _fill(self, values: Sequence[float]) -> None:
        """Points of the last bucket."""
        total = sum(values)
        if not math.isfinite(total):
            for value in values:
                if not math.isfinite(value):
                    mark = 1 if value != value else 2 if value > 0 else 4
                    self.odd[len(self) - 1] = self.odd.get(len(self) - 1, 0) | mark
            values = [value for value in values if math.isfinite(value)]
            total = sum(values)
        if values:
            self.lows[-1] = _least(self.lows[-1], min(values))
            self.highs[-1] = _greatest(self.highs[-1], max(values))
            self._sums[-1] += total
            self._counts[-1] += len(values)

    def _halve(self) -> None:
        """Every two buckets become one."""
        self._width *= 2
        self.steps = self.steps[1::2]
        self.lows = array("d", map(_least, self.lows[::2], self.lows[1::2]))
        self.highs = array("d", map(_greatest, self.highs[::2], self.highs[1::2]))
        self._sums = array("d", map(sum, zip(self._sums[::2], self._sums[1::2], strict=True)))
        self._counts = array("q", map(sum, zip(self._counts[::2], self._counts[1::2], strict=True)))
        odd: dict[int, int] = {}
        for at, mark in self.odd.items():
            odd[at // 2] = odd.get(at // 2, 0) | mark
        self.odd = odd


def _least(one: float, other: float) -> float:
    return one if other != other else other if one != one else min(one, other)


def _greatest(one: float, other: float) -> float:
    return one if other != other else other if one != one else max(one, other)


@dataclass
class Glance:
    """A run's metrics as far as its journals were read; one thread's.

    Attributes:
        lines: By key, in the order in which they came; `MAX_LINES` at most.
        has_more: There are metrics beyond those.
        num_rows: Calls of `log()`.
        last_step: None before there is one.
        exit_code: None as long as the run did not say that it ended.
    """

    folder: RunFolder
    lines: dict[str, Line] = field(default_factory=dict)
    has_more: bool = False
    num_rows: int = 0
    last_step: int | None = None
    exit_code: int | None = None
    _readers: dict[str, JournalReader] = field(default_factory=dict)

    def read(self, budget_s: float, *, every: int = 1) -> bool:
        """Reads on, for so long at most; whether it has come to the end.

        Args:
            every: Of the rows of a long run; the last ones are read in any case.
        """
        until = time.monotonic() + budget_s
        for writer in writers_in(self.folder.journal):
            reader = self._readers.get(writer)
            if reader is None:
                reader = self._readers[writer] = JournalReader(self.folder.journal, writer)
            while payloads := list(reader.records(max_bytes=_AT_ONCE)):
                self._take(payloads[:-_LAST:every] + payloads[-_LAST:])
                is_end = sum(map(len, payloads)) < _AT_ONCE
                if not is_end and time.monotonic() > until:
                    return False
        return True

    def _take(self, payloads: list[bytes]) -> None:
        points: dict[str, tuple[list[float], list[float]]] = {}
        for payload in payloads:
            kind, record = decode(payload)
            if kind is Kind.ROW and isinstance(record, Row):
                self.num_rows += 1
                self.last_step = step = record.step
                for key, value in flat(record.values).items():
                    if isinstance(value, (int, float)):
                        if (of_key := points.get(key)) is None:
                            of_key = points[key] = ([], [])
                        of_key[0].append(step)
                        of_key[1].append(_double(value))
            elif isinstance(record, Finish):
                self.exit_code = record.exit_code
        for key, (steps, values) in points.items():
            line = self.lines.get(key)
            if line is None:
                if len(self.lines) == MAX_LINES:
                    self.has_more = True
                    continue
                line = self.lines[key] = Line()
            line.extend(steps, values)


def _double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer beyond all doubles
        return math.inf if value > 0 else -math.inf
