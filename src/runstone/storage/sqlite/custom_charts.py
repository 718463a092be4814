"""Custom charts in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain.custom_chart import ChartAccess, CustomChart
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import CustomChartId, EntityId
from runstone.ports.custom_charts import CustomCharts
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, to_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/custom_charts.sql")


class SqliteCustomCharts(CustomCharts):
    """Custom charts within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def custom_chart(self, entity: EntityId, name: str) -> CustomChart | None:
        rows = self._rows("chart", entity, name)
        return _chart(rows[0]) if rows else None

    def custom_charts(self, entity: EntityId) -> Sequence[CustomChart]:
        return [_chart(row) for row in self._rows("charts_of", entity)]

    def create_custom_chart(
        self,
        entity: EntityId,
        *,
        name: str,
        display_name: str,
        language: str,
        access: ChartAccess,
        spec: str,
        user: EntityId | None,
    ) -> CustomChart:
        if self._rows("chart", entity, name):
            raise AlreadyExists(f"There is a custom chart {name} already; choose another name.")
        values = (entity, name, display_name, language, access.value, spec, user)
        self._rows("insert_chart", *values, to_micros(self._now))
        created = self.custom_chart(entity, name)
        assert created is not None
        return created

    def delete_custom_chart(self, chart: CustomChartId) -> None:
        if not self._rows("delete_chart", chart):
            raise NotFound("The custom chart is gone already.")

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _chart(row: Any) -> CustomChart:
    identifier, entity_id, entity, name, display_name, language, access, spec, user, created = row
    return CustomChart(
        identifier,
        entity_id,
        entity,
        name,
        display_name,
        language,
        ChartAccess(access),
        spec,
        user,
        from_micros(created),
    )
