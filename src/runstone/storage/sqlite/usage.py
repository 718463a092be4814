"""What records cost, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import apsw

from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.storage import (
    MEDIA_PREFIX,
    ArtifactUsage,
    CollectionUsage,
    ProjectUsage,
    Removed,
    RunUsage,
    Usage,
)
from runstone.ports.usage import UsageReader
from runstone.storage.sql.named import load

_SQL: Final = load("runstone.storage.sqlite", "queries/usage.sql")


class SqliteUsage(UsageReader):
    """Sums within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def runs(self, project: ProjectId) -> Sequence[RunUsage]:
        return [
            RunUsage(run, name, display_name, bool(in_trash), Usage(*sizes))
            for run, name, display_name, in_trash, *sizes in self._rows("runs", (project,))
        ]

    def projects(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectUsage]:
        wanted = None if entities is None else json.dumps(sorted(set(entities)))
        places = self._rows("projects", {"entities": wanted})
        ids = json.dumps([place[0] for place in places])
        totals = {
            (project, bool(in_trash)): (number, Usage(*sizes))
            for project, in_trash, number, *sizes in self._rows("totals", {"projects": ids})
        }
        nothing = (0, Usage())
        return [
            ProjectUsage(
                project,
                entity,
                name,
                *totals.get((project, False), nothing),
                *totals.get((project, True), nothing),
            )
            for project, entity, name in places
        ]

    def collections(self, project: ProjectId) -> Sequence[CollectionUsage]:
        return [
            CollectionUsage(collection, name, type_name, ArtifactUsage(*sizes))
            for collection, name, type_name, *sizes in self._rows("collections", (project, project))
        ]

    def artifacts(self, projects: Iterable[ProjectId]) -> Mapping[ProjectId, ArtifactUsage]:
        wanted = {"projects": json.dumps(sorted(set(projects)))}
        return {
            project: ArtifactUsage(*sizes) for project, *sizes in self._rows("artifacts", wanted)
        }

    def removed(self) -> Removed:
        ((number, *sizes),) = self._rows("removed", ())
        return Removed(number, Usage(*sizes))

    def _rows(self, statement: str, bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def note_lines(connection: apsw.Connection, run: RunId, num_bytes: int) -> None:
    """Output of a run has grown (or shrunk) by so much."""
    _add(connection, run, console=num_bytes)


def note_file(connection: apsw.Connection, run: RunId, name: str, num_bytes: int) -> None:
    """A file of a run has grown (or shrunk) by so much."""
    _add(connection, run, **{"media" if name.startswith(MEDIA_PREFIX) else "files": num_bytes})


def _add(
    connection: apsw.Connection, run: RunId, *, console: int = 0, files: int = 0, media: int = 0
) -> None:
    if console or files or media:
        bindings = {"run": run, "console": console, "files": files, "media": media}
        connection.execute(_SQL["add"], bindings)
