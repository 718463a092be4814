"""Lines of `output.log`: JSON objects from newer clients, `ERROR? <time> <text>` from older."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from runstone.domain.documents import JsonValue, loads
from runstone.domain.errors import InvalidInput
from runstone.domain.run import ConsoleLine

_FILE: Final = re.compile(r"output(?:_(?P<label>.+))?\.log")
_PLAIN: Final = re.compile(
    r"(?P<error>ERROR )?(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?) (?P<text>.*)", re.DOTALL
)


def is_console(file: str) -> bool:
    """Whether a file of the stream holds captured output."""
    return _FILE.fullmatch(file) is not None


def parse_lines(file: str, lines: Sequence[str], *, offset: int, writer: str) -> list[ConsoleLine]:
    """The lines numbered from `offset`.

    Several processes that write to one run number their lines each for themselves. What tells
    them apart is the client's id in shared mode, else the label in the file's name.
    """
    match = _FILE.fullmatch(file)
    label = match["label"] if match else None
    return [
        _parse(line, number, writer or label or "", label)
        for number, line in enumerate(lines, offset)
    ]


def _parse(line: str, number: int, writer: str, label: str | None) -> ConsoleLine:
    structured = _structured(line)
    if structured is not None:
        return ConsoleLine(
            writer=writer,
            number=number,
            text=_without_end(str(structured["content"])),
            at=_text(structured.get("ts")),
            level=_text(structured.get("level")),
            label=_text(structured.get("label")) or label,
        )
    plain = _PLAIN.fullmatch(line)
    if plain is None:
        return ConsoleLine(writer, number, _without_end(line), label=label)
    level = "error" if plain["error"] else None
    return ConsoleLine(writer, number, _without_end(plain["text"]), plain["at"], level, label)


def _structured(line: str) -> dict[str, JsonValue] | None:
    # A plain line begins with a time, so printed JSON is never taken for a structured line.
    if not line.startswith("{"):
        return None
    try:
        value = loads(line)
    except InvalidInput:
        return None
    return value if isinstance(value, dict) and "content" in value else None


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _without_end(text: str) -> str:
    """The text as it can be stored: without its line end, lone surrogates escaped."""
    text = text.removesuffix("\n").removesuffix("\r")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
