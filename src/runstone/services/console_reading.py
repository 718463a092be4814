"""Reading captured output: windows by position, text in it, all of it.

With one writer, a position is the number of a line. With several, lines are merged in order of
time (`runstone.domain.console`): where a position lies in each writer is found by comparing
times at a few numbers of each, so a window costs the same wherever it is, in a million lines too,
and nothing is kept up to date for it while lines come in. A writer that is late inserts its lines
where they belong, which moves the positions after them; a cursor does not move: it says how many
lines of each writer were read, so whoever follows a run by cursor sees every line once.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from runstone.domain.access import Actor
from runstone.domain.console import ConsoleWriter, TimedLine, TimeOf, select
from runstone.domain.console_search import Query, Span
from runstone.domain.cursors import bad_cursor
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.console import ConsoleReader
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run

MAX_LINES: Final = 5_000
MAX_MATCHES: Final = 1_000
MAX_SEARCH_S: Final = 1.0
"""What one search may take; the next goes on where it ended."""
MAX_COUNTING_S: Final = 0.25
"""What it may take once it has all lines that were asked for, only to count the others."""

_BLOCK: Final = 8_192
"""Positions that are looked through as one."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and its position among those asked for."""

    position: int
    line: ConsoleLine


@dataclass(frozen=True, slots=True)
class Window:
    """Lines one after the other.

    Attributes:
        start: Position of the first.
        stop: Position after the last: where the next window begins.
        num_positions: Of all lines that there are.
        writers: All of the run, be they asked for or not.
        cursor: Where this window ends, whatever comes in before it later.
    """

    lines: Sequence[PlacedLine]
    start: int
    stop: int
    num_positions: int
    writers: Sequence[ConsoleWriter]
    cursor: str


