"""Rows of the history or of system metrics, numbered by the process that wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from operator import eq
from typing import Any, Final

import msgspec

from runstone.tracking.columns import RowSet, columns, doubles, fitted, flat, integers
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts import Part
from runstone.tracking.records import Block, Record, Row
from runstone.tracking.resuming import RELATIVE
from runstone.tracking.terminal import warn

_MAX_ROWS: Final = 100_000
_MAX_VALUES: Final = 1_000_000
_MAX_BYTES: Final = 16 << 20
"""Of rows as they were logged: a quarter of what a server takes at once."""
_MANY_KEYS: Final = 100_000
_REST: Final = "rest"
"""Who writes what had come after a row was sent."""
_LEAST_JUMP_S: Final = 0.1
"""Rows of two threads may be noted in another order than they were timed."""


class _Clock:
    """What has passed since the run began, by a clock that somebody may set back meanwhile.

    From then on the time goes on where it was. One that is set forward looks like a pause.
    """

    def __init__(self, started_at: float) -> None:
        self._since = started_at
        self._last = started_at

    def runtimes(self, times: Sequence[float], earlier_s: float) -> list[float]:
        """Seconds since the beginning, of rows that follow; after those of earlier lives."""
        if self._is_onwards(times):
            # One subtraction: a time minus a constant is kept in no space at all.
            since = self._since - earlier_s
            return [time - since for time in times]
        return [earlier_s + runtime for runtime in self._look(times)[0]]

    def pass_by(self, times: Sequence[float]) -> None:
        """Rows that others will follow."""
        if self._is_onwards(times):
            self._last = times[-1]
        else:
            _, self._since, self._last = self._look(times)

    def _is_onwards(self, times: Sequence[float]) -> bool:
        """Whether nobody set the clock back, which takes a look that costs next to nothing."""
        # Sorting what is sorted is one comparison each.
        return bool(times) and times[0] >= max(self._last, self._since) and times == sorted(times)

    def _look(self, times: Sequence[float]) -> tuple[list[float], float, float]:
        since, last = self._since, self._last
        found = []
        for time in times:
            if time < last - _LEAST_JUMP_S:
                since -= last - time
            last = time
            found.append(max(0.0, time - since))
        return found, since, last


class _Source(msgspec.Struct):
    """One writer's rows.

    Attributes:
        joined: Numbers of rows that several calls made.
        doubtful: The last row that the server has, where it may lack some of it: a row is sent
            half where its run is taken for ended between two calls, such as by a copied folder.
    """

    clock: _Clock
    next_row: int = 0
    open_row: Row | None = None
    rows: RowSet = msgspec.field(default_factory=RowSet)
    has_left_out: bool = False
    joined: set[int] = msgspec.field(default_factory=set)
    doubtful: RowSet | None = None

    def add(self, record: Row) -> None:
        """A call of `log()`: the beginning, the rest or the whole of a row."""
        open_row = self.open_row
        if open_row is not None:
            if open_row.step == record.step:
                values = {**open_row.values, **record.values}
                size = open_row.num_bytes + record.num_bytes
                record = Row(record.step, record.is_done, record.time, values, size)
                self.joined.add(self.next_row + len(self.rows))
            else:
                self._end(open_row)
        if record.is_done:
            self._end(record)
            self.open_row = None
        else:
            self.open_row = record

    def add_all(self, block: Block) -> None:
        """Several calls of `log()`."""
        steps, open_row = block.steps, self.open_row
        is_merged = any(map(eq, steps, islice(steps, 1, None))) or (
            open_row is not None and open_row.step == steps[0]
        )
        if is_merged or max(block.sizes) > _MAX_BYTES:
            for row in block.rows():
                self.add(row)
            return
        self.end()
        num = len(steps)
        if not block.are_done[-1]:
            num -= 1
            (self.open_row,) = islice(block.rows(), num, None)
        self.rows.extend(block, num)

    def end(self) -> None:
        """Nothing more comes."""
        if self.open_row is not None:
            self._end(self.open_row)
            self.open_row = None

    def pass_over(self, num: int) -> None:
        """Drops the first rows, which the server has."""
        if num <= len(self.rows) and self.next_row + num - 1 in self.joined:
            self.doubtful = self.rows.between(num - 1, num)
        self.skip(min(num, len(self.rows)))

    def skip(self, num: int) -> None:
        """Drops the first rows."""
        self.next_row += num
        if self.joined:
            self.joined = {row for row in self.joined if row >= self.next_row}
        self.clock.pass_by(self.rows.times[:num])
        self.rows = self.rows.between(num, len(self.rows))

    def empty_first(self) -> None:
        """Takes the values out of the first row: its number stays taken."""
        first = self.rows.between(0, 1)
        self.rows.num_values -= first.num_values
        self.rows.values[0] = {}

    def _end(self, row: Row) -> None:
        values = flat(row.values)
        size = row.num_bytes
        if size > _MAX_BYTES:
            values, left_out = fitted(values, _MAX_BYTES)
            size = _MAX_BYTES
            if left_out:
                self.has_left_out = True
                shown = ", ".join(repr(key[:80]) for key in left_out[:3])
                more = f" and {len(left_out) - 3:,} more" if len(left_out) > 3 else ""
                warn(
                    f"step {row.step} has more than {_MAX_BYTES:,} bytes, which is what a server "
                    f"takes at once; this machine's journal alone keeps {shown}{more}"
                )
        self.rows.add(row.step, row.time, values, size)


class Rows(Part):
    """Rows of one stream.

    What is durable is what the server says: a journal is read from its beginning, its rows are put
    together as they were the first time, and those that the server has are passed over.

    Args:
        stream: `history` or `system`, as in a report.
        known: From the server's answer, how many rows of which writer it has.
        writer_of: The name by which the server knows a writer of the folder.
        started_at: Seconds since 1970 UTC.
        see: Told of every row's values, under flat keys; of the history, for the summary.
    """

    def __init__(
        self,
        stream: str,
        known: Callable[[Begun], Mapping[str, int]],
        *,
        writer_of: Callable[[str], str],
        started_at: float,
        see: Callable[[Sequence[dict[str, Any]]], None] | None = None,
    ) -> None:
        self._stream = stream
        self._known = known
        self._writer_of = writer_of
        self._started_at = started_at
        self._see = see
        self._sources: dict[str, _Source] = {}
        self._sent: tuple[_Source, int] | None = None
        self._max_rows = _MAX_ROWS
        self._keys: set[str] | None = set()

    def take(self, writer: str, record: Record) -> None:
        source = self._sources.get(writer)
        if source is None:
            source = self._sources[writer] = _Source(_Clock(self._started_at))
        if isinstance(record, Block):
            source.add_all(record)
            seen = record.values
        else:
            assert isinstance(record, Row)
            source.add(record)
            seen = [flat(record.values)]
        if self._see is not None:
            self._see(seen)

    @property
    def has_left_out(self) -> bool:
        return any(source.has_left_out for source in self._sources.values())

    def has_lost(self, begun: Begun) -> bool:
        known = self._known(begun)
        replaced = begun.replaced_writers if self._stream == "history" else ()
        sources = {self._writer_of(name): source for name, source in self._sources.items()}
        return any(
            source.next_row > known.get(writer, 0)
            for writer, source in sources.items()
            if writer not in replaced
        )

    def is_full(self) -> bool:
        return any(
            len(source.rows) >= _MAX_ROWS
            or source.rows.num_values >= _MAX_VALUES
            or source.rows.num_bytes >= _MAX_BYTES
            for source in self._sources.values()
        )

    def has_more(self) -> bool:
        if any(source.doubtful is not None for source in self._sources.values()):
            return True
        num = sum(len(source.rows) for source in self._sources.values())
        return num > (0 if self._sent is None else self._sent[1])

    def end(self) -> None:
        for source in self._sources.values():
            source.end()

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        for name, source in self._sources.items():
            writer = self._writer_of(name)
            if writer in begun.replaced_writers and self._stream == "history":
                source.skip(len(source.rows))  # a rewind took them back
            known = self._known(begun).get(writer, 0) - source.next_row
            if known > 0:
                # A journal that is sent again, by a later process or to be sure.
                source.pass_over(known)
            if source.doubtful is not None:
                continue  # else nobody would see later that something is missing
            if len(source.rows) and report.setdefault("writer", writer) == writer:
                rows = source.rows.first(self._max_rows, _MAX_BYTES)
                report[self._stream] = self._packed(rows, source, begun)
                self._sent = source, len(rows)
                return True
        return False

    def run_errands(self, link: Link) -> bool:
        doubtful = [name for name, source in self._sources.items() if source.doubtful is not None]
        for name in doubtful:
            self._complete(name, link)
        return bool(doubtful)

    def _complete(self, name: str, link: Link) -> None:
        """Has what the server lacks of its last row sent, as a row of the same step."""
        from runstone.tracking.parts.halves import missing_of

        source = self._sources[name]
        assert source.doubtful is not None
        row = source.doubtful
        step = self._step(row.steps[0], link.begun)
        missing = missing_of(row.values[0], self._stream, step, link)
        if missing:
            rest = ".".join(filter(None, (name, _REST)))
            number = self._known(link.begun).get(self._writer_of(rest), 0)
            added = _Source(_Clock(self._started_at), number)
            added.rows.add(row.steps[0], row.times[0], missing, row.sizes[0])
            # Before all others: what is behind the row is to come later than this.
            self._sources = {rest: added, **self._sources}
        source.doubtful = None

    def _look_at_keys(self, *columns: Mapping[str, object]) -> None:
        """Says once that a run has more keys than anybody can look at: a step in their names?"""
        if self._keys is None:
            return
        for keys in columns:
            self._keys.update(keys)
        if len(self._keys) > _MANY_KEYS:
            longest = sorted(self._keys, key=lambda key: (len(key), key))[-2:]
            shown = " and ".join(repr(key[:40]) for key in longest)
            warn(
                f"more than {_MANY_KEYS:,} different names were logged, such as {shown}: all of it "
                "is kept, but pages become slow; is a step or an id part of them? (said once)"
            )
            self._keys = None

    def acknowledge(self) -> None:
        if self._sent is not None:
            source, num = self._sent
            source.skip(num)
            self._sent = None
            self._max_rows = min(2 * self._max_rows, _MAX_ROWS)

    def set_aside(self) -> bool:
        if self._sent is None:
            return True
        source, num = self._sent
        self._sent = None
        if num > 1:
            self._max_rows = num // 2
            return False
        if not source.rows.values[0]:
            # Refused without a value: it is not the row.
            source.skip(1)
        else:
            source.empty_first()
        return True

    @staticmethod
    def _step(step: int, begun: Begun) -> int:
        return step - RELATIVE + begun.first_step if step < RELATIVE // 2 else step

    def _packed(self, rows: RowSet, source: _Source, begun: Begun) -> dict[str, Any]:
        steps = rows.steps
        if min(steps) < RELATIVE // 2:
            steps = [self._step(step, begun) for step in steps]
        numbers, objects = columns(rows.values)
        self._look_at_keys(numbers, objects)
        return {
            "row0": source.next_row,
            "steps": integers(steps),
            "times": doubles(rows.times),
            "runtimes": doubles(source.clock.runtimes(rows.times, begun.earlier_s)),
            "numbers": numbers,
            "objects": objects,
        }
