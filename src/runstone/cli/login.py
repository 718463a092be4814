"""`runstone login`: the server and the key that this user's scripts send runs to."""

from __future__ import annotations

import click

from runstone.tracking.login import login as log_in


@click.command()
@click.argument("key", required=False)
@click.option(
    "--host", "--url", metavar="URL",
    help="The server.  Default: RUNSTONE_URL, or the one of the last login.",
)  # fmt: skip
@click.option("--relogin", is_flag=True, help="Ask for a key even if there is one.")
@click.option(
    "--verify/--no-verify", default=True, show_default=True,
    help="Ask the server whether it knows the key.",
)  # fmt: skip
def login(key: str | None, host: str | None, relogin: bool, verify: bool) -> None:
    """Remember a server and an API key for your scripts.

    KEY is asked for if it is left out and none is known; pages of the server show where to make
    one. Both are kept in ~/.config/runstone/login.json, which only you can read. RUNSTONE_URL and
    RUNSTONE_API_KEY take precedence.
    """
    log_in(key, relogin=relogin, host=host, verify=verify)
