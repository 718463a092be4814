"""Readers side by side with a writer: each page is of one state."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from runstone.domain.access import OPERATOR
from runstone.domain.filter_text import parse_filter
from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import RunUpdate
from runstone.ports.store import Transaction
from runstone.services.run_index import RunIndex, RunQuery, query_runs, read_current
from runstone.storage.sqlite.store import SqliteStore

NUM_RUNS = 20


@pytest.mark.parametrize("max_bytes", [0, 10**9])
def test_a_page_is_never_a_mixture(tmp_path: Path, max_bytes: int) -> None:
    store = SqliteStore(tmp_path, durability="process", linger_s=0.0)
    index = RunIndex(max_bytes=max_bytes)

    def begin(tx: Transaction) -> tuple[EntityId, ProjectId]:
        user = tx.accounts.create_user("ann", full_name="", email=None, is_admin=False)
        return user.id, tx.projects.create_project(user.id, "p").id

    user, project = store.write(begin).result()

    def change_all(tx: Transaction, number: int) -> None:
        """Gives all runs one value everywhere, and replaces one of them."""
        for run in tx.runs.list_runs(project, limit=100).runs[NUM_RUNS - 1 :]:
            tx.runs.delete_run(run.id)
        while len(tx.runs.list_runs(project, limit=100).runs) < NUM_RUNS:
            name = f"r{tx.runs.num_runs_ever(project)}"
            tx.runs.create_run(project, name, user=user, display_name="")
        value = {"a": number % 2}
        for run in tx.runs.list_runs(project, limit=100).runs:
            update = RunUpdate(config=value, summary=value, group=str(number))
            tx.runs.update_run(run.id, update)

    store.write(lambda tx: change_all(tx, 0)).result()
    stop = threading.Event()
    faults: list[str] = []
    queries = {
        text: RunQuery(parse_filter(text), limit=100)
        for text in ("config.a == 0 and summary.a == 1", "config.a == 0", "summary.a == 1", "")
    }

    def read() -> None:
        while not stop.is_set():
            for text, query in queries.items():
                table = read_current(
                    store, lambda s, q=query: query_runs(s, OPERATOR, index, "ann", "p", q)
                ).result()
                groups = {run.group for run in table.runs}
                wanted = {0} if "and" in text else {NUM_RUNS} if not text else {0, NUM_RUNS}
                if table.total not in wanted or len(groups) > 1 or len(table.runs) != table.total:
                    faults.append(f"{text}: {table.total}, {groups}")

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for number in range(1, 60):
        store.write(lambda tx, n=number: change_all(tx, n)).result()
    stop.set()
    for reader in readers:
        reader.join()
    store.close()
    assert faults == []
