"""Finding text in console lines: what is looked for, in which form, and where in a line it is.

Many lines are looked through at once, as one text: only where that may hold a match is each line
looked at. A pattern's time is bounded (`runstone.domain.patterns`); of a pattern, the longest
literal that every match must hold is looked for first.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from runstone.domain.console import visible
from runstone.domain.errors import InvalidInput
from runstone.domain.patterns import Pattern

MAX_QUERY_CHARS: Final = 1_024
MAX_SPANS: Final = 100
"""Matches that are shown of one line."""

SEPARATOR: Final = "\0"
"""Between lines that are looked through as one text; no line holds it."""

Span: TypeAlias = tuple[int, int]
"""Begin and end of a match, in characters of the visible text."""

_QUANTIFIER: Final = re.compile(r"(?:\*|\?|\{[^}]*\})\??|\+\??")


class Query:
    """What is looked for."""

    def __init__(self, text: str, *, is_pattern: bool, is_case_sensitive: bool) -> None:
        """Reads a query.

        Raises:
            InvalidInput: Too long, or a pattern that is none (code `bad-pattern`, with its
                position).
        """
        if len(text) > MAX_QUERY_CHARS:
            raise InvalidInput(
                f"The text to look for has {len(text):,} characters; at most {MAX_QUERY_CHARS:,} "
                "are allowed.",
                code="query-too-long",
            )
        self._pattern: Pattern | None = None
        if is_pattern:
            is_case_sensitive = is_case_sensitive and not text.startswith("(?i)")
            body = text.removeprefix("(?i)")
            self._pattern = Pattern(body)  # first as it was written: positions of errors are its
            if not is_case_sensitive:
                self._pattern = Pattern(f"(?i){body}")
            text = required_literal(body)
        self._is_case_sensitive = is_case_sensitive
        self._needle = text if is_case_sensitive else fold(text)

    def count(self, texts: str) -> int:
        """How many of some lines, joined by `SEPARATOR`, match."""
        shown = visible(texts)
        seen = self._seen(shown)
        if self._needle not in seen:
            return 0
        if self._pattern is None:
            return sum(self._needle in line for line in seen.split(SEPARATOR))
        lines = zip(seen.split(SEPARATOR), shown.split(SEPARATOR), strict=True)
        return sum(self._needle in line and self._pattern.search(text) for line, text in lines)

    def matches(self, text: str) -> bool:
        """Whether a line matches."""
        return self.count(text) > 0

    def spans(self, text: str) -> list[Span]:
        """Where in the visible text of a matching line the matches are, the first of them."""
        shown = visible(text)
        if self._pattern is not None:
            return self._pattern.spans(shown, limit=MAX_SPANS)
        found: list[Span] = []
        if not self._needle:
            return found
        seen, at = self._seen(shown), 0
        while len(found) < MAX_SPANS and (at := seen.find(self._needle, at)) >= 0:
            found.append((at, at + len(self._needle)))
            at += len(self._needle)
        return found

    def _seen(self, text: str) -> str:
        return text if self._is_case_sensitive else fold(text)


def fold(text: str) -> str:
    """Small letters, one for each character, so that positions stay."""
    if text.isascii():
        return text.lower()
    # The one letter whose small form has two characters, and the one with two small forms.
    return text.replace("İ", "i").lower().replace("ς", "σ")


def required_literal(pattern: str) -> str:
    """The longest text that every match of a pattern holds; empty where none is seen.

    Looks at the outermost level alone: literals outside of groups and classes, in a pattern
    without alternatives there.
    """
    runs, run, at = [], "", 0
    while at < len(pattern):
        char = pattern[at]
        if char == "|":
            return ""
        token, at = _token(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier:
            at = quantifier.end()
        is_optional = quantifier is not None and not quantifier[0].startswith("+")
        if token is None or is_optional:
            runs.append(run)
            run = ""
            continue
        run += token
        if quantifier:
            runs.append(run)
            run = ""
    return max([*runs, run], key=len)


def _token(pattern: str, at: int) -> tuple[str | None, int]:
    """The literal character that stands there, or None for anything else; and where it ends."""
    char = pattern[at]
    if char == "\\":
        escaped = pattern[at + 1 : at + 2]
        return (escaped if escaped and not escaped.isalnum() else None), at + 2
    if char == "[":
        return None, _end_of_class(pattern, at)
    if char == "(":
        return None, _end_of_group(pattern, at)
    return (None if char in "^$.*+?{}" else char), at + 1


def _end_of_class(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    is_first = True  # there, a bracket is a member
    while at < len(pattern) and (is_first or pattern[at] != "]"):
        at += 2 if pattern[at] == "\\" else 1
        is_first = False
    return at + 1


def _end_of_group(pattern: str, at: int) -> int:
    depth = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            continue
        if char == "[":
            at = _end_of_class(pattern, at)
            continue
        depth += (char == "(") - (char == ")")
        at += 1
        if depth == 0:
            break
    return at
