"""What commands print of runs and projects as JSON: stable names, strict JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runstone.cli.output import print_json
from runstone.domain import documents
from runstone.sdk import Project, Run


def print_document(value: Mapping[str, Any]) -> None:
    """One JSON document, in which NaN is `{"$float": "NaN"}` as in the API."""
    print_json(strict(dict(value)))


def strict(value: Any) -> Any:
    """The value as JSON can say it."""
    return json.loads(documents.encode(value))


def project_document(project: Project) -> dict[str, Any]:
    """A project."""
    return {
        "path": project.path,
        "entity": project.entity,
        "name": project.name,
        "description": project.description,
        "num_runs": project.num_runs,
        "states": dict(project.states),
        "created_at": instant(project.created_at),
        "last_activity_at": instant(project.last_activity_at),
        "url": project.url,
    }


def run_document(run: Run) -> dict[str, Any]:
    """A run as lists know it."""
    return {
        "path": run.path,
        "id": run.id,
        "name": run.name,
        "number": run.number,
        "state": run.state,
        "created_at": instant(run.created_at),
        "heartbeat_at": instant(run.heartbeat_at),
        "finished_at": instant(run.finished_at),
        "duration_s": run.duration_s,
        "user": run.user,
        "group": run.group,
        "job_type": run.job_type,
        "tags": list(run.tags),
        "num_rows": run.num_rows,
        "last_step": run.last_step,
        "url": run.url,
    }


def whole_run_document(run: Run) -> dict[str, Any]:
    """A run with all that is known of it but what it logged over time."""
    return run_document(run) | {
        "notes": run.notes,
        "host": run.host,
        "program": run.program,
        "commit": run.commit,
        "remote": run.remote,
        "exit_code": run.exit_code,
        "sweep": run.sweep,
        "config": dict(run.config),
        "summary": dict(run.summary),
    }


def instant(at: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def lasted(seconds: float) -> str:
    """A duration as people read it: two units."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}h {minutes:02}m"
    return f"{hours // 24}d {hours % 24:02}h"


def value_text(value: Any) -> Any:
    """A recorded value for a cell: lists and objects as JSON."""
    return documents.encode(value) if isinstance(value, (dict, list)) else value
