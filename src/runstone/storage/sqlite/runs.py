"""Runs in SQLite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.run import (
    UNSET,
    Alert,
    AlertLevel,
    Run,
    RunChange,
    RunState,
    RunUpdate,
)
from runstone.domain.search import BETWEEN, WORD_BREAKS, Rank, Wanted, joined
from runstone.ports.runs import RunPage, Runs, check_search, names_taken
from runstone.storage.sql.named import load
from runstone.storage.sql.values import (
    from_micros,
    from_micros_or_none,
    like_pattern,
    to_micros,
)
from runstone.storage.sqlite.run_documents import SqliteRunDocuments, put_in

_SQL: Final = load("runstone.storage.sqlite", "queries/runs.sql")
_MAX_ID: Final = 2**63 - 1

_COLUMNS: Final = {
    "display_name": "display_name",
    "state": "state",
    "heartbeat_at": "heartbeat_at",
    "finished_at": "finished_at",
    "group": "run_group",
    "job_type": "job_type",
    "tags": "tags",
    "notes": "notes",
    "host": "host",
    "program": "program",
    "commit": "git_commit",
    "remote": "git_remote",
    "sweep": "sweep",
    "exit_code": "exit_code",
    "stop_requested": "stop_requested",
    "archived": "archived",
}
_DOCUMENTS: Final = ("config", "client_info", "summary")
_GLOB_SIGN: Final = re.compile(r"[*?\[]")
# A minus stands for itself at the end only.
_GLOB_BREAKS: Final = WORD_BREAKS.replace("-", "") + "-"


class SqliteRuns(SqliteRunDocuments, Runs):
    """Runs within one open transaction."""

    def __init__(
        self, connection: apsw.Connection, now: datetime, changed: Callable[[int], None]
    ) -> None:
        """Binds to a transaction.

        Args:
            changed: Called with each change number that was given out.
        """
        super().__init__(connection)
        self._now = now
        self._changed = changed
        self._seqs: dict[RunId, int] = {}

    # Look-ups

    def run(self, project: ProjectId, name: str) -> Run | None:
        return self._one("run_by_name", project, name)

    def run_by_id(self, run: RunId) -> Run | None:
        return self._one("run_by_id", run)

    def run_ids(self, project: ProjectId, names: Sequence[str]) -> dict[str, RunId]:
        found: dict[str, RunId] = {}
        for name in names:
            for (identifier,) in self._rows("run_id", project, name):
                found[name] = identifier
        return found

    def list_runs(
        self,
        project: ProjectId,
        *,
        limit: int,
        before: RunId | None = None,
        search: str | None = None,
        archived: bool | None = None,
    ) -> RunPage:
        limit = max(limit, 0)  # SQLite takes a negative limit for none
        bindings = {
            "project": project,
            "before": _MAX_ID if before is None else before,
            "search": like_pattern(check_search(search)) if search else None,
            "limit": limit + 1,
        }
        statement = "list_runs"
        if archived is not None:
            statement, bindings["archived"] = "list_some_runs", int(archived)
        rows = self._connection.execute(_SQL[statement], bindings).fetchall()
        runs = [run_of(row) for row in rows[:limit]]
        return RunPage(runs, runs[-1].id if runs and len(rows) > limit else None)

    def count_runs(
        self, project: ProjectId, *, search: str | None = None, archived: bool | None = None
    ) -> int:
        if not search and archived is None:
            return int(self._rows("count_runs", project)[0][0])
        bindings: dict[str, Any] = {
            "project": project,
            "archived": None if archived is None else int(archived),
        }
        statement = "count_some_runs"
        if search:
            statement, bindings["search"] = "count_found_runs", like_pattern(check_search(search))
        rows: list[Any] = self._connection.execute(_SQL[statement], bindings).fetchall()
        return int(rows[0][0])

    def changed_since(self, project: ProjectId, change_seq: int, *, limit: int) -> Sequence[Run]:
        rows = self._rows("changed_since", project, change_seq, max(limit, 0))
        return [run_of(row) for row in rows]

    def changes_since(
        self, entities: Sequence[EntityId] | None, change_seq: int, *, limit: int
    ) -> Sequence[RunChange]:
        visible = None if entities is None else frozenset(entities)
        changes: list[RunChange] = []
        if limit <= 0 or (visible is not None and not visible):
            return changes
        rows = self._connection.execute(_SQL["changes_since"], (change_seq,))
        for *change, is_deleted, entity_id in rows:
            if visible is None or entity_id in visible:
                changes.append(replace(RunChange(*change), is_deleted=bool(is_deleted)))
                if len(changes) == limit:
                    break
        return changes

    def trashed_run(self, project: ProjectId, name: str) -> Run | None:
        return self._one("trashed_run", project, name)

    def list_trash(self, project: ProjectId, *, limit: int, before: RunId | None = None) -> RunPage:
        start = (_MAX_ID, _MAX_ID)
        if before is not None:
            last = self.run_by_id(before)
            if last is None or last.deleted_at is None:
                return RunPage([], None)
            start = (to_micros(last.deleted_at), last.id)
        limit = max(limit, 0)
        bindings = {
            "project": project,
            "deleted_at": start[0],
            "id": start[1],
            "limit": limit + 1,
        }
        rows = self._connection.execute(_SQL["list_trash"], bindings).fetchall()
        runs = [run_of(row) for row in rows[:limit]]
        return RunPage(runs, runs[-1].id if runs and len(rows) > limit else None)

    def count_trash(self, project: ProjectId) -> int:
        return int(self._rows("count_trash", project)[0][0])

    def trashed_before(self, instant: datetime, *, limit: int) -> Sequence[Run]:
        rows = self._rows("trashed_before", to_micros(instant), max(limit, 0))
        return [run_of(row) for row in rows]

    def forgotten_seq(self) -> int:
        rows = self._rows("forgotten_seq")
        return int(rows[0][0]) if rows else 0

    def recent_runs(self, entities: Sequence[EntityId] | None, *, limit: int) -> Sequence[Run]:
        if limit <= 0:
            return []
        bindings: dict[str, Any] = {"entities": _ids_or_all(entities), "limit": limit}
        rows = self._connection.execute(_SQL["recent_live"], bindings).fetchall()
        for (project,) in self._connection.execute(_SQL["recent_projects"], bindings).fetchall():
            rows += self._rows("recent_ended", project, limit)
        runs = [run_of(row) for row in rows]
        runs.sort(key=lambda run: (run.heartbeat_at, run.id), reverse=True)
        return runs[:limit]

    def search_runs(
        self, entities: Sequence[EntityId] | None, wanted: Wanted, *, limit: int
    ) -> Sequence[tuple[Run, Rank]]:
        first, second, *others = (*wanted.words, "", "")[: max(2, len(wanted.words))]
        as_is = _GLOB_SIGN.sub(r"[\g<0>]", wanted.whole)
        bindings = {
            "first": first,
            "second": second,
            "others": json.dumps(others) if others else None,
            "exact": f"{BETWEEN}{wanted.whole}{BETWEEN}",
            "prefix": f"{BETWEEN}{wanted.whole}",
            "word_prefix": f"*[{_GLOB_BREAKS}]{as_is}*",
            "entities": _ids_or_all(entities),
            "limit": max(limit, 0),
        }
        rows: list[Any] = self._connection.execute(_SQL["search_runs"], bindings).fetchall()
        runs = runs_by_ids(self._connection, [row[0] for row in rows])
        return [(runs[identifier], Rank(rank)) for identifier, rank in rows]

    def last_change_seq(self) -> int:
        rows = self._rows("last_change_seq")
        return int(rows[0][0]) if rows else 0

    def silent_since(self, instant: datetime) -> Sequence[Run]:
        return [run_of(row) for row in self._rows("silent_since", to_micros(instant))]

    def alerts(self, run: RunId) -> Sequence[Alert]:
        return [
            Alert(run_id, title, body, AlertLevel(level), from_micros(created))
            for run_id, title, body, level, created in self._rows("alerts", run)
        ]

    # Changes

    def create_run(
        self, project: ProjectId, name: str, *, user: EntityId, display_name: str
    ) -> Run:
        if self._rows("used_name", project, name):
            raise AlreadyExists(f"There is a run {name} already in this project or its trash.")
        now = to_micros(self._now)
        seq = self._next_seq()
        number = self.num_runs_ever(project) + 1
        rows = self._rows("insert_run", project, name, number, display_name, now, now, user, seq)
        run = RunId(rows[0][0])
        self._seqs[run] = seq
        self._rows("insert_config", run)
        self._rows("insert_summary", run)
        self._rows("put_text", run, project, joined((display_name, name)))
        self._rows("note_new_run", now, project)
        return self._known(run)

    def num_runs_ever(self, project: ProjectId) -> int:
        rows = self._rows("num_runs_ever", project)
        return int(rows[0][0]) if rows else 0

    def update_run(self, run: RunId, update: RunUpdate) -> Run:
        record: dict[str, Any] = {"change_seq": self._seq_of(run)}
        texts: dict[str, str] = {}
        for field in fields(update):
            value = getattr(update, field.name)
            if value is UNSET:
                continue
            if field.name in _DOCUMENTS:
                texts[field.name] = documents.encode(value)
            else:
                record[_COLUMNS[field.name]] = _column_value(value)
        # Column names come from the table above, never from outside.
        settings = ", ".join(f"{column} = ?" for column in record)
        self._execute(f"UPDATE run SET {settings} WHERE id = ?", *record.values(), run)  # noqa: S608
        self._put_documents(run, texts)
        updated = self._known(run)
        if update.display_name is not UNSET or update.tags is not UNSET:
            self._put_text(updated)
        return updated

    def merge_summary(
        self, run: RunId, entries: Mapping[str, JsonValue], removed: Sequence[str] = ()
    ) -> None:
        update = RunUpdate()
        if not self._put_beside(run, entries, removed):
            summary = self.summary(run)
            put_in(summary, entries, removed)
            update = RunUpdate(summary=summary)
        self.update_run(run, update)

    def put_summary_in_place(self, run: RunId) -> None:
        if self._lies_beside(run):
            self.update_run(run, RunUpdate(summary=self.summary(run)))

    def beat(self, run: RunId) -> None:
        if not self._rows("beat", to_micros(self._now), self._seq_of(run), run):
            raise NotFound("The run is gone.")

    def trash_run(self, run: RunId) -> Run:
        seq = self._seq_of(run)
        rows = self._rows("trash_run", to_micros(self._now), seq, run)
        if not rows:
            raise NotFound("The run is deleted already.")
        self._rows("note_deleted_run", seq, rows[0][0])
        self._rows("delete_text", run)
        return self._known(run)

    def restore_run(self, run: RunId) -> Run:
        if not self._rows("restore_run", self._seq_of(run), run):
            raise NotFound("The run is not in the trash.")
        restored = self._known(run)
        self._put_text(restored)
        return restored

    def trash_all_runs(self, project: ProjectId) -> int:
        num = self.count_runs(project)
        if num:
            seq = self._take_seqs(num)
            bindings = {"project": project, "seq": seq - num, "now": to_micros(self._now)}
            self._connection.execute(_SQL["trash_all_runs"], bindings).fetchall()
            self._rows("delete_texts_of", project)
            self._rows("note_deleted_run", seq, project)
        return num

    def restore_all_runs(self, project: ProjectId, deleted_at: datetime) -> int:
        before = self.last_change_seq()
        bindings = {"project": project, "seq": before, "deleted_at": to_micros(deleted_at)}
        rows: list[Any] = self._connection.execute(_SQL["restore_all_runs"], bindings).fetchall()
        if rows:
            self._take_seqs(len(rows))
            for run in runs_by_ids(self._connection, [row[0] for row in rows]).values():
                self._put_text(run)
        return len(rows)

    def update_runs(self, updates: Mapping[RunId, RunUpdate]) -> None:
        before = self.last_change_seq()
        by_columns: dict[tuple[str, ...], list[list[Any]]] = {}
        for place, (run, update) in enumerate(updates.items(), before + 1):
            given = {f.name: getattr(update, f.name) for f in fields(update)}
            record = {_COLUMNS[n]: _column_value(v) for n, v in given.items() if v is not UNSET}
            by_columns.setdefault(tuple(record), []).append([*record.values(), place, run])
        for columns, rows in by_columns.items():
            settings = "".join(f"{column} = ?, " for column in columns)
            # Column names come from the table above, never from outside.
            sql = f"UPDATE run SET {settings}change_seq = ? WHERE id = ?"  # noqa: S608
            self._connection.executemany(sql, rows)
        if updates:
            self._take_seqs(len(updates))
        shown = [
            run
            for run, update in updates.items()
            if update.display_name is not UNSET or update.tags is not UNSET
        ]
        self._put_texts(shown)

    def trash_runs(self, runs: Sequence[RunId]) -> int:
        changed = self._change_runs("trash_runs", runs, now=to_micros(self._now))
        for project in {row[1] for row in changed}:
            self._rows("note_deleted_run", self.last_change_seq(), project)
        self._rows("delete_texts", json.dumps([row[0] for row in changed]))
        return len(changed)

    def restore_runs(self, runs: Sequence[RunId]) -> int:
        restored = self._change_runs("restore_runs", runs)
        self._put_texts([row[0] for row in restored])
        return len(restored)

    def move_runs(self, runs: Sequence[RunId], project: ProjectId) -> int:
        bindings: dict[str, Any] = {"runs": json.dumps(list(runs)), "project": project}
        taken: list[Any] = self._connection.execute(_SQL["taken_names"], bindings).fetchall()
        if taken:
            raise names_taken([row[0] for row in taken])
        number = self.num_runs_ever(project)
        before = [row[0] for row in self._rows("projects_of", bindings["runs"])]
        moved = self._change_runs("move_runs", runs, project=project, number=number)
        seq = self.last_change_seq()
        if moved:
            for left in before:
                self._rows("note_deleted_run", seq, left)
            # Whoever follows the project that they were in hears of nothing: it must look anew.
            self._rows("note_forgotten", seq)
        bindings |= {"num": len(moved), "now": to_micros(self._now)}
        for statement in ("move_texts", "note_moved_runs"):
            self._connection.execute(_SQL[statement], bindings)
        return len(moved)

    def delete_run(self, run: RunId) -> None:
        seq = self._next_seq()
        self._seqs.pop(run, None)
        rows = self._rows("delete_run", run)
        if not rows:
            raise NotFound("The run is gone already.")
        self._rows("note_removed", run)
        project, last_seq, was_in_trash = rows[0]
        self._rows("note_deleted_run", seq, project)
        self._rows("note_forgotten", last_seq if was_in_trash else seq)

    def add_alert(
        self,
        run: RunId,
        *,
        title: str,
        text: str,
        level: AlertLevel,
        at: datetime | None = None,
    ) -> None:
        self.update_run(run, RunUpdate())
        self._rows("insert_alert", run, title, text, level.value, to_micros(at or self._now))

    # Statements

    def _put_text(self, run: Run) -> None:
        if run.deleted_at is None:
            text = joined((run.display_name, run.name, *run.tags))
            self._rows("put_text", run.id, run.project_id, text)

    def _put_texts(self, runs: Sequence[RunId]) -> None:
        for run in runs_by_ids(self._connection, runs).values():
            self._put_text(run)

    def _change_runs(self, statement: str, runs: Sequence[RunId], **values: Any) -> list[Any]:
        """Runs a statement that gives each run that it changes a number of its own."""
        bindings = {"runs": json.dumps(list(runs)), "seq": self.last_change_seq(), **values}
        rows: list[Any] = self._connection.execute(_SQL[statement], bindings).fetchall()
        if rows:
            self._take_seqs(len(rows))
        return rows

    def _seq_of(self, run: RunId) -> int:
        # One number for all that a unit does to a run, as it becomes visible at once. Never one
        # number for two runs: a page of changes may end between them.
        if run not in self._seqs:
            self._seqs[run] = self._next_seq()
        return self._seqs[run]

    def _take_seqs(self, num: int) -> int:
        """Gives out so many numbers; returns the last."""
        seq = int(self._rows("advance_change_seq", num)[0][0])
        self._seqs.clear()
        self._changed(seq)
        return seq

    def _next_seq(self) -> int:
        seq = int(self._rows("next_change_seq")[0][0])
        self._changed(seq)
        return seq

    def _known(self, run: RunId) -> Run:
        found = self.run_by_id(run)
        if found is None:
            raise NotFound("The run is gone.")
        return found

    def _one(self, statement: str, *bindings: Any) -> Run | None:
        rows = self._rows(statement, *bindings)
        return run_of(rows[0]) if rows else None

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._execute(_SQL[statement], *bindings)

    def _execute(self, sql: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(sql, bindings).fetchall()


def _ids_or_all(entities: Sequence[EntityId] | None) -> str | None:
    return None if entities is None else json.dumps(sorted(set(entities)))


def _column_value(value: object) -> object:
    if isinstance(value, datetime):
        return to_micros(value)
    if isinstance(value, RunState):
        return value.value
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return int(value)
    return value


def run_of(row: Any) -> Run:
    """The run of a row with the columns of `run_by_id`."""
    (
        identifier, project_id, entity, project, name, number, display_name, state, created,
        heartbeat, finished, user_id, username, group, job_type, tags, notes, host, program, commit,
        remote, sweep, exit_code, stop_requested, change_seq, deleted, archived,
    ) = row  # fmt: skip
    return Run(
        id=identifier,
        project_id=project_id,
        entity=entity,
        project=project,
        name=name,
        number=number,
        display_name=display_name,
        state=RunState(state),
        created_at=from_micros(created),
        heartbeat_at=from_micros(heartbeat),
        finished_at=from_micros_or_none(finished),
        user_id=user_id,
        username=username,
        group=group,
        job_type=job_type,
        tags=tuple(json.loads(tags)),
        notes=notes,
        host=host,
        program=program,
        commit=commit,
        remote=remote,
        sweep=sweep,
        exit_code=exit_code,
        stop_requested=bool(stop_requested),
        change_seq=change_seq,
        deleted_at=from_micros_or_none(deleted),
        archived=bool(archived),
    )


def runs_by_ids(connection: apsw.Connection, ids: Sequence[int]) -> dict[int, Run]:
    """Those runs by internal id; without those that are lost or in the trash."""
    rows = connection.execute(_SQL["runs_by_ids"], (json.dumps(list(ids)),)).fetchall()
    return {run.id: run for run in map(run_of, rows)}
