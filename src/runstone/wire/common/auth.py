"""From a request's headers to the actor behind it."""

from __future__ import annotations

import asyncio
import base64
import time
from collections import OrderedDict
from typing import Final

from runstone.domain.access import OPERATOR, Actor
from runstone.domain.errors import PermissionDenied, Unauthenticated
from runstone.domain.ids import ApiKeyId
from runstone.ports.store import Store, Transaction
from runstone.services.signin import actor_for_key, actor_for_session, hash_secret
from runstone.wire.common.signing import Signer

SESSION_COOKIE: Final = "runstone_session"
OPERATOR_PURPOSE: Final = "operator"
OPERATOR_LIFETIME_S: Final = 300

_CACHE_S: Final = 5.0
"""How long another process may take to hear that a key was revoked; this one hears at once."""
_CACHE_SIZE: Final = 4_096
_TOUCH_S: Final = 60.0


class Authenticator:
    """Knows who an API key or session stands for; remembers answers for a few seconds."""

    def __init__(self, store: Store, signer: Signer) -> None:
        self._store = store
        self._signer = signer
        self._known: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()
        self._touched: dict[ApiKeyId, float] = {}

    async def by_authorization(self, header: str | None) -> Actor:
        """The actor of an Authorization header: Basic (password is the key) or Bearer.

        A Bearer value is an API key, or the operator's short-lived token, made with the data
        folder's own secret.

        Raises:
            Unauthenticated: No header, not understood, or a key that opens nothing.
        """
        if not header:
            raise Unauthenticated(
                "An API key is needed: send it as the password of basic authentication (user "
                "`api`), as WANDB_API_KEY does.",
                code="no-credentials",
            )
        scheme, _, value = header.partition(" ")
        match scheme.lower():
            case "basic":
                return await self._by_key(_basic_password(value))
            case "bearer" if value.startswith("operator."):
                self._check_operator(value.removeprefix("operator."))
                return OPERATOR
            case "bearer":
                return await self._by_key(value.strip())
            case _:
                raise Unauthenticated(f"Authorization by {scheme[:20]!r} is not offered here.")

    async def by_session(self, token: str) -> Actor:
        """The actor of a browser session.

        Raises:
            Unauthenticated: No such session, or it has expired.
        """
        future = self._store.read(lambda snapshot: actor_for_session(snapshot, token))
        return await asyncio.wrap_future(future)

    def forget(self) -> None:
        """Drops all remembered answers: to be called after keys, users or roles changed."""
        self._known.clear()

    async def _by_key(self, secret: str) -> Actor:
        now = time.monotonic()
        digest = hash_secret(secret)
        known = self._known.get(digest)
        if known is not None and now - known[0] < _CACHE_S:
            return known[1]
        actor = await asyncio.wrap_future(
            self._store.read(lambda snapshot: actor_for_key(snapshot, secret))
        )
        self._known[digest] = (now, actor)
        while len(self._known) > _CACHE_SIZE:
            self._known.popitem(last=False)
        self._touch(actor, now)
        return actor

    def _touch(self, actor: Actor, now: float) -> None:
        key = actor.key_id
        if key is None or now - self._touched.get(key, -_TOUCH_S) < _TOUCH_S:
            return
        self._touched[key] = now

        def touch(tx: Transaction) -> None:
            tx.accounts.touch_key(key)

        # Nobody waits for it, and nothing depends on it.
        self._store.write(touch)

    def _check_operator(self, token: str) -> None:
        try:
            self._signer.verify(OPERATOR_PURPOSE, token, max_age_s=OPERATOR_LIFETIME_S)
        except PermissionDenied as error:
            raise Unauthenticated(
                "The operator's token is not of this data folder, or is older than "
                f"{OPERATOR_LIFETIME_S // 60} minutes; make a new one.",
                code=error.code,
            ) from error


def operator_token(signer: Signer) -> str:
    """A Bearer value for whoever holds the data folder; good for five minutes."""
    return f"operator.{signer.sign(OPERATOR_PURPOSE, 'operator')}"


def _basic_password(value: str) -> str:
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except ValueError as error:  # not base64, not ASCII before it or not UTF-8 after it
        raise Unauthenticated("The basic authentication header is malformed.") from error
    return text.partition(":")[2]
