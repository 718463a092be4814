"""Files of a version that are tables, or name tables of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runstone.domain.access import Actor
from runstone.domain.artifact import Content
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.file_kinds import TABLE
from runstone.domain.manifest import Entry
from runstone.ports.store import Snapshot
from runstone.services.artifacts.reading import Address, find_entry, list_entries
from runstone.services.combined_tables import MAX_PARTS

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, and where its bytes are."""

    path: str
    blob: str
    size_bytes: int


def table_file(snapshot: Snapshot, actor: Actor, address: Address, path: str) -> TableFile:
    """A file of a version.

    Raises:
        NotFound: No such file, or its bytes are elsewhere; or the actor may not see it.
        InvalidInput: Not a legal path.
    """
    return _file(*find_entry(snapshot, actor, address, path))


def tables_below(
    snapshot: Snapshot, actor: Actor, address: Address, folder: str
) -> Sequence[TableFile]:
    """The tables below a folder of a version, by path.

    Raises:
        NotFound: No such version, or the actor may not see it; or a table's bytes are elsewhere.
        InvalidInput: There is none (code `bad-table`).
        QuotaExceeded: There are more than can be read (code `table-too-large`).
    """
    prefix = f"{folder.strip('/')}/"
    found: list[str] = []
    after: str | None = None
    while True:
        listed = list_entries(snapshot, actor, address, prefix=prefix, after=after, limit=_AT_ONCE)
        found += [one.path for one in listed.entries if one.path.lower().endswith(TABLE)]
        if len(found) > MAX_PARTS:
            raise QuotaExceeded(
                f"{folder} holds more than {MAX_PARTS:,} tables, too many to be shown as one.",
                code="table-too-large",
            )
        if not listed.has_more:
            break
        after = listed.entries[-1].path
    if not found:
        raise InvalidInput(f"{folder} holds no table (…{TABLE}).", code="bad-table")
    return [table_file(snapshot, actor, address, path) for path in found]


def _file(entry: Entry, content: Content) -> TableFile:
    return TableFile(entry.path, content.blob, content.size_bytes)
