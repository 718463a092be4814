"""Finding projects and runs by a part of their names, wherever the actor may look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.run import Project, Run
from runstone.domain.search import Rank, Wanted, joined
from runstone.ports.store import Snapshot
from runstone.services.accounts import visible_entities

MAX_FOUND: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; the best first, then the newest."""

    projects: Sequence[tuple[Project, Rank]]
    runs: Sequence[tuple[Run, Rank]]


def search(snapshot: Snapshot, actor: Actor, text: str, *, limit: int) -> Found:
    """Projects by name or address, runs by display name, id or tag, at most `limit` of each.

    An empty text finds nothing.

    Raises:
        InvalidInput: `limit` is not 1 to 100, or the text is too long.
    """
    if not 1 <= limit <= MAX_FOUND:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_FOUND}.")
    wanted = Wanted(text)
    if not wanted.words:
        return Found([], [])
    visible = visible_entities(snapshot, actor)
    projects = [
        (project, rank)
        for project in snapshot.projects.all_projects(visible)
        if (rank := wanted.rank(joined((project.name, f"{project.entity}/{project.name}"))))
        is not None
    ]
    projects.sort(key=lambda hit: (hit[1], -hit[0].id))
    return Found(projects[:limit], snapshot.runs.search_runs(visible, wanted, limit=limit))
