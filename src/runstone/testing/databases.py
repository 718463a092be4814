"""An SQLite database's schema as plain values, to be compared."""

from __future__ import annotations

import re
from typing import Any

import apsw


def schema_of(connection: apsw.Connection) -> dict[str, Any]:
    """Everything that makes up a schema, whatever the order and layout it was written in."""
    objects: list[Any] = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    ).fetchall()
    tables = [name for kind, name, _, _ in objects if kind == "table"]
    return {
        "objects": [(k, n, t, normal(sql)) for k, n, t, sql in objects],
        "columns": {t: pragma(connection, "table_xinfo", t) for t in tables},
        "foreign keys": {t: sorted(pragma(connection, "foreign_key_list", t)) for t in tables},
        "indexes": {
            t: sorted(row[1:] for row in pragma(connection, "index_list", t)) for t in tables
        },
        "indexed": {
            name: pragma(connection, "index_xinfo", name)
            for kind, name, _, _ in objects
            if kind == "index"
        },
    }


def pragma(connection: apsw.Connection, name: str, of: str) -> list[Any]:
    """The rows of a table-valued pragma."""
    rows = connection.execute(f"SELECT * FROM pragma_{name}(?)", (of,))  # noqa: S608 - ours
    return rows.fetchall()


def normal(sql: str | None) -> str | None:
    """SQL without comments and layout."""
    if sql is None:
        return None
    sql = re.sub(r"--[^\n]*", " ", sql)
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", sql)).strip()
