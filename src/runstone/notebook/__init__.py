"""Runs in notebooks: a live widget, or a card of HTML that stays in the saved notebook.

Loaded where there is a notebook alone. Nothing here is on the way of `log()`: what is shown is read
from the run's journal, as its sender does.
"""

from runstone.notebook.display import RunDisplay, show
from runstone.notebook.magic import load_ipython_extension
from runstone.notebook.session import executed_cells

__all__ = [
    "RunDisplay",
    "executed_cells",
    "load_ipython_extension",
    "show",
]
