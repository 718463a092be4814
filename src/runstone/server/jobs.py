"""What happens without a request: sealing, large summaries, silent runs, trash, garbage, sessions.

Each job survives its errors: they are logged, and it is tried again at its next turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from runstone.domain.ids import RunId
from runstone.ports.store import Store, Transaction
from runstone.services.collection import Collector, Stage
from runstone.services.retention import Keeper
from runstone.services.runs import mark_silent_runs
from runstone.services.trash import remove_old

SEAL_BUSY_S: Final = 1.0
SEAL_IDLE_S: Final = 8.0
SUMMARY_CHECK_S: Final = 5.0
_SUMMARY_REST: Final = 20.0
"""After a while of putting summaries in place, so many times as long without."""
SILENCE_CHECK_S: Final = 15.0
SESSION_CHECK_S: Final = 3_600.0
TRASH_CHECK_S: Final = 30.0
RETENTION_CHECK_S: Final = 60.0
LOOK_ROUND_S: Final = 86_400.0
"""How often blobs and names are looked for that nothing refers to."""
LOOK_AFTER_S: Final = 60.0
"""When first: crashes are what leaves them, and a server that starts has better things to do."""
_STOP_WITHIN_S: Final = 15.0

_log = logging.getLogger(__name__)


class Jobs:
    """The background jobs of one server, on its event loop; disk work is done in threads."""

    def __init__(
        self,
        store: Store,
        collector: Collector,
        *,
        crash_after_s: float,
        trash_days: int,
        retention_check_s: float = RETENTION_CHECK_S,
    ) -> None:
        self._store = store
        self._collector = collector
        self._crash_after_s = crash_after_s
        self._trash_days = trash_days
        self._keeper = Keeper(store)
        self._retention_check_s = retention_check_s
        self._looks_round = False
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins; to be called on the running loop."""
        self._tasks = [
            asyncio.create_task(self._seal_forever(), name="seal"),
            asyncio.create_task(self._merge_summaries_forever(), name="merge-summaries"),
            asyncio.create_task(self._mark_silent_forever(), name="mark-silent-runs"),
            asyncio.create_task(
                self._repeat("empty-old-trash", TRASH_CHECK_S, self._empty_old_trash),
                name="empty-old-trash",
            ),
            asyncio.create_task(
                self._repeat("delete-unkept", self._retention_check_s, self._delete_unkept),
                name="delete-unkept",
            ),
            asyncio.create_task(
                self._repeat("find-deleted-versions", TRASH_CHECK_S, self._find_deleted_versions),
                name="find-deleted-versions",
            ),
            asyncio.create_task(self._look_round_forever(), name="look-round"),
            asyncio.create_task(self._collect_forever(), name="collect"),
            asyncio.create_task(
                self._repeat("drop-expired-sessions", SESSION_CHECK_S, self._drop_expired),
                name="drop-expired-sessions",
            ),
        ]

    async def stop(self) -> None:
        """Lets each finish what it is at, within bounds. Nothing is lost if one does not."""
        self._stopping.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=_STOP_WITHIN_S)
        for task in late:
            _log.warning("job-not-finished", extra={"job": task.get_name()})
            task.cancel()

    async def _seal_forever(self) -> None:
        pause = SEAL_BUSY_S
        while not await self._rest(pause):
            try:
                num_rows = await asyncio.to_thread(
                    self._store.seal_idle, is_cancelled=self._stopping.is_set
                )
            except Exception:  # noqa: BLE001 - the edge: logged, tried again
                _log.exception("job-failed", extra={"job": "seal"})
                pause = SEAL_IDLE_S
                continue
            if num_rows:
                _log.debug("sealed", extra={"rows": num_rows})
            # Looking costs little, but a server that nobody uses should sleep.
            pause = SEAL_BUSY_S if num_rows else min(SEAL_IDLE_S, pause * 2)

    async def _merge_summaries_forever(self) -> None:
        pause = SUMMARY_CHECK_S
        while not await self._rest(pause):
            began = time.monotonic()
            try:
                await self._merge_summaries()
            except Exception:  # noqa: BLE001 - the edge: logged, tried again
                _log.exception("job-failed", extra={"job": "merge-summaries"})
            # Other writers wait while a large one is put in place.
            pause = max(SUMMARY_CHECK_S, _SUMMARY_REST * (time.monotonic() - began))

    async def _merge_summaries(self) -> None:
        runs = await asyncio.wrap_future(self._store.read(lambda s: s.runs.unmerged_summaries()))
        for run in runs:
            if self._stopping.is_set():
                return  # they are read as well where they are

            def put(tx: Transaction, run: RunId = run) -> None:
                tx.runs.put_summary_in_place(run)

            await asyncio.wrap_future(self._store.write(put))

    async def _mark_silent_forever(self) -> None:
        # While the server was down nobody could speak to it: runs get their full time again.
        if not await self._rest(self._crash_after_s):
            pause = min(SILENCE_CHECK_S, self._crash_after_s)
            await self._repeat("mark-silent-runs", pause, self._mark_silent)

    async def _mark_silent(self) -> None:
        crash_after = timedelta(seconds=self._crash_after_s)
        crashed = await asyncio.wrap_future(
            self._store.write(lambda tx: mark_silent_runs(tx, crash_after=crash_after))
        )
        for run in crashed:
            _log.info("run-silent", extra={"run": run.name, "state": str(run.state)})

    async def _empty_old_trash(self) -> None:
        num_runs = 0
        # Stopped between two units, it goes on at the next start.
        while not self._stopping.is_set():
            removed = await asyncio.wrap_future(self._store.write(self._remove_old))
            if not removed:
                break
            num_runs += removed
        if num_runs:
            _log.info("trash-emptied", extra={"runs": num_runs})
            self._collector.wake()

    def _remove_old(self, tx: Transaction) -> int:
        return remove_old(tx, deleted_before=tx.now - timedelta(days=self._trash_days))

    async def _delete_unkept(self) -> None:
        gone = await self._keeper.sweep(stop=self._stopping.is_set)
        if gone.num_expired or gone.num_by_rules:
            _log.info(
                "versions-deleted",
                extra={"expired": gone.num_expired, "by_rules": gone.num_by_rules},
            )
            self._collector.wake()

    async def _find_deleted_versions(self) -> None:
        # Not at each deletion: looking for contents that nothing refers to any more reads much.
        if await asyncio.wrap_future(
            self._store.read(lambda s: s.garbage.removed_artifacts(limit=1))
        ):
            self._collector.wake()

    async def _look_round_forever(self) -> None:
        # What an earlier process had not finished.
        self._collector.wake()
        pause = LOOK_AFTER_S
        while not await self._rest(pause):
            self._looks_round = True
            self._collector.wake()
            pause = LOOK_ROUND_S

    async def _collect_forever(self) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                called = asyncio.create_task(self._collector.wait())
                await asyncio.wait((stopping, called), return_when=asyncio.FIRST_COMPLETED)
                called.cancel()
                if self._stopping.is_set():
                    return
                try:
                    await self._collect()
                except Exception:  # noqa: BLE001 - the edge: logged, tried again
                    _log.exception("job-failed", extra={"job": "collect"})
                    await self._rest(TRASH_CHECK_S)
                    self._collector.wake()
        finally:
            stopping.cancel()

    async def _collect(self) -> None:
        wholly, self._looks_round = self._looks_round, False
        done = await self._collector.tidy(wholly=wholly, stop=self._stopping.is_set)
        if done.stage is not Stage.DONE:
            return  # somebody asked for a collection, who does all of it
        if done.num_runs or done.num_contents or done.num_blobs or done.returned_bytes:
            _log.info(
                "collected",
                extra={
                    "runs": done.num_runs,
                    "erased_bytes": done.erased.total,
                    "contents": done.num_contents,
                    "orphans": done.num_blobs,
                    "returned_bytes": done.returned_bytes,
                },
            )

    async def _drop_expired(self) -> None:
        def drop(tx: Transaction) -> None:
            # Expired sessions go along with any that is ended; this one never was.
            tx.accounts.delete_session(b"")

        await asyncio.wrap_future(self._store.write(drop))

    async def _repeat(self, name: str, pause_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:  # noqa: BLE001 - the edge: logged, tried again
                _log.exception("job-failed", extra={"job": name})
            if await self._rest(pause_s):
                return

    async def _rest(self, seconds: float) -> bool:
        """Waits; True when it is time to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), timeout=seconds)
        except TimeoutError:
            return False
        return True
