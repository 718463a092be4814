"""Organizations and who is in them."""

from __future__ import annotations

from http import HTTPStatus

from runstone.services import accounts as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.accounts import (
    CreateOrganization,
    Member,
    Organization,
    OrganizationList,
    SetRole,
)


@route("GET", "/organizations", tag="Organizations")
async def list_organizations(call: Call[None, None]) -> OrganizationList:
    """List all organizations; who is no administrator sees only their own."""
    found = await call.read(lambda snapshot: services.list_organizations(snapshot, call.actor))
    return OrganizationList([translate.organization(one) for one in found])


@route("POST", "/organizations", tag="Organizations", status=HTTPStatus.CREATED)
async def create_organization(call: Call[None, CreateOrganization]) -> Organization:
    """Make an organization."""
    name = call.body.name
    made = await call.write(lambda tx: services.create_organization(tx, call.actor, name))
    call.context.authenticator.forget()
    return translate.organization(made)


@route("DELETE", "/organizations/{organization}", tag="Organizations")
async def delete_organization(call: Call[None, None]) -> None:
    """Delete an organization; its teams stay."""
    name = call.path["organization"]
    await call.write(lambda tx: services.delete_organization(tx, call.actor, name))
    call.context.authenticator.forget()


@route("PUT", "/organizations/{organization}/members/{username}", tag="Organizations")
async def set_organization_member(call: Call[None, SetRole]) -> Member:
    """Add someone to an organization, or change their role there."""
    name, username, role = call.path["organization"], call.path["username"], call.body.role
    await call.write(
        lambda tx: services.add_organization_member(tx, call.actor, name, username, role)
    )
    call.context.authenticator.forget()
    return Member(username, role)
