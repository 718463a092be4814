"""The command's root: subcommands by name, loaded when asked for; errors as one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Final

import click

from runstone import __version__
from runstone.domain.errors import InvalidInput, RunstoneError

# Exit codes: what was asked for could not be done, and what was asked for makes no sense.
FAILED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130

_SECTIONS: Final = {
    "Reading commands": {
        "projects": "runstone.cli.reading.projects:projects",
        "runs": "runstone.cli.reading.runs:runs",
        "run": "runstone.cli.reading.runs:run",
        "groups": "runstone.cli.reading.groups:groups",
        "history": "runstone.cli.reading.history:history",
        "keys": "runstone.cli.reading.keys:keys",
        "columns": "runstone.cli.reading.keys:columns",
        "console": "runstone.cli.reading.console:console",
        "export": "runstone.cli.reading.export:export",
    },
    "Artifact commands": {
        "artifact": "runstone.cli.artifacts:artifact",
    },
    "Logging commands": {
        "login": "runstone.cli.login:login",
        "sync": "runstone.cli.sync:sync",
    },
    "Server commands": {
        "up": "runstone.cli.up:up",
        "down": "runstone.cli.control:down",
        "status": "runstone.cli.control:status",
        "du": "runstone.cli.storage:du",
        "gc": "runstone.cli.storage:gc",
        "admin": "runstone.cli.admin:admin",
    },
}
_COMMANDS: Final = {
    name: place for section in _SECTIONS.values() for name, place in section.items()
}


class LazyGroup(click.Group):
    """Imports a subcommand's module when it is needed; lists in the order of declaration."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return list(_COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they are for, each with its short help."""
        room = formatter.width - 6 - max(map(len, _COMMANDS))
        for heading, names in _SECTIONS.items():
            commands = {name: self.get_command(ctx, name) for name in names}
            helps = [(name, one.get_short_help_str(room)) for name, one in commands.items() if one]
            with formatter.section(heading):
                formatter.write_dl(helps)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; who has mistyped a name is told which one is like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            like = get_close_matches(args[0], _COMMANDS, 1)
            if not like:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{like[0]}'?", ctx) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="runstone", message="%(prog)s %(version)s")
def cli() -> None:
    """Runstone: the open, self-hosted home for machine-learning runs.

    \b
    runstone up                     start a server here; it prints how to use it
    runstone admin user create ada  administer it, running or stopped
    runstone login --host URL       where your scripts log to from now on
    runstone sync                   send what was logged offline
    runstone runs lab/digits        read what it holds (docs/reading.md)

    A server's settings are flags, RUNSTONE_… environment variables or lines of
    runstone.toml: see `runstone up --help` and docs/settings.md.
    """  # noqa: D301 - click wants the character itself


def run(arguments: Sequence[str]) -> int:
    """Runs the command with its errors as sentences on stderr; returns the exit code."""
    # What we write is for its owner alone, also in a folder that others may enter.
    os.umask(0o077)
    try:
        outcome = cli.main(list(arguments), prog_name="runstone", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except RunstoneError as error:
        print(f"Error: {error.message}", file=sys.stderr)
        return MISUSED if isinstance(error, InvalidInput) else FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep Python from complaining at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return outcome if isinstance(outcome, int) else 0
