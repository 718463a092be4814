"""Signing in and out, and who one is."""

from __future__ import annotations

from http import HTTPStatus

from runstone import __version__
from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, Unauthenticated
from runstone.ports.store import Snapshot
from runstone.services.accounts import entities_of
from runstone.services.signin import (
    actor_for_session,
    check_password,
    create_sign_in_link,
    find_password,
    open_session,
    sign_in_by_key,
    sign_in_by_link,
    sign_out,
)
from runstone.wire.common.asgi import request_url
from runstone.wire.rest import translate
from runstone.wire.rest.authentication import require_own_page, session_cookie, session_token
from runstone.wire.rest.call import Answer, Call
from runstone.wire.rest.passwords import apart
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.accounts import (
    CreateSignInLink,
    Entity,
    Me,
    Server,
    SignedIn,
    SignIn,
    SignInLink,
    User,
)


@route("POST", "/session", tag="Session", status=HTTPStatus.CREATED, is_public=True)
async def sign_in(call: Call[None, SignIn]) -> Answer[SignedIn]:
    """Sign in.

    Give exactly one of: the `token` of a sign-in link (good once), an `api_key`, or `username`
    and `password`. The answer sets the cookie `runstone_session`.
    """
    token = await _prove(call)

    def who(snapshot: Snapshot) -> User:
        return _shown(snapshot, actor_for_session(snapshot, token))

    cookie = session_cookie(call.context, call.scope, token)
    return Answer(SignedIn(await call.read(who)), (cookie,))


@route("DELETE", "/session", tag="Session", is_public=True)
async def end_session(call: Call[None, None]) -> Answer[None]:
    """Sign out.

    Ends the session of the cookie, also one that has expired already, and clears the cookie.
    """
    token = session_token(call.scope)
    if token is None:
        raise Unauthenticated("There is no session to end.", code="no-credentials")
    require_own_page(call.scope)
    await call.write(lambda tx: sign_out(tx, token))
    return Answer(None, (session_cookie(call.context, call.scope, None),))


@route("GET", "/me", tag="Session")
async def get_me(call: Call[None, None]) -> Me:
    """Who the request acts for."""
    base_url = request_url(call.scope, call.context.public_url)

    def read(snapshot: Snapshot) -> Me:
        entities = [Entity(e.name, e.kind) for e in entities_of(snapshot, call.actor)]
        return Me(_shown(snapshot, call.actor), entities, Server(base_url, __version__))

    return await call.read(read)


@route("POST", "/sign-in-links", tag="Session", status=HTTPStatus.CREATED)
async def make_sign_in_link(call: Call[None, CreateSignInLink]) -> SignInLink:
    """Make a link that signs someone in.

    For oneself, or by an administrator for anyone. It works once, within a day.
    """
    username = call.body.user or call.actor.username
    token = await call.write(lambda tx: create_sign_in_link(tx, call.actor, username))
    base_url = request_url(call.scope, call.context.public_url)
    return SignInLink(token, f"{base_url}/signin?token={token}")


async def _prove(call: Call[None, SignIn]) -> str:
    match call.body:
        case SignIn(token=str(link), api_key=None, username=None, password=None):
            return await call.write(lambda tx: sign_in_by_link(tx, link))
        case SignIn(token=None, api_key=str(key), username=None, password=None):
            return await call.write(lambda tx: sign_in_by_key(tx, key))
        case SignIn(token=None, api_key=None, username=str(username), password=str(password)):
            stored = await call.read(lambda snapshot: find_password(snapshot, username))
            user = await apart(check_password, stored, password)
            return await call.write(lambda tx: open_session(tx, user))
        case _:
            raise InvalidInput(
                "Give exactly one of: token, api_key, or username and password together.",
                code="sign-in-incomplete",
            )


def _shown(snapshot: Snapshot, actor: Actor) -> User:
    found = None if actor.user_id is None else snapshot.accounts.user(actor.user_id)
    return translate.operator(actor) if found is None else translate.user(found)
