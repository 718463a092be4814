"""The schema files and the migrations build one and the same database."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import apsw
import pytest

from runstone.storage.sqlite import database
from runstone.testing.databases import normal, schema_of


def _text(path: str) -> str:
    return files("runstone.storage.sqlite").joinpath(path).read_text(encoding="utf-8")


@pytest.fixture
def empty() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    yield connection
    connection.close()


def _by_schema_files(path: Path) -> dict[str, Any]:
    connection = database.connect(path)
    database.prepare(connection, path)
    try:
        assert connection.pragma("user_version") == database.latest_version()
        assert connection.pragma("application_id") == database.APPLICATION_ID
        return schema_of(connection)
    finally:
        connection.close()


def test_migrations_in_order_build_the_schema(tmp_path: Path, empty: apsw.Connection) -> None:
    for _, name in database.migrations():
        empty.execute(_text(f"migrations/{name}"))
    assert schema_of(empty) == _by_schema_files(tmp_path / "new.db")


def test_each_schema_file_is_used(empty: apsw.Connection) -> None:
    folder = files("runstone.storage.sqlite").joinpath("schema")
    found = sorted(f"schema/{entry.name}" for entry in folder.iterdir())
    assert found == sorted(database._SCHEMA_FILES)


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _ in database.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    folder = files("runstone.storage.sqlite").joinpath("migrations")
    assert len([entry for entry in folder.iterdir() if entry.name.endswith(".sql")]) == len(numbers)


def test_a_prepared_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    before = _by_schema_files(path)
    content = path.read_bytes()
    assert _by_schema_files(path) == before
    assert path.read_bytes() == content


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.db"
    before = _by_schema_files(path)
    texts = {"migrations/0002_broken.sql": "CREATE TABLE half (a); SELECT no_such_function();"}
    monkeypatch.setattr(database, "_text", lambda name: texts.get(name) or _text(name))
    steps = [*database.migrations(), (2, "0002_broken.sql")]
    monkeypatch.setattr(database, "migrations", lambda: steps)
    connection = database.connect(path)
    with pytest.raises(apsw.SQLError):
        database.prepare(connection, path)
    assert schema_of(connection) == before
    assert connection.pragma("user_version") == 1
    texts["migrations/0002_broken.sql"] = "CREATE TABLE whole (a);"
    database.prepare(connection, path)
    assert connection.pragma("user_version") == 2
    assert ("table", "whole", "whole", "CREATE TABLE whole(a)") in schema_of(connection)["objects"]
    connection.close()


def test_the_comparison_sees_layout_as_nothing_and_a_column_as_something() -> None:
    one = "CREATE TABLE a (\n    b INTEGER,  -- why\n    c TEXT\n)"
    assert normal(one) == normal("CREATE TABLE a(b INTEGER, c TEXT)")
    assert normal(one) != normal("CREATE TABLE a(b INTEGER, c TEXT NOT NULL)")
    assert normal(None) is None
