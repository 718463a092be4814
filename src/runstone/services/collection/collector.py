"""The collector: erases in steps, then gives the space back; one at a time in a process.

Every step is a unit of work of its own, so it may be stopped or killed between any two: what was
removed stays noted until it is wholly erased, and blobs go after the records that named them are
durably gone. A second collector in another process would do the same steps, to no harm.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from runstone.domain.access import Actor, require_admin
from runstone.domain.errors import Conflict, Unavailable
from runstone.ports.blobs import Blobs
from runstone.ports.clock import Clock, system_clock
from runstone.ports.garbage import UnusedKeys
from runstone.ports.store import Store
from runstone.services.collection.contents import (
    contents_without_record,
    drop_abandoned,
    find_unneeded,
    forget_unneeded,
    uploads_given_up,
)
from runstone.services.collection.garbage import (
    Collected,
    Finding,
    Stage,
    Step,
    blobs_without_record,
    erase_some,
    result_of,
)
from runstone.services.collection.pacing import Pace

KEPT_FREE_BYTES: Final = 16 * 1024 * 1024
"""A running server keeps so much of the file free: what comes next fits without growing it."""

_TRIM_AFTER_BYTES: Final = 16 * 1024 * 1024
_MAX_LOG_BYTES: Final = 256 * 1024 * 1024
_LOG_PATIENCE_S: Final = 60.0
_TELL_EACH_S: Final = 0.5
_KEYS_AT_ONCE: Final = 1_000


class Collector:
    """Collects the garbage of one store and its blobs, on one event loop."""

    def __init__(self, store: Store, blobs: Blobs, *, clock: Clock = system_clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._turn = asyncio.Lock()
        self._is_asked_for = False
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Says that there is something to collect."""
        self._wake.set()

    async def wait(self) -> None:
        """Waits until somebody says so."""
        await self._wake.wait()
        self._wake.clear()

    async def tidy(self, *, wholly: bool, stop: Callable[[], bool] = lambda: False) -> Collected:
        """Collects in the background; makes room for whoever asks for a collection.

        Args:
            wholly: Also looks for blobs and names that nothing refers to, which reads much.
            stop: Asked between two steps.
        """
        work = _Pass(self._store, self._blobs, self._clock)
        if self._turn.locked():
            return work.done
        async with self._turn, aclosing(work.steps(wholly, KEPT_FREE_BYTES)) as steps:
            async for _ in steps:
                if self._is_asked_for or stop():
                    break
        return work.done

    def check(self, actor: Actor) -> None:
        """Raises unless `actor` may collect, and nobody does so now.

        Raises:
            PermissionDenied: Only administrators may.
            Conflict: Someone else's collection goes on (code `gc-running`).
        """
        require_admin(actor, doing="collect what was removed")
        if self._is_asked_for:
            raise Conflict(
                "A collection is running already; it frees the same. Try again when it is done.",
                code="gc-running",
            )

    async def collect(self, actor: Actor) -> AsyncGenerator[Collected, None]:
        """Collects all there is now, and gives all that is free back; tells of it on the way.

        Raises:
            PermissionDenied: Only administrators may.
            Conflict: Someone else's collection goes on (code `gc-running`).
            Unavailable: The disk is full, or a long read keeps the log from being put in place.
        """
        self.check(actor)
        self._is_asked_for = True
        try:
            async with self._turn:
                work = _Pass(self._store, self._blobs, self._clock)
                told_at = 0.0
                async with aclosing(work.steps(wholly=True, kept_free=0)) as steps:
                    async for _ in steps:
                        if time.monotonic() - told_at >= _TELL_EACH_S:
                            told_at = time.monotonic()
                            yield work.done
                yield work.done
        finally:
            self._is_asked_for = False
            # Whoever asked may have gone away in the middle: the background does what is left.
            self.wake()

    async def look(self, actor: Actor) -> Finding:
        """What `collect` would do now; changes nothing.

        Raises:
            PermissionDenied: Only administrators may.
        """
        require_admin(actor, doing="see what could be collected")
        removed = await result_of(self._store.read(lambda s: s.usage.removed()))
        unused = await result_of(self._store.read(lambda s: s.garbage.unused_keys()))
        contents = await find_unneeded(self._store, self._clock())
        num_blobs = blob_bytes = 0
        for lost in (blobs_without_record, contents_without_record):
            async for blob in lost(self._store, self._blobs, self._clock):
                num_blobs += 1
                blob_bytes += blob.size_bytes
        footprint = await asyncio.to_thread(self._store.footprint)
        return Finding(
            removed.num_runs,
            removed.usage,
            len(contents),
            sum(content.size_bytes for content in contents),
            num_blobs,
            blob_bytes,
            len(unused.ids),
            footprint,
        )


