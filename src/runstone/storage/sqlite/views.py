"""Saved views in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import EntityId, ProjectId, ViewId
from runstone.domain.view import View, ViewUpdate
from runstone.ports.views import Views
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, to_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/views.sql")
_PAST_ALL: Final = 2**63 - 1


class SqliteViews(Views):
    """Views within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def view(self, view: ViewId) -> View | None:
        rows = self._rows("view", view)
        return _view(rows[0]) if rows else None

    def view_by_name(self, project: ProjectId, kind: str, name: str) -> View | None:
        rows = self._rows("view_by_name", project, kind, name)
        return _view(rows[0]) if rows else None

    def spec(self, view: ViewId) -> str:
        rows = self._rows("spec", view)
        if not rows:
            raise NotFound("The view is gone.")
        return str(rows[0][0])

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
        bindings = {
            "project": project,
            "kind": kind,
            "name": name,
            "user": user,
            "before": _PAST_ALL if before is None else before,
            "limit": max(limit, 0),  # SQLite takes a negative limit for none
        }
        rows = self._connection.execute(_SQL["list_views"], bindings).fetchall()
        return [_view(row) for row in rows]

    def drafts_of(self, view: ViewId) -> Sequence[View]:
        return [_view(row) for row in self._rows("drafts_of", view)]

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
        self._require_free(project, kind, name)
        if parent is not None:
            # The new one's own id may be the next, which its reference to itself would allow.
            self._existing(parent)
        now = to_micros(self._now)
        size = len(spec.encode())
        values = (project, kind, name, display_name, description, size, user, now, now, parent)
        rows = self._rows("insert_view", *values, spec)
        return self._existing(ViewId(rows[0][0]))

    def update_view(self, view: ViewId, update: ViewUpdate) -> View:
        found = self._existing(view)
        kind = found.kind if update.kind is None else update.kind
        name = found.name if update.name is None else update.name
        if (kind, name) != (found.kind, found.name):
            self._require_free(found.project_id, kind, name)
        title = found.display_name if update.display_name is None else update.display_name
        description = found.description if update.description is None else update.description
        self._rows("update_view", kind, name, title, description, to_micros(self._now), view)
        if update.spec is not None:
            self._rows("put_spec", update.spec, len(update.spec.encode()), view)
        return self._existing(view)

    def delete_view(self, view: ViewId) -> None:
        if not self._rows("delete_view", view):
            raise NotFound("The view is gone already.")

    def _existing(self, view: ViewId) -> View:
        found = self.view(view)
        if found is None:
            raise NotFound("The view is gone.")
        return found

    def _require_free(self, project: ProjectId, kind: str, name: str) -> None:
        if self._rows("view_by_name", project, kind, name):
            raise AlreadyExists(f"There is a {kind} view {name} already; choose another name.")

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _view(row: Any) -> View:
    (
        identifier, project, kind, name, display_name, description, spec_bytes, user, created,
        updated, revision, parent,
    ) = row  # fmt: skip
    return View(
        identifier,
        project,
        kind,
        name,
        display_name,
        description,
        spec_bytes,
        user,
        from_micros(created),
        from_micros(updated),
        revision,
        parent,
    )
