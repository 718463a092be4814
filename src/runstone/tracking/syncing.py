"""Folders of runs to a server, after the fact or as they grow: `runstone sync`.

Everything may be cut and repeated at any time, by several at once: what is on the server is what
the server says, and what comes twice is there once.

Whether a run still goes on is known for certain on the machine that logs it, by its locks. Of a
folder that another machine writes (a shared file system, where locks may not reach) it is judged:
a run that said its end has ended, and one that nothing was written of for five minutes is taken for
ended. A verdict that proves wrong costs nothing: what is written later is seen to be unsent.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from runstone.domain.errors import RunstoneError
from runstone.tracking import locks
from runstone.tracking.folder import RunFolder, run_folders
from runstone.tracking.http import HttpClient
from runstone.tracking.identity import Identity
from runstone.tracking.journal import JournalReader
from runstone.tracking.records import Finish, decode
from runstone.tracking.sending import Sender
from runstone.tracking.settings import host_name

QUIET_S: Final = 300.0
"""After which a run of another machine, of which nothing more came, is taken for ended."""
_PAUSE_S: Final = 1.0
_MAX_BACKOFF_S: Final = 60.0
_BEAT_S: Final = 20.0


class Outcome(StrEnum):
    """What became of a folder."""

    SENT = "sent"
    WAS_SENT = "was sent before"
    FOLLOWED = "is sent as it is written"
    LIVE = "is still being written"
    ONLINE = "is being sent by its own process"
    BUSY = "is being sent by another sync"
    LOCAL = "belongs to a data folder"
    FAILED = "could not be sent"

    @property
    def is_final(self) -> bool:
        """Whether nothing remains to be done: all there will be is on the server, or stays here."""
        return self in (Outcome.SENT, Outcome.WAS_SENT, Outcome.LOCAL)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where runs are to go, where that is not where their folders say."""

    entity: str | None = None
    project: str | None = None
    run: str | None = None

    def of(self, identity: Identity) -> Identity:
        """Who a run is to be there."""
        changed = copy.copy(identity)
        changed.entity = self.entity or identity.entity
        changed.project = self.project or identity.project
        if self.run is not None and self.run != identity.run:
            changed.run = self.run
            # That run may have rows of its own: these are another writer's, always the same one.
            changed.writer = identity.writer or identity.run
        return changed


