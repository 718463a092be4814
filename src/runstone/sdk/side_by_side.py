"""Works that are done side by side, and that no end of a script waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Final

_LOOK_S: Final = 0.2
"""How often the thread that waits for them does something else."""


class SideBySide:
    """Works in threads that nobody waits for at the end of the process.

    Those of `concurrent.futures` would be joined there: a server that hangs would hold a script
    that has ended. They also cannot be begun any more where a run is finished by the interpreter.
    """

    def __init__(self, works: Iterable[Callable[[], None]]) -> None:
        self._works: SimpleQueue[Callable[[], None]] = SimpleQueue()
        for work in works:
            self._works.put(work)
        self._error: BaseException | None = None
        self._is_over = threading.Event()

    def run(self, workers: int, meanwhile: Callable[[], object] | None) -> None:
        """Does all of them; the first error ends it, and nothing more is begun."""
        num_workers = min(workers, self._works.qsize())
        threads = [
            threading.Thread(target=self._work, name="runstone-upload", daemon=True)
            for _ in range(num_workers)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(_LOOK_S)
                    if meanwhile is not None:
                        meanwhile()
        finally:
            self._is_over.set()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while not self._is_over.is_set():
            try:
                self._works.get_nowait()()
            except Empty:
                return
            except BaseException as error:  # noqa: BLE001 - raised by whoever waits
                self._error = self._error or error
                self._is_over.set()
