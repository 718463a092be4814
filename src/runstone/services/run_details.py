"""Several runs at once, each with all that its own page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput
from runstone.ports.store import Snapshot
from runstone.services.run_list import Progress, RunOverview, list_named_runs

MAX_DETAILS: Final = 100
"""Each may bring a config and a summary of megabytes."""


def details_of_runs(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, names: Sequence[str]
) -> list[RunOverview]:
    """The runs of those ids, in that order; unknown ones are left out.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: More than 100 ids.
    """
    if len(names) > MAX_DETAILS:
        raise InvalidInput(
            f"{len(names):,} runs are asked for; at most {MAX_DETAILS} come with all that is "
            "recorded of them. Ask for the others by another request."
        )
    found = list_named_runs(snapshot, actor, entity, project, names)
    texts = snapshot.runs.texts_of([run.id for run in found.runs])
    return [
        RunOverview(run, found.progress.get(run.id, Progress()), texts[run.id])
        for run in found.runs
        if run.id in texts
    ]
