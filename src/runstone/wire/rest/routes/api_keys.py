"""API keys."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.errors import NotFound
from runstone.domain.ids import ApiKeyId
from runstone.services import accounts as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.accounts import ApiKeyList, CreateApiKey, NewApiKey


class ListApiKeys(Struct, forbid_unknown_fields=True):
    """Query of `list_api_keys`."""

    user: Annotated[
        str | None, Meta(description="Only this user's; all that you may see, if left out.")
    ] = None


@route("GET", "/api-keys", tag="API keys")
async def list_api_keys(call: Call[ListApiKeys, None]) -> ApiKeyList:
    """List API keys, newest first; their secrets are shown only once, when they are made."""
    user = call.query.user
    found = await call.read(lambda snapshot: services.list_keys(snapshot, call.actor, user))
    return ApiKeyList([translate.api_key(key) for key in found])


@route("POST", "/api-keys", tag="API keys", status=HTTPStatus.CREATED)
async def create_api_key(call: Call[None, CreateApiKey]) -> NewApiKey:
    """Make an API key, or (an administrator) register one of a chosen value."""
    wanted = call.body
    username = wanted.user or call.actor.username
    days = wanted.lifetime_days
    key, secret = await call.write(
        lambda tx: services.create_key(
            tx,
            call.actor,
            username,
            name=wanted.name,
            secret=wanted.secret,
            lifetime=None if days is None else timedelta(days=days),
        )
    )
    call.context.authenticator.forget()
    return NewApiKey(translate.api_key(key), secret)


@route("DELETE", "/api-keys/{id}", tag="API keys")
async def delete_api_key(call: Call[None, None]) -> None:
    """Revoke an API key: it opens nothing from now on."""
    text = call.path["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound(f"There is no API key number {text[:50]}; keys are numbered.")
    number = ApiKeyId(int(text))
    await call.write(lambda tx: services.delete_key(tx, call.actor, number))
    call.context.authenticator.forget()