class Sync:
    """One folder on its way; one thread's at a time.

    Args:
        takes_local: Also where the run is in a data folder of its machine (mode `local`).
        again: Though the folder says that all of it was sent: the server may have lost some since.

    Attributes:
        outcome: What became of it when it was looked at last; None before that.
        error: Why it could not be sent.
        address: Of the run's page, once the server knows it.
    """

    def __init__(
        self,
        folder: RunFolder,
        client: HttpClient,
        elsewhere: Elsewhere | None = None,
        *,
        takes_local: bool = True,
        again: bool = False,
    ) -> None:
        self.folder = folder
        self.outcome: Outcome | None = None
        self.error: str | None = None
        self.address: str | None = None
        self._client = client
        self._elsewhere = elsewhere or Elsewhere()
        self._takes_local = takes_local
        self._again = again
        self._sender: Sender | None = None
        self._hold: int | None = None
        self._beaten_at = 0.0
        self._grown_at: float | None = None
        self._tries_again_at = 0.0
        self._backoff_s = _PAUSE_S

    @property
    def num_bytes(self) -> int:
        """Read of it so far."""
        return 0 if self._sender is None else self._sender.num_bytes

    @property
    def is_due(self) -> bool:
        """Whether it is time to look at it (again)."""
        return time.monotonic() >= self._tries_again_at

    def step(self, *, follows: bool = False) -> Outcome:
        """Sends what the server lacks; never raises.

        Args:
            follows: Also of a run that goes on and that its own process does not send.
        """
        try:
            self.outcome, self.error = self._step(follows=follows), None
            self._backoff_s = _PAUSE_S
            self._tries_again_at = 0.0
        except (RunstoneError, OSError) as error:
            self.outcome, self.error = Outcome.FAILED, str(error)
            self._tries_again_at = time.monotonic() + self._backoff_s
            self._backoff_s = min(2 * self._backoff_s, _MAX_BACKOFF_S)
        if self.outcome is not Outcome.FOLLOWED:
            self.close()
        return self.outcome

    def close(self) -> None:
        """Lets go of the folder. Repeatable."""
        if self._hold is not None:
            locks.release(self._hold)
            self._hold = None
        self._sender = None

    def _step(self, *, follows: bool) -> Outcome:
        identity = self.folder.identity()
        if identity.mode == "local" and not self._takes_local:
            return Outcome.LOCAL
        wanted = self._elsewhere.of(identity)
        if not self._again and self._is_sent(wanted):
            return Outcome.WAS_SENT
        is_live = self._is_live(identity)
        if is_live and identity.mode != "offline" and self.folder.is_held():
            return Outcome.ONLINE
        if is_live and not follows:
            return Outcome.LIVE
        if self._hold is None:
            self._hold = self.folder.hold_sync()
            if self._hold is None:
                return Outcome.BUSY
        if self._sender is None:
            self._sender = Sender(self.folder, self._client, identity=wanted)
        sender = self._sender
        before = sender.num_bytes
        self.address = sender.begin().address
        if not is_live:
            sender.finish(is_over=True)
            self._again = False
            if is_dead(self.folder, identity):
                self.folder.trim()
            return Outcome.SENT
        while sender.send():
            self._beaten_at = time.monotonic()
        if sender.num_bytes > before:
            self._grown_at = time.monotonic()
        if time.monotonic() - self._beaten_at > _BEAT_S:
            sender.beat()
            self._beaten_at = time.monotonic()
        return Outcome.FOLLOWED

    def _is_sent(self, wanted: Identity) -> bool:
        if not self.folder.is_sent(self._client.server.url):
            return False
        self.address = self.folder.sent_to() or ""
        return self.address.endswith(f"/{wanted.project}/runs/{wanted.run}") and (
            wanted.entity is None or f"/{wanted.entity}/" in self.address
        )

    def _is_live(self, identity: Identity) -> bool:
        if is_live(self.folder, identity):
            return True
        # Seen to grow, whatever the clocks of the two machines say.
        is_far = identity.host != host_name()
        is_fresh = self._grown_at is not None and time.monotonic() - self._grown_at < QUIET_S
        return is_far and is_fresh and not has_said_its_end(self.folder)


def is_live(folder: RunFolder, identity: Identity) -> bool:
    """Whether a run goes on, as far as can be told from here."""
    if folder.is_held():
        return True
    if is_dead(folder, identity):
        return False
    return time.time() - folder.written_at() < QUIET_S and not has_said_its_end(folder)


def is_dead(folder: RunFolder, identity: Identity) -> bool:
    """Whether a run's process, and all its forks, are gone for certain: locks of this machine."""
    return identity.host == host_name() and folder.has_locks() and not folder.is_held()


def has_said_its_end(folder: RunFolder) -> bool:
    """Whether the run's own process said that it has ended: the last thing that it says."""
    last: bytes | None = None
    reader = JournalReader(folder.journal, "")
    while some := list(reader.records()):
        last = some[-1]
    return last is not None and isinstance(decode(last)[1], Finish)


Tell = Callable[[Sync], None]


