"""Captured output of a run: windows, search, all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.console import visible
from runstone.domain.console_search import MAX_QUERY_CHARS, Query, Span
from runstone.domain.errors import InvalidInput
from runstone.domain.run import ConsoleLine as Line
from runstone.ports.store import Snapshot
from runstone.services import console_reading as services
from runstone.services.console_reading import PlacedLine
from runstone.wire.rest.call import Call, Download
from runstone.wire.rest.downloads import TEXT, stream_download
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.console import (
    ConsoleLine,
    ConsoleMatch,
    ConsoleMatches,
    ConsoleSpan,
    ConsoleWindow,
    ConsoleWriter,
)

_LINES_AT_ONCE = 10_000
"""Of a download: some 1 MB."""

_Writer = Annotated[
    str | None, Meta(description="Only this process; all of them, in order of time, if left out.")
]


class ReadConsole(Struct, forbid_unknown_fields=True):
    """Query of `read_console`."""

    writer: _Writer = None
    start: Annotated[int, Meta(ge=0, description="Position of the first line.")] = 0
    limit: Annotated[int, Meta(ge=1, le=services.MAX_LINES)] = 1_000
    tail: Annotated[
        Annotated[int, Meta(ge=1, le=services.MAX_LINES)] | None,
        Meta(description="The last so many lines, instead of `start` and `limit`."),
    ] = None
    cursor: Annotated[
        str | None, Meta(description="Of an earlier answer: what comes after it; not with `tail`.")
    ] = None


class SearchConsole(Struct, forbid_unknown_fields=True):
    """Query of `search_console`."""

    q: Annotated[
        str,
        Meta(max_length=MAX_QUERY_CHARS, description="Empty: every line, such as of one level."),
    ] = ""
    regex: Annotated[
        bool,
        Meta(
            description="`q` is a pattern: literals, `.`, `[a-z]`, `\\d \\w \\s`, groups, `|`, "
            "`* + ? {n,m}`, `^`, `$`. Its time is bounded, so there are no back-references, no "
            "look-around, no `\\b`."
        ),
    ] = False
    case: Annotated[bool, Meta(description="Capitals matter.")] = False
    writer: _Writer = None
    level: Annotated[str | None, Meta(description="Only lines of it: `error` for stderr.")] = None
    after: Annotated[
        int, Meta(ge=0, description="Look from this position on: `next` of the answer before.")
    ] = 0
    limit: Annotated[int, Meta(ge=1, le=services.MAX_MATCHES)] = 100


class DownloadConsole(Struct, forbid_unknown_fields=True):
    """Query of `download_console`."""

    writer: _Writer = None
    timestamps: Annotated[bool, Meta(description="Begin each line with its time.")] = False
    labels: Annotated[bool, Meta(description="Begin each line with its process.")] = False
    ansi: Annotated[bool, Meta(description="Keep ANSI codes (colours).")] = False


@route("GET", "/projects/{entity}/{project}/runs/{run}/console", tag="Console")
async def read_console(call: Call[ReadConsole, None]) -> ConsoleWindow:
    """Read a window of a run's output, by position or from its end.

    A window costs the same wherever it lies. Lines of several processes are merged in order of
    time; one that comes in late takes its place among them, which moves the positions after it.
    Whoever follows a run reads a `tail` first and goes on with `cursor`.
    """
    query = call.query
    if query.tail is not None and query.cursor is not None:
        raise InvalidInput("tail and cursor contradict each other: send one of them.")
    found = await call.read(
        lambda snapshot: services.read_window(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            call.path["run"],
            writer=query.writer,
            start=query.start,
            limit=query.limit,
            tail=query.tail,
            cursor=query.cursor,
        )
    )
    return ConsoleWindow(
        [_line(placed) for placed in found.lines],
        found.start,
        found.stop,
        found.num_positions,
        [ConsoleWriter(w.writer, w.label, w.num_lines) for w in found.writers],
        found.cursor,
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}/console/search", tag="Console")
async def search_console(call: Call[SearchConsole, None]) -> ConsoleMatches:
    """Find lines by text, pattern or level.

    What is searched is the visible text, without ANSI codes. A request does a bounded amount of
    work: where `next` is not null, ask again with it as `after`.
    """
    asked = call.query
    query = Query(asked.q, is_pattern=asked.regex, is_case_sensitive=asked.case)
    found = await call.read(
        lambda snapshot: services.search(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            call.path["run"],
            query,
            writer=asked.writer,
            level=asked.level,
            start=asked.after,
            limit=asked.limit,
        )
    )
    return ConsoleMatches(
        [
            ConsoleMatch(_line(match.placed), _spans(match.placed.line.text, match.spans))
            for match in found.matches
        ],
        found.next_position,
        found.total,
        found.num_positions,
    )


@route(
    "GET",
    "/projects/{entity}/{project}/runs/{run}/console/download",
    tag="Console",
    produces="text/plain",
)
async def download_console(call: Call[DownloadConsole, None]) -> Download:
    """Download a run's output as text, as it is now."""
    text, offsets = await _read_on(call, {})
    name = f"{call.path['run']}-console.txt"
    return stream_download(name, TEXT, _chunks(call, text, offsets))


async def _read_on(
    call: Call[DownloadConsole, None], offsets: Mapping[str, int]
) -> tuple[bytes, Mapping[str, int]]:
    """The next part of the text, and where it ends; empty at the end."""

    def read(snapshot: Snapshot) -> tuple[bytes, Mapping[str, int]]:
        lines, following = services.read_on(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            call.path["run"],
            writer=call.query.writer,
            offsets=offsets,
            limit=_LINES_AT_ONCE,
        )
        # Written out here, on the store's thread.
        return "".join(_as_text(line, call.query) for line in lines).encode(), following

    return await call.read(read)


async def _chunks(
    call: Call[DownloadConsole, None], text: bytes, offsets: Mapping[str, int]
) -> AsyncIterator[bytes]:
    while text:
        yield text
        text, offsets = await _read_on(call, offsets)


def _as_text(line: Line, query: DownloadConsole) -> str:
    begin = ""
    if query.timestamps:
        begin += f"{line.at or '-'} "
    if query.labels:
        begin += f"[{line.label or line.writer or '-'}] "
    return f"{begin}{line.text if query.ansi else visible(line.text)}\n"


def _line(placed: PlacedLine) -> ConsoleLine:
    line = placed.line
    return ConsoleLine(
        placed.position, line.writer, line.number, line.text, line.at, line.level, line.label
    )


def _spans(text: str, spans: Sequence[Span]) -> list[ConsoleSpan]:
    shown = visible(text)
    if shown.isascii():
        return [ConsoleSpan(begin, end) for begin, end in spans]
    return [ConsoleSpan(_utf16(shown[:begin]), _utf16(shown[:end])) for begin, end in spans]


def _utf16(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
