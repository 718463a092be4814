"""The catalog of columns counts what the documents hold, whatever changes meanwhile."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, Source
from runstone.domain.ids import ProjectId, RunId
from runstone.domain.run import RunUpdate
from runstone.ports.run_columns import lookup
from runstone.services.run_index.catalog import ColumnInfo, KeyCatalog
from runstone.storage.memory.store import MemoryStore

KEYS = st.sampled_from(["a", "b", "val/loss", "é", "_type"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([None, True, 1, 2.5, "x", [], [1], {}]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["new", "change", "trash", "restore", "remove", "look"]),
        st.integers(0, 5),
        DOCUMENTS,
    ),
    max_size=25,
)
KINDS = {bool: "bool", int: "number", float: "number", str: "text", list: "list", dict: "object"}


def columns_of(documents: list[dict[str, JsonValue]]) -> dict[str, tuple[str, int]]:
    """What the catalog is to say, one value at a time."""
    kinds: dict[str, Counter[str]] = {}
    for document in documents:
        leaves: dict[str, JsonValue] = {}
        _take_apart(document, "", leaves)
        for path, value in leaves.items():
            if value is not None:
                kinds.setdefault(path, Counter())[KINDS[type(value)]] += 1
    return {
        path: (next(iter(counts)) if len(counts) == 1 else "mixed", counts.total())
        for path, counts in kinds.items()
    }


def _take_apart(document: dict[str, JsonValue], prefix: str, into: dict[str, JsonValue]) -> None:
    for key, value in document.items():
        if isinstance(value, dict) and value and "_type" not in value:
            _take_apart(value, f"{prefix}{key}.", into)
        else:
            into[prefix + key] = value


@given(STEPS)
@settings(deadline=None, max_examples=30)
def test_it_counts_what_is_there(steps: list[tuple[str, int, dict[str, JsonValue]]]) -> None:
    store, catalog = MemoryStore(), KeyCatalog()

    def begin(tx: Any) -> ProjectId:
        user = tx.accounts.create_user("ada", full_name="", email=None, is_admin=True)
        project: ProjectId = tx.projects.create_project(user.id, "p").id
        return project

    project = store.write(begin).result()
    user = store.read(lambda s: s.accounts.users()[0].id).result()
    for number, (what, which, document) in enumerate([*steps, ("look", 0, {})]):

        def change(
            tx: Any,
            what: str = what,
            which: int = which,
            document: dict[str, JsonValue] = document,
            number: int = number,
        ) -> None:
            outside = tx.runs.list_runs(project, limit=99).runs
            inside = tx.runs.list_trash(project, limit=99).runs
            runs = inside if what in ("restore", "remove") else outside
            if what == "new":
                run = tx.runs.create_run(project, f"r{number}", user=user, display_name="")
                tx.runs.update_run(run.id, RunUpdate(config=document))
            elif runs:
                run_id: RunId = runs[which % len(runs)].id
                if what == "change":
                    tx.runs.update_run(run_id, RunUpdate(summary=document))
                elif what == "trash":
                    tx.runs.trash_run(run_id)
                elif what == "restore":
                    tx.runs.restore_run(run_id)
                elif what == "remove":
                    tx.runs.delete_run(run_id)

        store.write(change).result()
        if what == "look":
            _check(store, catalog, project)


def _check(store: MemoryStore, catalog: KeyCatalog, project: ProjectId) -> None:
    def read(s: Any) -> tuple[list[ColumnInfo], list[Any]]:
        runs = s.runs.list_runs(project, limit=99).runs
        groups = catalog.columns(s.run_columns, project)
        columns = [column for group in groups for column in group.columns]
        return columns, [s.runs.documents(run.id) for run in runs]

    columns, documents = store.read(read).result()
    found: dict[Source, dict[str, tuple[str, int]]] = {source: {} for source in Source}
    for column in columns:
        found[column.key.source][column.key.path] = (column.kind, column.num_runs)
    configs, summaries = [d.config for d in documents], [d.summary for d in documents]
    assert found[Source.CONFIG] == columns_of(configs)
    assert found[Source.SUMMARY] == columns_of(summaries)
    assert set(found[Source.RUN]) == set(RUN_FIELDS)
    assert found[Source.RUN]["created_at"] == ("time", len(documents))
    order = [(list(Source).index(column.key.source), column.key.path) for column in columns]
    assert order == sorted(order)
    for path, (kind, _) in found[Source.CONFIG].items():
        values = [lookup(config, path) for config in configs]
        assert kind == "mixed" or kind in {KINDS[type(v)] for v in values if v is not None}
