"""The one thread that writes: units of work in order, many to a commit.

Group commit: while one commit waits for the disk, the next units gather; they then share one
transaction, each within a savepoint of its own, so that a unit that fails takes only itself back.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw

from runstone.domain.errors import Unavailable
from runstone.storage.sqlite.database import errors_in_our_words

_log: Final = logging.getLogger(__name__)

_MAX_UNITS: Final = 512
"""Units that share a commit at most: bounds how long the first of them waits."""

_BUSY_WINDOW_S: Final = 0.02


@dataclass(slots=True)
class _Job:
    unit: Callable[[apsw.Connection], Any]
    future: Future[Any]
    after: Callable[[], None] = lambda: None
    is_between: bool = False
    result: Any = None
    done: bool = field(default=False)


class Committer:
    """Runs units one after the other on its own connection and thread."""

    def __init__(self, connection: apsw.Connection, path: Path, *, linger_s: float) -> None:
        """Starts the thread.

        Args:
            connection: Used by this thread alone from now on; closed by `close`.
            path: The file, for messages.
            linger_s: While commits follow one another closely, how long to gather units before
                the next; an idle store commits at once.
        """
        self._connection = connection
        self._path = path
        self._linger_s = linger_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="runstone-commit", daemon=True)
        self._thread.start()

    def submit(
        self, unit: Callable[[apsw.Connection], Any], *, after: Callable[[], None]
    ) -> Future[Any]:
        """Queues a unit; its future resolves when its effects are durable.

        Args:
            after: Called on the commit thread once the unit is durable, before the future
                resolves.
        """
        return self._put(_Job(unit, Future(), after))

    def submit_between(self, work: Callable[[apsw.Connection], Any]) -> Future[Any]:
        """Queues what is to be done outside any transaction, between two commits."""
        return self._put(_Job(work, Future(), is_between=True))

    def close(self) -> None:
        """Commits everything queued, then ends the thread and closes the connection."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _put(self, job: _Job) -> Future[Any]:
        # Under the lock, so that no unit comes in behind the one that ends the thread.
        with self._door:
            if not self._closed:
                self._jobs.put(job)
                return job.future
        job.future.set_exception(Unavailable("The server is shutting down.", retry_after=10.0))
        return job.future

    def _work(self) -> None:
        last_commit = 0.0
        open_for_work = True
        while open_for_work:
            first = self._jobs.get()
            if first is None:
                break
            if first.is_between:
                self._do_between(first)
                continue
            jobs = [first]
            between: _Job | None = None
            busy = time.monotonic() - last_commit < _BUSY_WINDOW_S
            deadline = time.monotonic() + (self._linger_s if busy else 0.0)
            while len(jobs) < _MAX_UNITS:
                try:
                    job = self._jobs.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    break
                if job is None:
                    open_for_work = False
                    break
                if job.is_between:
                    between = job
                    break
                jobs.append(job)
            self._commit(jobs)
            last_commit = time.monotonic()
            if between is not None:
                self._do_between(between)

    def _do_between(self, job: _Job) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            with errors_in_our_words(self._path):
                job.future.set_result(job.unit(self._connection))
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            job.future.set_exception(error)

    def _commit(self, jobs: list[_Job]) -> None:
        jobs = [job for job in jobs if job.future.set_running_or_notify_cancel()]
        try:
            with errors_in_our_words(self._path):
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    for job in jobs:
                        self._run(job)
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            # Nothing of this group is durable, also of units that had run well.
            for job in jobs:
                if not job.future.done():
                    job.future.set_exception(error)
            return
        for job in jobs:
            if job.done:
                try:
                    job.after()
                except Exception:  # noqa: BLE001 - logged; see below
                    # It is durable, so its client must be told so, and this thread must live on.
                    _log.exception("an after-commit action failed")
                job.future.set_result(job.result)

    def _run(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT unit")
        try:
            with errors_in_our_words(self._path):
                job.result = job.unit(self._connection)
        except BaseException as error:
            # A full disk may have rolled back the whole transaction: then the group has failed.
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO unit")
            self._connection.execute("RELEASE unit")
            if isinstance(error, Unavailable):
                raise
            job.future.set_exception(error)
        else:
            self._connection.execute("RELEASE unit")
            job.done = True
