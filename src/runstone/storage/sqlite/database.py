"""Opening the one file: settings of a connection, schema and migrations, errors in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, TypeAlias

import apsw

from runstone.domain.errors import (
    CorruptData,
    InvalidInput,
    NotFound,
    RunstoneError,
    Unavailable,
)

Durability: TypeAlias = Literal["power", "process"]
"""What an acknowledgement survives: loss of power (fsync at each commit), or of the process."""

FILE_NAME: Final = "runstone.db"
APPLICATION_ID: Final = 0x52_53_54_31
"""`RST1`: tells our files from other SQLite databases."""

_PACKAGE: Final = "runstone.storage.sqlite"
_SCHEMA_FILES: Final = (
    "schema/catalog.sql",
    "schema/artifacts.sql",
    "schema/history.sql",
    "schema/registry.sql",
    "schema/retention.sql",
)
_MIGRATION: Final = re.compile(r"(\d{4})_\w+\.sql")
_BUSY_TIMEOUT_MS: Final = 10_000
_WAL_PAGES: Final = 8_000
"""Checkpoint after 32 MB of log: rarer than SQLite's 4 MB, as batches of metrics are large."""


def connect(path: Path, *, durability: Durability = "power") -> apsw.Connection:
    """Opens the database file with Runstone's settings; creates an empty file when missing.

    Raises:
        CorruptData: It is no SQLite database, or a damaged one.
        Unavailable: The file cannot be opened now.
    """
    with errors_in_our_words(path):
        connection = apsw.Connection(str(path), statementcachesize=200)
        try:
            _configure(connection, durability)
        except BaseException:
            connection.close()
            raise
    return connection


def _configure(connection: apsw.Connection, durability: Durability) -> None:
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    synchronous = "FULL" if durability == "power" else "NORMAL"
    if _pragma(connection, "page_count") == 0:
        # How an empty file is laid out, which nothing but a rebuild can change later (ADR 0012).
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL").fetchall()
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {synchronous}",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {_WAL_PAGES}",
        "journal_size_limit = 67108864",
        "cache_size = -16384",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def prepare(connection: apsw.Connection, path: Path) -> None:
    """Brings the schema to the newest version: builds it, or migrates step by step.

    Raises:
        CorruptData: Not a Runstone database, or one of a newer Runstone.
    """
    newest = latest_version()
    with errors_in_our_words(path):
        if _version(connection) == (APPLICATION_ID, newest):
            return
        # At once with the right to write: of two processes that start together on an empty
        # folder, the second must see what the first has built.
        connection.execute("BEGIN IMMEDIATE").fetchall()
        try:
            _bring_up_to_date(connection, path, newest)
            connection.execute("COMMIT").fetchall()
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK").fetchall()
            raise


def _bring_up_to_date(connection: apsw.Connection, path: Path, newest: int) -> None:
    application, version = _version(connection)
    if version == 0 and application == 0 and not _has_tables(connection):
        for statement_file in _SCHEMA_FILES:
            connection.execute(_text(statement_file)).fetchall()
    elif application != APPLICATION_ID:
        raise CorruptData(
            f"{path} is a database, but not Runstone's. Choose another folder with --data.",
            code="foreign-database",
        )
    elif version > newest:
        raise CorruptData(
            f"{path} was written by a newer Runstone (schema {version}; this one knows up to "
            f"{newest}). Upgrade Runstone; nothing was changed.",
            code="newer-schema",
        )
    else:
        for number, name in migrations():
            if number > version:
                connection.execute(_text(f"migrations/{name}")).fetchall()
    connection.execute(f"PRAGMA user_version = {newest}").fetchall()
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}").fetchall()


def migrations() -> Sequence[tuple[int, str]]:
    """Number and file name of every migration, in order; number 1 builds the first schema."""
    names = (entry.name for entry in files(_PACKAGE).joinpath("migrations").iterdir())
    return sorted((int(m[1]), m[0]) for name in names if (m := _MIGRATION.fullmatch(name)))


def latest_version() -> int:
    """The schema version that this code reads and writes."""
    return migrations()[-1][0]


def check(connection: apsw.Connection) -> list[str]:
    """SQLite's own findings about the file's integrity; empty when all is well."""
    findings = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    findings += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    return [finding for finding in findings if finding != "ok"]


@contextmanager
def errors_in_our_words(path: Path) -> Iterator[None]:
    """Turns the driver's errors into domain errors."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise CorruptData(
            f"The database {path} is damaged ({error}). Nothing was written. Stop the server, "
            "keep a copy of the folder, and restore a backup or run "
            "`sqlite3 runstone.db .recover` on the copy.",
            code="damaged-database",
        ) from error
    except apsw.FullError as error:
        raise disk_full(path) from error
    except apsw.ConstraintError as error:
        # The driver's type stubs lack the attribute.
        if getattr(error, "extendedresult", None) != apsw.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise
        raise NotFound("What this belongs to is gone already.") from error
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"The text is no valid Unicode ({error.reason}).", code="invalid-text"
        ) from error
    except OverflowError as error:
        raise InvalidInput(
            "A number is too large to be stored: integers have 64 bits.", code="number-too-large"
        ) from error
    except (apsw.BusyError, apsw.LockedError, apsw.ProtocolError) as error:
        raise Unavailable(
            f"The database {path} is locked by another process; trying again may help."
        ) from error
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, apsw.AuthError) as error:
        raise Unavailable(
            f"The database {path} cannot be opened for writing ({error}). Check that the folder "
            "exists, belongs to this user and is not read-only.",
            code="storage-not-writable",
        ) from error
    except apsw.IOError as error:
        raise Unavailable(
            f"The disk that holds {path} gave an error ({error}). Nothing that was acknowledged "
            "is lost; check the disk.",
            code="disk-error",
        ) from error


def disk_full(path: Path) -> RunstoneError:
    """What is said when no byte more fits."""
    return Unavailable(
        f"The disk that holds {path.parent} is full. Nothing that was acknowledged is lost, and "
        "clients will try again: free some space.",
        code="disk-full",
        retry_after=30.0,
    )


def _version(connection: apsw.Connection) -> tuple[int, int]:
    return _pragma(connection, "application_id"), _pragma(connection, "user_version")


def _pragma(connection: apsw.Connection, name: str) -> int:
    value = connection.pragma(name)
    assert isinstance(value, int)
    return value


def _has_tables(connection: apsw.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall())


def _text(path: str) -> str:
    return files(_PACKAGE).joinpath(path).read_text(encoding="utf-8")
