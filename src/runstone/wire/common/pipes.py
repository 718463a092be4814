"""Answers that a thread writes while the client reads them: bounded, fair, and ended by either.

The writing side is plain and synchronous (encoders, zip files). It waits when the client is slow,
stops when the client is gone, and takes turns with others: two of them work at a time, whatever
the number of clients, so that long exports leave room for everybody's charts.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from runstone.domain.errors import Unavailable
from runstone.services.export import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PIPES: Final = 32
_AT_WORK: Final = 2
_CHUNK_BYTES: Final = 256 * 1024
_MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
_STALLED_S: Final = 300.0
"""A client that has taken nothing for so long is taken for gone."""


class Pipes:
    """The pipes of one server."""

    def __init__(self, *, stalled_s: float = _STALLED_S) -> None:
        self._turns = threading.Semaphore(_AT_WORK)
        self._stalled_s = stalled_s
        self._lock = threading.Lock()
        self._num_open = 0

    def stream(self, write: Callable[[Pipe], None], *, name: str) -> AsyncIterator[bytes]:
        """What `write` writes, from a thread that begins when the first bytes are asked for.

        When `write` raises, so does the iterator, after the bytes before it. Closing the iterator
        stops the thread at its next `write` or `check`.

        Raises:
            Unavailable: Too many are open (when first advanced).
        """
        return self._stream(write, name)

    async def _stream(self, write: Callable[[Pipe], None], name: str) -> AsyncIterator[bytes]:
        with self._counted():
            pipe = Pipe(asyncio.get_running_loop(), self._turns, self._stalled_s)
            thread = threading.Thread(target=pipe.run, args=(write,), name=name, daemon=True)
            thread.start()
            try:
                while chunk := await pipe.take():
                    yield chunk
            finally:
                pipe.stop()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            if self._num_open >= MAX_PIPES:
                raise Unavailable(
                    f"{MAX_PIPES} exports are running; try again when one has ended.",
                    code="too-many-exports",
                    retry_after=10.0,
                )
            self._num_open += 1
        try:
            yield
        finally:
            with self._lock:
                self._num_open -= 1


class Pipe:
    """One stream of bytes from a thread to the event loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, turns: threading.Semaphore, stalled_s: float
    ) -> None:
        self._loop = loop
        self._turns = turns
        self._stalled_s = stalled_s
        self._parts: list[bytes] = []
        self._num_bytes = 0
        self._changed = threading.Condition()
        self._ready: deque[bytes] = deque()
        self._ready_bytes = 0
        self._is_stopped = False
        self._is_done = False
        self._error: BaseException | None = None
        self._arrived = asyncio.Event()

    # The thread's side

    def write(self, data: bytes) -> int:
        """Takes bytes; waits while the client has many to read.

        Raises:
            Stopped: The client is gone, or as good as gone.
        """
        self._parts.append(data)
        self._num_bytes += len(data)
        if self._num_bytes >= _CHUNK_BYTES:
            self._hand_over()
        return len(data)

    def flush(self) -> None:
        """Nothing: bytes go on when there are enough of them."""

    def check(self) -> None:
        """Lets others have their turn.

        Raises:
            Stopped: The client is gone.
        """
        if self._is_stopped:
            raise Stopped
        self._turns.release()
        self._turns.acquire()

    def run(self, write: Callable[[Pipe], None]) -> None:
        """The thread: writes all, and says how it ended."""
        error: BaseException | None = None
        with self._turns:
            try:
                write(self)
                self._hand_over()
            except BaseException as failure:  # noqa: BLE001 - it is raised where it is waited for
                error = failure
        with self._changed:
            self._error = error
            self._is_done = True
        self._wake()

    def _hand_over(self) -> None:
        data = b"".join(self._parts)
        self._parts, self._num_bytes = [], 0
        if not data:
            return
        with self._changed:
            if self._ready_bytes >= _MAX_WAITING_BYTES and not self._is_stopped:
                self._wait_for_room()
            if self._is_stopped:
                raise Stopped
            self._ready.append(data)
            self._ready_bytes += len(data)
        self._wake()

    def _wait_for_room(self) -> None:
        # Others work meanwhile.
        self._turns.release()
        try:
            has_room = self._changed.wait_for(
                lambda: self._is_stopped or self._ready_bytes <= _MAX_WAITING_BYTES // 2,
                timeout=self._stalled_s,
            )
        finally:
            self._changed.release()
            try:
                self._turns.acquire()
            finally:
                self._changed.acquire()
        if not has_room:
            self._is_stopped = True

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the server has ended
            self._is_stopped = True

    # The event loop's side

    async def take(self) -> bytes:
        """The next bytes; none at the end.

        Raises:
            RunstoneError: Writing failed; or the client was too slow (`Unavailable`).
        """
        while True:
            with self._changed:
                if self._ready:
                    data = self._ready.popleft()
                    self._ready_bytes -= len(data)
                    # Not for each piece: threads that take turns at every one are slow.
                    if self._ready_bytes <= _MAX_WAITING_BYTES // 2:
                        self._changed.notify_all()
                    return data
                if self._is_done:
                    return self._end()
            self._arrived.clear()
            if not self._ready and not self._is_done:
                await self._arrived.wait()

    def stop(self) -> None:
        """Nobody reads any more."""
        with self._changed:
            self._is_stopped = True
            self._ready.clear()
            self._changed.notify_all()

    def _end(self) -> bytes:
        if isinstance(self._error, Stopped):
            raise Unavailable("The client has taken nothing for minutes.", code="client-stalled")
        if self._error is not None:
            raise self._error
        return b""
