"""Teams and who is in them."""

from __future__ import annotations

from http import HTTPStatus

from runstone.ports.store import Snapshot
from runstone.services import accounts as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.accounts import (
    CreateTeam,
    Member,
    MemberList,
    SetRole,
    Team,
    TeamList,
)


@route("GET", "/teams", tag="Teams")
async def list_teams(call: Call[None, None]) -> TeamList:
    """List the teams that you may see."""

    def read(snapshot: Snapshot) -> list[Team]:
        above = {o.id: o.name for o in services.list_organizations(snapshot, call.actor)}
        return [
            translate.team(team, above.get(team.organization_id) if team.organization_id else None)
            for team in services.list_teams(snapshot, call.actor)
        ]

    return TeamList(await call.read(read))


@route("POST", "/teams", tag="Teams", status=HTTPStatus.CREATED)
async def create_team(call: Call[None, CreateTeam]) -> Team:
    """Make a team."""
    wanted = call.body
    made = await call.write(
        lambda tx: services.create_team(
            tx,
            call.actor,
            wanted.name,
            organization=wanted.organization,
            team_admin=wanted.admin,
        )
    )
    call.context.authenticator.forget()
    return translate.team(made, wanted.organization)


@route("DELETE", "/teams/{team}", tag="Teams")
async def delete_team(call: Call[None, None]) -> None:
    """Delete a team that owns no projects."""
    team = call.path["team"]
    await call.write(lambda tx: services.delete_team(tx, call.actor, team))
    call.context.authenticator.forget()


@route("GET", "/teams/{team}/members", tag="Teams")
async def list_members(call: Call[None, None]) -> MemberList:
    """List who is in a team."""
    team = call.path["team"]
    found = await call.read(lambda snapshot: services.list_members(snapshot, call.actor, team))
    return MemberList([translate.member(member) for member in found])


@route("PUT", "/teams/{team}/members/{username}", tag="Teams")
async def set_member(call: Call[None, SetRole]) -> Member:
    """Add someone to a team, or change their role there."""
    team, username, role = call.path["team"], call.path["username"], call.body.role
    await call.write(lambda tx: services.add_member(tx, call.actor, team, username, role))
    call.context.authenticator.forget()
    return Member(username, role)


@route("DELETE", "/teams/{team}/members/{username}", tag="Teams")
async def remove_member(call: Call[None, None]) -> None:
    """Take someone out of a team; oneself, too."""
    team, username = call.path["team"], call.path["username"]
    await call.write(lambda tx: services.remove_member(tx, call.actor, team, username))
    call.context.authenticator.forget()
