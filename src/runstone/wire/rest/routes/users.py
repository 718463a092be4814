"""Users: for administrators, but for one's own password."""

from __future__ import annotations

from http import HTTPStatus

from runstone.services import accounts as services
from runstone.services.signin import hash_password, set_password_hash
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.passwords import apart
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.accounts import CreateUser, SetPassword, User, UserList


@route("GET", "/users", tag="Users")
async def list_users(call: Call[None, None]) -> UserList:
    """List the users; who is no administrator sees only themselves."""
    found = await call.read(lambda snapshot: services.list_users(snapshot, call.actor))
    return UserList([translate.user(user) for user in found])


@route("POST", "/users", tag="Users", status=HTTPStatus.CREATED)
async def create_user(call: Call[None, CreateUser]) -> User:
    """Make a user, with a personal entity of the same name."""
    wanted = call.body
    made = await call.write(
        lambda tx: services.create_user(
            tx,
            call.actor,
            wanted.username,
            full_name=wanted.name,
            email=wanted.email,
            is_admin=wanted.is_admin,
        )
    )
    call.context.authenticator.forget()
    return translate.user(made)


@route("DELETE", "/users/{username}", tag="Users")
async def delete_user(call: Call[None, None]) -> None:
    """Delete a user with keys, sessions and memberships; not one who has projects or runs."""
    username = call.path["username"]
    await call.write(lambda tx: services.delete_user(tx, call.actor, username))
    call.context.authenticator.forget()


@route("PUT", "/users/{username}/password", tag="Users")
async def set_password(call: Call[None, SetPassword]) -> None:
    """Set a user's password: one's own, or by an administrator."""
    username = call.path["username"]
    hashed = await apart(hash_password, call.body.password)
    await call.write(lambda tx: set_password_hash(tx, call.actor, username, hashed))
    call.context.authenticator.forget()
