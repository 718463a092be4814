"""A run while it is being logged: what `runstone.init()` returns."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Literal, TypeAlias

from runstone.tracking import background, locks
from runstone.tracking.active_runs import enter, forget
from runstone.tracking.artifact_verbs import ArtifactVerbs
from runstone.tracking.code_verbs import CodeVerbs
from runstone.tracking.config import Config
from runstone.tracking.described import Described
from runstone.tracking.encoding import (
    Kind,
    encode,
    encode_any_row,
    encode_row,
    load_row_encoder,
    plain,
    row_encoder,
)
from runstone.tracking.ending import exit_code_of, exit_code_of_process, watch_exit
from runstone.tracking.file_verbs import FileVerbs
from runstone.tracking.folder import RunFolder
from runstone.tracking.identity import Identity
from runstone.tracking.interruptions import pass_on
from runstone.tracking.lane import Lane
from runstone.tracking.observing import Observable
from runstone.tracking.sharing import reunited
from runstone.tracking.showing import Shown, end_showing
from runstone.tracking.summary import Summary
from runstone.tracking.terminal import warn
from runstone.tracking.uploader import Uploader
from runstone.tracking.watch_verbs import WatchVerbs

Mode: TypeAlias = Literal["online", "offline", "local", "disabled"]


class ActiveRun(ArtifactVerbs, CodeVerbs, Described, FileVerbs, Observable, Shown, WatchVerbs):
    """One run of a script; made by `runstone.init()`.

    What a method returned for is on this machine, whatever happens to the process. Nothing here
    waits for the network but `finish()`, and that for a bounded time. May be shared by threads; a
    forked child writes rows of its own into the same run.

    Attributes:
        id: Its name on the server, unique in its project.
        project: Where it is.
        folder: Where it is kept on this machine; None for a disabled run.
        mode: `online` sends while the script runs, `local` does so into a data folder of this
            machine, `offline` leaves it to `runstone sync`.
        label: What tells this process from others of the run: `rank-3`; None where it is alone.
        joins: Another process of the run leads: its config, summary and end are the run's.
        exit_code: What it was finished with; None before.
        has_lost: Something that it was given could not be kept, which was said then.
    """

    def __init__(
        self,
        identity: Identity,
        folder: RunFolder | None,
        *,
        mode: Mode,
        uploader: Uploader | None,
        finish_timeout_s: float,
        writer: str = "",
        allow_val_change: bool | None = None,
    ) -> None:
        self.id = identity.run
        self.project = identity.project
        self.folder = None if folder is None else folder.path
        self.mode: Mode = mode
        self.label = identity.label
        self.joins = identity.joins
        self.config = Config(
            lambda values: self.merge(Kind.CONFIG, values), allow_val_change=allow_val_change
        )
        self.summary = Summary(
            lambda values, removed: self.merge(Kind.SUMMARY, values, removed),
            None if folder is None else folder.journal,
            lambda: self._writer,
        )
        self._describe(identity)
        self._folder = folder
        self._uploader = uploader
        self._finish_timeout_s = finish_timeout_s
        self._step = 0
        self._lock = threading.RLock()
        self._is_finished = False
        self._has_warned = False
        self.exit_code: int | None = None
        self.has_lost = False
        self._has_bad_step = False
        self._num_early = 0
        self._looked_at = 0.0
        self._bad_keys: set[str] = set()
        # What a process will be called that logs here and is not the folder's first.
        self._wanted_writer = writer
        self._writer: str | None = None if writer else ""
        self._leads = not writer
        self._hold: int | None = None
        self._encode_row: Callable[[Any], bytes] = self._encode_early_row
        self._lane: Lane | None = None
        if writer:
            self._encode_row = self._encode_row_of_child
        if folder is not None:
            self._lane = Lane(folder.journal, self._claim_name)
            if self._leads:
                self._hold = folder.hold()
                with suppress(OSError):
                    # A disk that is full now may not be so when there is something to say.
                    self._lane.open()
            background.start()
        atexit.register(self.end_with_script)
        watch_exit()
        enter(self)

    def __repr__(self) -> str:
        return f"<ActiveRun {self.project}/{self.id}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """As workers get it: attached there, see `runstone.attach`; itself where it is."""
        folder = None if self.folder is None else str(self.folder.absolute())
        return reunited, (folder, self.project, self.id)

    def __enter__(self) -> ActiveRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._see_error(error)
        self.finish(exit_code_of(error))

    @property
    def is_finished(self) -> bool:
        """Whether it has ended: what is logged from then on is not kept."""
        return self._is_finished

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None
    ) -> None:
        """Logs values at a step.

        Args:
            data: Values by name; nested dictionaries become dotted names. Scalars of NumPy,
                PyTorch and the like are numbers.
            step: Any whole number, in any order; one more than the last where it is left out.
            commit: False keeps the row open: the next `log()` of the same step adds to it. By
                default a row is closed where no step is given.
        """
        values = data if type(data) is dict else _mapping(data)
        if step is not None and (type(step) is not int or not -_MAX_STEP <= step <= _MAX_STEP):
            step = self._whole(step)
        # No lock: at worst two threads get the same step, and a lock costs a fifth of all this.
        if step is None:
            step = self._step
            is_done = commit is not False
        else:
            is_done = commit is True
        self._step = step + 1 if is_done else step
        lane = self._lane
        record = (0, step, is_done, _now(), values)
        try:
            # What is refused here, `_write` turns into something that is not.
            lane.append(self._encode_row(record))  # type: ignore[union-attr]
        except Exception as error:  # noqa: BLE001 - training goes on, whatever is wrong
            if lane is not None or type(error) is not AttributeError:  # else a disabled run
                pass_on(error)  # its row is there, or it is not
            self._write(record)

    def finish(self, exit_code: int | None = None) -> None:
        """Ends the run, and sends what is left; what takes too long is left to `runstone sync`.

        Again it does nothing. In a forked process, and in one that joined, it ends what that one
        has to say.

        Args:
            exit_code: 0, or nothing, where all went well.
        """
        self._finish(exit_code or 0, is_script_over=False)

    def _finish(self, exit_code: int, *, is_script_over: bool) -> None:
        rest = None
        try:
            rest = self._end_observing()
            if rest is not None and self.mode == "local":
                rest.wait(_MAX_WAIT_S)  # who comes next finds the data folder free
                rest = None
            self._settle()
        except BaseException as error:  # Ctrl-C, most likely: the run ends all the same
            if not is_script_over:
                exit_code = exit_code or exit_code_of(error)
            raise
        finally:
            self._end(exit_code, rest)

    def _end(self, exit_code: int, rest: threading.Event | None) -> None:
        """Says that it has ended, and waits for the server."""
        is_mine, lane, hold = False, None, None
        try:
            with self._lock:
                if self._is_finished:
                    return
                if self._leads:
                    self._write((int(Kind.FINISH), exit_code))
                is_mine = self._is_finished = True
                self.exit_code = exit_code
                lane, self._lane = self._lane, None
                hold, self._hold = self._hold, None
            if lane is not None:
                lane.close()
            if hold is not None:
                locks.release(hold)
            if self._leads and self._folder is not None:
                self._folder.note_end()
            atexit.unregister(self.end_with_script)
            if self._uploader is not None:
                self._uploader.finish(self._finish_timeout_s, rest, exit_code=exit_code)
        finally:  # also where Ctrl-C ends the waiting
            if is_mine:
                self._end_life(exit_code)
                forget(self)
                end_showing(self)

    def _settle(self) -> None:
        """What comes before a run's last record; nothing in it keeps that from being written."""
        steps = () if self._is_finished else (self._settle_files, self._keep_cells)
        for step in (self.unwatch, *steps):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - a folder that is gone, a model half torn down
                pass_on(error)
                warn(f"the end of {self.id} may lack something: {error}")

    def merge(
        self, kind: Kind, values: Mapping[str, Any], removed: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Sets values of the config or the summary, and returns them as they are kept.

        See `config` and `summary`.
        """
        with self._lock:
            if kind is Kind.SUMMARY and self._lane is not None:
                values = self._bound(values, "summary")
            kept = {str(key): plain(value) for key, value in values.items()}
            self._write((int(kind), kept, removed) if removed else (int(kind), kept))
        return kept

    def _write(self, record: tuple[Any, ...]) -> None:
        """Into the journal, whatever is in it; at most one warning, and never an exception."""
        lane = self._lane
        if lane is None:
            if self._folder is None:
                if record[0] == Kind.ROW and not self._is_finished:
                    self.summary.note(record[4])
            elif self._is_finished:
                self._warn("the run is finished: what is logged after that is not kept")
            return
        try:
            lane.append(self._encoded(record))
        except OSError as error:
            pass_on(error)
            self.has_lost = True
            if self._folder is not None:
                self._folder.say_full(error)
        except Exception as error:  # noqa: BLE001 - training goes on, whatever is wrong
            pass_on(error)
            self.has_lost = True
            self._warn(f"a record is lost: {error}")

    def _encoded(self, record: tuple[Any, ...]) -> bytes:
        if record[0] not in (Kind.ROW, Kind.SYSTEM):
            return encode(record)
        try:
            return self._encode_row(record)
        except (OverflowError, TypeError, ValueError, RecursionError) as error:
            pass_on(error)
            # An image, an integer beyond 64 bits, a key that is no text, a subclass of dict …
            if record[0] == Kind.ROW:
                with suppress(RecursionError):  # a value that holds itself
                    record = (*record[:4], self._bound(record[4], record[1]))
            return encode_any_row(record)

    def _encode_early_row(self, record: tuple[Any, ...]) -> bytes:
        """Until msgspec is there; where nobody else imports it, the first row does.

        Who logs without a pause leaves the thread that imports it no time to: that row waits, once.
        """
        self._num_early += 1
        if self._num_early == 1:
            background.hurry()
        if self._num_early == _MAX_EARLY or not background.is_alive():
            # An AttributeError: a destructor in the midst of that import.
            with background.importing(), suppress(ImportError, AttributeError):
                load_row_encoder()
        if (encoder := row_encoder()) is not None:
            self._encode_row = encoder
        return encode_row(record)

    def _encode_row_of_child(self, record: tuple[Any, ...]) -> bytes:
        """In a process that another one began: a pool's worker may live longer than the run."""
        payload = self._encode_early_row(record) if (it := row_encoder()) is None else it(record)
        self._encode_row = self._encode_row_of_child
        if not 0.0 <= record[3] - self._looked_at < _LOOK_S:
            self._looked_at = record[3]
            if self._folder is not None and self._folder.has_ended():
                self._encode_row = self._encode_early_row
                warn(
                    f"the run {self.id} has ended in the process that began it, and is still "
                    f"logged to here: that is kept in {self.folder}, and sent by `runstone sync` "
                    "alone. A pool of workers goes with one run: begin another one for the next"
                )
        return payload

    def _whole(self, step: object) -> int | None:
        """A step as a whole number; None for one that is none, which is said once."""
        try:
            whole: int | None = int(step)  # type: ignore[call-overload]
        except (TypeError, ValueError, OverflowError):
            whole = None
        if whole is not None and whole != step:
            whole = None  # 2.5 or "7": a guess would put the row where others are
        if whole is None or not -_MAX_STEP <= whole <= _MAX_STEP:
            if not self._has_bad_step:
                self._has_bad_step = True
                said = repr(step)[:80]
                warn(
                    f"step={said} is no whole number of 64 bits: its row is counted on (said once)"
                )
            return None
        return whole

    def _bound(self, values: Mapping[str, Any], step: int | str) -> dict[Any, Any]:
        """Values with documents in the place of media, whose bytes are then in the folder."""
        from runstone.tracking.values.binding import bound

        return bound(self, values, step, self._complain)

    def _complain(self, key: str, reason: str) -> None:
        if key not in self._bad_keys:
            self._bad_keys.add(key)
            warn(f"{key!r} is not logged: {reason} (said once for this key)")

    def _warn(self, text: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(f"{text} (said once)")

    def end_with_script(self) -> None:
        """Ends the run as the script ends."""
        with suppress(KeyboardInterrupt):  # what is left is left to `runstone sync`, which is said
            self._finish(exit_code_of_process(), is_script_over=True)

    def after_fork(self) -> None:
        """In a child: rows go into a journal of its own, which the parent sends."""
        self._lock = threading.RLock()
        self.summary.after_fork()
        self._leave_to_parent()
        self._encode_row = self._encode_row_of_child
        self._leads = False
        if self._lane is not None:
            self._wanted_writer = f"pid-{os.getpid()}"
            self._writer = None
            self._lane.leave_to_parent(self._claim_name)
        self._observe_fork()

    def _claim_name(self) -> str:
        """Under which this process writes, when it says something for the first time."""
        if self._folder is None or not self._wanted_writer:
            return ""
        name, hold = self._folder.claim(self._wanted_writer)
        self._writer = name
        before, self._hold = self._hold, hold
        if before is not None:
            locks.release(before)
        return name


def _mapping(data: Any) -> dict[Any, Any]:
    try:
        return dict(data)
    except (TypeError, ValueError):
        pass
    raise TypeError(
        f'log() takes a dictionary of values by name, such as {{"loss": 0.5}}, not {data!r:.80}'
    )


_MAX_EARLY: Final = 20
_MAX_WAIT_S: Final = 5.0
_LOOK_S: Final = 0.25
"""Between two looks whether the run has ended elsewhere."""
_MAX_STEP: Final = 2**63 - 1
_now: Final = time.time
