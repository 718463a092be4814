"""Room for bodies that are read as a whole: so many bytes at once, the others wait their turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from runstone.domain.errors import Unavailable

_PATIENCE_S: Final = 120.0
_RETRY_AFTER_S: Final = 15.0


class Room:
    """Memory that large bodies share, on one event loop.

    Whoever waits has not begun to read, so its client's bytes wait in the network. First come,
    first served: a large body is not passed by small ones for ever.
    """

    def __init__(self, num_bytes: int, *, patience_s: float = _PATIENCE_S) -> None:
        self._size = self._free = num_bytes
        self._patience_s = patience_s
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def take(self, num_bytes: int) -> AsyncIterator[None]:
        """Holds so much of the room, or all of it for what is larger.

        Raises:
            Unavailable: There was none for long (code `too-many-large-bodies`).
        """
        needed = min(num_bytes, self._size)
        if self._waiting or needed > self._free:
            await self._wait(needed)
        else:
            self._free -= needed
        try:
            yield
        finally:
            self._free += needed
            self._let_in()

    async def _wait(self, needed: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((needed, turn))
        try:
            await asyncio.wait_for(asyncio.shield(turn), self._patience_s)
        except BaseException as error:
            if turn.done():
                self._free += needed  # its turn came as it gave up
            else:
                self._waiting.remove((needed, turn))
            self._let_in()
            if isinstance(error, TimeoutError):
                raise Unavailable(
                    "Too many large manifests are on their way to this server; send it again in a "
                    "while.",
                    code="too-many-large-bodies",
                    retry_after=_RETRY_AFTER_S,
                ) from None
            raise

    def _let_in(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            needed, turn = self._waiting.popleft()
            self._free -= needed
            turn.set_result(None)
