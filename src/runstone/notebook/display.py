"""A run beside the cell that began it: as it is logged, and as it was in the saved notebook.

Every display is two outputs: a card of plain HTML, and the widget, which hides the card as long as
it is there. A notebook that is opened without its kernel has no widget, and shows the card.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from runstone.notebook.magic import register
from runstone.notebook.packing import packed
from runstone.notebook.session import executed_cells
from runstone.sdk.card import MAX_CHARTS, Card, Curve, duration, number
from runstone.tracking.active import ActiveRun
from runstone.tracking.background import spawn
from runstone.tracking.folder import RunFolder
from runstone.tracking.glance import Glance, Line
from runstone.tracking.interactive import shell
from runstone.tracking.saving import keep_bytes
from runstone.tracking.settings import is_quiet, is_silent
from runstone.tracking.showing import name_of

_PAUSE_S: Final = 0.5
_IDLE_PAUSE_S: Final = 2.0
_BEAT_S: Final = 5.0
_BUDGET_S: Final = 0.05
"""Of every pause: a tenth of one core at most, also for a loop that does nothing but log."""
_LAST_BUDGET_S: Final = 1.0
_BYTES_PER_S: Final = 64 << 10
_MAX_PICKED: Final = 24
_IN_TURNS: Final = 8
_CARD_S: Final = 30.0
"""Between two cards in a cell that takes long: a page that is loaded anew shows the saved one."""
_MAX_LISTED: Final = 200
_MAX_DISPLAYS: Final = 20
_CELLS: Final = "code/session.py"
_GET_LIVE: Final = "For charts that move: pip install 'runstone[notebook]'"

_displays: Final[dict[str, RunDisplay]] = {}
_hooked: Final[list[bool]] = []


class RunDisplay:
    """All that notebooks show of one run; live as long as the run is."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._began = time.monotonic()
        self._ended: float | None = None
        self._glance = None if run.folder is None else Glance(RunFolder(run.folder))
        self._lock = threading.Lock()
        self._ids: list[str] = []
        self._shown_in: int | None = None
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self._widget: Any = None
        self._can_be_live = self._glance is not None
        self._num_bytes = 0
        self._turn = 0
        if run.is_finished:
            self._is_over.set()
        self._pid = os.getpid()
        self._name = f"runstone-card-{uuid4().hex[:12]}"

    @property
    def run(self) -> ActiveRun:
        """Which one it shows."""
        return self._run

    def show(self, *, height: int | None = None, hidden: bool = False) -> None:
        """Displays it here; twice in one cell is once."""
        here = shell()
        count = None if here is None else here.execution_count
        if count is not None and count == self._shown_in:
            return
        self._shown_in = count
        name = f"runstone-{uuid4().hex}"
        if height is not None or hidden:
            # As it is now: a frame around a live widget would be ours to keep.
            html = self._run.to_html(height, hidden)
            _publish({"text/plain": repr(self._run), "text/html": html}, name)
            return
        if self._can_be_live and not self._is_over.is_set():
            self._begin()
        _publish(self._bundle(), name)
        if self._widget is not None and not self._is_over.is_set():
            data, metadata = self._widget._repr_mimebundle_()
            _publish(data, f"{name}-live", metadata=metadata)
        self._ids = [*self._ids, name][-_MAX_DISPLAYS:]

    def _bundle(self) -> dict[str, str]:
        """The card, under the name by which a live widget hides it."""
        html = f'<div class="{self._name}">{self.card().html()}</div>'
        return {"text/plain": repr(self._run), "text/html": html}

    def card(self) -> Card:
        """As it is now, without a script."""
        with self._lock:
            if self._glance is not None:
                self._glance.read(_LAST_BUDGET_S)
            return self._card()

    def _card(self) -> Card:
        run, glance = self._run, self._glance
        if glance is None:
            return Card(name=name_of(run), project=run.project, state="disabled")
        until = time.monotonic() if self._ended is None else self._ended
        card = card_of(run, glance, until - self._began)
        if self._widget is None and not run.is_finished:
            return replace(card, notes=[*card.notes, _GET_LIVE])
        return card

    def refresh(self) -> None:
        """After a cell: the cards show what it did, for whoever opens the notebook later."""
        if self._pid == os.getpid():
            with suppress(Exception):  # the notebook may be gone
                for name in self._ids:
                    _publish(self._bundle(), name, update=True)

    def keep_cells(self) -> None:
        """The cells that were run, as a file of the run, where its code may be kept."""
        if self._pid != os.getpid() or self._glance is None or self._run.settings.disable_code:
            return
        with suppress(OSError):
            keep_bytes(self._run, _CELLS, executed_cells().encode())

    def end(self) -> None:
        """The run is finished: what is shown becomes a card that the saved notebook keeps."""
        if self._is_over.is_set() or self._pid != os.getpid():
            return
        self._ended = time.monotonic()
        self._is_over.set()
        _displays.pop(self._run.id, None)
        if self._thread is not None:
            self._thread.join(2 * _LAST_BUDGET_S)
        self.refresh()
        if self._widget is not None:
            with suppress(Exception):
                nothing = {"text/plain": "", "text/html": ""}
                for name in self._ids:
                    _publish(nothing, f"{name}-live", update=True)
                self._widget.close()

    def _begin(self) -> None:
        """The widget and its thread, where they can be had."""
        self._can_be_live = False
        try:
            from runstone.notebook.widget import RunWidget
        except ImportError:
            return
        self._widget = RunWidget()
        self._send()
        self._thread = spawn(self._watch, "runstone-notebook")

    def _watch(self) -> None:
        assert self._glance is not None
        said_at = 0.0
        card_at, url = time.monotonic(), self._run.status().url
        pause = _PAUSE_S
        while not self._is_over.wait(pause):
            with suppress(Exception):  # a thread of somebody else's training
                before = self._state()
                with self._lock:
                    self._glance.read(_BUDGET_S)
                has_news = self._state() != before
                if has_news or time.monotonic() - said_at > _BEAT_S:
                    self._send()
                    said_at = time.monotonic()
                    if url != self._run.status().url or said_at - card_at > _CARD_S:
                        card_at, url = said_at, self._run.status().url
                        self.refresh()
                pause = max(
                    _PAUSE_S if has_news else min(2 * pause, _IDLE_PAUSE_S),
                    self._num_bytes / _BYTES_PER_S if has_news else 0.0,
                )

    def _state(self) -> tuple[object, ...]:
        assert self._glance is not None
        picked = () if self._widget is None else tuple(self._widget.picked)
        return (self._glance.num_rows, self._run.status().url, picked)

    def _send(self) -> None:
        """What the page does not know yet."""
        assert self._glance is not None
        with self._lock:
            glance = self._glance
            card = self._card()
            lines = glance.lines
            shown = [*list(lines)[:MAX_CHARTS], *self._widget.picked[-_MAX_PICKED:]]
            charts = {key: packed(lines[key]) for key in dict.fromkeys(shown) if key in lines}
            more = {key: packed(lines[key]) for key in self._next_in_turn(charts)}
            metrics = [[key, number(line.last)] for key, line in list(lines.items())[:_MAX_LISTED]]
            num_metrics = len(lines)
        sent = (*charts.values(), *more.values())
        self._num_bytes = sum(len(chart["points"]) + 200 for chart in sent)
        head = {
            "card": self._name,
            "name": card.name,
            "project": card.project,
            "state": card.state,
            "url": card.url,
            "facts": list(card.facts),
            "notes": list(card.notes),
            "num_metrics": num_metrics,
            "first": list(lines)[:MAX_CHARTS],
        }
        with self._widget.hold_sync():
            self._widget.head = head
            if metrics != self._widget.metrics:
                self._widget.metrics = metrics
            if charts != self._widget.charts:
                self._widget.charts = charts
            if more != self._widget.more:
                self._widget.more = more

    def _next_in_turn(self, shown: Container[str]) -> list[str]:
        """Metrics that nobody looks at now."""
        assert self._glance is not None
        others = [key for key in self._glance.lines if key not in shown]
        start = self._turn if self._turn < len(others) else 0
        self._turn = start + _IN_TURNS
        return others[start : self._turn]


