"""`runstone artifact diff`."""

from __future__ import annotations

from typing import Any

import click

from runstone.cli.output import human_size
from runstone.cli.reading.common import json_option, reads
from runstone.cli.reading.documents import print_document, value_text
from runstone.sdk import Api, ArtifactFile, ArtifactVersion


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--name-only", is_flag=True, help="Only the paths.")
@json_option
@reads
def diff(api: Api, *, before: str, after: str, name_only: bool, as_json: bool) -> None:
    """Show what B holds otherwise than A: files by path, and metadata.

    A line begins with + for what B alone has, - for what A alone has, and ~ for
    what differs.
    """
    a, b = api.artifact(before), api.artifact(after)
    document: dict[str, Any] = {
        "before": a.path,
        "after": b.path,
        "files": _changed_files(a, b),
        "metadata": _changed_metadata(a, b),
    }
    if as_json:
        print_document(document)
        return
    for one in document["files"]:
        if name_only:
            click.echo(one["path"])
        else:
            click.echo(f"{_MARKS[one['change']]} {one['path']}  {_sizes(one)}")
    if not name_only:
        for one in document["metadata"]:
            values = (one[side] for side in ("before", "after") if side in one)
            shown = " → ".join(str(value_text(value)) for value in values)
            click.echo(f"{_MARKS[one['change']]} metadata.{one['key']}  {shown}")
    num_files = len(document["files"])
    click.echo(f"{num_files:,} of {b.num_files:,} files differ.", err=True)


_MARKS = {"added": "+", "removed": "-", "changed": "~"}


def _changed_files(a: ArtifactVersion, b: ArtifactVersion) -> list[dict[str, Any]]:
    old = {file.path: file for file in a.files()}
    new = {file.path: file for file in b.files()}
    found = []
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if _is_same(before, after):
            continue
        found.append(
            {
                "path": path,
                "change": "added" if before is None else "removed" if after is None else "changed",
                "before_bytes": None if before is None else before.size_bytes,
                "after_bytes": None if after is None else after.size_bytes,
            }
        )
    return found


def _is_same(before: ArtifactFile | None, after: ArtifactFile | None) -> bool:
    if before is None or after is None:
        return False
    return (before.digest, before.reference) == (after.digest, after.reference)


def _changed_metadata(a: ArtifactVersion, b: ArtifactVersion) -> list[dict[str, Any]]:
    old, new = dict(a.metadata), dict(b.metadata)
    found: list[dict[str, Any]] = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            found.append({"key": key, "change": "removed", "before": old[key]})
        elif key not in old:
            found.append({"key": key, "change": "added", "after": new[key]})
        elif repr(old[key]) != repr(new[key]):  # NaN is like itself
            found.append({"key": key, "change": "changed", "before": old[key], "after": new[key]})
    return found


def _sizes(one: dict[str, Any]) -> str:
    sizes = [one["before_bytes"], one["after_bytes"]]
    return " → ".join(human_size(size) for size in sizes if size is not None)
