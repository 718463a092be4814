"""Of rows that were sent half: what the server lacks."""

from __future__ import annotations

from typing import Any

from runstone.domain.errors import NotFound, PermissionDenied
from runstone.sdk.frames import Frame, rows_query
from runstone.tracking.link import Link


def missing_of(values: dict[str, Any], stream: str, step: int, link: Link) -> dict[str, Any]:
    """What the run's rows of a step have no value for; nothing where it may not be read.

    Args:
        values: Of a row, by flat key.
        stream: `history` or `system`.

    Raises:
        RunstoneError: The server does not say.
    """
    query = rows_query(stream, None, step, step)
    rows = Frame(link.transport, (*link.route, "history"), query, f"step {step}")
    try:
        known = {key for row in rows for key in row}
    except (NotFound, PermissionDenied):
        return {}
    return {key: value for key, value in values.items() if key not in known and value is not None}
