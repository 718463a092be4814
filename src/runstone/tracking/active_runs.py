"""Which runs of this process are not finished; a fork goes on with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from runstone.tracking.sharing import tell_children

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

_ACTIVE: Final[list[ActiveRun]] = []
_HOOKED: Final[list[bool]] = []


def enter(run: ActiveRun) -> None:
    """A run has begun: it is the current one, and in each child that is forked from now on."""
    if not _HOOKED and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_in_child)
        _HOOKED.append(True)
    _ACTIVE.append(run)
    tell_children(run)


def forget(run: ActiveRun) -> None:
    """A finished run is nobody's current one."""
    if run in _ACTIVE:
        _ACTIVE.remove(run)
        tell_children(current())


def active_runs() -> tuple[ActiveRun, ...]:
    """Those that are not finished, in the order in which they were begun."""
    return tuple(_ACTIVE)


def current() -> ActiveRun | None:
    """The run that was begun last and is not finished."""
    return _ACTIVE[-1] if _ACTIVE else None


def _in_child() -> None:
    for run in _ACTIVE:
        run.after_fork()
