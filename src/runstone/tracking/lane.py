"""What one process writes into one folder of journals, by whatever comes in between.

A lane may be written by several threads; by a signal handler or a destructor that runs in the midst
of a record of the same thread; and by a forked child, whatever its parent's threads were doing. It
never waits for itself: who interrupts a record, and who was forked, writes a journal of its own.
"""

from __future__ import annotations

import threading

from runstone.tracking.journal import MAIN, Journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Final


_WITHIN: Final = "-inner"
INNER: Final = f"{MAIN}{_WITHIN}"
"""With what the names of writers begin who interrupted a record of the first process."""


class Lane:
    """Appends records for one process; may be shared by threads.

    Args:
        folder: Of the journals.
        name: Says under which name this process writes; asked when it does for the first time.
    """

    def __init__(self, folder: Path, name: Callable[[], str]) -> None:
        self._folder = folder
        self._name = name
        self._writer = ""
        self._lock = threading.RLock()
        self._is_busy = False
        """Under the lock: a record is being written, by this thread, further out."""
        self._journal: Journal | None = None
        self._inner: Lane | None = None
        self._is_closed = False

    def open(self) -> None:
        """Begins its journal, before there is a record.

        Raises:
            OSError: There is one of that name, the folder cannot be written, or the disk is full.
        """
        with self._lock:
            self._begun()

    def append(self, payload: bytes) -> None:
        """Writes a record; it is on this machine when this returns.

        Raises:
            OSError: The disk is full, or the journal cannot be made.
            ValueError: The record is longer than a gigabyte, or the lane is closed.
        """
        with self._lock:
            if self._is_busy:
                self._within().append(payload)
                return
            self._is_busy = True
            try:
                (self._journal or self._begun()).append(payload)
            finally:
                self._is_busy = False

    def close(self) -> None:
        """Gives unused space back; nothing can be appended any more."""
        with self._lock:
            self._is_closed = True
            journals = (self._inner, self._journal)
            self._inner = self._journal = None
        for journal in journals:
            if journal is not None:
                journal.close()

    def leave_to_parent(self, name: Callable[[], str]) -> None:
        """In a forked child: what is there is the parent's.

        Args:
            name: Under which the child writes; most never do.
        """
        # Whoever held it is not in this process.
        self._lock = threading.RLock()
        self._is_busy = False
        self._journal = self._inner = None
        self._name = name

    def _begun(self) -> Journal:
        if self._is_closed:
            raise ValueError("the journal is closed")
        if self._journal is None:
            self._writer = self._name()
            self._journal = Journal(self._folder, self._writer)
        return self._journal

    def _within(self) -> Lane:
        """Of whoever interrupted a record of the same thread."""
        if self._inner is None:
            name = f"{self._writer or MAIN}{_WITHIN}"
            self._inner = Lane(self._folder, lambda: name)
        return self._inner
