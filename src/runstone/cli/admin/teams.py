"""`runstone admin team`."""

from __future__ import annotations

import click

from runstone.cli.admin.common import at_a_door, json_option
from runstone.cli.doors import AdminDoor
from runstone.cli.output import print_json, print_table
from runstone.domain.access import Role

role_option = click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default=str(Role.MEMBER),
    show_default=True,
    help="What the member may do.",
)


@click.group()
def team() -> None:
    """Entities that users share, and who is in them."""


@team.command()
@click.argument("name")
@click.option("--organization", metavar="ORG", help="The organization above the team.")
@click.option("--admin", "team_admin", metavar="USER", help="The team's first administrator.")
@json_option
@at_a_door
def create(
    door: AdminDoor, *, name: str, organization: str | None, team_admin: str | None, as_json: bool
) -> None:
    """Create a team."""
    body = {"name": name, "organization": organization, "admin": team_admin}
    made = door.call("POST", "teams", body=body)
    if as_json:
        print_json(made)
    else:
        click.echo(f"Created the team {made['name']}.")


@team.command("list")
@json_option
@at_a_door
def list_teams(door: AdminDoor, *, as_json: bool) -> None:
    """List all teams."""
    answer = door.call("GET", "teams")
    if as_json:
        print_json(answer)
    else:
        columns = {"name": "team", "organization": "organization", "created_at": "created (UTC)"}
        print_table(answer["teams"], columns, nothing="There are no teams.")


@team.command()
@click.argument("name")
@json_option
@at_a_door
def delete(door: AdminDoor, *, name: str, as_json: bool) -> None:
    """Delete a team.

    Refused while it owns projects.
    """
    door.call("DELETE", "teams", name)
    if as_json:
        print_json({"deleted": name})
    else:
        click.echo(f"Deleted the team {name}.")


@team.command()
@click.argument("name", metavar="TEAM")
@click.argument("username", metavar="USER")
@role_option
@json_option
@at_a_door
def add(door: AdminDoor, *, name: str, username: str, role: str, as_json: bool) -> None:
    """Add a user, or change the role.

    Whoever is in the team already gets the new role.
    """
    door.call("PUT", "teams", name, "members", username, body={"role": role})
    if as_json:
        print_json({"team": name, "username": username, "role": role})
    else:
        click.echo(f"{username} is in the team {name} as {role}.")


@team.command()
@click.argument("name", metavar="TEAM")
@click.argument("username", metavar="USER")
@json_option
@at_a_door
def remove(door: AdminDoor, *, name: str, username: str, as_json: bool) -> None:
    """Take a user out of a team."""
    door.call("DELETE", "teams", name, "members", username)
    if as_json:
        print_json({"team": name, "removed": username})
    else:
        click.echo(f"{username} is not in the team {name}.")


@team.command()
@click.argument("name", metavar="TEAM")
@json_option
@at_a_door
def members(door: AdminDoor, *, name: str, as_json: bool) -> None:
    """List a team's members."""
    answer = door.call("GET", "teams", name, "members")
    if as_json:
        print_json(answer)
    else:
        columns = {"username": "user", "role": "role"}
        print_table(answer["members"], columns, nothing=f"Nobody is in the team {name}.")
