"""`runstone groups`: runs by what they have in common."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

import click

from runstone.cli.output import print_json, print_table
from runstone.cli.reading.common import (
    COUNT,
    Form,
    filter_option,
    reads,
    split_keys,
    warn,
    with_form,
)
from runstone.cli.reading.documents import strict, value_text
from runstone.sdk import Api, Group
from runstone.sdk.groups import Groups, Other

_SHOWN: Final = 50


@click.command()
@click.argument("project", metavar="ENTITY/PROJECT")
@click.option("--by", multiple=True, metavar="KEYS", help="Such as config.optimizer or tags.")
@click.option(
    "--figures",
    multiple=True,
    metavar="FIGURES",
    help="Over each group: count(), or min, max, mean, median, last, best of a key.",
)
@click.option("--sort", metavar="KEYS", help="Keys and figures, - before one for high to low.")
@filter_option
@click.option("--limit", type=COUNT, metavar="N", help=f"Default: {_SHOWN} for people, else all.")
@with_form
@reads
def groups(
    api: Api,
    *,
    project: str,
    by: tuple[str, ...],
    figures: tuple[str, ...],
    sort: str | None,
    query: str | None,
    limit: int | None,
    form: Form,
) -> None:
    """Sum up the runs of a project by groups.

    \b
    runstone groups lab/digits --by config.optimizer \\
        --figures 'mean(summary.acc),best(summary.acc, max)'
    """  # noqa: D301 - click wants the character itself
    keys, aggregates = split_keys(by), split_keys(figures)
    found = api.runs(project, query).group_by(*keys, aggregates=aggregates, sort=sort)
    if form.is_json:
        print_json({"groups": [_document(group) for group in islice(found, limit)]})
    elif not form.is_for_people:
        form.write(found.table(limit=limit))
    else:
        _show(found, keys, aggregates, _SHOWN if limit is None else limit)
    warn(found)


def _show(found: Groups, keys: list[str], aggregates: list[str], limit: int) -> None:
    # One more than is shown, to know whether there is more.
    listed = list(islice(found, limit + 1))
    columns = {
        **{f"value {key}": key for key in keys},
        "runs": "runs",
        **{f"figure {name}": name for name in aggregates},
        **{
            f"run {name}": f"run of {name}"
            for name in aggregates
            if any(name in g.runs_of for g in listed)
        },
    }
    rows = [_row(group) for group in listed[:limit]]
    print_table(rows, columns, nothing="There are no such runs.", fits_terminal=True)
    if len(listed) > limit:
        click.echo("… and more: --limit says how many to show.", err=True)


def _row(group: Group) -> dict[str, Any]:
    return {
        **{f"value {key}": _value_text(value) for key, value in group.values.items()},
        "runs": group.num_runs,
        **{f"figure {name}": value_text(value) for name, value in group.figures.items()},
        **{f"run {name}": run for name, run in group.runs_of.items()},
    }


def _document(group: Group) -> dict[str, Any]:
    return {
        "values": {key: _as_said(value) for key, value in group.values.items()},
        "num_runs": group.num_runs,
        "figures": strict(dict(group.figures)),
        "runs": dict(group.runs_of),
        "filter": group.filter,
    }


def _value_text(value: Any) -> Any:
    return f"({value.value})" if isinstance(value, Other) else value_text(value)


def _as_said(value: Any) -> Any:
    return {"$other": True} if isinstance(value, Other) else strict(value)
