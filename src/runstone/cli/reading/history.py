"""`runstone history`: the rows of one run, or of many."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

import click

from runstone.cli.output import print_table
from runstone.cli.reading.common import (
    COUNT,
    Form,
    filter_option,
    names_run,
    reads,
    sort_option,
    split_keys,
    warn,
    with_form,
)
from runstone.cli.reading.documents import print_document, value_text
from runstone.sdk import Api, Frame, Run, Runs
from runstone.sdk.row_table import RowTable

_SHOWN: Final = 50

keys_option = click.option(
    "--keys",
    multiple=True,
    metavar="KEYS",
    help="Only these: loss,val/acc.  `runstone keys` lists them.",
)


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT[/RUN]")
@keys_option
@filter_option
@sort_option
@click.option("--min-step", type=int, metavar="N", help="From this step on.")
@click.option("--max-step", type=int, metavar="N", help="Up to this step.")
@click.option("--system", is_flag=True, help="System metrics instead.")
@click.option(
    "--limit",
    type=COUNT,
    metavar="N",
    help=f"The first so many rows.  Default: {_SHOWN} in a table for people, else all.",
)
@with_form
@reads
def history(
    api: Api,
    *,
    path: str,
    keys: tuple[str, ...],
    query: str | None,
    sort: str | None,
    min_step: int | None,
    max_step: int | None,
    system: bool,
    limit: int | None,
    form: Form,
) -> None:
    """Print every row that a run logged, or all runs of a project.

    \b
    runstone history lab/digits/4k2x9qzt --keys loss,acc
    runstone history lab/digits --filter 'state == "finished"' --keys loss --csv
    """  # noqa: D301 - click wants the character itself
    wanted = split_keys(keys) or None
    if names_run(path):
        if query or sort:
            raise click.UsageError("--filter and --sort are for a project: name no run.")
        source: Run | Runs = api.run(path)
    else:
        source = api.runs(path, query, sort)
        # Before the rows, which may be refused because the query found no run.
        if query or sort:
            warn(source)
    read = source.system_metrics if system else source.history
    frame = read(wanted, min_step=min_step, max_step=max_step)
    if form.is_for_people:
        _show(frame, _SHOWN if limit is None else limit)
    elif form.is_json:
        print_document({"rows": list(islice(frame, limit))})
    elif limit is not None:
        form.write(RowTable(lambda: islice(frame, limit)))
    else:
        form.write(frame)


def _show(frame: Frame, limit: int) -> None:
    # One more than is shown, to know whether there is more.
    rows = list(islice(frame, limit + 1))
    names = dict.fromkeys(name for row in rows for name in row)
    shown: list[dict[str, Any]] = [
        {name: value_text(value) for name, value in row.items()} for row in rows[:limit]
    ]
    columns = {name: name for name in names}
    print_table(shown, columns, nothing="There are no such rows.", fits_terminal=True)
    if len(rows) > limit:
        click.echo("… and more: --limit says how many, --csv prints all.", err=True)