class _Pass:
    """One pass over everything; after each step `done` says what is done so far."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._log = _Log(store)
        self.done = Collected()

    async def steps(self, wholly: bool, kept_free: int) -> AsyncGenerator[None, None]:
        """Works while it is iterated."""
        async for _ in self._erase_runs():
            yield
        self._begin(Stage.CONTENTS)
        await drop_abandoned(self._store, self._clock())
        async for _ in self._erase_artifacts():
            yield
        async for content in forget_unneeded(self._store, self._blobs, self._clock()):
            self._count(num_contents=1, content_bytes=content.size_bytes)
            yield
        if wholly:
            self._begin(Stage.BLOBS)
            for lost in (blobs_without_record, contents_without_record):
                async for blob in lost(self._store, self._blobs, self._clock):
                    await self._blobs.delete(blob.key)
                    self._count(num_blobs=1, blob_bytes=blob.size_bytes)
                    yield
            async for upload in uploads_given_up(self._store, self._blobs, self._clock):
                await self._blobs.abort_upload(upload.key, upload.upload)
                yield
            self._begin(Stage.KEYS)
            await self._forget_keys()
            yield
        self._begin(Stage.SPACE)
        async for _ in self._give_back(kept_free):
            yield
        await asyncio.to_thread(self._store.trim_log)
        self._begin(Stage.DONE)

    def _begin(self, stage: Stage) -> None:
        self.done = replace(self.done, stage=stage)

    def _count(self, **more: int) -> None:
        done = self.done
        self.done = replace(done, **{name: getattr(done, name) + n for name, n in more.items()})

    async def _erase_runs(self) -> AsyncGenerator[None, None]:
        pace = Pace()
        while True:
            pace.begin()
            step = await self._erase(pace.step_bytes)
            if step is None:
                return
            # Their records are durably gone: should we die here, they are found as blobs that no
            # record names.
            for blob in step.blobs:
                await self._blobs.delete(blob)
            await self._log.grew(pace.step_bytes)
            await pace.end()
            self._count(num_runs=step.num_runs)
            self.done = replace(self.done, erased=self.done.erased + step.erased)
            yield

    async def _erase(self, max_bytes: int) -> Step | None:
        return await result_of(self._store.write(lambda tx: erase_some(tx, max_bytes=max_bytes)))

    async def _erase_artifacts(self) -> AsyncGenerator[None, None]:
        pace = Pace()
        while True:
            pace.begin()
            if not await self._erase_some_artifacts(pace.step_bytes):
                return
            await self._log.grew(pace.step_bytes)
            await pace.end()
            yield

    async def _erase_some_artifacts(self, max_bytes: int) -> int:
        return await result_of(
            self._store.write(lambda tx: tx.garbage.erase_artifacts(max_bytes=max_bytes))
        )

    async def _forget_keys(self) -> None:
        unused = await result_of(self._store.read(lambda s: s.garbage.unused_keys()))
        for start in range(0, len(unused.ids), _KEYS_AT_ONCE):
            part = UnusedKeys(unused.ids[start : start + _KEYS_AT_ONCE], unused.since)
            self._count(num_keys=await self._forget(part))

    async def _forget(self, unused: UnusedKeys) -> int:
        return await result_of(self._store.write(lambda tx: tx.garbage.forget_keys(unused)))

    async def _give_back(self, kept_free: int) -> AsyncGenerator[None, None]:
        pace = Pace()
        footprint = await asyncio.to_thread(self._store.footprint)
        self.done = replace(self.done, can_shrink=footprint.can_shrink)
        excess = footprint.free_bytes - kept_free
        while excess > 0:
            pace.begin()
            step = min(pace.step_bytes, excess)
            returned = await asyncio.to_thread(self._store.give_back, step)
            if not returned:
                return
            await self._log.grew(step)
            await pace.end()
            excess -= returned
            self._count(returned_bytes=returned)
            yield


class _Log:
    """Keeps the log of what is being collected short."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._grown = 0

    async def grew(self, num_bytes: int) -> None:
        """About so much was changed.

        Raises:
            Unavailable: Somebody reads what is in the log for too long.
        """
        self._grown += num_bytes
        if self._grown < _TRIM_AFTER_BYTES:
            return
        self._grown = 0
        give_up = time.monotonic() + _LOG_PATIENCE_S
        while await asyncio.to_thread(self._store.trim_log) > _MAX_LOG_BYTES:
            if time.monotonic() > give_up:
                raise Unavailable(
                    "Something reads from the database for very long (an export, perhaps), so "
                    "what is freed cannot be put in place. Collect again when it is done.",
                    code="log-held",
                    retry_after=_LOG_PATIENCE_S,
                )
            await asyncio.sleep(1.0)
