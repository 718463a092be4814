"""The four stages of MLflow's model registry as aliases.

Where a version is `Production` there, it has the alias `production` here. A stage is an alias and
nothing more, so a collection has one version in a stage at most, and whoever moves a version into a
stage decides what becomes of the one that was there: it loses the stage, or is archived.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Stage(StrEnum):
    """Where a version is on its way into use."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"

    @property
    def alias(self) -> str | None:
        """The alias that says so; None says it by being absent."""
        return None if self is Stage.NONE else self.value.lower()


STAGE_ALIASES = tuple(stage.alias for stage in Stage if stage.alias is not None)


def stage_of(aliases: Iterable[str]) -> Stage:
    """The stage that a version's aliases say; the furthest of several."""
    has = set(aliases)
    for stage in (Stage.PRODUCTION, Stage.STAGING, Stage.ARCHIVED):
        if stage.alias in has:
            return stage
    return Stage.NONE
