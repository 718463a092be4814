"""`runstone artifact get` and `verify`."""

from __future__ import annotations

from pathlib import Path

import click

from runstone.cli.output import human_size
from runstone.cli.progress import Bar
from runstone.cli.reading.common import reads
from runstone.domain.errors import InvalidInput, RunstoneError
from runstone.sdk import Api, ArtifactFile

_root_option = click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The folder.  Default: artifacts/NAME-VERSION.",
)


@click.command()
@click.argument("name", metavar="NAME:ALIAS")
@_root_option
@click.option("--path", metavar="PATH", help="This file alone.")
@click.option("--prefix", metavar="PREFIX", help="Only paths that begin so: images/.")
@click.option("--type", "type_name", metavar="TYPE", help="Fail if it is of another type.")
@click.option(
    "--allow-missing-references",
    is_flag=True,
    help="Go on where a reference leads to nothing, or to what is not fetched.",
)
@click.option("--checkout", is_flag=True, help="Remove from the folder what is not of the version.")
@click.option("--skip-cache", is_flag=True, help="Neither look into the cache nor keep anything.")
@reads
def get(
    api: Api,
    *,
    name: str,
    root: Path | None,
    path: str | None,
    prefix: str | None,
    type_name: str | None,
    allow_missing_references: bool,
    checkout: bool,
    skip_cache: bool,
) -> None:
    """Get the files of a version.

    Files that are there, byte for byte, are left as they are; after a cut it
    goes on where it was. Prints the folder.

    \b
    runstone artifact get lab/digits/faces:clean --root data
    runstone artifact get lab/digits/net:v3 --path model.pt
    """  # noqa: D301 - click wants the character itself
    if path and prefix:
        raise click.UsageError("Choose one of --path and --prefix.")
    if checkout and (path or prefix or allow_missing_references or skip_cache):
        raise click.UsageError("--checkout gets all of it: leave out the other options.")
    version = api.artifact(name)
    if type_name and version.type != type_name:
        raise InvalidInput(f"{version.path} is of the type {version.type!r}, not {type_name!r}.")

    def tell_missing(file: ArtifactFile, error: RunstoneError) -> None:
        click.echo(f"Note: {file.path} is missing: {error.message}", err=True)

    with Bar(version.name) as bar:
        if checkout:
            folder = version.checkout(root, progress=bar.tell)
        else:
            folder = version.download(
                root,
                path=path,
                prefix=prefix,
                allow_missing_references=allow_missing_references,
                skip_cache=skip_cache,
                progress=bar.tell,
                on_missing=tell_missing,
            )
    click.echo(str(folder if path is None else folder / path))
    click.echo(f"{version.path}: {human_size(bar.num_bytes)}.", err=True)


@click.command()
@click.argument("name", metavar="NAME:ALIAS")
@_root_option
@reads
def verify(api: Api, *, name: str, root: Path | None) -> None:
    """Check that a folder holds a version, whole and unchanged.

    The exit code is 0 if it does, and holds nothing else; 1 otherwise.
    """
    version = api.artifact(name)
    version.verify(root)
    click.echo(f"{version.path}: {version.num_files:,} files are as they were logged.")
