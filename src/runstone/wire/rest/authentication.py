"""Who a request acts for: an Authorization header, or a browser's session cookie."""

from __future__ import annotations

from typing import Final

from runstone.domain.access import Actor
from runstone.domain.errors import PermissionDenied, Unauthenticated
from runstone.services.signin import SESSION_LIFETIME
from runstone.wire.common.asgi import Scope, header, request_url
from runstone.wire.common.auth import SESSION_COOKIE
from runstone.wire.common.context import ServerContext
from runstone.wire.rest.call import Header

_SAFE_METHODS: Final = ("GET", "HEAD")


async def authenticate(context: ServerContext, scope: Scope) -> Actor:
    """The actor of a request.

    Raises:
        Unauthenticated: No credentials, or they open nothing.
        PermissionDenied: A change, by cookie, without the header that only our own page sends.
    """
    authorization = header(scope, b"authorization")
    if authorization is not None:
        return await context.authenticator.by_authorization(authorization)
    token = session_token(scope)
    if token is None:
        raise Unauthenticated(
            "Sign in first, or send an API key as the password of basic authentication or as a "
            "Bearer token.",
            code="no-credentials",
        )
    require_own_page(scope)
    return await context.authenticator.by_session(token)


def session_token(scope: Scope) -> str | None:
    """The secret in the session cookie, if there is one."""
    # By hand: http.cookies drops them all when one of another program on this host is odd.
    for cookie in (header(scope, b"cookie") or "").split(";"):
        name, _, value = cookie.strip().partition("=")
        if name == SESSION_COOKIE and value:
            return value
    return None


def require_own_page(scope: Scope) -> None:
    """Refuses changes that another site may have made a browser send along with its cookie.

    Raises:
        PermissionDenied: The header is missing, which no other site's page can set.
    """
    if scope["method"] not in _SAFE_METHODS and not header(scope, b"x-runstone-csrf"):
        raise PermissionDenied(
            "A change that is authenticated by cookie needs the header X-Runstone-CSRF: 1.",
            code="csrf",
        )


def session_cookie(context: ServerContext, scope: Scope, token: str | None) -> Header:
    """The Set-Cookie header that opens a session, or ends it (None)."""
    max_age = 0 if token is None else int(SESSION_LIFETIME.total_seconds())
    cookie = f"{SESSION_COOKIE}={token or ''}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax"
    if request_url(scope, context.public_url).startswith("https:"):
        cookie += "; Secure"
    return (b"set-cookie", cookie.encode("latin-1"))
