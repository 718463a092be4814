"""`runstone admin org`."""

from __future__ import annotations

import click

from runstone.cli.admin.common import at_a_door, json_option
from runstone.cli.admin.teams import role_option
from runstone.cli.doors import AdminDoor
from runstone.cli.output import print_json, print_table


@click.group()
def org() -> None:
    """Organizations, which hold teams and users together."""


@org.command()
@click.argument("name")
@json_option
@at_a_door
def create(door: AdminDoor, *, name: str, as_json: bool) -> None:
    """Create an organization."""
    made = door.call("POST", "organizations", body={"name": name})
    if as_json:
        print_json(made)
    else:
        click.echo(f"Created the organization {made['name']}.")


@org.command("list")
@json_option
@at_a_door
def list_organizations(door: AdminDoor, *, as_json: bool) -> None:
    """List all organizations."""
    answer = door.call("GET", "organizations")
    if as_json:
        print_json(answer)
    else:
        columns = {"name": "organization", "created_at": "created (UTC)"}
        print_table(answer["organizations"], columns, nothing="There are no organizations.")


@org.command()
@click.argument("name")
@json_option
@at_a_door
def delete(door: AdminDoor, *, name: str, as_json: bool) -> None:
    """Delete an organization.

    Its teams stay, outside of any.
    """
    door.call("DELETE", "organizations", name)
    if as_json:
        print_json({"deleted": name})
    else:
        click.echo(f"Deleted the organization {name}.")


@org.command()
@click.argument("name", metavar="ORG")
@click.argument("username", metavar="USER")
@role_option
@json_option
@at_a_door
def add(door: AdminDoor, *, name: str, username: str, role: str, as_json: bool) -> None:
    """Add a user, or change the role.

    Whoever is in the organization already gets the new role.
    """
    door.call("PUT", "organizations", name, "members", username, body={"role": role})
    if as_json:
        print_json({"organization": name, "username": username, "role": role})
    else:
        click.echo(f"{username} is in the organization {name} as {role}.")
