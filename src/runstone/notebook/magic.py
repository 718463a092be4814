"""`%runstone` shows a run in a notebook; `%%runstone` runs a cell below it."""

from __future__ import annotations

from typing import Any, Final

from runstone.tracking.active_runs import current

_registered: Final[list[Any]] = []


def load_ipython_extension(here: Any) -> None:
    """For `%load_ext runstone`; a run that begins in a notebook sees to it, too."""
    register(here)


def register(here: Any) -> None:
    """Has the shell know the magics; again it does nothing."""
    if any(shell is here for shell in _registered):
        return
    _registered.append(here)

    def runstone(line: str, cell: str | None = None) -> Any:
        """Shows a run: the current one, or that of a path such as `lab/digits/4k2x9qzt`."""
        shown = _show(line.strip())
        if cell is not None:
            here.run_cell(cell)
        return shown

    here.register_magic_function(runstone, "line_cell", "runstone")


def _show(path: str) -> Any:
    if path:
        from runstone.sdk import Api

        return Api().run(path)
    run = current()
    if run is None:
        print("No run is being logged: call runstone.init(), or name one: %runstone lab/digits/ID")  # noqa: T201
    elif not run.display():
        print(repr(run))  # noqa: T201
    return None
