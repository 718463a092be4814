"""`runstone runs` and `runstone run`."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

import click

from runstone.cli.output import print_facts, print_table
from runstone.cli.reading.common import (
    COUNT,
    Form,
    filter_option,
    json_option,
    reads,
    sort_option,
    split_keys,
    warn,
    with_form,
)
from runstone.cli.reading.documents import (
    instant,
    lasted,
    print_document,
    run_document,
    value_text,
    whole_run_document,
)
from runstone.sdk import Api, Run, Runs

_SHOWN: Final = 50

columns_option = click.option(
    "--columns",
    multiple=True,
    metavar="KEYS",
    help="Values to show: config.lr,summary.loss.  `runstone columns` lists them.",
)


@click.command()
@click.argument("project", metavar="ENTITY/PROJECT")
@filter_option
@sort_option
@columns_option
@click.option(
    "--limit",
    type=COUNT,
    metavar="N",
    help=f"The first so many.  Default: {_SHOWN} in a table for people, else all.",
)
@with_form
@reads
def runs(
    api: Api,
    *,
    project: str,
    query: str | None,
    sort: str | None,
    columns: tuple[str, ...],
    limit: int | None,
    form: Form,
) -> None:
    """List the runs of a project.

    \b
    runstone runs lab/digits --filter 'config.lr < 1e-3' --sort -summary.acc
    runstone runs lab/digits --columns config.lr,summary.acc --csv
    """  # noqa: D301 - click wants the character itself
    keys = split_keys(columns)
    found = api.runs(project, query, sort, columns=keys)
    if form.is_json:
        listed = [
            run_document(run) | ({"values": dict(run.values)} if keys else {})
            for run in islice(found, limit)
        ]
        print_document({"total": len(found), "runs": listed})
    elif form.is_for_people:
        _show(found, keys, _SHOWN if limit is None else limit)
    else:
        form.write(found.table(keys or None, limit=limit))
    if query or sort or keys:
        warn(found)


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT/RUN")
@json_option
@reads
def run(api: Api, *, path: str, as_json: bool) -> None:
    """Show what is known of one run."""
    found = api.run(path)
    document = whole_run_document(found)
    if as_json:
        print_document(document)
        return
    config, summary = document.pop("config"), document.pop("summary")
    document["duration"] = lasted(document.pop("duration_s"))
    document["tags"] = ", ".join(found.tags)
    print_facts({name.replace("_", " "): value for name, value in document.items()})
    for heading, values in (("config", config), ("summary", summary)):
        if values:
            click.echo(f"\n{heading}")
            print_facts({key: value_text(value) for key, value in values.items()}, indent=2)


def _show(found: Runs, keys: list[str], limit: int) -> None:
    rows = [_row(run) for run in islice(found, limit)]
    columns = {
        "id": "id",
        "name": "name",
        "state": "state",
        "created": "created (UTC)",
        "duration": "duration",
        "rows": "rows",
        **{f"value {key}": key for key in keys},
    }
    print_table(rows, columns, nothing="There are no such runs.", fits_terminal=True)
    if (left := len(found) - len(rows)) > 0:
        click.echo(f"… and {left:,} more: --limit says how many to show.", err=True)


def _row(run: Run) -> dict[str, Any]:
    facts = {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "created": instant(run.created_at),
        "duration": lasted(run.duration_s),
        "rows": run.num_rows,
    }
    return facts | {f"value {key}": value_text(value) for key, value in run.values.items()}
