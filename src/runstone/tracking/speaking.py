"""What is said to the run that was begun last: twins of `ActiveRun`'s methods, and its parts."""

from __future__ import annotations

from runstone.tracking.active import ActiveRun
from runstone.tracking.active_runs import current
from runstone.tracking.sharing import no_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import NoReturn

    from runstone.tracking.config import Config
    from runstone.tracking.metrics import Goal, Metric
    from runstone.tracking.summary import Summary


def define_metric(
    name: str,
    step_metric: str | Metric | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | None = None,
    goal: Goal | None = None,
    overwrite: bool | None = None,
) -> Metric:
    """See `ActiveRun.define_metric`.

    Raises:
        InvalidInput: There is no run, or words are not known.
    """
    return _run().define_metric(name, step_metric, step_sync, hidden, summary, goal, overwrite)


def alert(
    title: str,
    text: str = "",
    level: str | None = None,
    wait_duration: float | timedelta | None = None,
) -> None:
    """See `ActiveRun.alert`.

    Raises:
        InvalidInput: There is no run, or words are not known.
    """
    _run().alert(title, text, level, wait_duration)


def mark_preempting() -> None:
    """See `ActiveRun.mark_preempting`.

    Raises:
        InvalidInput: There is no run.
    """
    _run().mark_preempting()


class NotBegun:
    """In the place of a run's part, before there is a run: whoever uses it is told so."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)  # who only looks what it is
        raise no_run()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise no_run()

    def __getitem__(self, key: str) -> NoReturn:
        raise no_run()

    def __setitem__(self, key: str, value: object) -> NoReturn:
        raise no_run()


def config_of_run() -> Config | NotBegun:
    """`runstone.config`."""
    run = current()
    return NotBegun() if run is None else run.config


def summary_of_run() -> Summary | NotBegun:
    """`runstone.summary`."""
    run = current()
    return NotBegun() if run is None else run.summary


def _run() -> ActiveRun:
    run = current()
    if run is None:
        raise no_run()
    return run
