"""`runstone artifact ls`, `info` and `files`."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from runstone.cli.artifacts.documents import (
    collection_document,
    file_document,
    version_document,
)
from runstone.cli.output import human_size, print_facts, print_table
from runstone.cli.reading.common import COUNT, json_option, reads
from runstone.cli.reading.documents import print_document, value_text
from runstone.domain import documents
from runstone.sdk import Api
from runstone.sdk.frames import wanted
from runstone.sdk.saving import whole_file

_SHOWN: Final = 50


@click.command()
@click.argument("where", metavar="PROJECT|COLLECTION")
@click.option("-t", "--type", "type_name", metavar="TYPE", help="Only of this type.")
@click.option(
    "--filter", "search", default="", metavar="TEXT", help="Part of a name, alias or tag."
)
@click.option("--limit", type=COUNT, metavar="N", help=f"Default: {_SHOWN} for people, else all.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option(
    "--parquet",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help='Write a Parquet file; needs "runstone[arrow]".',
)
@reads
def ls(
    api: Api,
    *,
    where: str,
    type_name: str | None,
    search: str,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
    parquet: Path | None,
) -> None:
    """List the artifacts of a project, or the versions of one.

    \b
    runstone artifact ls lab/digits --type model
    runstone artifact ls lab/digits/net
    """  # noqa: D301 - click wants the character itself
    if as_json + as_csv + (parquet is not None) > 1:
        raise click.UsageError("Choose one of --json, --csv and --parquet.")
    is_for_people = not (as_json or as_csv or parquet)
    most = _SHOWN if is_for_people and limit is None else limit
    is_collection = where.strip("/").count("/") == 2
    found: Iterable[dict[str, Any]] = (
        (version_document(one) for one in api.artifacts(where, type_name))
        if is_collection
        else (collection_document(one) for one in api.artifact_collections(where, type_name))
    )
    rows = list(islice((row for row in found if _holds(row, search)), _one_more(most)))
    listed = rows if most is None else rows[:most]
    if as_json:
        print_document({"versions" if is_collection else "artifacts": listed})
    elif as_csv:
        _print_csv(listed)
    elif parquet is not None:
        _write_parquet(listed, parquet)
    else:
        columns = _VERSION_COLUMNS if is_collection else _COLLECTION_COLUMNS
        nothing = "There are no such versions." if is_collection else "There are no such artifacts."
        print_table([_for_people(row) for row in listed], columns, nothing=nothing,
                    fits_terminal=True)  # fmt: skip
        if len(rows) > len(listed):
            click.echo("… and more: --limit says how many to show.", err=True)


_COLLECTION_COLUMNS: Final = {
    "name": "name",
    "type": "type",
    "newest": "newest",
    "num_versions": "versions",
    "size": "size",
    "updated_at": "updated (UTC)",
    "description": "description",
}
_VERSION_COLUMNS: Final = {
    "name": "name",
    "aliases": "aliases",
    "size": "size",
    "num_files": "files",
    "created_at": "created (UTC)",
    "tags": "tags",
    "description": "description",
}


@click.command()
@click.argument("name", metavar="NAME:ALIAS")
@json_option
@reads
def info(api: Api, *, name: str, as_json: bool) -> None:
    """Show what is known of a version, and where it comes from."""
    version = api.artifact(name)
    logged_by = version.logged_by()
    document = version_document(version) | {
        "logged_by": None if logged_by is None else logged_by.path,
        "used_by": [run.path for run in version.used_by()],
    }
    if as_json:
        print_document(document)
        return
    metadata = document.pop("metadata")
    print_facts({key.replace("_", " "): value for key, value in _for_people(document).items()})
    if metadata:
        click.echo("\nmetadata")
        print_facts({key: value_text(value) for key, value in metadata.items()}, indent=2)


@click.command()
@click.argument("name", metavar="NAME:ALIAS")
@click.option("--prefix", default="", metavar="PREFIX", help="Only paths that begin so: images/.")
@click.option("-l", "--long", "is_long", is_flag=True, help="With sizes and digests.")
@json_option
@reads
def files(api: Api, *, name: str, prefix: str, is_long: bool, as_json: bool) -> None:
    """List the files of a version, a path a line."""
    found = api.artifact(name).files(prefix)
    if as_json:
        print_document({"files": [file_document(file) for file in found]})
    elif is_long:
        rows = [
            {
                "path": file.path,
                "size": human_size(file.size_bytes),
                "digest": file.md5 or file.digest,
                "reference": file.reference,
            }
            for file in found
        ]
        columns = {"path": "path", "size": "size", "digest": "md5", "reference": "refers to"}
        print_table(rows, columns, nothing="There are no such files.", fits_terminal=True)
    else:
        for file in found:
            click.echo(file.path)


def _one_more(most: int | None) -> int | None:
    # To know whether there is more than is shown.
    return None if most is None else most + 1


def _holds(row: Mapping[str, Any], search: str) -> bool:
    texts = [row["name"], *row.get("aliases", ()), *row["tags"]]
    return any(search.casefold() in text.casefold() for text in texts)


def _for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        key: ", ".join(map(str, value)) if isinstance(value, list) else value
        for key, value in row.items()
    }
    shown["size"] = human_size(shown.pop("size_bytes"))
    return shown


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for formats with a value a cell: lists and objects as JSON."""
    return {
        key: documents.encode(value) if isinstance(value, (dict, list)) else value
        for key, value in row.items()
    }


def _print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(_flat(row) for row in rows)
    sys.stdout.buffer.write(text.getvalue().encode())
    sys.stdout.buffer.flush()


def _write_parquet(rows: Sequence[Mapping[str, Any]], target: Path) -> None:
    arrow = wanted("pyarrow", "arrow", "--parquet")
    parquet = import_module("pyarrow.parquet")
    with whole_file(target) as file:
        parquet.write_table(arrow.Table.from_pylist([_flat(row) for row in rows]), file)
    click.echo(f"Wrote {target} ({len(rows):,} rows).", err=True)
