"""Whether a person types into this process: IPython, and notebooks on top of it."""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any | None:
    """IPython's shell that this process runs in; None in a script."""
    # Asked of what is imported already: a script does not pay for IPython.
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return None if get_ipython is None else get_ipython()


def in_notebook() -> bool:
    """Whether what is displayed is shown beside a cell: Jupyter, VS Code, Colab and the like."""
    # A terminal has no kernel; Spyder's console has one, and shows text alone.
    return hasattr(shell(), "kernel") and "spyder_kernels" not in sys.modules
