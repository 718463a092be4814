"""A daemon thread that does in time what the thread that trains would otherwise wait for.

It imports what makes `log()` quick, when there is something to log or nothing else to do, and makes
the files of journals before they are full. A
process has one at most, and everything works without it: in a forked child, and while the
interpreter ends, whoever needs something does it itself.

A fork while another thread imports would leave its child with an import that nobody ends: so
imports of threads of ours are made under a lock that a fork waits for. And a script that ends while
a thread of ours imports would have it fail: some modules cannot be imported any more by then. So
the end waits for those, too.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue

from runstone.tracking.ending import stay_interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

_PAUSE_S: Final = 0.05
"""Until it begins by itself: what `init()` is followed by has the interpreter first."""
_MAX_WAIT_S: Final = 10.0
"""A fork, and the end, go on after that: an import that hangs is no reason to hang, too."""

_imports = threading.RLock()
_tasks: SimpleQueue[Callable[[], object]] = SimpleQueue()
_process: int | None = None
"""In which the thread runs."""


def importing() -> threading.RLock:
    """What a thread holds while it imports; see the module."""
    return _imports


def start() -> None:
    """Starts the thread where there is none."""
    global _process
    if _process != os.getpid() and spawn(_work, "runstone-background"):
        _process = os.getpid()


def spawn(work: Callable[[], object], name: str) -> threading.Thread | None:
    """A daemon thread that has begun with some work.

    None where no thread can be started: while the interpreter ends, and where the process, or its
    user, has as many as the system lets it have. Nobody's training is to end of that.
    """
    thread = threading.Thread(target=work, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def wait_at_shutdown(is_ready: threading.Event, is_hurried: threading.Event) -> None:
    """Has the end of the script wait until a thread has imported what it needs; for a while.

    Args:
        is_hurried: Set then: the thread has no reason to wait itself.
    """
    _awaited.append((is_ready, is_hurried))
    if len(_awaited) > 1:
        return
    # The one way to be asked before it is too late; concurrent.futures goes it, too.
    register = getattr(threading, "_register_atexit", None)
    if register is not None:
        with suppress(RuntimeError):
            register(_wait)


def before_shutdown(task: Callable[[], object]) -> None:
    """Has the end of the script do something while threads and pools of threads still work.

    At the interpreter's own time for it, they do not any more. What the script's other threads are
    at is waited for, as it would be then.
    """
    # Whoever came last is asked first: before these pools end.
    import concurrent.futures.thread as pools

    def task_after_threads() -> None:
        for thread in threading.enumerate():
            is_other = thread is not threading.current_thread() and not thread.daemon
            if is_other and thread not in pools._threads_queues:
                thread.join()
        task()

    register = getattr(threading, "_register_atexit", None)
    if register is not None:
        with suppress(RuntimeError):
            register(task_after_threads)


def outlast(is_over: threading.Event) -> None:
    """Has the end of the process wait until something is over; for a while."""
    with _outlasting_lock:
        _outlasting[:] = [event for event in _outlasting if not event.is_set()]
        _outlasting.append(is_over)


def wait_for_the_rest() -> None:
    """What the end of the process does, when its runs have ended."""
    give_up = time.monotonic() + _MAX_WAIT_S
    with suppress(KeyboardInterrupt):  # who cannot wait need not
        # What is waited for may have something else waited for.
        while waited := [event for event in _outlasting if not event.is_set()]:
            if not waited[0].wait(max(0.0, give_up - time.monotonic())):
                break
    stay_interrupted()


# Before any run is: what is registered last is asked first.
atexit.register(wait_for_the_rest)

_outlasting: Final[list[threading.Event]] = []
_outlasting_lock = threading.RLock()


def _wait() -> None:
    for _, is_hurried in _awaited:
        is_hurried.set()
    with suppress(KeyboardInterrupt):  # as at the end of the process
        for is_ready, _ in _awaited:
            is_ready.wait(_MAX_WAIT_S)


_awaited: Final[list[tuple[threading.Event, threading.Event]]] = []


def is_alive() -> bool:
    """Whether there is one in this process."""
    return _process == os.getpid()


def later(task: Callable[[], object]) -> bool:
    """Has the thread do something; False where there is none, and it is not done.

    A task raises nothing, and takes no lock that a thread of the script waits for: a destructor of
    the script may run in its midst, and log.
    """
    if not is_alive():
        return False
    _tasks.put(task)
    return True


def hurry() -> None:
    """There is something to log: the thread begins at once."""
    later(_nothing)


def _nothing() -> None:
    pass


def _work() -> None:
    from runstone.tracking.encoding import load_row_encoder

    task: Callable[[], object] = _nothing
    with suppress(Empty):
        task = _tasks.get(timeout=_PAUSE_S)
    with importing(), suppress(ImportError):
        load_row_encoder()
    while True:
        # Were it to end here, those who rely on it would never know.
        with suppress(Exception):
            task()
        task = _tasks.get()


_FORK_LOCKS: Final = {"logging": "_lock", "concurrent.futures.thread": "_global_shutdown_lock"}
"""Modules of Python that hold a lock of theirs during a fork."""


def _before_fork() -> None:
    missing = [name for name in _FORK_LOCKS if name not in sys.modules]
    _imports.acquire(timeout=_MAX_WAIT_S)
    # What was imported while this waited takes part in the fork from its second half on: it lets go
    # of a lock that it had not taken.
    for name in missing:
        lock = getattr(sys.modules.get(name), _FORK_LOCKS[name], None)
        if lock is not None:
            lock.acquire()


def _in_parent() -> None:
    with suppress(RuntimeError):  # it had waited for too long
        _imports.release()


def _in_child() -> None:
    global _imports, _outlasting_lock, _process, _tasks
    _process = None  # numbers of processes come again
    _imports = threading.RLock()
    _outlasting_lock = threading.RLock()
    _outlasting.clear()
    _tasks = SimpleQueue()
    _awaited.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
