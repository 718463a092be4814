"""A daemon thread that does in time what the thread that trains would otherwise wait for.

It imports what the first `log()` needs, and makes the files of journals before they are full. A
process has one at most, and everything works without it: in a forked child, and while the
interpreter ends, whoever needs something does it itself.

A fork while another thread imports would leave its child with an import that nobody ends: so
imports of threads of ours are made under a lock that a fork waits for.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

_MAX_WAIT_S: Final = 10.0
"""A fork goes on after that: an import that hangs is no reason to hang, too."""

_imports = threading.Lock()
_tasks: SimpleQueue[Callable[[], object]] = SimpleQueue()
_process: int | None = None
"""In which the thread runs."""


def importing() -> threading.Lock:
    """What a thread holds while it imports; see the module."""
    return _imports


def start() -> None:
    """Starts the thread where there is none."""
    global _process
    if _process == os.getpid():
        return
    # A thread cannot be started any more while the interpreter ends.
    with suppress(RuntimeError):
        threading.Thread(target=_work, name="runstone-background", daemon=True).start()
        _process = os.getpid()


def later(task: Callable[[], object]) -> bool:
    """Has the thread do something; False where there is none, and it is not done.

    A task raises nothing.
    """
    if _process != os.getpid():
        return False
    _tasks.put(task)
    return True


def _work() -> None:
    from runstone.tracking.encoding import row_encoder

    with importing(), suppress(ImportError):
        row_encoder()
    while True:
        _tasks.get()()


def _before_fork() -> None:
    _imports.acquire(timeout=_MAX_WAIT_S)


def _in_parent() -> None:
    with suppress(RuntimeError):  # it had waited for too long
        _imports.release()


def _in_child() -> None:
    global _imports, _tasks
    _imports = threading.Lock()
    _tasks = SimpleQueue()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
