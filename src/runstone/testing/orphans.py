"""A full scan of a data folder for what refers to nothing, and for sums that do not add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import apsw

_OWNERS: Final = {
    "run_id": "run",
    "stream_id": "stream",
    "segment_id": "segment",
    "project_id": "project",
}
_SIZES: Final = """
SELECT r.id, coalesce(s.console_bytes, 0), coalesce(s.file_bytes, 0), coalesce(s.media_bytes, 0),
    (SELECT coalesce(sum(octet_length(text)), 0) FROM console_line WHERE run_id = r.id),
    (SELECT coalesce(sum(size_bytes), 0) FROM run_file WHERE run_id = r.id
        AND name NOT LIKE 'media/%'),
    (SELECT coalesce(sum(size_bytes), 0) FROM run_file WHERE run_id = r.id
        AND name LIKE 'media/%')
FROM run AS r LEFT JOIN run_size AS s ON s.run_id = r.id
"""


_WORKING: Final = (".incoming", ".uploads")
"""Folders of blobs that are on their way."""
_OF_ARTIFACTS: Final = {
    "deleted version(s) not erased": "SELECT count(*) FROM removed_artifact",
    "manifest(s) of no version": "SELECT count(*) FROM artifact_manifest"
    " WHERE artifact_id NOT IN (SELECT id FROM artifact)",
    "reference(s) of no version": "SELECT count(*) FROM artifact_content"
    " WHERE artifact_id NOT IN (SELECT id FROM artifact)",
    "reference(s) to no content": "SELECT count(*) FROM artifact_content"
    " WHERE content_id NOT IN (SELECT id FROM content)",
    "content(s) that no version refers to": "SELECT count(*) FROM content"
    " WHERE id NOT IN (SELECT content_id FROM artifact_content)",
    "pending version(s) in a collection": "SELECT count(*) FROM artifact_member m"
    " JOIN artifact v ON v.id = m.artifact_id WHERE v.state = 'pending'",
    "committed version(s) without a manifest": "SELECT count(*) FROM artifact"
    " WHERE state = 'committed' AND manifest_id NOT IN"
    " (SELECT id FROM artifact_manifest WHERE has_arrived)",
}


def orphans(database: Path, blobs: Path) -> list[str]:
    """Everything that a collection should have taken, or that is missing; empty when all is well.

    Args:
        database: Of a store that is closed, or that nobody writes to now.
        blobs: The folder of its blobs.
    """
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = [f"integrity: {row}" for row in _rows(connection, "PRAGMA integrity_check")]
        found = [finding for finding in found if "ok" not in finding]
        found += [f"foreign key: {row}" for row in _rows(connection, "PRAGMA foreign_key_check")]
        found += _rows_of_nobody(connection)
        found += _wrong_sizes(connection)
        found += _of_artifacts(connection)
        found += _blobs_of_nobody(connection, blobs)
        return found
    finally:
        connection.close()


def _rows_of_nobody(connection: apsw.Connection) -> list[str]:
    found = []
    tables = _rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    for (table,) in tables:
        columns = {row[1] for row in _rows(connection, f"PRAGMA table_info({table})")}
        for column, owner in _OWNERS.items():
            if column in columns and table != owner:
                sql = (
                    f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608 - names of ours
                    f" AND {column} NOT IN (SELECT id FROM {owner})"
                )
                ((number,),) = _rows(connection, sql)
                found += [f"{number} row(s) of {table} without {owner}"] if number else []
    unused = "SELECT name FROM metric_key WHERE id NOT IN (SELECT key_id FROM chunk)"
    found += [f"name {name} without values" for (name,) in _rows(connection, unused)]
    lost = "SELECT count(*) FROM chunk WHERE key_id NOT IN (SELECT id FROM metric_key)"
    ((number,),) = _rows(connection, lost)
    return found + ([f"{number} chunk(s) without a name"] if number else [])


def _wrong_sizes(connection: apsw.Connection) -> list[str]:
    return [
        f"run {run}: sizes {(console, files, media)}, but there are {there}"
        for run, console, files, media, *there in _rows(connection, _SIZES)
        if [console, files, media] != there
    ]


def _of_artifacts(connection: apsw.Connection) -> list[str]:
    counts = {what: _rows(connection, sql)[0][0] for what, sql in _OF_ARTIFACTS.items()}
    return [f"{number} {what}" for what, number in counts.items() if number]


def _blobs_of_nobody(connection: apsw.Connection, folder: Path) -> list[str]:
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != ".incoming"
    }
    named = {
        row[0]
        for table in ("run_file", "history_file", "content")
        for row in _rows(connection, f"SELECT blob FROM {table} WHERE blob IS NOT NULL")  # noqa: S608 - names of ours
    }
    found = [f"blob {key} without a record" for key in sorted(there - named)]
    found += [f"blob {key} is missing" for key in sorted(named - there)]
    empty = [
        path
        for path in folder.rglob("*")
        if path.is_dir() and path.name not in _WORKING and not any(path.iterdir())
    ]
    return found + [f"empty folder {path}" for path in empty]


def _rows(connection: apsw.Connection, sql: str) -> list[Any]:
    return connection.execute(sql).fetchall()
