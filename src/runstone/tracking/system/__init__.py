"""What the machine does while a run goes on: measured by a thread, in a journal of its own.

A source that fails is asked no more; where nothing can be measured, nothing is said.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from runstone.tracking.background import importing, spawn

_PAUSE_S: Final = 0.7
"""Until anything is imported: the shortest runs do without it."""
_FIRST_LOOK_S: Final = 0.4
"""After that: CPU and network are differences, and short runs have one, too."""

Keep = Callable[[int, float, dict[str, float]], None]
"""Keeps a look: its number, when it was, and what was measured."""


class Source(ABC):
    """Something that can be measured; used by one thread."""

    @abstractmethod
    def measure(self) -> dict[str, float]:
        """Values by key, as `domain.system_metrics` knows them; those that are unknown left out."""

    def close(self) -> None:  # noqa: B027 - most have nothing to give back
        """Nothing is measured any more."""


class SystemMetrics:
    """Looks at the machine from its start until it is stopped.

    Args:
        sources: Makes the sources; called in the thread, which alone imports what they need.
        keep: Told of every look.
        interval_s: From look to look.
    """

    def __init__(
        self, sources: Callable[[], list[Source]], keep: Keep, *, interval_s: float
    ) -> None:
        self._make_sources = sources
        self._keep = keep
        self._interval_s = interval_s
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begins to look; nothing where it was stopped before."""
        if not self._is_over.is_set():
            spawn(self._run, "runstone-system")

    def stop(self) -> None:
        """No further look; does not wait for one that is being taken."""
        self._is_over.set()

    def _run(self) -> None:
        # The first rows of a script have the interpreter to themselves.
        if self._is_over.wait(min(_PAUSE_S, self._interval_s)):
            return
        with importing():
            sources = self._make_sources()
        sources = [source for source in sources if _is_usable(source)]
        number = 0
        pause_s = min(_FIRST_LOOK_S, self._interval_s)
        while not self._is_over.wait(pause_s):
            began = time.monotonic()
            now, values = time.time(), {}
            for source in list(sources):
                try:
                    values.update(source.measure())
                except Exception:  # noqa: BLE001 - a driver that is gone, a file that is not there
                    sources.remove(source)
            if self._is_over.is_set():
                break
            if values:
                self._keep(number, now, values)
                number += 1
            pause_s = max(0.0, self._interval_s - (time.monotonic() - began))
        for source in sources:
            source.close()


def _is_usable(source: Source) -> bool:
    """Whether a first look, from which differences are counted, succeeds."""
    try:
        source.measure()
    except Exception:  # noqa: BLE001 - there is none of it
        return False
    return True


def all_sources(pid: int) -> list[Source]:
    """Everything that is known here, be it there or not.

    Args:
        pid: Of the run's process.
    """
    from runstone.tracking.system.amd import AmdGpus
    from runstone.tracking.system.container import Container
    from runstone.tracking.system.machine import Machine
    from runstone.tracking.system.nvidia import NvidiaGpus, load_nvml

    nvml = load_nvml()
    makers: list[Callable[[], Source]] = [lambda: Machine(pid), Container, AmdGpus]
    if nvml is not None:
        makers.append(lambda: NvidiaGpus(nvml, pid))
    found: list[Source] = []
    for make in makers:
        # A GPU that was lost, a working directory that is gone: the others are measured.
        with suppress(Exception):
            found.append(make())
    return found
