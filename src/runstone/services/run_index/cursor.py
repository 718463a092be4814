"""Where a page ended, as a text that belongs to its query."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

from runstone.domain import documents
from runstone.domain.cursors import bad_cursor
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_filter
from runstone.domain.filters import Filter
from runstone.domain.ids import ProjectId
from runstone.services.run_index.ordering import Place, is_place_value


def query_mark(project: ProjectId, tree: Filter, others: Sequence[str]) -> str:
    """A short text that differs between queries: of a filter, and other parts as texts."""
    query = "\0".join([str(project), print_filter(tree), *others])
    return hashlib.sha256(query.encode(errors="surrogatepass")).hexdigest()[:12]


def write_cursor(mark: str, place: Place) -> str:
    """The cursor for the page after `place`."""
    content = documents.encode([mark, place.run, [list(value) for value in place.values]])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(cursor: str, mark: str, num_keys: int) -> Place:
    """The place in a cursor.

    Raises:
        InvalidInput: Not a cursor, or of another query.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = documents.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, InvalidInput, KeyError, TypeError) as error:
        raise bad_cursor() from error
    match content:
        case [str(of), int(run), [*values]]:
            pass
        case _:
            raise bad_cursor()
    if of != mark:
        raise bad_cursor()
    pairs = [tuple(value) for value in values if isinstance(value, list) and len(value) == 2]
    if len(pairs) != num_keys or len(values) != num_keys:
        raise bad_cursor()
    if not (0 <= run < 2**63 and all(is_place_value(*pair) for pair in pairs)):
        raise bad_cursor()
    return Place(tuple(pairs), run)
