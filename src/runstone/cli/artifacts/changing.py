"""`runstone artifact alias`, `tag` and `rm`."""

from __future__ import annotations

import click

from runstone.cli.reading.common import reads
from runstone.domain.errors import Conflict
from runstone.sdk import Api, ArtifactVersion


@click.group()
def alias() -> None:
    """Move names such as best or production."""


@alias.command("add")
@click.argument("name", metavar="NAME:ALIAS")
@click.argument("aliases", metavar="ALIAS…", nargs=-1, required=True)
@reads
def alias_add(api: Api, *, name: str, aliases: tuple[str, ...]) -> None:
    """Let each ALIAS stand for this version, and for no other one any more."""
    _tell_aliases(api.artifact(name).add_aliases(*aliases))


@alias.command("rm")
@click.argument("name", metavar="NAME:ALIAS")
@click.argument("aliases", metavar="ALIAS…", nargs=-1, required=True)
@reads
def alias_rm(api: Api, *, name: str, aliases: tuple[str, ...]) -> None:
    """Take aliases away from this version; those of others are left alone."""
    _tell_aliases(api.artifact(name).remove_aliases(*aliases))


@click.group()
def tag() -> None:
    """Tag versions."""


@tag.command("add")
@click.argument("name", metavar="NAME:ALIAS")
@click.argument("tags", metavar="TAG…", nargs=-1, required=True)
@reads
def tag_add(api: Api, *, name: str, tags: tuple[str, ...]) -> None:
    """Give a version tags."""
    version = api.artifact(name)
    _tell_tags(version.update(tags=[*version.tags, *tags]))


@tag.command("rm")
@click.argument("name", metavar="NAME:ALIAS")
@click.argument("tags", metavar="TAG…", nargs=-1, required=True)
@reads
def tag_rm(api: Api, *, name: str, tags: tuple[str, ...]) -> None:
    """Take tags off a version."""
    version = api.artifact(name)
    _tell_tags(version.update(tags=[known for known in version.tags if known not in tags]))


@click.command()
@click.argument("name", metavar="NAME[:ALIAS]")
@click.option("--with-aliases", is_flag=True, help="Delete it although it has aliases.")
@click.option("--all", "all_versions", is_flag=True, help="All versions of NAME, and the name.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@reads
def rm(api: Api, *, name: str, with_aliases: bool, all_versions: bool, yes: bool) -> None:
    """Delete a version, or with --all an artifact. There is no undo."""
    if all_versions:
        collection = api.artifact_collection(name)
        what = f"{collection.path} with all of its {collection.num_versions:,} versions"
        if not yes:
            click.confirm(f"Delete {what} for good?", abort=True, err=True)
        collection.delete()
    else:
        if ":" not in name.rsplit("/", 1)[-1] and not name.startswith(("http://", "https://")):
            raise click.UsageError(
                f"Say which version: {name}:v3; or --all for all versions of {name}."
            )
        version = api.artifact(name)
        what = version.path
        if not yes:
            called = f" ({', '.join(version.aliases)})" if version.aliases else ""
            click.confirm(f"Delete {what}{called} for good?", abort=True, err=True)
        try:
            version.delete(delete_aliases=with_aliases)
        except Conflict as error:
            if error.code != "artifact-has-aliases":
                raise
            raise Conflict(
                f"{what} has the alias(es) {', '.join(version.aliases)}. Move them first, or say "
                "--with-aliases.",
                code=error.code,
            ) from error
    click.echo(f"Deleted {what}.", err=True)


def _tell_aliases(version: ArtifactVersion) -> None:
    click.echo(f"{version.path}: {', '.join(version.aliases) or 'no alias'}")


def _tell_tags(version: ArtifactVersion) -> None:
    click.echo(f"{version.path}: {', '.join(version.tags) or 'no tag'}")
