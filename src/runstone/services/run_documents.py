"""A run's config and summary a part at a time: some have a hundred thousand values."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run

MAX_VALUES: Final = 10_000

_DIGITS: Final = re.compile(r"[0-9]+")
_WIDEST: Final = 20
"""Numbers in names count as numbers up to so many digits, which is more than counters have."""


class WhichDocument(Enum):
    """What of a run's documents is read."""

    CONFIG = "config"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some values of the first level, each whole; under a search, what it finds in them.

    Attributes:
        values: In the order of their names; numbers inside these count as numbers, and what
            clients keep for themselves (`_step`) comes last.
        total: Values of the first level in the whole document.
        num_found: In how many of them the search finds something.
        num_before: How many of these come before the page.
        next_after: Where the next page begins; None on the last.
    """

    values: dict[str, JsonValue]
    total: int
    num_found: int
    num_before: int
    next_after: str | None


def read_document(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    run: str,
    which: WhichDocument,
    *,
    limit: int,
    search: str = "",
    after: str | None = None,
) -> DocumentPage:
    """A page of a run's config or summary.

    Args:
        limit: The page ends with the value that brings so many leaves together: a value of the
            first level is not torn apart.
        search: Part of a path (`optimizer.lr`) or of a value, whatever the case. Of an object that
            holds what is found the rest is left out, unless its own path is what was found.
        after: The name behind which the page begins.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 10,000.
    """
    if not 1 <= limit <= MAX_VALUES:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_VALUES:,}.")
    found = find_run(snapshot, actor, entity, project, run)
    runs = snapshot.runs
    document = (runs.config if which is WhichDocument.CONFIG else runs.summary)(found.id)
    return cut_document(document, limit=limit, search=search, after=after)


def cut_document(
    document: Mapping[str, JsonValue], *, limit: int, search: str = "", after: str | None = None
) -> DocumentPage:
    """A page of a document; see `read_document`."""
    wanted = search.strip().lower()
    matching = {
        name: kept
        for name, value in document.items()
        if (kept := value if not wanted else _pruned(name, value, wanted)) is not _NOTHING
    }
    names = [name for name in _in_order(tuple(document)) if name in matching]
    first = 0 if after is None else bisect_right(names, _place(after), key=_place)
    page: dict[str, JsonValue] = {}
    num_leaves = 0
    for name in names[first:]:
        if num_leaves >= limit:
            break
        page[name] = matching[name]
        num_leaves += _num_leaves(page[name])
    end = first + len(page)
    last = names[end - 1] if 0 < end < len(names) else None
    return DocumentPage(page, len(document), len(names), first, last)


_NOTHING: Final = object()


def _pruned(path: str, value: JsonValue, wanted: str) -> JsonValue:
    if wanted in path.lower():
        return value
    if isinstance(value, dict) and value and "_type" not in value:
        inside = {
            name: kept
            for name, one in value.items()
            if (kept := _pruned(f"{path}.{name}", one, wanted)) is not _NOTHING
        }
        return inside or _NOTHING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if wanted in text.lower() else _NOTHING


def _num_leaves(value: JsonValue) -> int:
    if isinstance(value, dict) and value:
        return sum(map(_num_leaves, value.values()))
    if isinstance(value, list) and value:
        return sum(map(_num_leaves, value)) if any(map(_is_nested, value)) else 1
    return 1


def _is_nested(value: JsonValue) -> bool:
    return isinstance(value, dict | list)


@lru_cache(maxsize=4)
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    # Who scrolls, or watches a run that goes on, asks for the same names again and again.
    return tuple(sorted(names, key=_place))


def _place(name: str) -> tuple[bool, str, str]:
    folded = _DIGITS.sub(lambda digits: digits[0].zfill(_WIDEST), name.lower())
    return name.startswith("_"), folded, name
