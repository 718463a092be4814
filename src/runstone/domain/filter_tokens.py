"""The words of the filter language (see `runstone.domain.filter_text`), with their places.

web/src/lib/query/tokens.ts is the same in TypeScript; tests/vectors/filters.json holds both to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Ago, Source, TimeUnit


class TokenKind(StrEnum):
    """What a token is."""

    KEY = "key"
    VALUE = "value"
    TIME = "time"
    WORD = "word"
    OPERATOR = "operator"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word and its place.

    Attributes:
        text: Lower case for words; operators in their one spelling (`=` is `==`).
        value: Of a VALUE. Of a TIME: an instant; so long before now; a bare duration in seconds.
        source: Of a KEY; with `path`, where its value is found. Not checked against the fields.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    value: bool | int | float | str | datetime | Ago | None = None
    source: Source = Source.RUN
    path: str = ""

    @property
    def shown(self) -> str:
        """For messages."""
        return "the end" if self.kind is TokenKind.END else f"`{self.text}`"


def bad_filter(
    text: str, start: int, end: int, why: str, *, code: str = "bad-filter"
) -> InvalidInput:
    """The error that points at `text[start:end]`, in the line that holds it."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line = text[line_start : len(text) if line_end < 0 else line_end]
    column = start - line_start
    first = max(0, column - 60)
    shown = line[first : first + 120].replace("\t", " ")
    width = max(1, min(end - start, len(shown) - (column - first)))
    caret = " " * (column - first) + "^" * width
    message = f"{why[:1].upper()}{why[1:]}\n  {shown}\n  {caret}"
    return InvalidInput(message, code=code, position=start, end=end, reason=why)


# Whitespace as people type it, the wide one of East Asian keyboards included.
_BLANK: Final = r" \t-\r\xa0\u2000-\u200a\u3000"
_SPACE: Final = re.compile(f"[{_BLANK}]+")
_PART: Final = rf"""[^{_BLANK}()\[\],<>=!~"'&|]+"""
_PATH: Final = re.compile(rf"\.({_PART})")
_WORD: Final = re.compile(rf"(?=[A-Za-z_\x80-\U0010ffff]){_PART}")
_DOCUMENT: Final = re.compile(
    # Ignoring case as `re` does would let `hiſtory` through.
    "([Cc][Oo][Nn][Ff][Ii][Gg]|[Ss][Uu][Mm][Mm][Aa][Rr][Yy]|[Hh][Ii][Ss][Tt][Oo][Rr][Yy])"
    rf"(?=\.|\[|(?!{_PART}))"
)
_DIGITS: Final = r"[0-9]+(?:_[0-9]+)*"
_DECIMAL: Final = rf"(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?[0-9]+)?"
_NUMBER: Final = re.compile(rf"[+-]?(?:{_DECIMAL}|(?:inf|nan|Infinity|NaN)(?!{_PART}))")
_REST: Final = re.compile(_PART)
_DURATION: Final = re.compile(rf"(-?)({_DECIMAL})([smhdw])(?!{_PART})")
_NOW: Final = re.compile(
    rf"[Nn][Oo][Ww](?:[{_BLANK}]*-[{_BLANK}]*({_DECIMAL})([smhdw]))?(?!{_PART})"
)
_DATE: Final = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}(?:{_PART})?")
_HOURS: Final = "(?:[01][0-9]|2[0-3])"
_SIXTY: Final = "[0-5][0-9]"
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    rf"(?:[Tt ]({_HOURS}:{_SIXTY})(?::({_SIXTY})(?:\.([0-9]{{1,9}}))?)?"
    rf"(?:[Zz]|([+-])({_HOURS}):?({_SIXTY}))?)?"
)
_OPERATORS: Final = ("==", "!=", "<=", ">=", "!~", "<>", "=~", "&&", "||", "<", ">", "=", "~")
_ONE_SPELLING: Final = {"=": "==", "<>": "!=", "=~": "~"}
_COMPARING: Final = frozenset({"==", "!=", "<=", ">=", "<", ">", "~", "!~"})
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "none", "null"})
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r"}
_HEX: Final = {"u": 4, "x": 2, "U": 8}
_HINTS: Final = {"&": "and", "|": "or", "!": "not"}
_MONGO: Final = frozenset("{$")
"""What the filters of `wandb.Api()` begin with, which are JSON."""
_EXACT: Final = 2**53
_MAX_AGO_S: Final = 100 * 365 * 86_400


def scan(text: str) -> list[Token]:
    """The tokens of a text; the last is END.

    Raises:
        InvalidInput: A character or word that the language does not have.
    """
    tokens: list[Token] = []
    at = 0
    while True:
        if space := _SPACE.match(text, at):
            at = space.end()
        if at >= len(text):
            tokens.append(Token(TokenKind.END, "", len(text), len(text)))
            return tokens
        token = _token(text, at)
        tokens.append(token)
        at = token.end