def show(run: ActiveRun) -> RunDisplay:
    """Shows a run that has just begun beside its cell, unless nobody wants to be told."""
    made = RunDisplay(run)
    here = shell()
    if here is not None:
        register(here)
        if not _hooked:
            _hooked.append(True)
            here.events.register("post_run_cell", _after_cell)
            _end_with_kernel(here.kernel)
    _displays[run.id] = made
    if not is_quiet() and not is_silent():
        made.show()
    return made


def card_of(run: ActiveRun, glance: Glance, duration_s: float) -> Card:
    """What is known of a run on this machine."""
    state = "running"
    if run.is_finished:
        state = "failed" if glance.exit_code else "finished"
    facts = [duration(duration_s)]
    if glance.last_step is not None:
        facts.append(f"step {glance.last_step:,}")
    curves = [_curve(key, line) for key, line in list(glance.lines.items())[:MAX_CHARTS]]
    return Card(
        name=name_of(run),
        project=run.project,
        state=state,
        url=run.status().url,
        facts=facts,
        curves=curves,
        notes=_whereabouts(run),
        num_more=len(glance.lines) - len(curves),
    )


def _whereabouts(run: ActiveRun) -> list[str]:
    folder = RunFolder(run.folder) if run.folder is not None else None
    if folder is None or (run.mode != "offline" and not run.is_finished) or folder.is_sent():
        return []
    what = "It is kept" if run.mode == "offline" else "Not everything is sent: it is kept"
    return [f"{what} in {folder.path}. To a server: runstone sync {folder.path}"]


def _curve(key: str, line: Line) -> Curve:
    return Curve(key, line.last, line.steps, line.lows, line.highs, line.means)


def _publish(
    data: Mapping[str, Any],
    name: str,
    *,
    metadata: Mapping[str, Any] | None = None,
    update: bool = False,
) -> None:
    """An output of the cell that is running, or what becomes of an earlier one."""
    here = shell()
    assert here is not None
    here.display_pub.publish(
        data=dict(data), metadata=metadata or {}, transient={"display_id": name}, update=update
    )


def _end_with_kernel(kernel: Any) -> None:
    """Has runs finished when their kernel is shut down, while it can still say so to the page.

    At the exit of the process nobody hears it any more.
    """
    before = kernel.do_shutdown

    def do_shutdown(restart: bool) -> Any:
        for shown in list(_displays.values()):
            with suppress(Exception):  # the kernel ends in any case
                shown.run.end_with_script()
        return before(restart)

    kernel.do_shutdown = do_shutdown


def _after_cell(_result: object = None) -> None:
    for shown in list(_displays.values()):
        shown.refresh()
