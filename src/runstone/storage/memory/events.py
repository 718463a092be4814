"""The event port within one process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

from runstone.ports.events import Events


class LocalEvents(Events):
    """Wakes listeners of this process; each remembers nothing but the newest number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[_Listener] = set()

    def publish(self, change_seq: int) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener.tell(change_seq)

    async def subscribe(self, *, interval_s: float = 0.25) -> AsyncIterator[int]:
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.add(listener)
        try:
            while True:
                await listener.news.wait()
                listener.news.clear()
                yield listener.newest
                await asyncio.sleep(interval_s)
        finally:
            with self._lock:
                self._listeners.discard(listener)


class _Listener:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.newest = 0
        self.news = asyncio.Event()
        self._loop = loop

    def tell(self, change_seq: int) -> None:
        self.newest = max(self.newest, change_seq)
        if self.news.is_set():
            return
        # A loop that has ended has no listener left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.news.set)
