"""`runstone artifact put`."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from runstone.cli.artifacts.documents import version_document
from runstone.cli.output import human_size, print_json
from runstone.cli.progress import Bar
from runstone.cli.reading.common import json_option, reads
from runstone.cli.reading.documents import print_document
from runstone.domain.errors import InvalidInput, NotFound
from runstone.sdk import Api, Artifact
from runstone.sdk.artifact_paths import read_collection_path
from runstone.sdk.artifact_ttl import ArtifactTTL

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class _Ttl(click.ParamType[timedelta]):
    """How long to keep something."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The duration."""
        text = str(value).strip().lower()
        number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS else (text, "s")
        if not number.isdecimal() or len(number) > 9:
            self.fail(f"{value!r} is no duration: write 90d, 12h or a number of seconds.")
        return timedelta(seconds=int(number) * _UNITS[unit])


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True)
@click.option(
    "-n", "--name", required=True, metavar="ENTITY/PROJECT/NAME", help="What it is to be called."
)
@click.option(
    "-t", "--type", "type_name", default="dataset", show_default=True, help="Such as model."
)
@click.option(
    "-a", "--alias", "aliases", multiple=True, help="Beside latest; may be given several times."
)
@click.option("-d", "--description", default="", metavar="TEXT", help="For people to read.")
@click.option("--metadata", metavar="JSON", help="An object; @FILE reads it from a file.")
@click.option("--tag", "tags", multiple=True, help="May be given several times.")
@click.option("--ttl", type=_Ttl(), metavar="DURATION", help="Keep it so long: 90d, 12h, 3600.")
@click.option("--run", metavar="RUN", help="Id of the run that logs it.")
@click.option("--reference", "as_reference", is_flag=True, help="Name the files, upload nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be put, and upload nothing.")
@json_option
@reads
def put(
    api: Api,
    *,
    paths: tuple[str, ...],
    name: str,
    type_name: str,
    aliases: tuple[str, ...],
    description: str,
    metadata: str | None,
    tags: tuple[str, ...],
    ttl: timedelta | None,
    run: str | None,
    as_reference: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put files and folders on the server as a version.

    A folder's files get their paths in it, a file its name. Of several PATHs
    each folder gets a folder of its name. Bytes that the project has are not
    sent again; called again after a cut, only what is not there is sent. A
    URL such as s3://bucket/key is named as a reference, and not fetched.

    \b
    runstone artifact put data/faces -n lab/digits/faces -a clean
    runstone artifact put model.pt config.json -n lab/digits/net -t model \\
        --metadata '{"acc": 0.97}'
    """  # noqa: D301 - click wants the character itself
    where = read_collection_path(name, lambda: api.user)
    draft = Artifact(
        where.collection,
        type_name,
        description=description,
        metadata=_metadata(metadata),
        tags=tags,
        ttl=ArtifactTTL.INHERIT if ttl is None else ttl,
    )
    for path in paths:
        _add(draft, path, is_only=len(paths) == 1, as_reference=as_reference)
    if dry_run:
        _tell_of(api, draft, str(where), as_json=as_json)
        return
    with Bar(where.collection) as bar:
        version = api.log_artifact(
            draft, str(where.of_project), aliases=aliases, run=run, progress=bar.tell
        )
    if as_json:
        print_document(version_document(version))
    else:
        click.echo(version.path)
    files = "1 file" if len(draft) == 1 else f"{len(draft):,} files"
    click.echo(f"{files}, {human_size(draft.size_bytes)}: {version.url}", err=True)


def _add(draft: Artifact, given: str, *, is_only: bool, as_reference: bool) -> None:
    if "://" in given:
        draft.add_reference(given)
        return
    path = Path(given)
    below = None if is_only or not path.is_dir() else path.resolve().name
    if as_reference:
        draft.add_reference(path.resolve().as_uri(), below)
    elif path.is_dir():
        draft.add_dir(path, below)
    else:
        draft.add_file(path)


def _metadata(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"--metadata cannot be read as JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InvalidInput('--metadata must be a JSON object, such as {"acc": 0.97}.')
    return found


def _tell_of(api: Api, draft: Artifact, where: str, *, as_json: bool) -> None:
    digest = draft.digest
    try:
        same: str | None = api.artifact(f"{where}:{digest}").version
    except NotFound:
        same = None
    if as_json:
        print_json(
            {
                "path": where,
                "type": draft.type,
                "digest": digest,
                "size_bytes": draft.size_bytes,
                "num_files": len(draft),
                "same_as": same,
                "files": [
                    {"path": one.path, "size_bytes": one.size_bytes, "reference": one.reference}
                    for one in draft.entries
                ],
            }
        )
        return
    for one in draft.entries:
        click.echo(one.path)
    facts = {
        "files": f"{len(draft):,}",
        "size": human_size(draft.size_bytes),
        "digest": digest,
        "same as": same,
    }
    click.echo("Nothing was uploaded.", err=True)
    for fact, value in facts.items():
        if value:
            click.echo(f"{fact}: {value}", err=True)
