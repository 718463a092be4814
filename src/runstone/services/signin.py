"""Proving who someone is: keys, sessions, one-time links, passwords."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from runstone.domain.access import Actor, is_own_name, require_admin
from runstone.domain.errors import InvalidInput, NotFound, Unauthenticated
from runstone.domain.ids import ApiKeyId, EntityId, new_token
from runstone.ports.store import Snapshot, Transaction

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SESSION_LIFETIME: Final = timedelta(days=30)
LINK_LIFETIME: Final = timedelta(hours=24)
MIN_PASSWORD_CHARS: Final = 10


def hash_secret(secret: str) -> bytes:
    """What is stored of a key or token: 32 bytes of SHA-256. Secrets are random, not guessable."""
    return hashlib.sha256(_bytes(secret)).digest()


def actor_for_key(snapshot: Snapshot, secret: str) -> Actor:
    """Who an API key acts for.

    Raises:
        Unauthenticated: No such key, or it has expired.
    """
    key = snapshot.accounts.key_by_hash(hash_secret(secret))
    if key is None:
        raise Unauthenticated(
            "The API key is not known to this server: it may have been revoked, or belong to "
            "another server. Make one on the page /authorize or with `runstone admin key create`.",
            code="invalid-api-key",
        )
    if key.expires_at is not None and key.expires_at <= snapshot.now:
        raise Unauthenticated(
            f"The API key {key.hint}… expired on {key.expires_at:%Y-%m-%d}. Make a new one.",
            code="expired-api-key",
        )
    return actor_for_user(snapshot, key.user_id, key_id=key.id)


def actor_for_session(snapshot: Snapshot, token: str) -> Actor:
    """Who a browser session acts for.

    Raises:
        Unauthenticated: No such session, or it has expired.
    """
    user = snapshot.accounts.session_user(hash_secret(token))
    if user is None:
        raise Unauthenticated(
            "The sign-in has expired or was ended. Sign in again: `runstone admin link` prints "
            "a new link.",
            code="session-expired",
        )
    return actor_for_user(snapshot, user)


def actor_for_user(
    snapshot: Snapshot, user_id: EntityId, *, key_id: ApiKeyId | None = None
) -> Actor:
    """The actor that stands for a user, with the user's roles as they are now.

    Raises:
        Unauthenticated: The user is gone.
    """
    user = snapshot.accounts.user(user_id)
    if user is None:
        raise Unauthenticated("The user of this key or session is gone.", code="user-gone")
    return Actor(
        user_id=user.id,
        username=user.username,
        is_admin=user.is_admin,
        roles={team.id: role for team, role in snapshot.accounts.teams_of(user.id)},
        key_id=key_id,
    )


def create_sign_in_link(tx: Transaction, actor: Actor, username: str) -> str:
    """The secret of a link that signs `username` in, once, within a day.

    Raises:
        PermissionDenied: Neither an administrator nor that user.
        NotFound: No such user.
    """
    if not is_own_name(actor, username):
        require_admin(actor, doing=f"make a sign-in link for {username}")
    user = tx.accounts.entity(username)
    if user is None or tx.accounts.user(user.id) is None:
        raise NotFound(f"There is no user {username}; `runstone admin user list` shows them all.")
    token = new_token()
    tx.accounts.create_sign_in_link(user.id, hash_secret(token), tx.now + LINK_LIFETIME)
    return token


def sign_in_by_link(tx: Transaction, token: str) -> str:
    """Uses up a one-time link; returns the new session's secret.

    Raises:
        Unauthenticated: The link was used, has expired, or never was.
    """
    user = tx.accounts.use_sign_in_link(hash_secret(token))
    if user is None:
        raise Unauthenticated(
            "This sign-in link was used already or has expired. `runstone admin link` prints a "
            "new one.",
            code="link-used",
        )
    return open_session(tx, user)


def sign_in_by_key(tx: Transaction, secret: str) -> str:
    """Opens a session for the user of an API key; returns the session's secret.

    Raises:
        Unauthenticated: As `actor_for_key`.
    """
    actor = actor_for_key(tx, secret)
    assert actor.user_id is not None
    return open_session(tx, actor.user_id)


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """What is known of a user name's password; both None where there is nobody or no password."""

    user: EntityId | None
    password_hash: str | None


def find_password(snapshot: Snapshot, username: str) -> StoredPassword:
    """What `check_password` needs: the first of three steps, since hashing is slow on purpose.

    Read this in one unit, check outside of any (the store's threads would stand still for it),
    and open the session in another.
    """
    entity = snapshot.accounts.entity(username)
    stored = snapshot.accounts.password_hash(entity.id) if entity else None
    return StoredPassword(entity.id if entity and stored else None, stored)


def check_password(stored: StoredPassword, password: str) -> EntityId:
    """Whose password it is. Takes some 50 ms and 64 MiB.

    Raises:
        Unauthenticated: Unknown user, no password set, or a wrong one: one text for all three.
    """
    # Hash also where there is nobody, so that the time taken does not tell who exists.
    matches = _password_matches(stored.password_hash or _hash_of_nothing(), password)
    if stored.user is None or not matches:
        raise Unauthenticated("The user name or the password is wrong.", code="wrong-password")
    return stored.user


def open_session(tx: Transaction, user: EntityId) -> str:
    """Opens a session for whoever has just proved to be `user`; returns its secret."""
    token = new_token()
    tx.accounts.create_session(user, hash_secret(token), tx.now + SESSION_LIFETIME)
    return token


def hash_password(password: str) -> str:
    """What is stored of a password. Slow on purpose: call it outside of any unit of work.

    Raises:
        InvalidInput: Shorter than 10 characters.
    """
    if len(password) < MIN_PASSWORD_CHARS:
        raise InvalidInput(f"A password needs at least {MIN_PASSWORD_CHARS} characters.")
    return _hasher().hash(_bytes(password))


def set_password_hash(tx: Transaction, actor: Actor, username: str, password_hash: str) -> None:
    """Sets a user's password, given as `hash_password` makes it.

    Raises:
        PermissionDenied: Neither an administrator nor that user.
        NotFound: No such user.
    """
    if not is_own_name(actor, username):
        require_admin(actor, doing="set another user's password")
    entity = tx.accounts.entity(username)
    if entity is None:
        raise NotFound(f"There is no user {username}.")
    tx.accounts.set_password_hash(entity.id, password_hash)


def sign_out(tx: Transaction, token: str) -> None:
    """Ends a session; nothing happens where there is none."""
    tx.accounts.delete_session(hash_secret(token))


@cache
def _hasher() -> PasswordHasher:
    # Imported on first use: the server starts without it.
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _hash_of_nothing() -> str:
    return _hasher().hash(new_token())


def _password_matches(password_hash: str, password: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(password_hash, _bytes(password))
    except VerificationError:
        return False


def _bytes(secret: str) -> bytes:
    # JSON may say half a character; that is a wrong password, not an error of ours.
    return secret.encode("utf-8", "surrogatepass")
