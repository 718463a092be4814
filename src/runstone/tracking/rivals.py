"""Two processes that log to one run without saying that they belong together: a hint for them."""

from __future__ import annotations

from runstone.tracking.terminal import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runstone.tracking.folder import RunFolder


def look_for_rivals(own: RunFolder, run: str) -> None:
    """Says so where a process of this machine logs to the run from another folder beside ours."""
    from runstone.tracking.folder import folders_beside

    try:
        for folder in folders_beside(own, run):
            if folder.is_held():
                warn_of_rival(run, f"from {folder.path}")
                return
    except Exception:  # noqa: BLE001 - a hint, which nothing depends on
        return


def warn_of_rival(run: str, where: str) -> None:
    """Another process logs to the run.

    Args:
        where: That it does so, as people find it.
    """
    warn(
        f"another process logs to the run {run} at the same time, {where}. All rows are kept; "
        "config, summary and the end are what either said last. Ranks of one training share a run "
        "with init(shared=True); else give each run an id of its own"
    )
