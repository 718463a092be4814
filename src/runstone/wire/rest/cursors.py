"""Cursors of lists that go on after a run."""

from __future__ import annotations

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import RunId


def read_run_cursor(cursor: str | None) -> RunId | None:
    """The run after which a page begins; None for the first page.

    Raises:
        InvalidInput: Not a cursor.
    """
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput("The cursor is none that this server gave; begin without one.")
    return RunId(int(cursor))
