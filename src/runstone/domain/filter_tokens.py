"""The words of the filter language (see `runstone.domain.filter_text`), with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Source


class TokenKind(StrEnum):
    """What a token is."""

    KEY = "key"
    VALUE = "value"
    WORD = "word"
    OPERATOR = "operator"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word and its place.

    Attributes:
        text: Lower case for words; operators in their one spelling (`=` is `==`).
        value: Of a VALUE.
        source: Of a KEY; with `path`, where its value is found. Not checked against the fields.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    value: bool | int | float | str | None = None
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
    return InvalidInput(message, code=code, position=start, reason=why)


_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:\d+(?:_\d+)*)?\.?\d+(?:_\d+)*(?:[eE][+-]?\d+)?|\d+\.(?:[eE][+-]?\d+)?"
    r"|(?:inf|nan|Infinity|NaN)(?![\w.]))",
    re.ASCII,
)
_WORD: Final = re.compile(r"[^\W\d]\w*")
_PATH: Final = re.compile(r"""\.([^\s()\[\],<>=!~"'&|]+)""")
_OPERATORS: Final = ("==", "!=", "<=", ">=", "!~", "<>", "=~", "&&", "||", "<", ">", "=", "~")
_ONE_SPELLING: Final = {"=": "==", "<>": "!=", "=~": "~"}
_COMPARING: Final = frozenset({"==", "!=", "<=", ">=", "<", ">", "~", "!~"})
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "none", "null"})
_DOCUMENTS: Final = frozenset(Source) - {Source.RUN}
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r"}
_HEX: Final = {"u": 4, "x": 2, "U": 8}


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
        after_operand = bool(tokens) and tokens[-1].kind in (TokenKind.KEY, TokenKind.VALUE)
        token = _token(text, at, after_operand=after_operand)
        tokens.append(token)
        at = token.end


def _token(text: str, at: int, *, after_operand: bool) -> Token:
    char = text[at]
    if char in "\"'":
        value, end = _string(text, at)
        return Token(TokenKind.VALUE, text[at:end], at, end, value)
    if not after_operand and (number := _NUMBER.match(text, at)):
        return _number(text, number)
    for operator in _OPERATORS:
        if text.startswith(operator, at):
            spelled = _ONE_SPELLING.get(operator, operator)
            kind = TokenKind.OPERATOR if spelled in _COMPARING else TokenKind.SIGN
            return Token(kind, spelled, at, at + len(operator))
    if char in "()[],+-":
        return Token(TokenKind.SIGN, char, at, at + 1)
    word = _WORD.match(text, at)
    if word is None:
        hint = {
            "&": "; did you mean `and`?",
            "|": "; did you mean `or`?",
            "!": "; did you mean `not`?",
        }
        raise bad_filter(text, at, at + 1, f"`{char}` means nothing here{hint.get(char, '')}")
    return _word(text, at, word.end())


def _word(text: str, start: int, end: int) -> Token:
    word = text[start:end]
    lower = word.lower()
    if lower in _DOCUMENTS:
        return _document_key(text, start, end, Source(lower))
    if lower in ("true", "false"):
        return Token(TokenKind.VALUE, word, start, end, lower == "true")
    if lower in _WORDS:
        return Token(TokenKind.WORD, "none" if lower == "null" else lower, start, end)
    path = word
    while more := _PATH.match(text, end):
        path, end = path + more[0], more.end()
    return Token(TokenKind.KEY, path, start, end, path=path)


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


def _number(text: str, match: re.Match[str]) -> Token:
    shown = match[0]
    end = match.end()
    if rest := re.compile(r"[\w.]+").match(text, end):
        why = f"{shown}{rest[0]} is no number; write texts in quotes"
        raise bad_filter(text, match.start(), rest.end(), why)
    try:
        value: int | float = int(shown)
    except ValueError:
        value = float(shown)
    return Token(TokenKind.VALUE, shown, match.start(), end, value)


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
    try:
        if len(digits) < width or not digits.isalnum():
            raise ValueError
        return chr(int(digits, 16)), at + width
    except (ValueError, OverflowError) as error:
        raise bad_filter(text, at - 2, at + width, "this escape is not complete") from error
