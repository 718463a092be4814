"""Columns of runs in SQLite.

A column comes as one JSON array: parsing that takes a tenth of the time of fetching the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import apsw
import orjson

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.filters import Key, Source
from runstone.domain.ids import ProjectId
from runstone.domain.run import Run
from runstone.ports.run_columns import MAX_CUT_PARTS, ColumnValues, RunColumns, RunsHead
from runstone.storage.sql.named import load
from runstone.storage.sqlite.runs import run_of

_SQL: Final = load("runstone.storage.sqlite", "queries/run_columns.sql")
_MMAP_BYTES: Final = 1 << 40

_FIELDS: Final = {
    "id": "r.name",
    "name": "r.display_name",
    "state": "r.state",
    "created_at": "r.created_at",
    "heartbeat_at": "r.heartbeat_at",
    "finished_at": "r.finished_at",
    "duration_s": "(coalesce(r.finished_at, r.heartbeat_at) - r.created_at) / 1e6",
    "user": "u.name",
    "group": "r.run_group",
    "job_type": "r.job_type",
    "tags": "json(r.tags)",
    "notes": "r.notes",
    "host": "r.host",
    "program": "r.program",
    "commit": "r.git_commit",
    "remote": "r.git_remote",
    "sweep": "r.sweep",
    "exit_code": "r.exit_code",
    "stop_requested": "json(iif(r.stop_requested, 'true', 'false'))",
}
_JOINS: Final = {
    "u.": "JOIN entity u ON u.id = r.user_id",
    "c.": "JOIN run_config c ON c.run_id = r.id",
    "s.": "JOIN run_summary s ON s.run_id = r.id",
}


class SqliteRunColumns(RunColumns):
    """Columns within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def head(self, project: ProjectId) -> RunsHead:
        changed, deleted = self._one(_SQL["head"], {"project": project})
        return RunsHead(max(changed, deleted), deleted)

    def ids(self, project: ProjectId) -> Sequence[int]:
        found: list[int] = _decode(self._one(_SQL["ids"], {"project": project})[0])
        return found

    def values(self, project: ProjectId, keys: Sequence[Key], *, after: int) -> ColumnValues:
        bindings: dict[str, Any] = {"project": project, "after": after}
        expressions = [self._expression(key, bindings) for key in keys]
        joins = " ".join(
            join for alias, join in _JOINS.items() if any(alias in e for e in expressions)
        )
        arrays = "".join(f", json_group_array({e})" for e in expressions)
        # Without the condition, runs come in order of id, as the documents lie on the disk.
        changed = "AND r.change_seq > :after" if after > 0 else ""
        # Everything from outside is bound; the rest comes from the tables above.
        sql = (
            f"SELECT json_group_array(r.id){arrays} FROM run r {joins} "  # noqa: S608
            f"WHERE r.project_id = :project {changed}"
        )
        with self._mapped(whole=after <= 0):
            texts = self._one(sql, bindings)
        ids, *columns = (_decode(text) for text in texts)
        return ColumnValues(ids, columns)

    def runs(self, ids: Sequence[int]) -> Sequence[Run]:
        rows = self._connection.execute(_SQL["runs"], (json.dumps(list(ids)),)).fetchall()
        found = {row[0]: run_of(row) for row in rows}
        return [found[identifier] for identifier in ids if identifier in found]

    def _one(self, sql: str, bindings: dict[str, Any]) -> tuple[Any, ...]:
        rows: list[tuple[Any, ...]] = self._connection.execute(sql, bindings).fetchall()
        return rows[0]

    def _expression(self, key: Key, bindings: dict[str, Any]) -> str:
        if key.source is Source.RUN:
            return _FIELDS[key.path]
        column = "c.config" if key.source is Source.CONFIG else "s.summary"
        return f"json({_at_path(column, key.path, bindings)})"

    @contextmanager
    def _mapped(self, *, whole: bool) -> Iterator[None]:
        """Maps the file into memory while a whole column is read.

        Halves the time of reading hundreds of megabytes. Not kept: a mapped file counts as memory
        in what people look at, and an I/O error on it would end the process.
        """
        if not whole:
            yield
            return
        self._connection.pragma("mmap_size", _MMAP_BYTES)
        try:
            yield
        finally:
            self._connection.pragma("mmap_size", 0)


def _at_path(column: str, path: str, bindings: dict[str, Any]) -> str:
    """SQL for `runstone.ports.run_columns.lookup`."""

    def bound(labels: list[str]) -> str:
        # As `documents.encode` writes keys: a leading $ is doubled.
        escaped = (("$" + label) if label.startswith("$") else label for label in labels)
        name = f"p{len(bindings)}"
        bindings[name] = "$" + "".join(
            "." + json.dumps(label, ensure_ascii=False) for label in escaped
        )
        return f"{column} -> :{name}"

    def cut(labels: list[str], parts: list[str]) -> str:
        """Finds `parts` below `labels`; NULL where nothing is there, 'null' for null."""
        ways = [bound([*labels, ".".join(parts)])]
        for length in range(len(parts) - 1, 0, -1):
            key = [*labels, ".".join(parts[:length])]
            # Most runs lack the shorter key, which spares the look-ups below it.
            below = cut(key, parts[length:])
            ways.append(f"CASE WHEN {bound(key)} IS NOT NULL THEN {below} END")
        return ways[0] if len(ways) == 1 else f"coalesce({', '.join(ways)})"

    parts = path.split(".")
    if len(parts) > MAX_CUT_PARTS:
        return f"coalesce({bound([path])}, {bound(parts)})"
    return cut([], parts)


def _decode(text: str) -> list[JsonValue]:
    if '"$' not in text:
        try:
            values: list[JsonValue] = orjson.loads(text)
            return values
        except orjson.JSONDecodeError:
            pass  # what only the standard library reads: lone surrogates
    decoded: list[JsonValue] = documents.decode(text)
    return decoded
