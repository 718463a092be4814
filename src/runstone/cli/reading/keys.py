"""`runstone keys` and `runstone columns`: what there is to ask for."""

from __future__ import annotations

from dataclasses import asdict

import click

from runstone.cli.output import print_table
from runstone.cli.reading.common import json_option, reads
from runstone.cli.reading.documents import print_document
from runstone.sdk import Api
from runstone.sdk.paths import RunPath, read_path


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT[/RUN]")
@click.option("--system", is_flag=True, help="Those of the system metrics.")
@json_option
@reads
def keys(api: Api, *, path: str, system: bool, as_json: bool) -> None:
    """List the keys that runs have logged.

    Of one run, or of the newest hundred of a project.
    """
    address = read_path(path)
    if isinstance(address, RunPath):
        found = api.run(path).logged_keys(system=system)
    else:
        found = api.project(path).logged_keys(system=system)
    if as_json:
        print_document({"keys": [asdict(key) for key in found]})
        return
    columns = {"name": "key", "kind": "kind", "num_runs": "runs", "num_values": "values"}
    rows = [asdict(key) for key in found]
    print_table(rows, columns, nothing="Nothing was logged there.", fits_terminal=True)


@click.command()
@click.argument("project", metavar="ENTITY/PROJECT")
@click.option("--search", default="", metavar="TEXT", help="Part of a name.")
@json_option
@reads
def columns(api: Api, *, project: str, search: str, as_json: bool) -> None:
    """List what runs can be filtered and sorted by.

    These names also go into --columns.
    """
    found = api.project(project).columns(search)
    if as_json:
        print_document({"columns": [asdict(column) for column in found]})
        return
    shown = {"name": "column", "type": "type", "num_runs": "runs"}
    rows = [asdict(column) for column in found]
    print_table(rows, shown, nothing="There are no such columns.", fits_terminal=True)
