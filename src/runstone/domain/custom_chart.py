"""Custom charts: Vega specifications by name, which runs refer to as `entity/name`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import CustomChartId, EntityId

MAX_CHART_SPEC_BYTES: Final = 1024 * 1024
"""A chart is drawn with data from elsewhere; its specification is some kilobytes."""


LANGUAGES: Final = ("vega2",)


class ChartAccess(StrEnum):
    """Who may use a chart."""

    PRIVATE = "private"
    """Whoever may read what its entity owns."""
    PUBLIC = "public"
    """Every user of the server."""


@dataclass(frozen=True, slots=True)
class CustomChart:
    """A chart that a user or team has defined.

    Attributes:
        name: Unique within its entity.
        language: What the spec is written in: one of `LANGUAGES`.
        spec: A JSON text, kept byte for byte.
        user_id: Its author; None where that user is gone, or it was the operator.
    """

    id: CustomChartId
    entity_id: EntityId
    entity: str
    name: str
    display_name: str
    language: str
    access: ChartAccess
    spec: str
    user_id: EntityId | None
    created_at: datetime


def check_language(language: str) -> str:
    """Returns `language` if charts may be written in it.

    Raises:
        InvalidInput: It is not known.
    """
    if language not in LANGUAGES:
        raise InvalidInput(
            f"Custom charts cannot be written in {language[:80]!r}; possible: "
            f"{', '.join(LANGUAGES)}.",
            code="unknown-language",
        )
    return language
