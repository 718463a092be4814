"""`runstone admin user`."""

from __future__ import annotations

import sys

import click

from runstone.cli.admin.common import at_a_door, json_option
from runstone.cli.doors import AdminDoor
from runstone.cli.output import print_json, print_table


@click.group()
def user() -> None:
    """People, and services that act like one."""


@user.command()
@click.argument("username")
@click.option("--full-name", metavar="TEXT", help="As others see it.  Default: the user name.")
@click.option("--email", metavar="ADDRESS")
@click.option("--admin", "is_admin", is_flag=True, help="Administrator of the server.")
@json_option
@at_a_door
def create(
    door: AdminDoor,
    *,
    username: str,
    full_name: str | None,
    email: str | None,
    is_admin: bool,
    as_json: bool,
) -> None:
    """Create a user.

    A way in is made with `runstone admin link USER`, `admin user password` or `admin key create`.
    """
    body = {"username": username, "name": full_name, "email": email, "is_admin": is_admin}
    made = door.call("POST", "users", body=body)
    if as_json:
        print_json(made)
    else:
        what = "administrator" if made["is_admin"] else "user"
        click.echo(f"Created the {what} {made['username']}.")


@user.command("list")
@json_option
@at_a_door
def list_users(door: AdminDoor, *, as_json: bool) -> None:
    """List all users."""
    answer = door.call("GET", "users")
    if as_json:
        print_json(answer)
    else:
        columns = {
            "username": "user",
            "name": "full name",
            "email": "email",
            "is_admin": "administrator",
        }
        print_table(answer["users"], columns, nothing="There are no users.")


@user.command()
@click.argument("username")
@json_option
@at_a_door
def delete(door: AdminDoor, *, username: str, as_json: bool) -> None:
    """Delete a user.

    All keys, sessions and memberships go along. Refused while projects or runs of that user are
    left.
    """
    door.call("DELETE", "users", username)
    if as_json:
        print_json({"deleted": username})
    else:
        click.echo(f"Deleted the user {username}.")


@user.command()
@click.argument("username")
@at_a_door
def password(door: AdminDoor, *, username: str) -> None:
    """Set a user's password.

    It is asked for, or is the first line of standard input where that is no terminal.
    """
    if sys.stdin.isatty():
        chosen = click.prompt(f"New password of {username}", hide_input=True, err=True)
        again = click.prompt("Once more", hide_input=True, err=True)
        if chosen != again:
            raise click.ClickException("The two passwords differ; nothing was changed.")
    else:
        chosen = sys.stdin.readline().rstrip("\r\n")
    door.call("PUT", "users", username, "password", body={"password": chosen})
    click.echo(f"Set the password of {username}.")
