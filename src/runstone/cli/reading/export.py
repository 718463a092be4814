"""`runstone export`: runs and what they logged, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from runstone.cli.progress import Bar
from runstone.cli.reading.common import (
    filter_option,
    names_run,
    reads,
    save,
    sort_option,
    split_keys,
    warn,
)
from runstone.cli.reading.history import keys_option
from runstone.sdk import Api, Format, Frame, Run, Runs
from runstone.sdk.frames import format_of

_WHOLE: Final = ".zip"


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT[/RUN]")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="FOLDER|FILE",
    type=click.Path(path_type=Path),
    help="A folder, a file of one table, or a .zip of everything.",
)
@click.option(
    "--format",
    "wanted_format",
    type=click.Choice([str(one) for one in Format]),
    help="Of the tables.  Default: the file's suffix; parquet in a folder.",
)
@click.option(
    "--table",
    type=click.Choice(["history", "runs", "system"]),
    default="history",
    show_default=True,
    help="Which one, for a file: rows logged, runs, or system metrics.",
)
@keys_option
@filter_option
@sort_option
@reads
def export(
    api: Api,
    *,
    path: str,
    target: Path,
    wanted_format: str | None,
    table: str,
    keys: tuple[str, ...],
    query: str | None,
    sort: str | None,
) -> None:
    """Save a run, a query's runs or a project as files.

    \b
    A folder   the tables: runs, history, system
    A file     one table as Parquet, Arrow, CSV or JSON lines, by its suffix
    A .zip     everything: tables, console, files

    \b
    runstone export lab/digits --to digits/
    runstone export lab/digits --filter 'config.lr < 1' --to loss.csv --keys loss
    runstone export lab/digits/4k2x9qzt --to run.zip

    A file has its name only when it is whole.
    """  # noqa: D301 - click wants the character itself
    wanted_keys = split_keys(keys) or None
    source: Run | Runs
    if names_run(path):
        if query or sort:
            raise click.UsageError("--filter and --sort are for a project: name no run.")
        source = api.run(path)
    else:
        source = api.runs(path, query, sort)
        # A filter that is not understood is told before a file is begun.
        warn(source)
    if target.suffix.lower() == _WHOLE:
        if wanted_format or wanted_keys:
            raise click.UsageError("A .zip holds everything: leave out --format and --keys.")
        with Bar(target.name) as bar:
            source.archive(target, progress=bar.tell)
        click.echo(f"Wrote {target} ({bar.told}).", err=True)
    elif _is_folder(target):
        chosen = Format(wanted_format or Format.PARQUET)
        for name, frame in _tables(source, wanted_keys).items():
            save(frame, target / f"{name}.{chosen}", chosen)
    else:
        chosen = format_of(target) if wanted_format is None else Format(wanted_format)
        tables = _tables(source, wanted_keys)
        if table not in tables:
            raise click.UsageError(f"--table {table} is not there of that: {', '.join(tables)}.")
        save(tables[table], target, chosen)


def _is_folder(target: Path) -> bool:
    return target.is_dir() or not target.suffix


def _tables(source: Run | Runs, keys: list[str] | None) -> dict[str, Frame]:
    if isinstance(source, Run):
        return {"history": source.history(keys), "system": source.system_metrics()}
    return {
        "runs": source.table(),
        "history": source.history(keys),
        "system": source.system_metrics(),
    }
