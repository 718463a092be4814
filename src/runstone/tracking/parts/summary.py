"""The summary: last values, what definitions keep of a metric, and what the script says itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from runstone.tracking.background import importing
from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.records import Define, Merge, Record

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.domain.metrics import MetricDefinition
    from runstone.domain.summing import Aggregate


class Summary(Part):
    """Sums rows up, in the order of the journal: reading it again gives the same.

    It takes definitions, too, and sends them. What was said last counts, a row or the script.
    """

    def __init__(self, life: str = "") -> None:
        self._life = life
        self._definitions: dict[str, MetricDefinition] = {}
        self._documents: list[dict[str, JsonValue]] = []
        self._of_key: dict[str, MetricDefinition | None] = {}
        self._aggregates: dict[str, Aggregate] = {}
        self._changed: dict[str, Any] = {}
        self._aggregates_changed: set[str] = set()
        self._removed: dict[str, None] = {}
        self._sent_documents = 0

    def go_on_from(self, definitions: list[dict[str, JsonValue]]) -> None:
        """What earlier lives of the run defined counts, before a row is seen."""
        for document in definitions:
            self._define(document)
        self._sent_documents = len(self._documents)

    def take(self, writer: str, record: Record) -> None:
        if isinstance(record, Define):
            self._define(record.document)
            return
        assert isinstance(record, Merge)
        for key in record.removed:
            self._changed.pop(key, None)
            self._aggregates_changed.discard(key)
            self._removed[key] = None
        for key in record.values:
            self._removed.pop(key, None)
            self._aggregates_changed.discard(key)
        self._changed.update(record.values)

    def see(self, rows: Sequence[dict[str, Any]]) -> None:
        """Values of the history, by flat key: rows that follow each other."""
        last = rows[-1]
        if len(rows) > 1:
            # Of rows with the same keys only the last one counts.
            last_of = dict(zip(map(tuple, rows), count(), strict=False))
            last = {}
            for place in sorted(last_of.values()):
                last.update(rows[place])
        if self._removed:
            for key in last:
                self._removed.pop(key, None)
        if not self._definitions:
            self._changed.update(last)
            return
        from runstone.domain.summing import Aggregate, wants_aggregates

        for key, value in last.items():
            definition = self._definition_of(key)
            if definition is None or not definition.summary:
                self._changed[key] = value
            elif wants_aggregates(definition.summary):
                self._changed.pop(key, None)
                aggregate = self._aggregates.setdefault(key, Aggregate())
                aggregate.see_all([row[key] for row in rows if key in row])
                self._aggregates_changed.add(key)

    def changes(self, begun: Begun | None = None) -> tuple[dict[str, Any], list[str]]:
        """What is set and removed since it was acknowledged, or since the beginning."""
        found = dict(self._changed)
        before = begun.summary if begun and self._aggregates_changed else {}
        for key in sorted(self._aggregates_changed):
            definition = self._definition_of(key)
            if definition is None:
                continue
            num, total = begun.totals.get(key, (0, 0.0)) if begun else (0, 0.0)
            aggregate = self._aggregates[key].go_on_from(before.get(key), num, total)
            found[key] = aggregate.kept(definition)
        return found, list(self._removed)

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        documents = self._documents[self._sent_documents :]
        if documents:
            report["metrics"] = documents
        changed, removed = self.changes(begun)
        if changed:
            # Not msgpack, whose integers have 64 bits.
            report["summary"] = json.dumps(
                changed, ensure_ascii=False, separators=(",", ":"), default=str
            )
        if self._aggregates_changed:
            report["totals"] = {
                key: (self._aggregates[key].num, self._aggregates[key].total)
                for key in self._aggregates_changed
            }
        if removed:
            report["removed"] = removed
        return bool(documents or changed or removed)

    def acknowledge(self) -> None:
        self._sent_documents = len(self._documents)
        self._changed = {}
        self._removed = {}
        self._aggregates_changed = set()

    def _define(self, document: dict[str, JsonValue]) -> None:
        # Imported with the first: most scripts define nothing.
        with importing():
            from runstone.domain.metrics import MetricDefinition
            from runstone.domain.summing import Aggregate  # noqa: F401

        definition = MetricDefinition.from_document(document)
        if definition is None:
            return
        self._documents.append(document)
        self._definitions[("*" if definition.is_glob else "=") + definition.pattern] = definition
        self._of_key.clear()

    def _definition_of(self, key: str) -> MetricDefinition | None:
        try:
            return self._of_key[key]
        except KeyError:
            from runstone.domain.metrics import definition_of

            found = definition_of(key, self._definitions.values())
            self._of_key[key] = found
            return found
