"""Several processes in one run: who leads, who joins, and what children of a process are told.

Every process writes journals of its own, under a name that no other process ever had: no two write
the same file, and no two count the same rows. One leads the run: it says its config and summary,
and when it has ended. Who joins adds rows, output and files.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import new_run_name
from runstone.domain.names import check_run_name
from runstone.tracking import settings
from runstone.tracking.terminal import warn

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

_DISABLED: Final = "disabled"
_MAX_LABEL_CHARS: Final = 64


class Seat:
    """A process's place in a run.

    No NamedTuple, which takes longer to make than all of this module: `init()` waits for it.

    Attributes:
        run: The run's id.
        writer: Under which name the server knows its rows; empty for the first one of a new run.
        label: What people call the process; None where it is alone.
        joins: Another process leads.
    """

    def __init__(self, run: str, writer: str, label: str | None, joins: bool) -> None:
        self.run = run
        self.writer = writer
        self.label = label
        self.joins = joins


def find_seat(
    wanted: str | None,
    *,
    rank: int | None,
    label: str | None,
    shared: bool | None,
    leads: bool | None = None,
) -> Seat:
    """The run that `init()` begins or joins.

    Args:
        wanted: Its id, where one is said.
        rank: As the caller says; else as the launcher does, where the run is shared.
        shared: Whether the processes of one launch are one run; None: where there is a rank, a
            label, or `RUNSTONE_SHARED`.
        leads: Whether this process is the one that leads; None: rank 0 is.

    Raises:
        InvalidInput: A name or rank that is not legal, or nothing that the processes could agree
            on a run by.
    """
    if shared is None:
        is_placed = rank is not None or label is not None or leads is not None
        shared = is_placed or settings.is_shared()
    # A run that may be there already has rows that this process did not count.
    own = f"{time.time_ns():x}"
    if not shared:
        if wanted:
            return Seat(check_run_name(wanted), own, None, joins=False)
        return Seat(new_run_name(), "", None, joins=False)
    from runstone.tracking.launch import find_launch, run_of_launch

    launch = find_launch()
    if rank is None and label is None and launch is not None:
        rank = launch.rank
    if rank is not None:
        if isinstance(rank, bool) or not str(rank).isdecimal():
            raise InvalidInput(f"rank is {rank!r}; it must be a whole number from 0, which leads.")
        rank = int(rank)  # perhaps a text, as launchers say it
    if wanted:
        run = check_run_name(wanted)
    elif leads and launch is None:
        run = new_run_name()  # which it says to the others by itself
    else:
        run = run_of_launch(launch)
    joins = label is not None if rank is None else rank > 0
    if leads is not None:
        joins = not leads
    name = checked_label(label) if label is not None else None if rank is None else f"rank-{rank}"
    return Seat(run, f"{name}-{own}" if name else own, name, joins)


def checked_label(label: str) -> str:
    """Returns `label` if a process may be called so.

    Raises:
        InvalidInput: Empty, longer than 64 characters, or not printable.
    """
    if not label or len(label) > _MAX_LABEL_CHARS or not label.isprintable():
        raise InvalidInput(
            f"{label[:80]!r} cannot be the label of a process: use 1 to {_MAX_LABEL_CHARS} "
            "printable characters.",
            code="invalid-name",
        )
    return label


def tell_children(run: ActiveRun | None) -> None:
    """Says to processes that this one starts which run they may attach to; None: to none."""
    if run is None:
        settings.tell_children(None)
    else:
        settings.tell_children(str(run.folder.absolute()) if run.folder else _DISABLED)


def attach(folder: str | os.PathLike[str] | None = None, *, label: str | None = None) -> ActiveRun:
    """Joins the run of the process that started this one, such as a worker of `multiprocessing`.

    Rows go into a journal of their own in that run's folder, and its process sends them. A worker
    that calls `runstone.log()` without a run of its own is attached by itself. Forked workers need
    none of it.

    Args:
        folder: Of the run (`run.folder`), where it is not the parent's.
        label: What people call this process; by default the number of the process.

    Raises:
        InvalidInput: There is no such run, or it has ended.
    """
    said = os.fspath(folder) if folder is not None else settings.parent_folder()
    if not said:
        raise InvalidInput(
            "There is no run to attach to: no process that began one started this one. Call "
            "runstone.init(), or give the run's folder (run.folder).",
            code="no-run",
        )
    found = find_parent(said, label)
    if found is None:
        raise InvalidInput(f"The run in {said} has ended: call runstone.init().", code="no-run")
    return found


def reunited(folder: str | None, project: str, run: str) -> ActiveRun:
    """What a pickled run is where it is read: itself, or attached to it.

    Elsewhere, and when it has ended, it is a disabled run, and that is said: what held it, such as
    a checkpoint, can be read all the same.

    Args:
        folder: Of the run; None for a disabled one.
    """
    from runstone.tracking.active_runs import active_runs

    if folder is not None:
        for known in active_runs():
            if known.folder is not None and str(known.folder.absolute()) == folder:
                return known
        if (found := find_parent(folder)) is not None:
            return found
        warn(
            f"the run {project}/{run} has ended, or is on another machine ({folder}): what is "
            "logged to this copy of it is not kept"
        )
    return _nobody(project, run)


def no_run() -> InvalidInput:
    """What is said to whoever logs where no run is."""
    return InvalidInput(
        "There is no run: call runstone.init() first. Workers of a pool find the run that was "
        "begun before the pool; to those of an earlier one give the run itself.",
        code="no-run",
    )


def find_parent(said: str | None = None, label: str | None = None) -> ActiveRun | None:
    """Attached to the run that the surroundings name; None where there is none that still goes on.

    Raises:
        InvalidInput: A label that is not legal, or a folder of something else.
    """
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.folder import RunFolder

    said = said or settings.parent_folder()
    if not said:
        return None
    name = f"pid-{os.getpid()}" if label is None else checked_label(label)
    if said == _DISABLED:
        return _nobody(_DISABLED, _DISABLED)
    place = RunFolder(Path(said))
    if not place.is_held():
        return None
    identity = place.identity()
    identity.label = label
    run = ActiveRun(
        identity, place, mode="offline", uploader=None, finish_timeout_s=0.0, writer=name
    )
    run.observe(identity, settings.Observed.beside_its_parent(), name)
    return run


def _nobody(project: str, run: str) -> ActiveRun:
    """A run that keeps nothing."""
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.identity import Identity

    identity = Identity(run, project, 0.0)
    return ActiveRun(identity, None, mode="disabled", uploader=None, finish_timeout_s=0.0)
