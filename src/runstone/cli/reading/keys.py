"""`runstone keys` and `runstone columns`: what there is to ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

import click

from runstone.cli.output import print_table
from runstone.cli.reading.common import Form, names_run, reads, with_form
from runstone.cli.reading.documents import print_document
from runstone.sdk import Api, KeyInfo, Run
from runstone.sdk.row_table import RowTable

_ASKED: Final = 3
"""The newest runs of a project, which know what kind of media a key holds."""


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT[/RUN]")
@click.option("--system", is_flag=True, help="Those of the system metrics.")
@with_form
@reads
def keys(api: Api, *, path: str, system: bool, form: Form) -> None:
    """List the keys that runs have logged.

    Of one run, or of the newest hundred of a project.
    """
    if names_run(path):
        run = api.run(path)
        rows = _rows(run.logged_keys(system=system), [run])
    else:
        found = api.project(path).logged_keys(system=system)
        rows = _rows(found, islice(api.runs(path), _ASKED))
    if form.is_json:
        print_document({"keys": rows})
        return
    if not form.is_for_people:
        form.write(RowTable(lambda: rows))
        return
    columns = {"name": "key", "kind": "kind", "num_runs": "runs", "num_values": "values"}
    print_table(rows, columns, nothing="Nothing was logged there.", fits_terminal=True)


def _rows(keys: Iterable[KeyInfo], runs: Iterable[Run]) -> list[dict[str, Any]]:
    """The keys, those of media by what they hold: the first run that has some says it."""
    rows = {key.name: asdict(key) for key in keys}
    unknown = {name for name, row in rows.items() if row["kind"] != "number"}
    for run in runs if unknown else ():
        media = {one.key: one.kind for one in run.media() if one.key in unknown}
        for name, kind in media.items():
            rows[name]["kind"] = kind
        unknown -= media.keys()
        if not unknown:
            break
    return list(rows.values())


@click.command()
@click.argument("project", metavar="ENTITY/PROJECT")
@click.option("--search", default="", metavar="TEXT", help="Part of a name.")
@with_form
@reads
def columns(api: Api, *, project: str, search: str, form: Form) -> None:
    """List what runs can be filtered and sorted by.

    These names also go into --columns.
    """
    rows = [asdict(column) for column in api.project(project).columns(search)]
    if form.is_json:
        print_document({"columns": rows})
        return
    if not form.is_for_people:
        form.write(RowTable(lambda: rows))
        return
    shown = {"name": "column", "type": "type", "num_runs": "runs"}
    print_table(rows, shown, nothing="There are no such columns.", fits_terminal=True)
