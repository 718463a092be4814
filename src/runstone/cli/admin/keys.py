"""`runstone admin key` and `runstone admin link`."""

from __future__ import annotations

import sys

import click

from runstone.cli.admin.common import at_a_door, default_user, json_option
from runstone.cli.doors import AdminDoor
from runstone.cli.output import print_json, print_table


@click.group()
def key() -> None:
    """API keys: what scripts and the wandb client sign in with."""


@key.command()
@click.option("--user", "username", metavar="USER", help="Whom it acts for.  Default: you.")
@click.option("--name", default="", metavar="TEXT", help="To recognise it by.")
@click.option(
    "--secret",
    metavar="VALUE",
    help="Register this existing key (40 characters or more) instead of making one up; - reads "
    "it from standard input.",
)
@click.option(
    "--expires-days",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Days it is good for.",
)
@click.option("--quiet", is_flag=True, help="Print the key alone, for $(…).")
@json_option
@at_a_door
def create(
    door: AdminDoor,
    *,
    username: str | None,
    name: str,
    secret: str | None,
    expires_days: float | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Create an API key.

    The key is shown this once: only a hash of it is kept.
    """
    if secret == "-":  # noqa: S105 - says where to read it
        secret = sys.stdin.readline().strip()
    body = {
        "user": default_user(door, username),
        "name": name,
        "secret": secret,
        "lifetime_days": expires_days,
    }
    made = door.call("POST", "api-keys", body=body)
    if as_json:
        print_json(made)
        return
    if quiet:
        click.echo(made["secret"])
        return
    record = made["key"]
    until = record["expires_at"]
    validity = f"until {until[:10]}" if until else "until it is deleted"
    click.echo(f"Created API key {record['id']} of {record['username']}, good {validity}.")
    if secret is None:
        click.echo(f"It is shown this once:\n\n  {made['secret']}\n")


@key.command("list")
@click.option("--user", "username", metavar="USER", help="Of this user alone.")
@json_option
@at_a_door
def list_keys(door: AdminDoor, *, username: str | None, as_json: bool) -> None:
    """List API keys, newest first.

    Their secrets are not kept and cannot be shown.
    """
    query = {"user": username} if username else None
    answer = door.call("GET", "api-keys", query=query)
    if as_json:
        print_json(answer)
    else:
        columns = {
            "id": "id",
            "username": "user",
            "name": "name",
            "hint": "begins with",
            "created_at": "created (UTC)",
            "last_used_at": "last used",
            "expires_at": "expires",
        }
        print_table(answer["keys"], columns, nothing="There are no API keys.")


@key.command()
@click.argument("number", metavar="ID", type=int)
@json_option
@at_a_door
def delete(door: AdminDoor, *, number: int, as_json: bool) -> None:
    """Revoke an API key.

    It opens nothing from now on.
    """
    door.call("DELETE", "api-keys", str(number))
    if as_json:
        print_json({"deleted": number})
    else:
        click.echo(f"Deleted API key {number}.")


@click.command()
@click.argument("username", metavar="[USER]", required=False)
@json_option
@at_a_door
def link(door: AdminDoor, *, username: str | None, as_json: bool) -> None:
    """Print a link that signs a user in, once, within a day."""
    answer = door.call("POST", "sign-in-links", body={"user": default_user(door, username)})
    if as_json:
        print_json(answer)
    else:
        click.echo(answer["url"])
