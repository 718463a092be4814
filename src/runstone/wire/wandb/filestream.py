"""`POST /files/{entity}/{project}/{run}/file_stream`: what a running client reports. Hot.

Source: wandb-core `internal/filestream`, wandb/sdk/internal/file_stream.py of the older lines
(whose extra fields, such as `dropped`, are ignored).
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, Final

import msgspec

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue, loads
from runstone.domain.errors import InvalidInput
from runstone.domain.history import HistoryBatch
from runstone.services import ingest
from runstone.wire.common.asgi import Receive, Scope, Send, header, read_body, respond
from runstone.wire.common.context import ServerContext
from runstone.wire.wandb.console import is_console, parse_lines
from runstone.wire.wandb.jsontext import parse_body
from runstone.wire.wandb.rows import MARKER, parse_rows

HISTORY: Final = "wandb-history.jsonl"
SYSTEM: Final = "wandb-events.jsonl"
SUMMARY: Final = "wandb-summary.json"

_OFF_LOOP_BYTES: Final = 256 * 1024
"""Bodies above this take more than a millisecond or two to parse: not on the event loop."""
_PARSER: Final = ThreadPoolExecutor(1, thread_name_prefix="runstone-parse")
"""One thread: parsing holds the interpreter's lock, and several would only take it in turns."""
_MAX_LINE: Final = 2**62


class Chunk(msgspec.Struct):
    """Lines of one file, from line number `offset` on."""

    content: list[str] = []
    offset: Annotated[int, msgspec.Meta(ge=0, lt=_MAX_LINE)] = 0


class FileStreamRequest(msgspec.Struct):
    """The body. Everything may be missing: `{}` is a heartbeat."""

    files: dict[str, Chunk] | None = None
    uploaded: list[str] | None = None
    complete: bool | None = None
    exitcode: Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**32)] | None = None
    preempting: bool | None = None


async def post(
    context: ServerContext,
    actor: Actor,
    address: tuple[str, str, str],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Answers one post; errors of the domain are the caller's to answer."""
    body = await read_body(scope, receive, max_bytes=context.limits.max_body_bytes)
    writer = header(scope, b"x-wandb-async-client-id") or ""
    if len(body) > _OFF_LOOP_BYTES:
        loop = asyncio.get_running_loop()
        report = await loop.run_in_executor(_PARSER, partial(parse, body, writer=writer))
    else:
        report = parse(body, writer=writer)
    acknowledged = await asyncio.wrap_future(
        context.store.write(lambda tx: ingest.record(tx, actor, *address, report))
    )
    await respond(send, 200, b'{"stopped":true}' if acknowledged.stop_requested else b"{}")


def parse(body: bytes, *, writer: str = "", now: float | None = None) -> ingest.Report:
    """What a body reports.

    Args:
        writer: Which of several writers speaks (shared mode); empty for the only one.

    Raises:
        InvalidInput: Not JSON, of a wrong shape, or with a row that is no JSON object.
    """
    request = _decode(body)
    now = time.time() if now is None else now
    history: HistoryBatch | None = None
    system: HistoryBatch | None = None
    summary: dict[str, JsonValue] | None = None
    console: list[Any] = []
    for name, chunk in (request.files or {}).items():
        if not chunk.content:
            continue
        if name == HISTORY:
            history = parse_rows(chunk.content, row0=chunk.offset, now=now)
        elif name == SYSTEM:
            system = _without_marker(parse_rows(chunk.content, row0=chunk.offset, now=now))
        elif name == SUMMARY:
            summary = _summary(chunk.content[-1])
        elif is_console(name):
            console += parse_lines(name, chunk.content, offset=chunk.offset, writer=writer)
    return ingest.Report(
        writer=writer,
        history=history,
        system=system,
        summary=summary,
        console=console,
        exit_code=(request.exitcode or 0) if request.complete else None,
        is_preempting=bool(request.preempting),
        # Of several writers none takes back what one has ended: those without
        # `x_update_finish_state` never end it themselves, and may speak a moment longer.
        joins=bool(writer),
    )


def _decode(body: bytes) -> FileStreamRequest:
    if not body:
        return FileStreamRequest()
    try:
        return msgspec.convert(parse_body(body), FileStreamRequest)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"The file_stream body has a wrong shape: {error}.", code="malformed-file-stream"
        ) from error


def _summary(line: str) -> dict[str, JsonValue]:
    value = loads(line)
    if not isinstance(value, dict):
        raise InvalidInput("The summary is not a JSON object.", code="malformed-summary")
    return value


def _without_marker(batch: HistoryBatch) -> HistoryBatch:
    if MARKER not in batch.numbers:
        return batch
    numbers = {key: column for key, column in batch.numbers.items() if key != MARKER}
    return HistoryBatch(batch.row0, batch.step, batch.time, batch.runtime, numbers, batch.objects)
