"""Cursors of lists that go on after a run, a view, a number."""

from __future__ import annotations

from runstone.domain.cursors import bad_cursor
from runstone.domain.ids import RunId, ViewId


def read_run_cursor(cursor: str | None) -> RunId | None:
    """The run after which a page begins; None for the first page.

    Raises:
        InvalidInput: Not a cursor.
    """
    number = read_number(cursor)
    return None if number is None else RunId(number)


def read_view_cursor(cursor: str | None) -> ViewId | None:
    """The view after which a page begins; None for the first page.

    Raises:
        InvalidInput: Not a cursor.
    """
    number = read_number(cursor)
    return None if number is None else ViewId(number)


def read_number(cursor: str | None) -> int | None:
    """The number after which a page begins; None for the first page.

    Raises:
        InvalidInput: Not a cursor.
    """
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise bad_cursor()
    return int(cursor)
