"""The thread that sends while the script runs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from runstone.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    Unauthenticated,
)
from runstone.tracking.folder import RunFolder
from runstone.tracking.terminal import say, warn

if TYPE_CHECKING:
    from runstone.tracking.sending import Sender

_PAUSE_S: Final = 0.5
_BEAT_S: Final = 20.0
_MAX_BACKOFF_S: Final = 60.0
_FINAL: Final = (
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    Unauthenticated,
)


class Uploader:
    """Sends a run's journals to a server until the run is finished.

    It never raises: what cannot be sent stays in the folder, and is said once.
    """

    def __init__(self, folder: RunFolder, url: str | None, api_key: str | None) -> None:
        self._folder = folder
        self._server = (url, api_key)
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runstone-uploader", daemon=True)
        self._is_done = False
        self._trouble: str | None = None
        self.url: str | None = None
        self._thread.start()

    def finish(self, timeout_s: float) -> None:
        """Waits until everything is sent, at most so long, and says where it is."""
        self._is_ending.set()
        self._thread.join(timeout_s)
        if self._is_done:
            say(f"all of it is at {self.url}")
        else:
            reason = f" ({self._trouble})" if self._trouble else ""
            warn(f"not everything is sent{reason}. Later: runstone sync {self._folder.path}")

    def _run(self) -> None:
        try:
            sender = self._sender()
        except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
            self._trouble = str(error)
            warn(f"{error} What is logged stays in {self._folder.path}")
            return
        backoff = _PAUSE_S
        beaten = time.monotonic()
        while not self._is_done:
            try:
                if self.url is None:
                    link = sender.begin()
                    self.url = link.address
                    say(f"{link.begun.name} → {self.url}")
                if self._is_ending.is_set():
                    self._is_done = sender.finish()
                    continue
                if sender.send():
                    beaten = time.monotonic()
                elif time.monotonic() - beaten > _BEAT_S:
                    sender.beat()
                    beaten = time.monotonic()
                backoff = _PAUSE_S
                self._is_ending.wait(_PAUSE_S)
            except Exception as error:  # noqa: BLE001 - a thread of somebody else's training
                if self._trouble is None:
                    warn(f"{error} What is logged stays in {self._folder.path}; trying again.")
                self._trouble = str(error)
                if self._is_ending.is_set() and isinstance(error, _FINAL):
                    return  # the same would be said again
                if self._is_ending.wait(backoff):
                    time.sleep(min(backoff, 1.0))
                backoff = min(2 * backoff, _MAX_BACKOFF_S)

    def _sender(self) -> Sender:
        # Imported here: a run begins without waiting for what only this thread needs.
        from runstone import __version__
        from runstone.sdk.settings import find_server
        from runstone.sdk.transport import Transport
        from runstone.tracking.sending import Sender

        server = find_server(*self._server)
        transport = Transport(server, user_agent=f"runstone-python/{__version__}")
        return Sender(self._folder, transport)
