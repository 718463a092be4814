"""Custom charts of users and teams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.custom_chart import ChartAccess, CustomChart
from runstone.domain.ids import CustomChartId, EntityId


class CustomChartsReader(ABC):
    """Look-ups answer None for what is absent."""

    @abstractmethod
    def custom_chart(self, entity: EntityId, name: str) -> CustomChart | None:
        """The chart of that entity and exact name."""

    @abstractmethod
    def custom_charts(self, entity: EntityId) -> Sequence[CustomChart]:
        """An entity's charts by name, ascending by code point."""


class CustomCharts(CustomChartsReader):
    """Changes to custom charts. NotFound for lost ids; no id is used again.

    Charts go with their entity, and stay when their author is deleted, without one.
    """

    @abstractmethod
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
        """A new chart.

        Raises:
            AlreadyExists: The entity has a chart of that name.
        """

    @abstractmethod
    def delete_custom_chart(self, chart: CustomChartId) -> None:
        """Removes a chart."""
