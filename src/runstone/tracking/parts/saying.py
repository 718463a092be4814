"""What a process says once: other names for its run, and alerts."""

from __future__ import annotations

from typing import Any

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Alert, Preempting, Properties, Record

_MAX_ITEMS = 1_000


class Sayings(Part):
    """Numbered by the process that said them, so that the server passes over what it has."""

    def __init__(self, life: str) -> None:
        self._life = life
        self._items: dict[str, list[dict[str, Any]]] = {}
        self._num_sent: dict[str, int] = {}
        self._sent: tuple[str, int] | None = None

    def take(self, writer: str, record: Record) -> None:
        items = self._items.setdefault(writer, [])
        if isinstance(record, Properties):
            items.append({"type": "renamed", **record.values})
            return
        assert isinstance(record, Alert)
        items.append(
            {
                "type": "alerted",
                "title": record.title,
                "text": record.text,
                "level": record.level,
                "time": record.time,
                "wait_s": record.wait_s,
            }
        )

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        for writer, items in self._items.items():
            first = self._num_sent.get(writer, 0)
            if first < len(items):
                some = items[first : first + _MAX_ITEMS]
                report["said"] = {"by": f"{self._life}:{writer}", "first": first, "items": some}
                self._sent = writer, first + len(some)
                return True
        return False

    def has_more(self) -> bool:
        sent = dict([] if self._sent is None else [self._sent])
        return any(
            sent.get(writer, self._num_sent.get(writer, 0)) < len(items)
            for writer, items in self._items.items()
        )

    def acknowledge(self) -> None:
        if self._sent is not None:
            writer, num = self._sent
            self._num_sent[writer] = num
            self._sent = None


class Warnings(Part):
    """That the machine is about to be taken away."""

    def __init__(self) -> None:
        self._is_new = False

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Preempting)
        self._is_new = True

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        if self._is_new:
            report["preempting"] = True
        return self._is_new

    def acknowledge(self) -> None:
        self._is_new = False
