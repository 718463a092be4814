"""How the process ends: what a run that nobody finished is told on the way out."""

from __future__ import annotations

import builtins
import sys
import threading
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, NoReturn

INTERRUPTED: Final = 255
"""Of a script that was ended with Ctrl-C, as the wandb client says it."""
_FAILED: Final = 1

_exit: Callable[[Any], NoReturn] | None = None
"""`sys.exit` as it was."""
_said: object = None


def watch_exit() -> None:
    """Notes from now on what `sys.exit`, `exit` and `quit` are told: Python tells nobody else.

    A bare `raise SystemExit(3)` is seen by nobody but the `with` of a run: by the time that
    anything may run again, Python has forgotten what was raised.
    """
    global _exit
    if _exit is None:
        _exit = sys.exit
        sys.exit = _noting_exit
        quitter = type(getattr(builtins, "exit", None))
        if quitter.__module__ == "_sitebuiltins":  # IPython's ends no process
            quitter.__call__ = _noting(quitter.__call__)  # type: ignore[method-assign]


def exit_code_of(error: BaseException | None) -> int:
    """What a script ends with that is left by this exception."""
    if error is None:
        return 0
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, SystemExit):
        return _code(error.code)
    return _FAILED


def exit_code_of_process() -> int:
    """What this process is ending with, as far as it is known when it does."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is not None and not hasattr(sys, "ps1"):  # where people type, errors are no end
        return exit_code_of(error)
    return _code(_said)


def stay_interrupted() -> None:
    """Has a process that Ctrl-C ends be one that a signal ended, as shells and launchers look for.

    CPython notes that when the script ends, and forgets it where code is evaluated after that, as
    modules do that are imported at the end. It notes it anew where such code is interrupted.
    """
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if isinstance(error, KeyboardInterrupt) and not hasattr(sys, "ps1"):
        with suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102


def _code(said: object) -> int:
    if said is None:
        return 0
    # A text is printed, and means 1.
    return int(said) & 0xFF if isinstance(said, int) else _FAILED


def _noting_exit(status: Any = None, /) -> NoReturn:
    _note(status)
    assert _exit is not None
    _exit(status)


def _noting(leave: Callable[..., NoReturn]) -> Callable[..., NoReturn]:
    def noting(self: object, code: Any = None) -> NoReturn:
        _note(code)
        leave(self, code)

    return noting


def _note(status: Any) -> None:
    global _said
    if threading.current_thread() is threading.main_thread():
        _said = status
