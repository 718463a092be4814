"""Server-sent events: which runs changed."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied, Unauthenticated
from runstone.ports.events import Events
from runstone.services import run_list
from runstone.wire.common.asgi import header
from runstone.wire.rest.call import Call, Stream
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.events import ChangedRun, HelloEvent, RunsEvent

MEDIA_TYPE: Final = "text/event-stream"

_HEARTBEAT_S: Final = 15.0
_PROOF_S: Final = 5.0
"""How long a session that was ended may still hear of changes: as long as a key is remembered."""
_MAX_RUNS: Final = 500
_CHANGE_NUMBER: Final = re.compile("[0-9]{1,18}")


class Listen(Struct, forbid_unknown_fields=True):
    """Query of `listen`."""

    project: Annotated[
        str | None, Meta(description="`entity/project`; everything you may see, if left out.")
    ] = None


@route("GET", "/events", tag="Events", produces=MEDIA_TYPE)
async def listen(call: Call[Listen, None]) -> Stream:
    """Hear which runs change, as server-sent events.

    First comes `hello` (`HelloEvent`), then `runs` (`RunsEvent`) whenever some began, logged,
    printed, saved files, changed, ended, were deleted or restored, at most four times a second,
    with the change number as its id. A client that reconnects with `Last-Event-ID` hears what it
    missed, or by `gap` that it must fetch anew. The stream ends when the session does.
    """
    place = _place(call.query.project)
    resume = header(call.scope, b"last-event-id")
    since = int(resume) if resume and _CHANGE_NUMBER.fullmatch(resume) else None
    # Asked once before the stream begins, so that what is not there is a 404 and no empty stream.
    await _changes(call, place, since or 0, limit=1)
    return Stream(_events(call, place, since), MEDIA_TYPE)


async def _events(
    call: Call[Listen, None], place: tuple[str, str] | None, since: int | None
) -> AsyncIterator[bytes]:
    news = _News()
    listener = asyncio.create_task(news.listen(call.context.events))
    try:
        # Listening begins before the number is read: nothing falls between.
        await asyncio.sleep(0)
        newest = await call.read(lambda snapshot: snapshot.runs.last_change_seq())
        seq, has_gap = newest, False
        if since is not None:
            seq = min(since, newest)
            has_gap = (await _changes(call, place, since, limit=1)).has_gap
        yield _event("hello", seq, HelloEvent(seq, has_gap))
        proved_at = _now()
        while not news.has_ended:
            if _now() - proved_at >= _PROOF_S:
                call = await _proved_anew(call)
                proved_at = _now()
            before = seq
            changes = await _changes(call, place, seq, limit=_MAX_RUNS)
            seq = changes.seq
            # What the greeting has told need not be told once more.
            is_new_gap = changes.has_gap and not has_gap
            has_gap = changes.has_gap
            if changes.runs or is_new_gap:
                yield _event("runs", seq, _told(changes, is_new_gap=is_new_gap))
                continue
            if seq == before and not await news.come(_HEARTBEAT_S):
                yield b":\n\n"
    except (Unauthenticated, NotFound, PermissionDenied):
        return  # the session has ended, or the project is gone from sight: so does the stream
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener


class _News:
    """Whether something has changed since one last looked."""

    def __init__(self) -> None:
        self.has_ended = False
        self._changed = asyncio.Event()

    async def listen(self, events: Events) -> None:
        try:
            async for _ in events.subscribe():
                self._changed.set()
        finally:
            self.has_ended = True
            self._changed.set()

    async def come(self, timeout_s: float) -> bool:
        try:
            # Not `wait_for`: that of Python 3.11 swallows a cancellation which comes along with
            # the news, and the stream would outlive its client.
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True


async def _changes(
    call: Call[Listen, None], place: tuple[str, str] | None, since: int, *, limit: int
) -> run_list.Changes:
    entity, project = place or (None, None)
    return await call.read(
        lambda snapshot: run_list.changes(
            snapshot, call.actor, since=since, limit=limit, entity=entity, project=project
        )
    )


def _told(changes: run_list.Changes, *, is_new_gap: bool) -> RunsEvent:
    runs: list[ChangedRun] = []
    deleted: list[ChangedRun] = []
    for run in changes.runs:
        told = deleted if run.is_deleted else runs
        told.append(ChangedRun(run.entity, run.project, run.name))
    return RunsEvent(changes.seq, runs, deleted, is_new_gap)


async def _proved_anew(call: Call[Listen, None]) -> Call[Listen, None]:
    # Roles may have changed too, so the actor is a new one.
    return replace(call, actor=await call.authenticate())


def _event(name: str, seq: int, data: Struct) -> bytes:
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), seq, msgspec.json.encode(data))


def _place(project: str | None) -> tuple[str, str] | None:
    if project is None:
        return None
    entity, slash, name = project.partition("/")
    if not (entity and slash and name):
        raise InvalidInput(f"{project[:200]!r} is not the address of a project: entity/project.")
    return entity, name


def _now() -> float:
    return asyncio.get_running_loop().time()
