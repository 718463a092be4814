"""`runstone console`: what a run printed."""

from __future__ import annotations

from collections.abc import Iterable

import click

from runstone.cli.reading.common import COUNT, reads
from runstone.domain.run import RunState
from runstone.sdk import Api, ConsoleLine, Run


@click.command()
@click.argument("path", metavar="ENTITY/PROJECT/RUN")
@click.option("--tail", type=COUNT, metavar="N", help="Only the last lines.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until the run ends.")
@reads
def console(api: Api, *, path: str, tail: int | None, follow: bool) -> None:
    """Print what a run printed.

    Colours are kept on a terminal and left out elsewhere.
    """
    run = api.run(path)
    output = run.console()
    lines: Iterable[ConsoleLine]
    if follow:
        lines = output.follow(tail=tail or 10, until=lambda: not _is_live(run.reload()))
    else:
        lines = output if tail is None else output.tail(tail)
    for line in lines:
        # click leaves ANSI codes out where no terminal reads them.
        click.echo(line.text)


def _is_live(run: Run) -> bool:
    return run.state in (RunState.RUNNING, RunState.PREEMPTING, RunState.PENDING)
