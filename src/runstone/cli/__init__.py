"""The `runstone` command."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command; the process ends with its exit code."""
    try:
        from runstone.cli.root import run

        code = run(sys.argv[1:])
    except ModuleNotFoundError as error:
        # Our own modules are always there: what is missing is a package of the extra.
        if (error.name or "runstone").partition(".")[0] == "runstone":
            raise
        print(
            f"Error: the package {error.name} is missing, which the runstone command needs: "
            "install the server with `pip install 'runstone[server]'`.",
            file=sys.stderr,
        )
        code = 1
    sys.exit(code)
