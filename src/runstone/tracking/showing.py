"""What people see of a live run: some lines on a terminal, or a widget in a notebook."""

from __future__ import annotations

from time import monotonic

from runstone.domain.errors import RunstoneError
from runstone.tracking.ending import INTERRUPTED
from runstone.tracking.interactive import in_notebook
from runstone.tracking.terminal import is_watched, say, warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runstone.notebook import RunDisplay
    from runstone.tracking.active import ActiveRun


class Shown:
    """The part of `ActiveRun` that is looked at. A script pays for none of it."""

    _display: RunDisplay | None = None
    _began_at: float = 0.0

    def display(self, height: int | None = None, hidden: bool = False) -> bool:
        """Shows the run beside the cell that is running: live, until it is finished.

        A cell that begins a run does so by itself.

        Args:
            height: In pixels, beyond which it scrolls.
            hidden: Only a line, which opens on a click; not live.

        Returns:
            False where there is no notebook.
        """
        if not in_notebook():
            return False
        self._shown().show(height=height, hidden=hidden)
        return True

    def to_html(self, height: int | None = None, hidden: bool = False) -> str:
        """What the run looks like now, as HTML that needs no script; see `display`."""
        html = self._shown().card().html()
        if height is not None:
            html = f'<div style="max-height:{height:d}px;overflow:auto">{html}</div>'
        if hidden:
            from html import escape

            html = f"<details><summary>{escape(repr(self))}</summary>{html}</details>"
        return html

    def _repr_html_(self) -> str:
        return self.to_html()

    def _ipython_display_(self) -> None:
        if not self.display():
            raise NotImplementedError  # IPython's way to go on: as text, on a terminal

    def _keep_cells(self) -> None:
        """Before the run's last record: a notebook's file is not what was run in it."""
        if self._display is not None:
            self._display.keep_cells()

    def _shown(self) -> RunDisplay:
        # Imported here: for those who look.
        from runstone.notebook import RunDisplay

        if self._display is None:
            self._display = RunDisplay(self)  # type: ignore[arg-type]
        return self._display


def begin_showing(run: ActiveRun) -> None:
    """A run has begun."""
    run._began_at = monotonic()
    if run.mode == "disabled":
        return
    if in_notebook():
        from runstone.notebook import show

        run._display = show(run)
    elif run.mode == "offline":
        say(f"{name_of(run)} is kept in {run.folder}")


def end_showing(run: ActiveRun) -> None:
    """A run is finished: where it is, and how it went."""
    if run._display is not None:
        run._display.end()
    uploader = run._uploader
    if run.folder is None or (uploader is None and not run._leads):
        return  # a forked child: the run goes on
    if run.joins and uploader is not None and uploader.is_done and not uploader.has_left_out:
        return  # of eight ranks one says it
    how = _how_it_went(run) if is_watched() else [f"{name_of(run)} {_ended(run)}"]
    if uploader is None:
        say("\n".join([*how, f"to send it: runstone sync {run.folder}"]))
    elif uploader.is_done:
        what = "what is not lost" if run.has_lost else "all of it"
        if uploader.has_left_out:
            what = "all but what was left out"
        say("\n".join([*how, f"{what} is {uploader.where}"]))
    else:
        reason = f": {_in_short(uploader.trouble)}" if uploader.trouble else ""
        warn(
            f"{name_of(run)} {_ended(run)}, but not everything is sent{reason}\n"
            f"to send the rest: {uploader.later(run.folder)}"
        )


def name_of(run: ActiveRun) -> str:
    """As people call it: as they said, else as the server does, else its id."""
    said = run._names["name"] or getattr(run._uploader, "name", None)
    return str(said or run.id)


def _in_short(trouble: str) -> str:
    """What went wrong without what to do about it, which was said when it did."""
    return trouble.split(". ")[0].split(": ")[0].rstrip(".")


def _ended(run: ActiveRun) -> str:
    code = run.exit_code
    if code == INTERRUPTED:
        return "was interrupted"
    return f"has failed (exit code {code})" if code else "is finished"


def _how_it_went(run: ActiveRun) -> list[str]:
    # Imported here: for whoever looks at a terminal.
    from runstone.sdk.card import duration
    from runstone.tracking.farewell import metric_lines
    from runstone.tracking.folder import RunFolder

    assert run.folder is not None
    first = f"{name_of(run)} {_ended(run)} after {duration(monotonic() - run._began_at)}"
    try:
        return [first, *metric_lines(RunFolder(run.folder))]
    except (OSError, RunstoneError):  # somebody removed it
        return [first]
