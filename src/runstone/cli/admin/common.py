"""What every administration command takes and how it opens its door."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import closing
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from runstone.cli.doors import AdminDoor, open_door
from runstone.domain.errors import InvalidInput

P = ParamSpec("P")
C = TypeVar("C", bound=Callable[..., Any])


def door_options(command: C) -> C:
    """Gives a command the flags that say which server: `data`, `url` and `key`."""
    for option in (
        click.option(
            "--api-key",
            "--key",
            "key",
            metavar="KEY",
            help="Whose rights to use there.  Default: RUNSTONE_API_KEY.",
        ),
        click.option("--url", metavar="URL", help="A server elsewhere.  Default: RUNSTONE_URL."),
        click.option(
            "--data",
            metavar="FOLDER",
            help="A data folder here.  Default, without a URL: runstone-data.",
        ),
    ):
        command = option(command)
    return command


def at_a_door(command: Callable[Concatenate[AdminDoor, P], None]) -> Callable[..., None]:
    """Gives a command the flags that say which server, and the open door as first argument."""

    @door_options
    @functools.wraps(command)
    def opened(
        *args: Any, data: str | None, url: str | None, key: str | None, **kwargs: Any
    ) -> None:
        with closing(open_door(data=data, url=url, key=key)) as door:
            command(door, *args, **kwargs)

    return opened


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def default_user(door: AdminDoor, named: str | None) -> str | None:
    """Whom a command is about where nobody is named: the key's owner, or the one administrator.

    Returns:
        None for "whoever the key belongs to".

    Raises:
        InvalidInput: There are several administrators, or none.
    """
    if named is not None or not door.is_operator:
        return named
    administrators = [
        user["username"] for user in door.call("GET", "users")["users"] if user["is_admin"]
    ]
    if len(administrators) == 1:
        return str(administrators[0])
    if not administrators:
        raise InvalidInput("There is no administrator on this server; name a user.")
    raise InvalidInput(
        f"Say for whom: the administrators are {', '.join(administrators)}, and "
        "`runstone admin user list` shows everyone."
    )
