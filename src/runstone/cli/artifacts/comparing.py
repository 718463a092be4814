"""`runstone artifact diff`."""

from __future__ import annotations

from typing import Any

import click

from runstone.cli.output import human_size
from runstone.cli.reading.common import json_option, reads
from runstone.cli.reading.documents import print_document, value_text
from runstone.sdk import Api, ArtifactVersion


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--name-only", is_flag=True, help="Only the paths.")
@json_option
@reads
def diff(api: Api, *, before: str, after: str, name_only: bool, as_json: bool) -> None:
    """Show what B holds otherwise than A: files by path, and metadata.

    A line begins with + for what B alone has, - for what A alone has, ~ for what
    differs, and > for what has another path in B.
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
            old = f"{one['before_path']} → " if one["change"] == "renamed" else ""
            click.echo(f"{_MARKS[one['change']]} {old}{one['path']}  {_sizes(one)}")
    if not name_only:
        for one in document["metadata"]:
            values = (one[side] for side in ("before", "after") if side in one)
            shown = " → ".join(str(value_text(value)) for value in values)
            click.echo(f"{_MARKS[one['change']]} metadata.{one['key']}  {shown}")
    num_files = len(document["files"])
    click.echo(f"{num_files:,} of {b.num_files:,} files differ.", err=True)


_MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": ">"}


def _changed_files(before: ArtifactVersion, after: ArtifactVersion) -> list[dict[str, Any]]:
    return [
        {
            "path": one.path,
            "change": one.change,
            "before_path": None if one.before is None else one.before.path,
            "before_bytes": None if one.before is None else one.before.size_bytes,
            "after_bytes": None if one.after is None else one.after.size_bytes,
        }
        for one in after.changes_since(before)
    ]


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
    if one["change"] == "renamed":
        return human_size(one["after_bytes"])
    sizes = [one["before_bytes"], one["after_bytes"]]
    return " → ".join(human_size(size) for size in sizes if size is not None)
