"""`runstone admin`: users, teams, organizations, keys and sign-in links."""

from __future__ import annotations

import click

from runstone.cli.admin.keys import key, link
from runstone.cli.admin.organizations import org
from runstone.cli.admin.teams import team
from runstone.cli.admin.users import user


@click.group()
def admin() -> None:
    """Administer a server: users, teams, organizations, API keys.

    \b
    Which server:
      --data FOLDER         the one of this folder, running or stopped
      --url URL --key KEY   one elsewhere, with an administrator's API key
    """  # noqa: D301 - click wants the character itself


for _command in (user, team, org, key, link):
    admin.add_command(_command)
