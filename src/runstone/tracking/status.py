"""How a run stands with the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What is known at this moment.

    Attributes:
        url: Of the run's page; None before the server has heard of it.
        is_finished: Nothing more is logged.
        trouble: Why nothing is sent at the moment; None where all is well.
    """

    url: str | None
    is_finished: bool
    trouble: str | None