def sync_all(
    folders: Sequence[RunFolder],
    client: HttpClient,
    *,
    elsewhere: Elsewhere | None = None,
    takes_local: Callable[[RunFolder], bool],
    again: bool = False,
    num_jobs: int = 4,
    tell: Tell,
    look: Callable[[Sequence[Sync]], None] = lambda syncs: None,
) -> list[Sync]:
    """Sends what the server lacks of runs that no process writes any more.

    Runs that finish an artifact which several write come after the others.

    Args:
        takes_local: Asked of a folder; see `Sync`.
        again: See `Sync`.
        num_jobs: Folders at once.
        tell: Told of each folder that is done with.
        look: Called every now and then meanwhile.
    """
    syncs = [
        Sync(folder, client, elsewhere, takes_local=takes_local(folder), again=again)
        for folder in folders
    ]
    lasts = {sync for sync in syncs if _finishes_shared(sync.folder)}
    pending: dict[Future[Outcome], Sync] = {}
    with ThreadPoolExecutor(num_jobs, thread_name_prefix="runstone-sync") as pool:
        try:
            for is_last in (False, True):
                some = [sync for sync in syncs if (sync in lasts) is is_last]
                pending |= {pool.submit(sync.step): sync for sync in some}
                while pending:
                    done, _ = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
                    for future in done:
                        tell(pending.pop(future))
                    look(syncs)
        except BaseException:
            for future in pending:
                future.cancel()
            raise
    return syncs


def _finishes_shared(folder: RunFolder) -> bool:
    if not (folder.path / "artifacts").is_dir():
        return False
    # Not above: most runs have no artifacts, and it imports much.
    from runstone.tracking.artifact_keeping import ArtifactShelf

    return ArtifactShelf(folder).finishes_shared()


class Follower:
    """Watches for folders of runs, and sends what is written to them.

    It looks every second, by reading: what another machine writes on a shared file system is told
    to nobody.

    Args:
        elsewhere: See `Elsewhere`.
        takes_local: Asked of a folder; see `Sync`.
        again: See `Sync`.
        tell: Told of a folder whose outcome has changed.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        client: HttpClient,
        *,
        elsewhere: Elsewhere | None = None,
        takes_local: Callable[[RunFolder], bool],
        again: bool = False,
        num_jobs: int = 4,
        tell: Tell,
    ) -> None:
        self._roots = roots
        self._client = client
        self._elsewhere = elsewhere
        self._takes_local = takes_local
        self._again = again
        self._num_jobs = num_jobs
        self._tell = tell
        self._syncs: dict[Path, Sync] = {}
        self._stopping = threading.Event()

    @property
    def syncs(self) -> list[Sync]:
        """All folders that were seen."""
        return list(self._syncs.values())

    def stop(self) -> None:
        """Ends `run` when what is being sent is sent; from any thread, or a signal's handler."""
        self._stopping.set()

    def run(self, *, until_finished: bool = False) -> None:
        """Follows until it is told to stop.

        Args:
            until_finished: Or until there are runs, and all of them have ended and are sent.
        """
        with ThreadPoolExecutor(self._num_jobs, thread_name_prefix="runstone-sync") as pool:
            try:
                while not self._stopping.is_set():
                    self._look_round(pool)
                    if until_finished and self._syncs and all(map(_is_done, self.syncs)):
                        return
                    self._stopping.wait(_PAUSE_S)
            finally:
                self._stopping.set()
                for sync in self.syncs:
                    sync.close()

    def _look_round(self, pool: ThreadPoolExecutor) -> None:
        for folder in (folder for root in self._roots for folder in run_folders(root)):
            if folder.path not in self._syncs:
                self._syncs[folder.path] = Sync(
                    folder,
                    self._client,
                    self._elsewhere,
                    takes_local=self._takes_local(folder),
                    again=self._again,
                )
        for path in [path for path in self._syncs if not path.exists()]:
            self._syncs.pop(path).close()
        due = [sync for sync in self.syncs if sync.is_due]
        for sync, before in zip(due, pool.map(self._step, due), strict=True):
            if sync.outcome is not before:
                self._tell(sync)

    def _step(self, sync: Sync) -> Outcome | None:
        """The outcome before."""
        before = sync.outcome
        if not self._stopping.is_set():
            sync.step(follows=True)
        # What was sent before was told when it was sent.
        if before is Outcome.SENT and sync.outcome is Outcome.WAS_SENT:
            sync.outcome = before
        return before


def _is_done(sync: Sync) -> bool:
    return sync.outcome is not None and sync.outcome.is_final
