"""Config and summary: whole documents, sent where something of them changed."""

from __future__ import annotations

import json
from typing import Any

from runstone.tracking.columns import flat
from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Kind, Merge, Record


class Document(Part):
    """The config, or the summary.

    Args:
        kind: Which.
    """

    def __init__(self, kind: Kind) -> None:
        self._name = kind.name.lower()
        self._values: dict[str, Any] = {}
        self._is_new = False

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Merge)
        self.update(record.values)

    def see(self, row: dict[Any, Any]) -> None:
        """A row of the history: the last value of a key counts, unless the script says another."""
        self.update(flat(row))

    def update(self, values: dict[str, Any]) -> None:
        """Sets values."""
        self._values.update(values)
        self._is_new = True

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        if not self._is_new:
            return False
        # Not msgpack, whose integers have 64 bits.
        report[self._name] = json.dumps(
            self._values, ensure_ascii=False, separators=(",", ":"), default=str
        )
        return True

    def acknowledge(self) -> None:
        self._is_new = False
