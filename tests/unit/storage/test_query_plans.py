"""Every statement of the catalog finds its rows by an index, and the hot ones never sort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import apsw
import pytest

from runstone.storage.sql.named import load
from runstone.storage.sqlite import database

PACKAGE = "runstone.storage.sqlite"
CATALOG = (
    "accounts",
    "projects",
    "views",
    "custom_charts",
    "history_files",
    "runs",
    "run_documents",
    "run_columns",
    "files",
    "console",
    "uploads",
    "artifacts",
)

# Whole lists of few things, asked for by people, and sorted for them.
MAY_SCAN = {
    "accounts": {"entities", "entities_of_kind", "users", "organizations", "keys"},
    "projects": {"all_projects", "trashed_projects"},
    # All projects and all live runs for the home page; all texts, as the best match is not known
    # before the last.
    "runs": {
        "recent_projects",
        "recent_live",
        "search_runs",
        "trash_all_runs",  # all runs of the project, found by an index and then numbered
        "restore_all_runs",
        # At most 500 runs that are given by their ids: numbered, and joined with themselves.
        "trash_runs",
        "restore_runs",
        "move_runs",
    },
    # Runs of large summaries that report just now.
    "run_documents": {"unmerged_summaries"},
    # Few are pending; the others are the collector's, and what an administrator asks for.
    "artifacts": {"abandoned", "unneeded_contents", "stored_bytes"},
}
# A team's members, a user's keys and projects: short lists.
MAY_SORT = {
    "accounts": {"members", "teams_of", "organization_members", "keys", "keys_of", "users",
                 "entities_of_kind"},
    "projects": {"projects_of", "trashed_projects"},
    "runs": {
        "recent_projects",
        "search_runs",
        "trash_runs",
        "restore_runs",
        "move_runs",
        "taken_names",
        "projects_of",
    },
    # A project's collections, a version's places and aliases, a run's inputs and outputs.
    "artifacts": {
        "collections",
        "pending_of",
        "memberships_of",
        "members",
        "member",
        "member_of",
        "member_by_alias",
        "inputs",
        "outputs",
    },
}  # fmt: skip


def _statements() -> list[tuple[str, str]]:
    return [(file, name) for file in CATALOG for name in load(PACKAGE, f"queries/{file}.sql")]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    path = tmp_path_factory.mktemp("plans") / database.FILE_NAME
    connection = database.connect(path)
    database.prepare(connection, path)
    yield connection
    connection.close()


class _Ones(dict[str, int]):
    """1 for every named parameter."""

    def __missing__(self, name: str) -> int:
        return 1


def _explain(connection: apsw.Connection, statement: str) -> list[str]:
    """SQLite's plan, a line a step."""
    code = re.sub(r"--[^\n]*", "", statement)
    bindings: object = _Ones() if re.search(r":\w", code) else (1,) * code.count("?")
    rows = connection.execute("EXPLAIN QUERY PLAN " + code, bindings)  # type: ignore[arg-type]
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize(("file", "name"), _statements())
def test_statements_use_an_index(connection: apsw.Connection, file: str, name: str) -> None:
    plan = _explain(connection, load(PACKAGE, f"queries/{file}.sql")[name])
    scans = [step for step in plan if step.startswith("SCAN") and "CONSTANT" not in step]
    # JSON is no table: a parameter, or a run's own tags.
    scans = [step for step in scans if "VIRTUAL TABLE" not in step]
    sorts = [step for step in plan if "TEMP B-TREE" in step]
    if name not in MAY_SCAN.get(file, ()):
        assert scans == [], plan
    if name not in MAY_SORT.get(file, ()):
        assert sorts == [], plan


@pytest.mark.parametrize(
    ("file", "name", "expected"),
    [
        ("runs", "run_by_name", "sqlite_autoindex_run_1 (project_id=? AND name=?)"),
        ("runs", "run_id", "sqlite_autoindex_run_1 (project_id=? AND name=?)"),
        ("runs", "list_runs", "run_by_project (project_id=? AND deleted_at=? AND id<?)"),
        ("runs", "count_runs", "COVERING INDEX"),
        ("runs", "changed_since", "run_by_project_change (project_id=? AND change_seq>?)"),
        ("runs", "changes_since", "run_by_change (change_seq>?)"),
        ("runs", "list_trash", "run_by_project (project_id=?"),
        ("runs", "trashed_before", "run_by_deletion (deleted_at"),
        ("runs", "recent_live", "run_live"),
        ("runs", "recent_ended", "run_ended (project_id=? AND deleted_at=?)"),
        ("runs", "silent_since", "run_live (heartbeat_at<?)"),
        ("projects", "states_of", "COVERING INDEX run_by_state (project_id=? AND deleted_at=?)"),
        ("projects", "last_heartbeat", "INDEX run_ended (project_id=? AND deleted_at=?)"),
        ("console", "tail", "PRIMARY KEY (run_id=?)"),
        ("console", "lines_of", "PRIMARY KEY (run_id=? AND writer=? AND number>?)"),
        ("console", "num_lines", "PRIMARY KEY (run_id=? AND writer=?)"),
        ("console", "next_writer", "PRIMARY KEY (run_id=? AND writer>?)"),
        ("files", "list_files", "PRIMARY KEY (run_id=? AND name>?)"),
        ("files", "named_file", "PRIMARY KEY (run_id=? AND name=?)"),
        ("accounts", "key_by_hash", "sqlite_autoindex_api_key_1 (secret_hash=?)"),
        ("accounts", "session_user", "sqlite_autoindex_browser_session_1 (token_hash=?)"),
        ("accounts", "entity_by_name", "sqlite_autoindex_entity_1 (name_key=?)"),
        ("uploads", "cursor", "INTEGER PRIMARY KEY"),
        ("views", "list_views", "saved_view_by_project (project_id=? AND id<?)"),
        ("views", "view_by_name", "sqlite_autoindex_saved_view_1 (project_id=? AND kind=? AND"),
    ],
)
def test_hot_statements_use_the_index_made_for_them(
    connection: apsw.Connection, file: str, name: str, expected: str
) -> None:
    plan = _explain(connection, load(PACKAGE, f"queries/{file}.sql")[name])
    assert any(expected in step for step in plan), plan


def test_each_foreign_key_has_an_index_on_its_own_side(connection: apsw.Connection) -> None:
    """Else each deletion above reads the whole table below."""
    missing = []
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        keys = connection.execute(
            'SELECT "from" FROM pragma_foreign_key_list(?)', (table,)
        ).fetchall()
        for (column,) in keys:
            plan = _explain(connection, f'SELECT 1 FROM "{table}" WHERE "{column}" = ?')
            if not any(step.startswith("SEARCH") for step in plan):
                missing.append((table, column))
    assert missing == []


def test_every_statement_is_used() -> None:
    root = Path(str(files(PACKAGE)))
    code = "".join(path.read_text(encoding="utf-8") for path in root.glob("*.py"))
    built = {"put_config", "put_client_info", "put_summary"}  # f"put_{name}" in runs.py
    names = [name for _, name in _statements()]
    assert [n for n in names if f'"{n}"' not in code and n not in built] == []
