"""Runs in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

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
    RunDocuments,
    RunState,
    RunTexts,
    RunUpdate,
)
from runstone.domain.search import Rank, Wanted, joined
from runstone.ports.runs import RunPage, Runs, check_search, names_taken
from runstone.storage.memory.artifacts import MemoryArtifacts
from runstone.storage.memory.tables import Tables, text

_DOCUMENTS: Final = ("config", "client_info", "summary")


class MemoryRuns(Runs):
    """Runs among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime, changed: Callable[[int], None]) -> None:
        """Binds to a transaction.

        Args:
            changed: Called with each change number that was given out.
        """
        self._tables = tables
        self._now = now
        self._changed = changed

    # Look-ups

    def run(self, project: ProjectId, name: str) -> Run | None:
        found = self._any_run(project, name)
        return None if found is None or found.deleted_at else found

    def run_by_id(self, run: RunId) -> Run | None:
        return self._tables.runs.get(run)

    def run_ids(self, project: ProjectId, names: Sequence[str]) -> dict[str, RunId]:
        found = {name: self.run(project, name) for name in names}
        return {name: run.id for name, run in found.items() if run is not None}

    def list_runs(
        self,
        project: ProjectId,
        *,
        limit: int,
        before: RunId | None = None,
        search: str | None = None,
        archived: bool | None = None,
    ) -> RunPage:
        found = self._found(project, search, archived)
        runs = [r for r in found if before is None or r.id < before]
        page = runs[: max(limit, 0)]
        return RunPage(page, page[-1].id if page and len(runs) > len(page) else None)

    def count_runs(
        self, project: ProjectId, *, search: str | None = None, archived: bool | None = None
    ) -> int:
        return len(self._found(project, search, archived))

    def documents(self, run: RunId) -> RunDocuments:
        self._existing(run)
        texts = self._tables.documents[run]
        return RunDocuments(*(documents.decode(texts[name]) for name in _DOCUMENTS))

    def config(self, run: RunId) -> dict[str, JsonValue]:
        return self.documents(run).config

    def client_info(self, run: RunId) -> dict[str, JsonValue]:
        return self.documents(run).client_info

    def summary(self, run: RunId) -> dict[str, JsonValue]:
        return self.documents(run).summary

    def client_infos_of(self, runs: Sequence[RunId]) -> dict[RunId, str]:
        return {run: texts.client_info for run, texts in self.texts_of(runs).items()}

    def unmerged_summaries(self) -> Sequence[RunId]:
        return []

    def texts_of(self, runs: Sequence[RunId]) -> dict[RunId, RunTexts]:
        kept = self._tables.documents
        return {
            run: RunTexts(*(kept[run][name] for name in _DOCUMENTS)) for run in runs if run in kept
        }

    def changed_since(self, project: ProjectId, change_seq: int, *, limit: int) -> Sequence[Run]:
        found = [run for run in self._changed_after(change_seq) if run.project_id == project]
        return found[: max(limit, 0)]

    def changes_since(
        self, entities: Sequence[EntityId] | None, change_seq: int, *, limit: int
    ) -> Sequence[RunChange]:
        found = [
            RunChange(
                run.id,
                run.project_id,
                run.entity,
                run.project,
                run.name,
                run.change_seq,
                run.deleted_at is not None,
            )
            for run in self._changed_after(change_seq)
            if entities is None or self._tables.projects[run.project_id].entity_id in entities
        ]
        return found[: max(limit, 0)]

    def trashed_run(self, project: ProjectId, name: str) -> Run | None:
        found = self._any_run(project, name)
        return found if found is not None and found.deleted_at else None

    def list_trash(self, project: ProjectId, *, limit: int, before: RunId | None = None) -> RunPage:
        runs = [run for run in self._trash() if run.project_id == project][::-1]
        if before is not None:
            ids = [run.id for run in runs]
            runs = runs[ids.index(before) + 1 :] if before in ids else []
        page = runs[: max(limit, 0)]
        return RunPage(page, page[-1].id if page and len(runs) > len(page) else None)

    def count_trash(self, project: ProjectId) -> int:
        return sum(run.project_id == project for run in self._trash())

    def trashed_before(self, instant: datetime, *, limit: int) -> Sequence[Run]:
        found = [run for run in self._trash() if run.deleted_at and run.deleted_at <= instant]
        return found[: max(limit, 0)]

    def forgotten_seq(self) -> int:
        return self._tables.last_ids.get("forgotten", 0)

    def recent_runs(self, entities: Sequence[EntityId] | None, *, limit: int) -> Sequence[Run]:
        runs = self._outside(entities)
        runs.sort(key=lambda run: (run.heartbeat_at, run.id), reverse=True)
        return runs[: max(limit, 0)]

    def search_runs(
        self, entities: Sequence[EntityId] | None, wanted: Wanted, *, limit: int
    ) -> Sequence[tuple[Run, Rank]]:
        found = [
            (run, rank)
            for run in self._outside(entities)
            if (rank := wanted.rank(joined((run.display_name, run.name, *run.tags)))) is not None
        ]
        found.sort(key=lambda hit: (hit[1], -hit[0].id))
        return found[: max(limit, 0)]

    def last_change_seq(self) -> int:
        return self._tables.last_ids.get("change", 0)

    def num_runs_ever(self, project: ProjectId) -> int:
        return self._tables.num_runs_ever.get(project, 0)

    def silent_since(self, instant: datetime) -> Sequence[Run]:
        runs = self._tables.runs.values()
        silent = [
            run
            for run in runs
            if run.state.is_live and run.heartbeat_at < instant and run.deleted_at is None
        ]
        return sorted(silent, key=lambda run: (run.heartbeat_at, run.id))

    def alerts(self, run: RunId) -> Sequence[Alert]:
        return self._tables.alerts.get(run, ())

    # Changes

    def create_run(
        self, project: ProjectId, name: str, *, user: EntityId, display_name: str
    ) -> Run:
        if self._any_run(project, name):
            raise AlreadyExists(f"There is a run {name} already in this project or its trash.")
        place = self._tables.projects.get(project)
        if place is None or user not in self._tables.accounts:
            raise NotFound("The project or the user is gone.")
        run = Run(
            id=RunId(self._tables.next_id("run")),
            project_id=project,
            entity=place.entity,
            project=place.name,
            name=name,
            number=self._tables.num_runs_ever[project] + 1,
            display_name=text(display_name),
            state=RunState.PENDING,
            created_at=self._now,
            heartbeat_at=self._now,
            finished_at=None,
            user_id=user,
            username=self._tables.entities[user].name,
            group=None,
            job_type=None,
            tags=(),
            notes="",
            host=None,
            program=None,
            commit=None,
            remote=None,
            sweep=None,
            exit_code=None,
            stop_requested=False,
            change_seq=self._next_seq(),
        )
        self._tables.runs[run.id] = run
        self._tables.documents[run.id] = dict.fromkeys(_DOCUMENTS, "{}")
        self._tables.projects[project] = replace(place, updated_at=self._now)
        self._tables.num_runs_ever[project] += 1
        return run

    def update_run(self, run: RunId, update: RunUpdate) -> Run:
        found = self._existing(run)
        given = {f.name: getattr(update, f.name) for f in fields(update)}
        given = {name: value for name, value in given.items() if value is not UNSET}
        for value in given.values():
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, str):
                    text(part)
        texts: dict[str, str] = {}
        for name in _DOCUMENTS:
            if name in given:
                texts[name] = documents.encode(given.pop(name))
        self._tables.documents[run] = {**self._tables.documents[run], **texts}
        return self._replace(found, **given)

    def merge_summary(
        self, run: RunId, entries: Mapping[str, JsonValue], removed: Sequence[str] = ()
    ) -> None:
        summary = self.documents(run).summary | dict(entries)
        for key in removed:
            summary.pop(key, None)
        self.update_run(run, RunUpdate(summary=summary))

    def put_summary_in_place(self, run: RunId) -> None:
        pass

    def beat(self, run: RunId) -> None:
        self._replace(self._existing(run), heartbeat_at=self._now)

    def update_runs(self, updates: Mapping[RunId, RunUpdate]) -> None:
        for run, update in updates.items():
            if run in self._tables.runs:
                self.update_run(run, update)

    def trash_runs(self, runs: Sequence[RunId]) -> int:
        found = [run for run in map(self.run_by_id, sorted(set(runs))) if run]
        outside = [self.trash_run(run.id) for run in found if run.deleted_at is None]
        return len(outside)

    def restore_runs(self, runs: Sequence[RunId]) -> int:
        found = [run for run in map(self.run_by_id, sorted(set(runs))) if run]
        return len([self.restore_run(run.id) for run in found if run.deleted_at is not None])

    def move_runs(self, runs: Sequence[RunId], project: ProjectId) -> int:
        found = [run for run in map(self.run_by_id, sorted(set(runs))) if run]
        moving = [run for run in found if run.project_id != project]
        taken = [run.name for run in moving if self._any_run(project, run.name)]
        if taken:
            raise names_taken(taken)
        place = self._tables.projects[project]
        for run in moving:
            self._tables.num_runs_ever[project] += 1
            number = self._tables.num_runs_ever[project]
            self._replace(
                run, project_id=project, entity=place.entity, project=place.name, number=number
            )
        self._tables.projects[project] = replace(place, updated_at=self._now)
        if moving:
            self._tables.last_ids["forgotten"] = self.last_change_seq()
        return len(moving)

    def trash_run(self, run: RunId) -> Run:
        found = self._existing(run)
        if found.deleted_at is not None:
            raise NotFound("The run is deleted already.")
        return self._replace(found, deleted_at=self._now)

    def restore_run(self, run: RunId) -> Run:
        found = self._existing(run)
        if found.deleted_at is None:
            raise NotFound("The run is not in the trash.")
        return self._replace(found, deleted_at=None)

    def trash_all_runs(self, project: ProjectId) -> int:
        runs = self._found(project, None)[::-1]
        for run in runs:
            self.trash_run(run.id)
        return len(runs)

    def restore_all_runs(self, project: ProjectId, deleted_at: datetime) -> int:
        runs = [r for r in self._trash() if (r.project_id, r.deleted_at) == (project, deleted_at)]
        for run in runs:
            self.restore_run(run.id)
        return len(runs)

    def delete_run(self, run: RunId) -> None:
        found = self._existing(run)
        seq = self._next_seq()
        tables = self._tables
        forgotten = found.change_seq if found.deleted_at else seq
        tables.last_ids["forgotten"] = max(self.forgotten_seq(), forgotten)
        del tables.runs[run]
        del tables.documents[run]
        tables.alerts.pop(run, None)
        MemoryArtifacts(tables, self._now).forget_run(run)
        tables.removed[run] = True

    def add_alert(
        self,
        run: RunId,
        *,
        title: str,
        text: str,
        level: AlertLevel,
        at: datetime | None = None,
    ) -> None:
        self._replace(self._existing(run))
        alert = Alert(run, title, text, level, at or self._now)
        self._tables.alerts[run] = (*self._tables.alerts.get(run, ()), alert)

    # Within

    def _next_seq(self) -> int:
        seq = self._tables.next_id("change")
        self._changed(seq)
        return seq

    def _replace(self, run: Run, **values: Any) -> Run:
        updated = replace(run, **values, change_seq=self._next_seq())
        self._tables.runs[run.id] = updated
        return updated

    def _existing(self, run: RunId) -> Run:
        found = self._tables.runs.get(run)
        if found is None:
            raise NotFound("The run is gone.")
        return found

    def _any_run(self, project: ProjectId, name: str) -> Run | None:
        address = (project, text(name))
        for run in self._tables.runs.values():
            if (run.project_id, run.name) == address:
                return run
        return None

    def _outside(self, entities: Sequence[EntityId] | None) -> list[Run]:
        """Runs of these entities (None: of all), but for those in the trash or of projects there.

        In no order.
        """
        return [
            run
            for run in self._tables.runs.values()
            if run.deleted_at is None
            and (place := self._tables.projects[run.project_id]).deleted_at is None
            and (entities is None or place.entity_id in entities)
        ]

    def _trash(self) -> list[Run]:
        """All runs in the trash, those deleted first first."""
        trash = [(run.deleted_at, run.id, run) for run in self._tables.runs.values()]
        return [run for *_, run in sorted((at, n, run) for at, n, run in trash if at)]

    def _found(
        self, project: ProjectId, search: str | None, archived: bool | None = None
    ) -> list[Run]:
        """The project's runs under a search, newest first."""
        wanted = _folded(text(check_search(search or "")))
        return [
            run
            for run in sorted(self._tables.runs.values(), key=lambda run: -run.id)
            if run.project_id == project
            and run.deleted_at is None
            and archived in (None, run.archived)
            and any(wanted in _folded(t) for t in _texts(run))
        ]

    def _changed_after(self, change_seq: int) -> list[Run]:
        runs = (run for run in self._tables.runs.values() if run.change_seq > change_seq)
        return sorted(runs, key=lambda run: run.change_seq)


def _texts(run: Run) -> tuple[str, ...]:
    return run.name, run.display_name, run.group or "", run.job_type or "", *run.tags


def _folded(value: str) -> bytes:
    return value.encode().lower()  # bytes know the case of ASCII letters only
