"""Databases of every released schema are upgraded and hold what they held.

`make_released.py` beside this file makes them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from runstone.storage.sqlite import database
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.databases import schema_of
from runstone.testing.reading import content_of_store

RELEASED = Path(__file__).parent / "released"
FILES = sorted(RELEASED.glob("*.db")) + sorted(RELEASED.glob("*.db.zst"))


@pytest.mark.parametrize("released", FILES, ids=lambda path: path.name)
def test_a_released_database_is_upgraded(released: Path, tmp_path: Path) -> None:
    content = released.read_bytes()
    if released.suffix == ".zst":
        content = zstandard.decompress(content)
    (tmp_path / database.FILE_NAME).write_bytes(content)
    (tmp_path / "new").mkdir()
    SqliteStore(tmp_path / "new").close()

    store = SqliteStore(tmp_path)
    try:
        found = content_of_store(store)
    finally:
        store.close()

    name = released.name.split(".")[0]
    assert found == json.loads((RELEASED / f"{name}.json").read_text("utf-8"))
    upgraded = database.connect(tmp_path / database.FILE_NAME)
    new = database.connect(tmp_path / "new" / database.FILE_NAME)
    assert database.check(upgraded) == []
    # If the newest schema is not released yet and was changed: `make_released.py --unreleased`.
    assert schema_of(upgraded) == schema_of(new)
    assert upgraded.pragma("user_version") == database.latest_version()
    upgraded.close()
    new.close()


def test_there_is_one_of_each_released_schema() -> None:
    versions = {path.name.split(".")[0] for path in FILES}
    assert versions == {f"v{number}" for number, _ in database.migrations()}
