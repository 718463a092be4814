"""Alerts of runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct


class RunAlert(Struct):
    """A message that a training script raised."""

    title: str
    text: str
    level: Literal["INFO", "WARN", "ERROR"]
    created_at: datetime


class RunAlertList(Struct):
    """Alerts of a run."""

    alerts: Annotated[list[RunAlert], Meta(description="The newest first.")]
    total: Annotated[int, Meta(description="How many there are.")]
