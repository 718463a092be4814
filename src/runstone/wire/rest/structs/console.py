"""Captured output on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class ConsoleWriter(Struct):
    """One of the processes whose output a run holds."""

    writer: Annotated[str, Meta(description="Empty for the only process of a run.")]
    label: Annotated[str | None, Meta(description="What the client calls it, such as a rank.")]
    num_lines: int


class ConsoleLine(Struct):
    """One line of output."""

    position: Annotated[
        int,
        Meta(
            description="Among the lines asked for: of one writer, or of all in order of time. "
            "Positions of numbers that a writer left out hold no line."
        ),
    ]
    writer: str
    number: Annotated[int, Meta(description="In its writer's output, from 0.")]
    text: Annotated[
        str,
        Meta(
            description="As printed, with ANSI codes; of a line that was rewritten (a progress "
            "bar), its last text."
        ),
    ]
    at: Annotated[
        str | None,
        Meta(description="ISO 8601, UTC where no zone stands in it, as the client gave it."),
    ]
    level: Annotated[str | None, Meta(description="`error` for stderr.")]
    label: str | None


class ConsoleWindow(Struct):
    """Lines one after the other."""

    lines: list[ConsoleLine]
    start: Annotated[int, Meta(description="Position at which this window begins.")]
    next: Annotated[int, Meta(description="Position after it: `start` of the next window.")]
    total: Annotated[int, Meta(description="Positions that there are: the scrollbar's length.")]
    writers: Annotated[
        list[ConsoleWriter], Meta(description="All of the run, be they asked for or not.")
    ]
    cursor: Annotated[
        str,
        Meta(
            description="Pass as `cursor` for the lines after this window, each once, whatever "
            "late lines of other writers come in before it meanwhile."
        ),
    ]


class ConsoleSpan(Struct, array_like=True):
    """Begin and end of a match in the visible text, in UTF-16 units as JavaScript counts."""

    begin: int
    end: int


class ConsoleMatch(Struct):
    """A line that was found."""

    line: ConsoleLine
    spans: Annotated[
        list[ConsoleSpan],
        Meta(
            description="Where the matches are in the text without its ANSI codes: the first 100, "
            "fewer for a pattern that takes long; none where nothing was looked for but a level."
        ),
    ]


class ConsoleMatches(Struct):
    """What a search has found, by position."""

    matches: list[ConsoleMatch]
    next: Annotated[
        int | None,
        Meta(
            description="Pass as `after` to go on: there may be more matches from here on. Null "
            "where all was looked through."
        ),
    ]
    total: Annotated[
        int | None,
        Meta(description="Lines that match in the whole output; null where it is not known yet."),
    ]
    num_positions: Annotated[int, Meta(description="Of the output that was looked through.")]
