"""Any sequence of changes leaves SQLite and the memory model with the same records."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain.access import Role
from runstone.domain.custom_chart import ChartAccess
from runstone.domain.errors import RunstoneError
from runstone.domain.filters import Source
from runstone.domain.history import StreamKind
from runstone.domain.run import AlertLevel, ConsoleLine, RunState, RunUpdate
from runstone.domain.search import Wanted
from runstone.domain.storage import RunUsage, Usage
from runstone.domain.view import ViewUpdate
from runstone.ports.store import Store, Transaction
from runstone.ports.uploads import UploadCursor
from runstone.storage.memory.store import MemoryStore
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.reading import content_of_store
from runstone.testing.subject import ManualClock

IDS = st.integers(1, 4)
NAMES = st.sampled_from(["a", "A", "b", "%", "_", "é", "É", "x" * 300])
TEXTS = st.text(max_size=5)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["a", "$float", "b.c"]),
    st.none() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.lists(st.booleans()),
    max_size=2,
)
LIMITS = st.integers(-1, 3)
DOCUMENT_SOURCES = (Source.CONFIG, Source.SUMMARY)


def op(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(name), st.tuples(*arguments))


UPDATES = st.builds(
    RunUpdate,
    state=st.sampled_from(RunState),
    notes=TEXTS | NAMES,
    group=st.none() | NAMES,
    tags=st.lists(TEXTS, max_size=2).map(tuple),
    exit_code=st.none() | st.integers(-1, 255),
    config=DOCUMENTS,
) | st.builds(RunUpdate, display_name=TEXTS, summary=DOCUMENTS)
VIEW_UPDATES = st.builds(
    ViewUpdate, kind=st.none() | st.just("k"), name=st.none() | NAMES, spec=st.none() | TEXTS
)
LINES = st.builds(ConsoleLine, st.sampled_from(["", "w"]), st.integers(0, 5), TEXTS)

OPERATIONS = st.one_of(
    op("user", NAMES),
    op("team", NAMES, st.none() | IDS),
    op("organization", NAMES),
    op("member", IDS, IDS, st.sampled_from(Role)),
    op("delete_entity", IDS),
    op("delete_organization", IDS),
    op("key", IDS, st.binary(max_size=1)),
    op("delete_key", IDS),
    op("session", IDS, st.binary(max_size=1)),
    op("project", IDS, NAMES),
    op("delete_project", IDS),
    op("run", IDS, NAMES, IDS),
    op("run", IDS, NAMES, IDS),
    op("update", IDS, UPDATES),
    op("beat", IDS),
    op("delete_run", IDS),
    op("erase", IDS),
    op("trash_run", IDS),
    op("restore_run", IDS),
    op("trash_all", IDS),
    op("restore_all", IDS),
    op("trash_project", IDS),
    op("restore_project", IDS),
    op("alert", IDS, TEXTS),
    op("announce", IDS, st.lists(NAMES, min_size=1, max_size=2)),
    op("arrived", IDS, NAMES, st.sampled_from(["k1", "k2"])),
    op("delete_file", IDS, NAMES),
    op("view", IDS, NAMES, st.none() | IDS, st.none() | IDS, TEXTS),
    op("update_view", IDS, VIEW_UPDATES),
    op("delete_view", IDS),
    op("chart", IDS, NAMES, st.none() | IDS),
    op("delete_chart", IDS),
    op("print", IDS, st.lists(LINES, min_size=1, max_size=3)),
    op("stream", IDS, st.sampled_from(StreamKind)),
    op("cursor", IDS, st.builds(UploadCursor, st.integers(-3, 3), st.booleans())),
    op("reopen", IDS),
    op("ask", IDS, LIMITS, IDS, NAMES | st.just("")),
    op("wait", st.integers(0, 3)),
)


def perform(tx: Transaction, name: str, args: Any) -> Any:
    """One operation; its answer is compared."""
    a, p, r = tx.accounts, tx.projects, tx.runs
    match name:
        case "user":
            return a.create_user(args[0], full_name=args[0], email=None, is_admin=False)
        case "team":
            return a.create_team(*args)
        case "organization":
            return a.create_organization(*args)
        case "member":
            return a.set_member(*args)
        case "delete_entity":
            return a.delete_entity(*args)
        case "delete_organization":
            return a.delete_organization(*args)
        case "key":
            return a.create_key(args[0], name="k", secret_hash=args[1], hint="h", expires_at=None)
        case "delete_key":
            return a.delete_key(*args)
        case "session":
            a.delete_session(b"?")
            found = a.session_user(args[1])
            if found is None and not a.use_sign_in_link(args[1]):
                a.create_sign_in_link(args[0], args[1], tx.now + timedelta(seconds=1))
                a.delete_session(args[1])
                a.create_session(args[0], args[1], expires_at=tx.now + timedelta(seconds=2))
            return found
        case "project":
            return p.create_project(*args)
        case "delete_project":
            return p.delete_project(*args)
        case "run":
            return r.create_run(args[0], args[1], user=args[2], display_name=args[1])
        case "update":
            return r.update_run(*args)
        case "beat":
            return r.beat(*args)
        case "delete_run":
            return r.delete_run(*args)
        case "erase":
            erased = tx.garbage.erase_some(args[0], max_bytes=1)
            while not erased.is_done:
                erased = tx.garbage.erase_some(args[0], max_bytes=1)
            return list(tx.garbage.removed_runs(limit=9))
        case "trash_run":
            return r.trash_run(*args)
        case "restore_run":
            return r.restore_run(*args)
        case "trash_all":
            return r.trash_all_runs(*args)
        case "restore_all":
            return r.restore_all_runs(args[0], tx.now)
        case "trash_project":
            return p.trash_project(*args)
        case "restore_project":
            return p.restore_project(*args)
        case "alert":
            return r.add_alert(args[0], title=args[1], text=args[1], level=AlertLevel.WARN)
        case "announce":
            return tx.files.announce(*args)
        case "arrived":
            return tx.files.arrived(
                args[0], args[1], blob=args[2], size_bytes=1, md5="m", mime_type="t"
            )
        case "delete_file":
            return tx.files.delete_file(*args)
        case "view":
            project, name, user, parent, spec = args
            return tx.views.create_view(
                project, kind="k", name=name, display_name=spec, description="", spec=spec,
                user=user, parent=parent,
            )  # fmt: skip
        case "update_view":
            return tx.views.update_view(*args)
        case "delete_view":
            return tx.views.delete_view(*args)
        case "chart":
            return tx.custom_charts.create_custom_chart(
                args[0], name=args[1], display_name="", language="l", user=args[2],
                access=ChartAccess.PRIVATE, spec="{}",
            )  # fmt: skip
        case "delete_chart":
            return tx.custom_charts.delete_custom_chart(*args)
        case "print":
            return tx.console.put_lines(*args)
        case "stream":
            return tx.history.open_stream(*args)
        case "cursor":
            return tx.uploads.set_cursor(*args)
        case "reopen":
            return tx.uploads.reopen(*args)
        case "ask":
            return ask(tx, *args)
        case _:
            return None


def ask(tx: Transaction, number: Any, limit: int, other: Any, text: str) -> Any:
    """Everything that is paged or searched."""
    return (
        tx.runs.list_runs(number, limit=limit, before=other, search=text),
        tx.runs.list_runs(number, limit=limit),
        tx.runs.count_runs(number, search=text),
        list(tx.runs.changed_since(number, other, limit=limit)),
        list(tx.runs.changes_since(None, other, limit=limit)),
        list(tx.runs.changes_since([number], other, limit=limit)),
        list(tx.runs.silent_since(tx.now)),
        tx.runs.list_trash(number, limit=limit, before=other),
        tx.runs.list_trash(number, limit=limit),
        tx.runs.count_trash(number),
        tx.runs.trashed_run(number, text),
        list(tx.runs.trashed_before(tx.now, limit=limit)),
        tx.runs.forgotten_seq(),
        list(tx.runs.recent_runs([number], limit=limit)),
        list(tx.runs.search_runs([number, other], Wanted(text), limit=limit)),
        sorted(p.id for p in tx.projects.all_projects([number])),
        list(tx.projects.trashed_projects([number])),
        tx.projects.trashed_project(number, text),
        sorted(tx.run_columns.ids(number)),
        dict(tx.run_columns.count_fields(number)),
        sorted(tx.run_columns.values(number, [], after=other).ids),
        [sorted(tx.run_columns.documents(s, [number, other])) for s in DOCUMENT_SOURCES],
        tx.runs.run_ids(number, [text, "a"]),
        tx.runs.num_runs_ever(number),
        list(tx.files.list_files(number, like=text, limit=limit)),
        list(tx.files.list_files(number, names=[text, "a"], after="_")),
        list(tx.console.lines(number, after=other, limit=limit)),
        list(tx.console.tail(number, limit)),
        tx.console.num_lines(number, writer="w"),
        list(tx.accounts.teams_of(number)),
        list(tx.projects.overviews([number, other])),
        tx.uploads.cursor(number),
        tx.garbage.blobs_of(number),
        tx.garbage.removed_runs(limit=limit),
        _without_documents(tx.usage.runs(number)),
        replace(tx.usage.removed(), usage=Usage()),
        list(tx.views.list_views(number, before=other, limit=limit)),
        list(tx.views.list_views(number, name=text, user=other, limit=limit)),
        list(tx.views.drafts_of(number)),
    )


def _without_documents(runs: Sequence[RunUsage]) -> list[RunUsage]:
    """What runs cost, but for documents: their bytes are each backend's own."""
    return sorted(
        (replace(run, usage=replace(run.usage, documents=0)) for run in runs),
        key=lambda run: run.id,
    )


def outcome(store: Store, name: str, args: Any) -> Any:
    """What an operation gives: its answer, or which error."""
    try:
        return store.write(lambda tx: perform(tx, name, args)).result(30)
    except RunstoneError as error:
        return type(error), error.details


@given(st.lists(OPERATIONS, min_size=10, max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sqlite_behaves_as_the_model(operations: list[tuple[str, Any]]) -> None:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        model = MemoryStore(clock=clock)
        store = SqliteStore(Path(folder), clock=clock, durability="process", linger_s=0.0)
        try:
            # Something to work on, as random ids would mostly miss.
            begin: list[tuple[str, Any]] = [
                ("user", ("anna",)), ("team", ("lab", None)), ("project", (2, "p")),
                ("run", (1, "r1", 1)), ("run", (1, "r2", 1)),
            ]  # fmt: skip
            for name, args in begin + operations:
                if name == "wait":
                    clock.advance(args[0])
                assert outcome(store, name, args) == outcome(model, name, args), (name, args)
            assert content_of_store(store) == content_of_store(model)
        finally:
            store.close()
            model.close()
