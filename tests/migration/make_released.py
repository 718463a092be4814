"""Writes a small database of the present schema, to be kept for good once it is released.

Run it when a version that changed the schema is released, never again for the same one:

    .venv/bin/python tests/migration/make_released.py

It writes `tests/migration/released/v<schema>.db.zst` and, beside it, what the file holds as seen
through the ports, as `v<schema>.json`. `test_released_databases.py` upgrades every such file and
finds the same.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import zstandard

from runstone.domain.access import Role
from runstone.domain.custom_chart import ChartAccess
from runstone.domain.history import HistoryBatch, Numbers, Objects, StreamKind
from runstone.domain.run import AlertLevel, ConsoleLine, RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.ports.uploads import UploadCursor
from runstone.storage.sqlite import database
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.reading import content_of_store

T = TypeVar("T")

RELEASED = Path(__file__).parent / "released"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(store: SqliteStore) -> None:
    """A little of everything."""

    def write(unit: Callable[[Transaction], T]) -> T:
        return store.write(unit).result(30)

    def people(tx: Transaction) -> None:
        anna = tx.accounts.create_user(
            "Anna", full_name="Anna Ö", email="anna@example.org", is_admin=True
        )
        tx.accounts.create_user("bert", full_name="Bert", email=None, is_admin=False)
        uni = tx.accounts.create_organization("Uni")
        lab = tx.accounts.create_team("Lab", uni.id)
        tx.accounts.set_member(lab.id, anna.id, Role.ADMIN)
        tx.accounts.set_organization_member(uni.id, anna.id, Role.MEMBER)
        tx.accounts.set_password_hash(anna.id, "$argon2id$example")
        tx.accounts.create_key(
            anna.id, name="laptop", secret_hash=b"k" * 32, hint="runstone-0123", expires_at=None
        )
        tx.accounts.create_session(anna.id, b"s" * 32, BEGIN + timedelta(days=36_500))

    def runs(tx: Transaction) -> None:
        lab = tx.accounts.entity("lab")
        anna = tx.accounts.entity("anna")
        assert lab is not None
        assert anna is not None
        project = tx.projects.create_project(lab.id, "Ziffern 🚀", description="digits")
        for i, state in enumerate(RunState):
            run = tx.runs.create_run(
                project.id, f"run-{i}", user=anna.id, display_name=f"brisk-sun-{i}"
            )
            update = RunUpdate(
                state=state,
                tags=("baseline", "ü"),
                group="g",
                exit_code=i,
                config={"lr": 1e-3, "worst": float("inf"), "$key": 2**70, "n": {"a": [1, None]}},
                summary={"loss": 0.25, "acc": float("-inf"), "media": {"_type": "image-file"}},
            )
            tx.runs.update_run(run.id, update)
            tx.runs.add_alert(run.id, title="late", text="x", level=AlertLevel.WARN)
            tx.files.announce(run.id, ["config.yaml"])
            tx.files.arrived(
                run.id, "a/é.png", blob=f"runs/{run.id}/b", size_bytes=3, md5="m", mime_type="t"
            )
            tx.console.put_lines(run.id, [ConsoleLine("", n, f"line {n}") for n in range(3)])
            if i >= 2:
                continue  # two histories are enough: one will be sealed
            rows = np.arange(130)
            numbers = {
                "loss": Numbers((1 / (1 + rows)).astype(np.float64)),
                "odd": Numbers(np.array([np.nan]), np.array([7], np.uint32)),
            }
            for writer in ("", "w1"):
                stream = tx.history.open_stream(run.id, StreamKind.HISTORY, writer)
                tx.history.append(
                    stream.id,
                    HistoryBatch(
                        0,
                        rows,
                        (1.7e9 + rows).astype(np.float64),
                        (rows / 8).astype(np.float64),
                        numbers,
                        {"note": Objects(['"é"'], np.array([5], np.uint32))},
                    ),
                )  # fmt: skip
                tx.uploads.set_cursor(stream.id, UploadCursor(3, True))

    def trash(tx: Transaction) -> None:
        lab = tx.accounts.entity("lab")
        assert lab is not None
        project = tx.projects.projects(lab.id)[0]
        for name in ("run-6", "run-7"):
            run = tx.runs.run(project.id, name)
            assert run is not None
            tx.runs.trash_run(run.id)
        tx.runs.delete_run(run.id)
        tx.projects.trash_project(tx.projects.create_project(lab.id, "gone").id)

    def views(tx: Transaction) -> None:
        lab = tx.accounts.entity("lab")
        anna = tx.accounts.entity("anna")
        assert lab is not None
        assert anna is not None
        project = tx.projects.projects(lab.id)[0]
        report = tx.views.create_view(
            project.id, kind="report", name="r", display_name="Über", description="d",
            spec='{"a": [1, "é"] }', user=anna.id,
        )  # fmt: skip
        tx.views.create_view(
            project.id, kind="report-draft", name="r", display_name="", description="",
            spec="{}", user=None, parent=report.id,
        )  # fmt: skip
        tx.custom_charts.create_custom_chart(
            lab.id, name="bars", display_name="Bars", language="vega2",
            access=ChartAccess.PUBLIC, spec='{"mark":"bar"}', user=anna.id,
        )  # fmt: skip

    write(people)
    write(runs)
    write(views)
    write(trash)
    for change in store.read(lambda s: s.runs.changes_since(None, 0, limit=1)).result(30):
        store.seal_run(change.run_id)


def main() -> None:
    """Writes the two files of the present schema."""
    target = RELEASED / f"v{database.latest_version()}.db.zst"
    if target.exists() and "--unreleased" not in sys.argv:
        sys.exit(f"{target} exists. Only while its schema is unreleased: add --unreleased.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = SqliteStore(folder, clock=lambda: BEGIN)
        fill(store)
        content: Any = content_of_store(store)
        store.close()
        connection = database.connect(folder / database.FILE_NAME)
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute("VACUUM")
        connection.close()
        packed = zstandard.compress((folder / database.FILE_NAME).read_bytes(), 19)
    RELEASED.mkdir(exist_ok=True)
    target.write_bytes(packed)
    text = json.dumps(content, ensure_ascii=False)
    target.with_name(f"v{database.latest_version()}.json").write_text(text + "\n", "utf-8")
    print(f"{target}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
