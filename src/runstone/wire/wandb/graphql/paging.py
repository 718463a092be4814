"""Connections: pages of a list, each entry with a cursor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from runstone.domain.cursors import bad_cursor
from runstone.domain.errors import InvalidInput

DEFAULT_PAGE = 50
MAX_PAGE = 10_000
_POSITION: Final = re.compile("[0-9]{1,18}")


def page_size(args: dict[str, Any], default: int = DEFAULT_PAGE) -> int:
    """How many entries are wanted, within reason.

    Raises:
        InvalidInput: A negative number.
    """
    first = args.get("first")
    if first is None:
        return default
    if first < 0:
        raise InvalidInput(f"first is {first}; it must not be negative.")
    return min(int(first), MAX_PAGE)


def offset_after(args: dict[str, Any]) -> int:
    """The position after the cursor; lists that are read whole use positions as cursors.

    Raises:
        InvalidInput: Not a cursor of such a list.
    """
    after = args.get("after")
    if not after:
        return 0
    if not _POSITION.fullmatch(after):
        raise bad_cursor()
    return int(after) + 1


def whole(nodes: Sequence[Any], **more: Any) -> dict[str, Any]:
    """A connection with all its nodes on one page."""
    return connection([(str(i), node) for i, node in enumerate(nodes)], has_next=False, **more)


def sliced(nodes: Sequence[Any], args: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page of a list that is at hand as a whole."""
    start, size = offset_after(args), page_size(args)
    page = [(str(i), node) for i, node in enumerate(nodes[start : start + size], start)]
    return connection(
        page, has_next=start + size < len(nodes), **{"totalCount": len(nodes), **more}
    )


def connection(
    entries: Sequence[tuple[str | None, Any]], *, has_next: bool, **more: Any
) -> dict[str, Any]:
    """A page of (cursor, node).

    Old iterators go on from the last edge's cursor, newer ones from `endCursor`: both are given.
    """
    return {
        "edges": [{"cursor": cursor, "node": node} for cursor, node in entries],
        "pageInfo": {
            "endCursor": entries[-1][0] if entries else None,
            "hasNextPage": has_next,
        },
        **more,
    }
