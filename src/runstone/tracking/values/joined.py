"""Tables that are made of other tables of the same artifact."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

from runstone.domain.errors import InvalidInput
from runstone.tracking.values.media import FileValue, FolderShelf, RunShelf, Shelf, as_json
from runstone.tracking.values.table import Table

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue

_SUFFIX: Final = ".table.json"
_HASH_CHARS: Final = 20


class PartitionedTable(FileValue):
    """The tables below a path of an artifact as one, such as each process of a job adds its own.

    Example:
        artifact.add(runstone.Table(columns=["x"], data=rows), f"parts/{rank}")
        artifact.add(runstone.PartitionedTable("parts"), "all")
    """

    log_type: ClassVar[str] = "partitioned-table"
    folder: ClassVar[str] = ""

    def __init__(self, parts_path: str) -> None:
        """Names them.

        Args:
            parts_path: A folder of the artifact; the tables in it have the same columns.
        """
        self.parts_path = parts_path

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        if isinstance(shelf, RunShelf):
            _refuse_run(self)
        return {"_type": self.log_type, "parts_path": self.parts_path}


class JoinedTable(FileValue):
    """Two tables of an artifact side by side, where a value of the one is also in the other.

    Example:
        artifact.add(runstone.JoinedTable(before, after, join_key="id"), "compared")
    """

    log_type: ClassVar[str] = "joined-table"
    folder: ClassVar[str] = ""

    def __init__(
        self,
        table1: Table | PartitionedTable | str,
        table2: Table | PartitionedTable | str,
        join_key: str | Sequence[str],
    ) -> None:
        """Names both.

        Args:
            table1: A table, which is added along with it, or the path of one in the artifact, which
                ends with `.table.json`.
            table2: Another one.
            join_key: The column by which rows belong together; two where it is not called the same.

        Raises:
            InvalidInput: What is no table, or are no names of columns.
        """
        keys = [join_key] if isinstance(join_key, str) else list(join_key)
        if len(keys) not in (1, 2) or not all(isinstance(key, str) for key in keys):
            raise InvalidInput(f"join_key is {join_key!r}; give a column's name, or two of them.")
        for table in (table1, table2):
            is_path = isinstance(table, str) and table.endswith(_SUFFIX)
            if not is_path and not isinstance(table, (Table, PartitionedTable)):
                raise InvalidInput(
                    f"{table!r} cannot be joined: give a Table, or the path of one in the artifact "
                    f"(…{_SUFFIX})."
                )
        self._tables = (table1, table2)
        self._join_key: str | list[str] = join_key if isinstance(join_key, str) else keys

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        if not isinstance(shelf, FolderShelf):
            _refuse_run(self)
        one, other = (_path(table, shelf) for table in self._tables)
        key: JsonValue = self._join_key if isinstance(self._join_key, str) else [*self._join_key]
        return {"_type": self.log_type, "table1": one, "table2": other, "join_key": key}


def _path(table: Table | PartitionedTable | str, shelf: FolderShelf) -> str:
    """Where a table is in the artifact, which it is put into here, where it was not."""
    if isinstance(table, str):
        return table
    text = as_json(table.document(shelf))
    name = hashlib.sha256(text.encode()).hexdigest()[:_HASH_CHARS]
    kind = "table" if isinstance(table, Table) else table.log_type
    path = f"media/table/{name}.{kind}.json"
    place: Path = shelf.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return path


def _refuse_run(value: FileValue) -> NoReturn:
    raise InvalidInput(
        f"a {type(value).__name__} is a part of an artifact: add() it to one, and log that."
    )
