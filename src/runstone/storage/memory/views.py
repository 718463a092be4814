"""Saved views in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import EntityId, ProjectId, ViewId
from runstone.domain.view import View, ViewUpdate
from runstone.ports.views import Views
from runstone.storage.memory.tables import Tables, text


class MemoryViews(Views):
    """Views among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def view(self, view: ViewId) -> View | None:
        return self._tables.views.get(view)

    def view_by_name(self, project: ProjectId, kind: str, name: str) -> View | None:
        address = (project, text(kind), text(name))
        for view in self._tables.views.values():
            if (view.project_id, view.kind, view.name) == address:
                return view
        return None

    def spec(self, view: ViewId) -> str:
        self._existing(view)
        return self._tables.view_specs[view]

    def list_views(
        self,
        project: ProjectId,
        *,
        kind: str | None = None,
        name: str | None = None,
        user: EntityId | None = None,
        before: ViewId | None = None,
        limit: int,
    ) -> Sequence[View]:
        found = [
            view
            for view in self._newest_first()
            if view.project_id == project
            and (kind is None or view.kind == text(kind))
            and (name is None or view.name == text(name))
            and (user is None or view.user_id == user)
            and (before is None or view.id < before)
        ]
        return found[: max(limit, 0)]

    def drafts_of(self, view: ViewId) -> Sequence[View]:
        return [one for one in self._newest_first() if one.parent_id == view]

    def create_view(
        self,
        project: ProjectId,
        *,
        kind: str,
        name: str,
        display_name: str,
        description: str,
        spec: str,
        user: EntityId | None,
        parent: ViewId | None = None,
    ) -> View:
        if project not in self._tables.projects:
            raise NotFound("The project is gone.")
        if user is not None and user not in self._tables.accounts:
            raise NotFound("The author is gone.")
        if parent is not None:
            self._existing(parent)
        self._require_free(project, kind, name)
        view = View(
            id=ViewId(self._tables.next_id("view")),
            project_id=project,
            kind=kind,
            name=name,
            display_name=text(display_name),
            description=text(description),
            spec_bytes=len(text(spec).encode()),
            user_id=user,
            created_at=self._now,
            updated_at=self._now,
            parent_id=parent,
        )
        self._tables.views[view.id] = view
        self._tables.view_specs[view.id] = spec
        return view

    def update_view(self, view: ViewId, update: ViewUpdate) -> View:
        found = self._existing(view)
        given: dict[str, Any] = {
            field: text(value)
            for field in ("kind", "name", "display_name", "description")
            if (value := getattr(update, field)) is not None
        }
        changed = replace(found, **given, updated_at=self._now, revision=found.revision + 1)
        if (changed.kind, changed.name) != (found.kind, found.name):
            self._require_free(found.project_id, changed.kind, changed.name)
        if update.spec is not None:
            changed = replace(changed, spec_bytes=len(text(update.spec).encode()))
            self._tables.view_specs[view] = update.spec
        self._tables.views[view] = changed
        return changed

    def delete_view(self, view: ViewId) -> None:
        self._existing(view)
        for draft in self.drafts_of(view):
            self.delete_view(draft.id)
        del self._tables.views[view]
        del self._tables.view_specs[view]

    def _newest_first(self) -> list[View]:
        return sorted(self._tables.views.values(), key=lambda view: view.id, reverse=True)

    def _existing(self, view: ViewId) -> View:
        found = self._tables.views.get(view)
        if found is None:
            raise NotFound("The view is gone.")
        return found

    def _require_free(self, project: ProjectId, kind: str, name: str) -> None:
        if self.view_by_name(project, kind, name):
            raise AlreadyExists(f"There is a {kind} view {name} already.")
