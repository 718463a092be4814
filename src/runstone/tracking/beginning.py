"""Beginning a run, and the functions that speak to the one that was begun last."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import new_run_name
from runstone.domain.names import check_entity_name, check_project_name, check_run_name
from runstone.tracking.active import ActiveRun, Mode, current
from runstone.tracking.folder import Identity, RunFolder
from runstone.tracking.settings import default_root, finish_timeout_s, said
from runstone.tracking.uploader import Uploader

_DEFAULT_PROJECT: Final = "uncategorized"


def init(
    project: str | None = None,
    *,
    entity: str | None = None,
    config: Mapping[str, Any] | None = None,
    name: str | None = None,
    id: str | None = None,  # noqa: A002 - the field's word
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    mode: Mode | None = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002 - the field's word
    url: str | None = None,
    api_key: str | None = None,
    finish_timeout: float | None = None,
) -> ActiveRun:
    """Begins a run. Never waits for the network.

    Args:
        project: `RUNSTONE_PROJECT` or `WANDB_PROJECT` where it is left out, else `uncategorized`.
        entity: Whose; by default yours. `RUNSTONE_ENTITY` and `WANDB_ENTITY` count as well.
        config: What the run is given: hyperparameters, names of data.
        id: Goes on with the run of that id where there is one.
        mode: `online` sends as it comes; `offline` keeps it for `runstone sync`; `disabled` does
            nothing. `RUNSTONE_MODE` or `WANDB_MODE` where it is left out, else `online`.
        dir: Where folders of runs lie: `RUNSTONE_DIR` where it is left out, else `./runstone`.
        url: Of the server; see `runstone.Api`.
        api_key: Likewise.
        finish_timeout: Seconds that the end of the run waits for the server at most; what is left
            then goes with `runstone sync`. `RUNSTONE_FINISH_TIMEOUT` where it is left out, else 60.

    Raises:
        InvalidInput: A name that is not legal, an unknown mode, or a timeout that is no number.
        OSError: The folder of the run cannot be made.
    """
    project = project or said("PROJECT") or _DEFAULT_PROJECT
    entity = entity or said("ENTITY")
    chosen = _mode(mode or said("MODE") or "online")
    wanted_id = id or said("RUN_ID")
    identity = Identity(
        run=check_run_name(wanted_id) if wanted_id else new_run_name(),
        project=check_project_name(project),
        started_at=time.time(),
        entity=check_entity_name(entity) if entity else None,
        # A run that may be there already has rows that this process did not count.
        writer=f"{time.time_ns():x}" if wanted_id else "",
        url=url,
        name=name,
        group=group,
        job_type=job_type,
        notes=notes,
        tags=None if tags is None else list(tags),
        host=socket.gethostname(),
        program=sys.argv[0] or None,
    )
    timeout_s = finish_timeout_s() if finish_timeout is None else finish_timeout
    folder = uploader = None
    if chosen != "disabled":
        folder = RunFolder.create(Path(dir) if dir else default_root(), identity)
        if chosen == "online":
            uploader = Uploader(folder, url, api_key)
    run = ActiveRun(identity, folder, mode=chosen, uploader=uploader, finish_timeout_s=timeout_s)
    if config:
        run.config.update(config)
    return run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Logs values into the run that was begun last; see `ActiveRun.log`.

    Raises:
        InvalidInput: There is none.
    """
    run = current()
    if run is None:
        raise InvalidInput("There is no run: call runstone.init() first.", code="no-run")
    run.log(data, step, commit)


def finish(exit_code: int = 0) -> None:
    """Ends the run that was begun last, if one is."""
    if (run := current()) is not None:
        run.finish(exit_code)


def _mode(wanted: str) -> Mode:
    for mode in get_args(Mode):
        if mode == wanted:
            found: Mode = mode
            return found
    raise InvalidInput(f"mode is {wanted!r}; it must be {', '.join(get_args(Mode))}.")
