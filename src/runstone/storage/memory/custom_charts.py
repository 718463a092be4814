"""Custom charts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from runstone.domain.custom_chart import ChartAccess, CustomChart
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import CustomChartId, EntityId
from runstone.ports.custom_charts import CustomCharts
from runstone.storage.memory.tables import Tables, text


class MemoryCustomCharts(CustomCharts):
    """Custom charts among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def custom_chart(self, entity: EntityId, name: str) -> CustomChart | None:
        address = (entity, text(name))
        for chart in self._tables.custom_charts.values():
            if (chart.entity_id, chart.name) == address:
                return chart
        return None

    def custom_charts(self, entity: EntityId) -> Sequence[CustomChart]:
        found = [c for c in self._tables.custom_charts.values() if c.entity_id == entity]
        return sorted(found, key=lambda chart: chart.name)

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
        owner = self._tables.entities.get(entity)
        if owner is None:
            raise NotFound("The owner is gone.")
        if user is not None and user not in self._tables.accounts:
            raise NotFound("The author is gone.")
        if self.custom_chart(entity, name):
            raise AlreadyExists(f"There is a custom chart {name} already.")
        chart = CustomChart(
            id=CustomChartId(self._tables.next_id("custom chart")),
            entity_id=entity,
            entity=owner.name,
            name=name,
            display_name=text(display_name),
            language=text(language),
            access=access,
            spec=text(spec),
            user_id=user,
            created_at=self._now,
        )
        self._tables.custom_charts[chart.id] = chart
        return chart

    def delete_custom_chart(self, chart: CustomChartId) -> None:
        if self._tables.custom_charts.pop(chart, None) is None:
            raise NotFound("The custom chart is gone already.")
