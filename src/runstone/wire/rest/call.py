"""One request as a route sees it, and the kinds of answer that it may give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from runstone.domain.access import Actor
from runstone.ports.store import Snapshot, Transaction
from runstone.wire.common.asgi import ClientGone, Scope
from runstone.wire.common.context import ServerContext

Q = TypeVar("Q")
B = TypeVar("B")
T = TypeVar("T")

Header: TypeAlias = tuple[bytes, bytes]


class Cancellation:
    """Whether the client of one request has gone away, and what is waited for on its behalf.

    `is_cancelled` may be read from any thread; all else belongs to the event loop.
    """

    __slots__ = ("_waiting", "is_cancelled")

    def __init__(self) -> None:
        self.is_cancelled = False
        self._waiting: set[asyncio.Future[Any]] = set()

    def cancel(self) -> None:
        """Gives up what is waited for: a unit that has not begun is not run."""
        self.is_cancelled = True
        for future in tuple(self._waiting):
            future.cancel()

    async def wait(self, future: Future[T]) -> T:
        """The result of what runs in another thread.

        Raises:
            ClientGone: The client has gone away; nobody wants the result.
        """
        if self.is_cancelled:
            future.cancel()
            raise ClientGone
        waiting = asyncio.wrap_future(future)
        self._waiting.add(waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            # Else it is the request's own task that was cancelled, which goes on up.
            if self.is_cancelled:
                raise ClientGone from None
            raise
        finally:
            self._waiting.discard(waiting)


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """A request whose credentials, query and body were found good.

    Attributes:
        actor: Who asks; `NOBODY` on the routes that need no credentials.
        path: The names in the path, percent-decoded once.
        query: As the route's struct says; None where it takes none.
        body: Likewise.
        authenticate: Proves the credentials anew, for answers that take long.
        cancellation: Told by the application when the client goes away.
    """

    context: ServerContext
    scope: Scope
    actor: Actor
    path: dict[str, str]
    query: Q
    body: B
    authenticate: Callable[[], Awaitable[Actor]]
    cancellation: Cancellation = field(default_factory=Cancellation)

    def is_cancelled(self) -> bool:
        """Whether the client has gone away, so that what is being computed is for nobody.

        From any thread. A unit that reads for long asks now and then, and raises `ClientGone`
        where it is so; one that has not begun by then is never run.
        """
        return self.cancellation.is_cancelled

    async def read(self, unit: Callable[[Snapshot], T]) -> T:
        """Runs a unit of work that reads.

        Raises:
            ClientGone: The client went away meanwhile.
        """
        return await self.wait(self.context.store.read(unit))

    async def wait(self, future: Future[T]) -> T:
        """The result of reading that was begun elsewhere, given up when the client goes away.

        Raises:
            ClientGone: It did.
        """
        return await self.cancellation.wait(future)

    async def write(self, unit: Callable[[Transaction], T]) -> T:
        """Runs a unit of work; what it wrote is durable when this returns.

        It is carried out whether or not the client stays to hear of it.
        """
        return await asyncio.wrap_future(self.context.store.write(unit))


AnyCall: TypeAlias = Call[Any, Any]

NOBODY = Actor(user_id=None, username="")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A struct with headers of its own."""

    content: T
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Bytes of known size, in pieces made when they are about to be sent."""

    chunks: Iterable[bytes]
    size_bytes: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes as they come, until the source, the client or the server ends it."""

    chunks: AsyncIterator[bytes]
    content_type: str


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes with the status and all headers that HTTP's rules for them ask for.

    Attributes:
        chunks: None for an answer without a body.
    """

    status: int
    headers: tuple[Header, ...]
    chunks: AsyncIterator[bytes] | None
