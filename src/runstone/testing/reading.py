"""Everything a store holds, as its ports show it: plain JSON values, to be compared."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

import numpy as np

from runstone.domain import documents
from runstone.domain.run import Run
from runstone.ports.store import Snapshot, Store


def content_of_store(store: Store) -> Any:
    """All records and all rows of history."""
    content = store.read(_content).result(60)
    return json.loads(documents.encode(content))


def _content(s: Snapshot) -> Any:
    entities = list(s.accounts.entities())
    organizations = list(s.accounts.organizations())
    outside = [p for entity in entities for p in s.projects.projects(entity.id)]
    projects = [*outside, *s.projects.trashed_projects(None)]
    return _plain(
        {
            "entities": entities,
            "users": s.accounts.users(),
            "passwords": [s.accounts.password_hash(e.id) for e in entities],
            "organizations": [(o, s.accounts.organization_members(o.id)) for o in organizations],
            "members": [(e.name, s.accounts.members(e.id)) for e in entities],
            "keys": s.accounts.keys(),
            "projects": projects,
            "overviews": s.projects.overviews(None),
            "views": [
                (view, s.views.spec(view.id))
                for project in projects
                for view in s.views.list_views(project.id, limit=1_000)
            ],
            "custom charts": [s.custom_charts.custom_charts(e.id) for e in entities],
            "runs": [
                _run(s, run)
                for project in projects
                for run in (
                    *s.runs.list_runs(project.id, limit=1_000).runs,
                    *s.runs.list_trash(project.id, limit=1_000).runs,
                )
            ],
            "forgotten": s.runs.forgotten_seq(),
            "last change": s.runs.last_change_seq(),
        }
    )


def _run(s: Snapshot, run: Run) -> Any:
    return {
        "run": run,
        "documents": s.runs.documents(run.id),
        "alerts": s.runs.alerts(run.id),
        "files": s.files.list_files(run.id),
        "console": s.console.lines(run.id),
        "history": [
            (info, s.uploads.cursor(info.id), list(s.history.scan(info.id)))
            for info in s.history.streams([run.id])
        ],
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(part) for key, part in asdict(value).items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
