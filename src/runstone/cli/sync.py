"""`runstone sync`: runs that were logged without a server, or died before all of it was sent."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runstone import __version__
from runstone.domain.errors import RunstoneError
from runstone.sdk.settings import find_server
from runstone.sdk.transport import Transport
from runstone.tracking.folder import run_folders
from runstone.tracking.settings import default_root
from runstone.tracking.syncing import sync as sync_folder


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--url", metavar="URL", help="The server.  Default: RUNSTONE_URL.")
@click.option(
    "--api-key",
    "--key",
    "api_key",
    metavar="KEY",
    help="Whose rights to use.  Default: RUNSTONE_API_KEY.",
)
def sync(paths: tuple[Path, ...], url: str | None, api_key: str | None) -> None:
    """Send runs that are on this machine alone.

    PATHS are folders of runs, or folders that hold some.  Default: ./runstone. What is on the
    server already is not sent again; a run that is still being written is left to its process.
    """
    transport = Transport(find_server(url, api_key), user_agent=f"runstone-python/{__version__}")
    roots = paths or (default_root(),)
    folders = [folder for root in roots for folder in run_folders(root)]
    if not folders:
        places = ", ".join(map(str, roots))
        click.echo(f"There are no runs in {places}.")
        return
    failed = 0
    for folder in folders:
        try:
            click.echo(f"{folder.path}: {sync_folder(folder, transport)}")
        except RunstoneError as error:
            failed += 1
            click.echo(f"{folder.path}: {error}", err=True)
    transport.close()
    if failed:
        click.echo(f"{failed} of {len(folders)} could not be sent; run it again later.", err=True)
        sys.exit(1)
