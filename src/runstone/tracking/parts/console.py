"""Lines of the console: new ones, and those that were written anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Printed, Record

_MAX_LINES: Final = 5_000
_MAX_CHARACTERS: Final = 4_000_000
_MAX_WAITING: Final = 100_000


class _Line(msgspec.Struct):
    """A line that the server may lack.

    Attributes:
        is_rewritten: It was kept before: that the server has its number says nothing of its text.
    """

    time: float
    is_error: bool
    text: str
    is_rewritten: bool


class _Source(msgspec.Struct):
    """One writer's lines.

    Attributes:
        num_sent: The number after the last one that the server has.
    """

    next_number: int = 0
    num_sent: int = 0
    lines: dict[int, _Line] = {}


class ConsoleLines(Part):
    """What the processes of a run printed.

    A writer's journal has its lines for the first time in the order of their numbers, and reports
    are sent in the order of the journal: what is below the server's next number was sent, and only
    what was written anew is sent again.

    Args:
        writer_of: The name by which the server knows a writer.
        label_of: What people call it, where it has a label.
    """

    def __init__(
        self, writer_of: Callable[[str], str], label_of: Callable[[str], str | None]
    ) -> None:
        self._writer_of = writer_of
        self._label_of = label_of
        self._sources: dict[str, _Source] = {}
        self._sent: list[tuple[_Source, list[int]]] = []

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Printed)
        source = self._sources.setdefault(writer, _Source())
        for number, text in record.lines:
            is_rewritten = number < source.next_number
            source.next_number = max(source.next_number, number + 1)
            source.lines[number] = _Line(record.time, record.is_error, text, is_rewritten)

    def is_full(self) -> bool:
        return any(len(source.lines) >= _MAX_WAITING for source in self._sources.values())

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        self._sent = []
        said = []
        for name, source in self._sources.items():
            writer = self._writer_of(name)
            self._drop_known(source, begun.next_lines.get(writer, 0))
            if numbers := _first(source):
                lines = [(n, *_packed(source.lines[n])) for n in numbers]
                label = self._label_of(name)
                said.append({"writer": writer, "label": label, "lines": lines})
                self._sent.append((source, numbers))
        if said:
            report["console"] = said
        return bool(said)

    def has_lost(self, begun: Begun) -> bool:
        known = begun.next_lines
        return any(
            source.num_sent > known.get(self._writer_of(name), 0)
            for name, source in self._sources.items()
        )

    def has_more(self) -> bool:
        num = sum(len(source.lines) for source in self._sources.values())
        return num > sum(len(numbers) for _, numbers in self._sent)

    def acknowledge(self) -> None:
        for source, numbers in self._sent:
            for number in numbers:
                del source.lines[number]
                source.num_sent = max(source.num_sent, number + 1)
        self._sent = []

    def _drop_known(self, source: _Source, known: int) -> None:
        source.num_sent = max(source.num_sent, min(known, source.next_number))
        if known and source.lines:
            source.lines = {
                number: line
                for number, line in source.lines.items()
                if line.is_rewritten or number >= known
            }


def _first(source: _Source) -> list[int]:
    """As many lines as fit into a report, in the order in which they came."""
    found, num_characters = [], 0
    for number, line in source.lines.items():
        found.append(number)
        num_characters += len(line.text)
        if len(found) == _MAX_LINES or num_characters >= _MAX_CHARACTERS:
            break
    return found


def _packed(line: _Line) -> tuple[float, bool, str]:
    return line.time, line.is_error, line.text
