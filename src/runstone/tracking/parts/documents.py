"""The config: what of it changed is sent, and the server keeps the rest."""

from __future__ import annotations

import json
from typing import Any

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Merge, Record


class Config(Part):
    """Values that the run was given."""

    def __init__(self) -> None:
        self._changed: dict[str, Any] = {}

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Merge)
        self._changed.update(record.values)

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        if not self._changed:
            return False
        # Not msgpack, whose integers have 64 bits.
        report["config"] = json.dumps(
            self._changed, ensure_ascii=False, separators=(",", ":"), default=str
        )
        return True

    def acknowledge(self) -> None:
        self._changed = {}
