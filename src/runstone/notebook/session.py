"""What was run in this notebook, as a script."""

from __future__ import annotations

from runstone.tracking.interactive import shell


def executed_cells() -> str:
    """The cells that were run in this session, in the order in which they were.

    Cells are told apart by `# %%`, as editors know it; magics are what IPython makes of them.
    """
    here = shell()
    if here is None:
        return ""
    cells = [cell.rstrip("\n") for cell in here.history_manager.input_hist_parsed[1:]]
    return "".join(
        f"# %% [{number}]\n{cell}\n\n" for number, cell in enumerate(cells, 1) if cell.strip()
    )
