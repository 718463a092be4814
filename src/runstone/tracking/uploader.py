"""The thread that sends while the script runs."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Final

from runstone.domain.errors import (
    AlreadyExists,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RunstoneError,
    Unauthenticated,
    Unavailable,
)
from runstone.tracking import background
from runstone.tracking.announcing import announcement
from runstone.tracking.doors import Door
from runstone.tracking.folder import RunFolder
from runstone.tracking.rivals import warn_of_rival
from runstone.tracking.terminal import say, warn

if TYPE_CHECKING:
    from runstone.tracking.link import Begun
    from runstone.tracking.sending import Sender

_HEAD_START_S: Final = 0.1
"""Of the first rows, before imports take the interpreter for some ms at a time; unless somebody
waits."""
_PAUSE_S: Final = 0.5
_FIRST_PAUSE_S: Final = 0.1
"""Somebody may be waiting to see the first rows; it becomes longer from then on."""
_LONGEST_PAUSE_S: Final = 1.0
_MOST_PAUSE_S: Final = 3.0
_SHARE: Final = 0.001
"""Of a processor, for reports: each takes the script some milliseconds, whatever is in it. Where
that is more, because the machine is slow or the rows are wide, they come less often."""
_BEAT_S: Final = 20.0
_MAX_BACKOFF_S: Final = 60.0
_MAX_REST_S: Final = 60.0
_FINAL: Final = (
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    Unauthenticated,
)
_SILENCE_S: Final = 3.0
"""At the end, before a script that seems to hang says why."""
_PATIENCE_S: Final = 2.0
"""Of a script that asks where its run is, before the server has said so."""
_REFUSALS: Final = (AlreadyExists, Conflict, InvalidInput, NotFound)
"""What is wrong with how the run was announced, and stays wrong."""


def _jitter() -> float:
    # Not `random`, which takes as long to import as all the rest that a run begins with.
    return 0.7 + 0.6 * os.urandom(1)[0] / 255


def _tells_of_loss(error: Exception) -> bool:
    """Whether the server may have lost what it had: it was away, or knows less than it should."""
    return isinstance(error, (Unavailable, NotFound)) or (
        isinstance(error, Conflict) and error.code == "offset-gap"
    )


class Uploader:
    """Sends a run's journals to a server until the run is finished.

    It never raises: what cannot be sent stays in the folder, and is said once.

    Args:
        stops: Whether somebody's wish on the server stops the script.
        joins: Another process leads the run, and says where it is.
        goes_on: With a run of which a process that was killed may have left something.
    """

    def __init__(
        self,
        folder: RunFolder,
        door: Door,
        *,
        stops: bool = True,
        joins: bool = False,
        goes_on: bool = False,
    ) -> None:
        self._folder = folder
        self._door = door
        self._is_ending = threading.Event()
        self._is_hurried = threading.Event()
        self._is_ready = threading.Event()
        self.is_done = False
        self.has_left_out = False
        self.trouble: str | None = None
        self.url: str | None = None
        self.name: str | None = None
        self.begun: Begun | None = None
        self.refusal: RunstoneError | None = None
        self._has_answer = threading.Event()
        self._is_heard = threading.Event()
        self._patience_s = _PATIENCE_S
        self._stops = stops
        self._joins = joins
        self._goes_on = goes_on
        self._has_stopped = False
        self._is_awaited = False
        self._is_through = threading.Event()
        self._rest: threading.Event | None = None
        self._exit_code = 0
        self._thread = background.spawn(self._run, "runstone-uploader")
        if self._thread is None:
            self._leave_it()
        else:
            background.wait_at_shutdown(self._is_ready, self._is_hurried)

    def _leave_it(self) -> None:
        """No thread can be started: all of it is left to `runstone sync`."""
        self.trouble = "no thread can be started to send it"
        warn(
            "the system lets this process start no thread (see `ulimit -u`, or the limit of pids "
            f"of its container): the run is kept in {self._folder.path}, and nothing is sent until "
            f"{self.later(self._folder.path)}"
        )
        for event in (self._is_ready, self._has_answer, self._is_heard, self._is_through):
            event.set()

    def wait_for_begun(self, timeout_s: float) -> Begun | None:
        """What the server says of the run, where it says so in time.

        Raises:
            RunstoneError: It says no, and would say the same again.
        """
        self._is_awaited = True
        self._is_hurried.set()
        self._has_answer.wait(timeout_s)
        self._is_awaited = False
        if self.refusal is not None:
            raise self.refusal
        return self.begun

    def give_up(self) -> None:
        """Sends nothing any more: whoever began the run did not want to wait for it to begin."""
        self.is_done = True
        self._is_hurried.set()

    def hear(self) -> None:
        """Waits for the server's first word, or first trouble: two seconds at most, and once."""
        patience_s, self._patience_s = self._patience_s, 0.0
        if patience_s:
            self._is_hurried.set()
            self._is_heard.wait(patience_s)

    @property
    def server(self) -> tuple[str | None, str | None]:
        """Where to, as far as it is known: address and API key."""
        return self._door.said

    @property
    def where(self) -> str:
        """Of the run, as a sentence says it."""
        return self._door.where(self.url or "")

    def later(self, folder: object) -> str:
        """The command that sends what is left."""
        return f"runstone sync {self._door.option}{folder}"

    @property
    def entity(self) -> str | None:
        """Whose the run is; None before the server has heard of it."""
        return None if self.begun is None else self.begun.entity

    @property
    def is_alive(self) -> bool:
        """Whether it still sends, or tries to."""
        return self._thread is not None and self._thread.is_alive()

    def finish(
        self, timeout_s: float, rest: threading.Event | None = None, *, exit_code: int = 0
    ) -> None:
        """Waits until everything is sent, at most so long.

        Args:
            exit_code: What the run ended with; its journal does not say it where the disk is full.
            rest: Set when there is no more to come: what comes until then is sent, too, but only
                the end of the process waits for that.
        """
        self._rest = rest
        self._exit_code = exit_code
        self._patience_s = 0.0  # a signal's handler that asks for the page waits for nothing here
        self._is_ending.set()
        self._is_hurried.set()
        if not self._is_through.wait(min(timeout_s, _SILENCE_S)) and timeout_s > _SILENCE_S:
            say(f"sending what is left, {timeout_s:g} s at most; Ctrl-C leaves it for later")
            self._is_through.wait(timeout_s - _SILENCE_S)
        if rest is None and self._is_through.is_set() and self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._is_hurried.wait(_HEAD_START_S)
            self._work()
        finally:
            self._is_heard.set()
            self._is_through.set()

    def _work(self) -> None:
        try:
            sender = self._sender()
        except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
            self.trouble = str(error)
            warn(f"{error} The run is kept in {self._folder.path}")
            self._has_answer.set()
            return
        try:
            self._send(sender)
            if self.is_done and self._rest is not None:
                self._send_rest(sender, self._rest)
        finally:
            self._door.close()

    def _send_rest(self, sender: Sender, rest: threading.Event) -> None:
        """What was found after the end was said; what cannot be sent is left to `runstone sync`."""
        is_over = threading.Event()
        background.outlast(is_over)
        self._is_through.set()
        try:
            if rest.wait(_MAX_REST_S):
                sender.finish()
        except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
            warn(f"{error} The run's surroundings stay in {self._folder.path}")
        finally:
            is_over.set()

    def _send(self, sender: Sender) -> None:
        backoff, pause = _PAUSE_S, _FIRST_PAUSE_S
        beaten = time.monotonic()
        begins_anew = may_be_forgotten = has_asked = False
        while not self.is_done:
            try:
                if begins_anew:
                    sender, begins_anew = self._sender(), False
                if may_be_forgotten:
                    has_asked = True
                    if sender.is_forgotten():
                        say(
                            "the server has less of the run than before, as one that was restored "
                            "from a backup: what it lacks is sent again"
                        )
                        sender = self._sender()
                    may_be_forgotten = False
                if self.url is None:
                    if self._goes_on:
                        self._send_leftovers()
                    link = sender.begin()
                    self.begun = link.begun
                    self.name, self.url = link.begun.name, link.address
                    self._folder.note_page(self.url, self.begun.entity, self.name)
                    self._has_answer.set()
                    self._is_heard.set()
                    if not self._joins:
                        say(f"{link.begun.name} → {self.url}")
                    if link.begun.also_on:
                        warn_of_rival(link.begun.id, f"on {link.begun.also_on}")
                if self._is_ending.is_set():
                    # What is found out beside the script is sent when nobody waits any more.
                    leaves_surroundings = self._rest is not None
                    is_done = sender.finish(
                        exit_code=self._exit_code, leaves_surroundings=leaves_surroundings
                    )
                    self.has_left_out = sender.has_left_out
                    # It may be another one since, of which nothing was asked that would show it.
                    may_be_forgotten = self._client.has_reconnected
                    self._client.has_reconnected = False
                    self.is_done = is_done and not may_be_forgotten
                    continue
                cpu_s = time.thread_time()
                if sender.send():
                    beaten = time.monotonic()
                elif time.monotonic() - beaten > _BEAT_S:
                    sender.beat()
                    beaten = time.monotonic()
                cpu_s = time.thread_time() - cpu_s
                if sender.stop_requested:
                    self._stop()
                if self.trouble is not None and not sender.is_in_trouble:
                    self.trouble = None
                    say("the server answers again; what was kept meanwhile is being sent")
                backoff, has_asked = _PAUSE_S, False
                if not sender.is_behind:
                    longest = min(max(_LONGEST_PAUSE_S, cpu_s / _SHARE), _MOST_PAUSE_S)
                    self._is_ending.wait(pause)
                    pause = min(1.25 * pause, longest)
            except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
                if self.is_done:
                    return
                if self.url is None and isinstance(error, _REFUSALS):
                    self.trouble, self.refusal = str(error), error
                    if not self._is_awaited:
                        warn(f"{error} The run is kept in {self._folder.path}")
                    self._has_answer.set()
                    return  # the same would be said again
                may_be_forgotten = self.url is not None and _tells_of_loss(error)
                if self._door.moves and isinstance(error, Unavailable):
                    # Who served the folder has ended, as a script does: somebody else does now.
                    begins_anew = True
                elif may_be_forgotten and isinstance(error, _FINAL) and not has_asked:
                    # It is asked first what it has: most often that is all there is to say.
                    time.sleep(min(backoff * _jitter(), 1.0))
                    continue
                elif self.trouble is None:
                    warn(f"{error} The run is kept in {self._folder.path}; trying again.")
                self.trouble = str(error)
                self._is_heard.set()
                if self._is_ending.is_set() and isinstance(error, _FINAL):
                    return  # the same would be said again
                # A thousand runs that lost their server do not come back all at once.
                if self._is_ending.wait(backoff * _jitter()):
                    time.sleep(min(backoff, 1.0))
                backoff = min(2 * backoff, _MAX_BACKOFF_S)

    def _send_leftovers(self) -> None:
        with background.importing():
            from runstone.tracking.leftovers import send_leftovers

        send_leftovers(self._folder, self._client, takes_local=self._door.moves)

    def _stop(self) -> None:
        """Somebody asked on the server for the run to stop: as if they had pressed Ctrl-C here."""
        if self._has_stopped or self._is_ending.is_set():
            return
        self._has_stopped = True
        if not self._stops:
            warn("somebody asked for the run to stop; it goes on, as stop_on_request is off")
            return
        warn("somebody asked for the run to stop: the script gets a KeyboardInterrupt")
        import signal

        # A signal ends what the main thread waits in; only a real one does.
        ident = threading.main_thread().ident
        if hasattr(signal, "pthread_kill") and ident is not None:
            signal.pthread_kill(ident, signal.SIGINT)
        else:
            import _thread

            _thread.interrupt_main()

    def _sender(self) -> Sender:
        # Imported here: a run begins without waiting for what only this thread needs.
        identity = self._folder.identity()
        try:
            client = None if self._door.moves else self._door.open()
            if client is not None and not self._goes_on:
                # While the server looks at it there is more to import.
                client.put_ahead(*announcement(identity))
            with background.importing():
                from runstone.tracking.sending import Sender
        finally:
            self._is_ready.set()
        self._client = client or self._door.open()
        return Sender(self._folder, self._client, identity=identity)
