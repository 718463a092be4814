"""`runstone login`: the server and the key that this user's scripts send runs to."""

from __future__ import annotations

import click

from runstone.tracking.login import login as log_in


@click.command()
@click.argument("key", required=False)
@click.option("--host", metavar="URL", help="The server.  Default: as the surroundings name it.")
@click.option("--relogin", is_flag=True, help="Ask for a key, though there is one.")
@click.option("--verify/--no-verify", default=True, help="Ask the server whether it knows the key.")
def login(key: str | None, host: str | None, relogin: bool, verify: bool) -> None:
    """Keep the server and the API key for the next time.

    Without KEY, it is asked for where there is none. It is kept in ~/.config/runstone/login.json,
    which only you may read; RUNSTONE_URL and RUNSTONE_API_KEY go before it.
    """
    log_in(key, relogin=relogin, host=host, verify=verify)
