"""How tables of custom charts are drawn, said when one is logged."""

from __future__ import annotations

import json
from typing import Any

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Merge, Record


class Charts(Part):
    """Charts by key; the last word on each counts."""

    def __init__(self) -> None:
        self._charts: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._sent: dict[str, str] = {}

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Merge)
        for key, chart in record.values.items():
            text = json.dumps(chart, ensure_ascii=False)
            if self._known.get(key) != text:
                self._charts[key] = text

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        if not self._charts:
            return False
        self._sent = dict(self._charts)
        report["charts"] = self._sent
        return True

    def acknowledge(self) -> None:
        self._known |= self._sent
        for key, text in self._sent.items():
            if self._charts.get(key) == text:
                del self._charts[key]
        self._sent = {}
