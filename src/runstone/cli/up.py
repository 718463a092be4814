"""`runstone up`: serve a data folder, in the foreground or detached."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from runstone.server.folder import hold
from runstone.server.settings import Settings, declarations, read_settings

LOG_NAME: Final = "server.log"

C = TypeVar("C", bound=Callable[..., Any])


def _setting_flags(command: C) -> C:
    for declaration in reversed(declarations()):
        unit = f" [{declaration.unit}]" if declaration.unit else ""
        command = click.option(
            declaration.flag,
            declaration.name,
            metavar="VALUE",
            help=f"{declaration.help.replace('`', '')}{unit}  Default: {declaration.default}.",
        )(command)
    return command


@click.command()
@_setting_flags
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Read settings from this TOML file instead of runstone.toml in the data folder.",
)
@click.option("--detach", is_flag=True, help="Serve in the background; the log goes to a file.")
@click.option("--detached", is_flag=True, hidden=True)
def up(*, config: Path | None, detach: bool, detached: bool, **flags: str | None) -> int:
    """Start a server on a data folder.

    The folder is made where it is missing. Prints where the server listens, a one-time sign-in
    link and the two lines that point the wandb client at it. Stops cleanly on Ctrl-C, SIGTERM or
    `runstone down`.

    Every flag is also an environment variable (--crash-after-s: RUNSTONE_CRASH_AFTER_S) and a
    line of the TOML file (crash_after_s); the flag counts first, then the environment.
    """
    settings = read_settings(flags, os.environ, config=config)
    if detach:
        return _start_detached(settings)
    # Thousands of objects are made while modules load, and all of them stay.
    gc.disable()
    # numpy starts a thread per core for linear algebra, which a server does not do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from runstone.server.logs import configure_logs
    from runstone.server.serve import serve

    configure_logs(settings.log_level, settings.log_format)
    return serve(settings, say=_say_and_part if detached else _say)


def _say(text: str) -> None:
    click.echo(text, nl=False)
    # Whoever reads our output by a pipe waits for this.
    sys.stdout.flush()


def _say_and_part(text: str) -> None:
    _say(text)
    # The parent reads up to the end of our output, and then goes.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _start_detached(settings: Settings) -> int:
    # Refuses here, where the person reads it, what the child would refuse into its log.
    hold(settings.data).close()
    log = settings.data.absolute() / LOG_NAME
    flags = [argument for argument in sys.argv[2:] if argument != "--detach"]
    arguments = [sys.executable, "-m", "runstone", "up", "--detached", *flags]
    with log.open("ab") as file:
        log.chmod(0o600)
        began_at = file.tell()
        child = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,
            text=True,
        )
    assert child.stdout is not None
    greeting = child.stdout.read()
    if not greeting:
        code = child.wait()
        said = log.read_bytes()[began_at:].decode(errors="replace").strip()
        click.echo(said.splitlines()[-1] if said else "Error: the server did not start.", err=True)
        return code or 1
    click.echo(greeting.rstrip())
    click.echo(f"It runs in the background (process {child.pid}); its log is {log}.")
    return 0
