"""One request as a route sees it, and the kinds of answer that it may give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from runstone.domain.access import Actor
from runstone.ports.store import Snapshot, Transaction
from runstone.wire.common.asgi import Scope
from runstone.wire.common.context import ServerContext

Q = TypeVar("Q")
B = TypeVar("B")
T = TypeVar("T")

Header: TypeAlias = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """A request whose credentials, query and body were found good.

    Attributes:
        actor: Who asks; `NOBODY` on the routes that need no credentials.
        path: The names in the path, percent-decoded once.
        query: As the route's struct says; None where it takes none.
        body: Likewise.
        authenticate: Proves the credentials anew, for answers that take long.
    """

    context: ServerContext
    scope: Scope
    actor: Actor
    path: dict[str, str]
    query: Q
    body: B
    authenticate: Callable[[], Awaitable[Actor]]

    async def read(self, unit: Callable[[Snapshot], T]) -> T:
        """Runs a unit of work that reads."""
        return await asyncio.wrap_future(self.context.store.read(unit))

    async def write(self, unit: Callable[[Transaction], T]) -> T:
        """Runs a unit of work; what it wrote is durable when this returns."""
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
