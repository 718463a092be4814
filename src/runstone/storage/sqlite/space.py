"""Giving pages back to the file system: while it is open in small steps, or offline at once.

Databases are made with `auto_vacuum = INCREMENTAL` (ADR 0012): SQLite then knows who points at each
page, so that pages from the end of the file can be moved into gaps.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import apsw

from runstone.domain.storage import Footprint
from runstone.storage.sqlite.database import (
    FILE_NAME,
    connect,
    errors_in_our_words,
    prepare,
)

_INCREMENTAL: Final = 2
_REBUILT_NAME: Final = f"{FILE_NAME}.rebuilt"
_BUSY_TIMEOUT_MS: Final = 10_000


def footprint(connection: apsw.Connection, path: Path) -> Footprint:
    """What the database at `path` takes; the connection is in no transaction."""
    page, free, vacuum = (
        _number(connection, name) for name in ("page_size", "freelist_count", "auto_vacuum")
    )
    return Footprint(_size(path), log_bytes(path), page * free, vacuum == _INCREMENTAL)


def log_bytes(path: Path) -> int:
    """Size of the write-ahead log."""
    return _size(path.with_name(path.name + "-wal"))


def give_back(connection: apsw.Connection, max_bytes: int) -> int:
    """Within a transaction that writes: makes the database smaller; returns by how many bytes."""
    page = _number(connection, "page_size")
    before = _number(connection, "page_count")
    num_pages = max(1, max_bytes // page)
    connection.execute(f"PRAGMA incremental_vacuum({num_pages})").fetchall()
    return (before - _number(connection, "page_count")) * page


def put_in_place(connection: apsw.Connection) -> None:
    """Copies what the log holds to its place, as far as readers allow; nobody waits for it."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def shorten_log(connection: apsw.Connection) -> int:
    """Outside any transaction: empties the log if nobody reads it; returns bytes that are left."""
    connection.set_busy_timeout(0)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except apsw.BusyError:
        pass  # another process is at it
    finally:
        connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    return log_bytes(Path(connection.filename))


def rebuild(folder: Path) -> tuple[int, int]:
    """Writes the database of a folder anew, without gaps, so that it can shrink while it serves.

    Nobody else may have it open. It needs as much free disk as the data that is left. A process
    that dies meanwhile leaves the old database as it was.

    Returns:
        Bytes before and after.

    Raises:
        CorruptData: The database is damaged.
        Unavailable: The disk is full, or someone else has it open.
    """
    path = folder / FILE_NAME
    rebuilt = folder / _REBUILT_NAME
    with errors_in_our_words(path):
        rebuilt.unlink(missing_ok=True)
        connection = connect(path)
        try:
            prepare(connection, path)
            before = _size(path) + log_bytes(path)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            connection.execute("BEGIN EXCLUSIVE; COMMIT").fetchall()
            connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}").fetchall()
            connection.execute("VACUUM INTO ?", (str(rebuilt),)).fetchall()
        except BaseException:
            rebuilt.unlink(missing_ok=True)
            raise
        finally:
            # The last to close removes the log, which must not be read beside another database.
            connection.close()
        _make_durable(rebuilt, os.O_RDWR)
        rebuilt.replace(path)
        if sys.platform != "win32":  # which opens no folder, and whose journal keeps its names
            _make_durable(folder, os.O_RDONLY)
    return before, _size(path)


def _make_durable(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _number(connection: apsw.Connection, pragma: str) -> int:
    value = connection.pragma(pragma)
    assert isinstance(value, int)
    return value