def read_instant(text: str) -> datetime | None:
    """The instant of a date, or date and time, in ISO 8601; UTC unless it says otherwise."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    date, minutes, seconds, fraction, sign, hours_off, minutes_off = match.groups()
    micros = f"{fraction or '':0<6}"[:6]
    offset = "+00:00" if sign is None else f"{sign}{hours_off}:{minutes_off}"
    try:
        return datetime.fromisoformat(
            f"{date}T{minutes or '00:00'}:{seconds or '00'}.{micros}{offset}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _token(text: str, at: int) -> Token:
    char = text[at]
    if char in "\"'":
        value, end = _string(text, at)
        return Token(TokenKind.VALUE, text[at:end], at, end, value)
    if date := _DATE.match(text, at):
        return _date(text, date)
    if duration := _DURATION.match(text, at):
        sign, amount, unit = duration.groups()
        return _duration(duration, amount, unit, is_ago=sign == "-")
    if now := _NOW.match(text, at):
        return _duration(now, now[1] or "0", now[2] or "s", is_ago=True)
    if number := _NUMBER.match(text, at):
        return _number(text, number)
    for operator in _OPERATORS:
        if text.startswith(operator, at):
            spelled = _ONE_SPELLING.get(operator, operator)
            kind = TokenKind.OPERATOR if spelled in _COMPARING else TokenKind.SIGN
            return Token(kind, spelled, at, at + len(operator))
    if char in "()[],+-":
        return Token(TokenKind.SIGN, char, at, at + 1)
    if document := _DOCUMENT.match(text, at):
        return _document_key(text, at, document.end(), Source(document[1].lower()))
    if word := _WORD.match(text, at):
        return _word(word)
    hint = f"; did you mean `{_HINTS[char]}`?" if char in _HINTS else ""
    if char in _MONGO:
        hint = '; write conditions such as state == "finished" and config.lr < 0.1'
    raise bad_filter(text, at, at + 1, f"`{char}` means nothing here{hint}")


def _word(match: re.Match[str]) -> Token:
    word, (start, end) = match[0], match.span()
    lower = word.lower()
    if lower in ("true", "false"):
        return Token(TokenKind.VALUE, word, start, end, lower == "true")
    if lower in _WORDS:
        return Token(TokenKind.WORD, "none" if lower == "null" else lower, start, end)
    return Token(TokenKind.KEY, word, start, end, path=word)


def _document_key(text: str, start: int, end: int, source: Source) -> Token:
    parts: list[str] = []
    while True:
        if plain := _PATH.match(text, end):
            parts.append(plain[1])
            end = plain.end()
        elif text.startswith("[", end):
            if text[end + 1 : end + 2] not in ('"', "'"):
                raise bad_filter(text, end, end + 1, f'write {source}["key"], the key in quotes')
            part, closing = _string(text, end + 1)
            if not text.startswith("]", closing):
                raise bad_filter(text, end, closing, "this [ is never closed")
            parts.append(part)
            end = closing + 1
        else:
            break
    if not parts:
        why = f'write which key of the {source}: {source}.key or {source}["any key"]'
        raise bad_filter(text, start, end, why)
    return Token(TokenKind.KEY, text[start:end], start, end, source=source, path=".".join(parts))


def _date(text: str, match: re.Match[str]) -> Token:
    instant = read_instant(match[0])
    if instant is None:
        why = f"{match[0]} is no date; write 2026-11-22 or 2026-11-22T04:18:00Z"
        raise bad_filter(text, match.start(), match.end(), why)
    return Token(TokenKind.TIME, match[0], match.start(), match.end(), instant)


def _duration(match: re.Match[str], digits: str, unit: str, *, is_ago: bool) -> Token:
    text, (start, end) = match[0], match.span()
    ago = Ago(_exact(digits), TimeUnit(unit))
    if not ago.seconds <= _MAX_AGO_S:
        raise bad_filter(match.string, start, end, "that is more than 100 years")
    value = ago if is_ago else _exact(repr(float(ago.seconds)))
    return Token(TokenKind.TIME, text, start, end, value)


def _number(text: str, match: re.Match[str]) -> Token:
    shown, start, end = match[0], match.start(), match.end()
    if rest := _REST.match(text, end):
        why = f"{shown}{rest[0]} is no number; write texts in quotes, and times as -7d"
        raise bad_filter(text, start, rest.end(), f"{why} (units are s, m, h, d, w)")
    return Token(TokenKind.VALUE, shown, start, end, _exact(shown))


def _exact(digits: str) -> int | float:
    """A double, as an integer where it is one that has no neighbours in between."""
    value = float(digits)
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _string(text: str, start: int) -> tuple[str, int]:
    """The text between quotes that begins at `start`, and the place after it."""
    quote = text[start]
    parts: list[str] = []
    at = start + 1
    while at < len(text):
        char = text[at]
        at += 1
        if char == quote:
            return "".join(parts), at
        if char == "\\" and at < len(text):
            char = text[at]
            at += 1
            if (width := _HEX.get(char)) is not None:
                char, at = _code_point(text, at, width)
            elif char in _ESCAPED:
                char = _ESCAPED[char]
            elif char not in "\\\"'/":
                # As Python does: an unknown escape stays, so that "\d+" is a pattern.
                char = "\\" + char
        parts.append(char)
    raise bad_filter(text, start, start + 1, "this quote is never closed")


def _code_point(text: str, at: int, width: int) -> tuple[str, int]:
    digits = text[at : at + width]
    if re.fullmatch(r"[0-9A-Fa-f]+", digits) and len(digits) == width:
        number = int(digits, 16)
        if number <= 0x10FFFF:
            return chr(number), at + width
    raise bad_filter(text, at - 2, min(at + width, len(text)), "this escape is not complete")
