"""The surroundings of each process of a run: what it said last."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Merge, Record


class Environments(Part):
    """What processes say of where they run.

    Args:
        writer_of: The name by which the server knows a writer.
    """

    def __init__(self, writer_of: Callable[[str], str]) -> None:
        self._writer_of = writer_of
        self._said: dict[str, dict[str, Any]] = {}

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Merge)
        self._said[self._writer_of(writer)] = record.values

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        if not self._said:
            return False
        report["environment"] = {
            writer: json.dumps(said, ensure_ascii=False) for writer, said in self._said.items()
        }
        return True

    def acknowledge(self) -> None:
        self._said.clear()
