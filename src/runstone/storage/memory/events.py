"""The event port within one process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections.abc import AsyncIterator

from runstone.ports.events import Events


class LocalEvents(Events):
    """Wakes listeners of this process; each remembers nothing but the newest number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Weak: a listener lives as long as the iterator that holds it, also one that is dropped
        # before it was ever advanced.
        self._listeners: weakref.WeakSet[_Listener] = weakref.WeakSet()

    def publish(self, change_seq: int) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.tell(change_seq)

    def subscribe(self, *, interval_s: float = 0.25) -> AsyncIterator[int]:
        # Registered here, not when first advanced: whoever subscribes and then reads what there
        # is must not miss what changes in between.
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.add(listener)
        return _news(listener, interval_s)


async def _news(listener: _Listener, interval_s: float) -> AsyncIterator[int]:
    while True:
        await listener.news.wait()
        listener.news.clear()
        yield listener.newest
        await asyncio.sleep(interval_s)


class _Listener:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.newest = 0
        self.news = asyncio.Event()
        self._loop = loop

    def tell(self, change_seq: int) -> None:
        if change_seq <= self.newest:
            return
        self.newest = change_seq
        if self.news.is_set():
            return
        # A loop that has ended has no listener left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.news.set)