@dataclass(frozen=True, slots=True)
class Match:
    """A line that was found, and where in its visible text the matches are."""

    placed: PlacedLine
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search has found.

    Attributes:
        next_position: Where to go on; None where all was looked through.
        total: Lines that match in all that was to be looked through; None if this is not known.
        num_positions: Of all lines that there are.
    """

    matches: Sequence[Match]
    next_position: int | None
    total: int | None
    num_positions: int


def read_window(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    *,
    writer: str | None = None,
    start: int = 0,
    limit: int = 1_000,
    tail: int | None = None,
    cursor: str | None = None,
) -> Window:
    """Some lines of a run.

    Args:
        writer: Only its lines; None means all, merged in order of time.
        start: Position of the first line.
        tail: The last so many lines instead.
        cursor: Of an earlier window: the lines after it instead.

    Raises:
        NotFound: No such run, or the actor may not see it; no such writer.
        InvalidInput: More lines than 5,000 at once; a cursor that was not given out here.
    """
    wanted = limit if tail is None else tail
    if not 0 <= wanted <= MAX_LINES:
        raise InvalidInput(f"At most {MAX_LINES:,} lines come at once; {wanted:,} were asked for.")
    run = find_run(snapshot, actor, entity, project, name)
    merged = _Merged(snapshot.console, run.id, writer)
    if cursor is not None:
        offsets = merged.offsets_of(_decoded(cursor))
    else:
        if tail is not None:
            start = merged.num_positions - tail
        offsets = merged.at(max(start, 0))
    begin = sum(offsets)
    following = merged.at(begin + wanted, floor=offsets)
    return Window(
        merged.between(offsets, following),
        begin,
        sum(following),
        merged.num_positions,
        merged.all_writers,
        _encoded(dict(zip(merged.names, following, strict=True))),
    )


def search(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    query: Query,
    *,
    writer: str | None = None,
    level: str | None = None,
    start: int = 0,
    limit: int = 100,
    budget_s: float = MAX_SEARCH_S,
) -> Matches:
    """Lines that match, by position from `start` on, as far as one request may go.

    Args:
        level: Only lines of this level.
        budget_s: After so long it ends with what it has; at least one block is looked through.
            Once it has enough, it ends after a quarter of a second.

    Raises:
        NotFound: No such run, or the actor may not see it; no such writer.
        InvalidInput: More than 1,000 lines were asked for.
    """
    if not 1 <= limit <= MAX_MATCHES:
        raise InvalidInput(f"1 to {MAX_MATCHES:,} matches can be asked for; not {limit:,}.")
    run = find_run(snapshot, actor, entity, project, name)
    merged = _Merged(snapshot.console, run.id, writer)
    begin = time.monotonic()
    allowed_s = budget_s
    found: list[Match] = []
    total = 0
    next_position: int | None = None
    offsets = merged.at(start)
    while sum(offsets) < merged.num_positions:
        following = merged.at(sum(offsets) + _BLOCK, floor=offsets)
        count = merged.count(query, offsets, following, level)
        total += count
        if count and next_position is None:
            for placed in merged.between(offsets, following):
                if level not in (None, placed.line.level) or not query.matches(placed.line.text):
                    continue
                if len(found) == limit:
                    next_position = placed.position
                    allowed_s = min(budget_s, MAX_COUNTING_S)
                    break
                found.append(Match(placed, query.spans(placed.line.text)))
        offsets = following if count else merged.past_gap(following)
        if time.monotonic() - begin > allowed_s:
            break
    is_all = sum(offsets) >= merged.num_positions
    if next_position is None and not is_all:
        next_position = sum(offsets)
    known = total if is_all and start == 0 else None
    return Matches(found, next_position, known, merged.num_positions)


def read_on(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    *,
    writer: str | None,
    offsets: Mapping[str, int],
    limit: int,
) -> tuple[Sequence[ConsoleLine], Mapping[str, int]]:
    """The lines after those read before, for reading all of them part by part.

    Args:
        offsets: How many lines of each writer were read; at first, none.

    Returns:
        The lines, and the offsets for the next call; no lines at the end.

    Raises:
        NotFound: No such run, or the actor may not see it (any more); no such writer.
    """
    run = find_run(snapshot, actor, entity, project, name)
    merged = _Merged(snapshot.console, run.id, writer)
    before = merged.past_gap(merged.offsets_of(offsets))
    following = merged.at(sum(before) + limit, floor=before)
    lines = [placed.line for placed in merged.between(before, following)]
    return lines, dict(zip(merged.names, following, strict=True))


class _Merged:
    """The lines of one writer, or of all of a run in their common order."""

    def __init__(self, console: ConsoleReader, run: RunId, writer: str | None) -> None:
        self._console = console
        self._run = run
        self.all_writers = console.writers(run)
        chosen = [w for w in self.all_writers if writer in (None, w.writer)]
        if writer is not None and not chosen:
            known = ", ".join(repr(w.writer) for w in self.all_writers[:10]) or "none yet"
            raise NotFound(
                f"The run has no output of a writer {writer[:100]!r}; it has: {known}.",
                code="unknown-writer",
            )
        self.names = [w.writer for w in chosen]
        self._counts = [w.num_lines for w in chosen]
        self.num_positions = sum(self._counts)

    def at(self, position: int, *, floor: Sequence[int] | None = None) -> list[int]:
        """How many lines of each writer lie before a position."""
        if not self.names:
            return []
        return select(self._counts, self._time_of, position, floor or [0] * len(self.names))

    def offsets_of(self, read: Mapping[str, int]) -> list[int]:
        """Offsets that were given out, for the writers of now."""
        return [
            min(max(read.get(name, 0), 0), count)
            for name, count in zip(self.names, self._counts, strict=True)
        ]

    def between(self, offsets: Sequence[int], following: Sequence[int]) -> list[PlacedLine]:
        """The lines between two positions, placed."""
        keys: list[tuple[int, int, int]] = []
        lines: dict[tuple[int, int], ConsoleLine] = {}
        for w, (start, stop) in enumerate(zip(offsets, following, strict=True)):
            timed = self._lines(w, start, stop)
            lines.update({(w, t.line.number): t.line for t in timed})
            keys += _keys(w, timed, start, stop, self._time_of)
        if len(self.names) > 1:
            keys.sort()
        begin = sum(offsets)
        return [
            PlacedLine(begin + i, line)
            for i, (_, w, number) in enumerate(keys)
            if (line := lines.get((w, number))) is not None
        ]

    def past_gap(self, offsets: Sequence[int]) -> list[int]:
        """The offsets, moved on to the next line that is there: a gap may be of any length."""
        moved = list(offsets)
        heads = [
            (head[0].time, w, head[0].line.number)
            for w, name in enumerate(self.names)
            if (
                head := self._console.timed_lines(
                    self._run, name, start=offsets[w], stop=self._counts[w], limit=1
                )
            )
        ]
        if heads:
            _, w, number = min(heads)
            moved[w] = number
        return moved

    def count(
        self, query: Query, offsets: Sequence[int], following: Sequence[int], level: str | None
    ) -> int:
        """How many lines between two positions match."""
        count = 0
        for name, start, stop in zip(self.names, offsets, following, strict=True):
            if start < stop:
                joined = self._console.joined_texts(
                    self._run, name, start=start, stop=stop, level=level
                )
                count += 0 if joined is None else query.count(joined)
        return count

    def _lines(self, writer: int, start: int, stop: int) -> Sequence[TimedLine]:
        if start >= stop:
            return ()
        return self._console.timed_lines(
            self._run, self.names[writer], start=start, stop=stop, limit=stop - start
        )

    def _time_of(self, writer: int, number: int) -> int:
        return self._console.time_of(self._run, self.names[writer], number)


def _keys(
    writer: int, timed: Sequence[TimedLine], start: int, stop: int, time_of: TimeOf
) -> list[tuple[int, int, int]]:
    """Time, writer and number of everything from `start` to `stop`, numbers left out too."""
    if len(timed) == stop - start:
        return [(t.time, writer, t.line.number) for t in timed]
    times = {t.line.number: t.time for t in timed}
    keys: list[tuple[int, int, int]] = []
    following: int | None = None
    for number in range(stop - 1, start - 1, -1):
        following = times.get(number, following)
        if following is None:
            following = time_of(writer, number)
        keys.append((following, writer, number))
    keys.reverse()
    return keys


def _encoded(offsets: Mapping[str, int]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(offsets)).decode().rstrip("=")


def _decoded(cursor: str) -> dict[str, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True)
        return msgspec.json.decode(text, type=dict[str, int])
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
