"""The group and its commands."""

from __future__ import annotations

import click

from runstone.cli.artifacts.cache import cache
from runstone.cli.artifacts.changing import alias, rm, tag
from runstone.cli.artifacts.comparing import diff
from runstone.cli.artifacts.getting import get, verify
from runstone.cli.artifacts.listing import files, info, ls
from runstone.cli.artifacts.putting import put


@click.group()
def artifact() -> None:
    """Put, get and look at versions of data and models.

    \b
    runstone artifact put data/faces -n lab/digits/faces -t dataset -a clean
    runstone artifact get lab/digits/faces:clean --root data
    runstone artifact ls lab/digits

    A version is named entity/project/name:alias, :v3 or by its digest; without
    one of these, latest. project/name is one of your own.  docs/artifacts.md
    """  # noqa: D301 - click wants the character itself


for _command in (put, get, ls, info, files, verify, diff, alias, tag, rm, cache):
    artifact.add_command(_command)
