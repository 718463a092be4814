"""What is said of a cursor that a list cannot go on from, in every list alike."""

from __future__ import annotations

from runstone.domain.errors import InvalidInput


def bad_cursor() -> InvalidInput:
    """The error for a cursor that is none, or is another list's."""
    return InvalidInput(
        "The cursor was not given out for this list, or for another filter, order or project: "
        "begin without one.",
        code="bad-cursor",
    )
