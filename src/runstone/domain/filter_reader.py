"""Reads tokens one by one, and keys, which everything in the filter language is made of."""

from __future__ import annotations

from typing import TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_hints import SHORT, function_of, method_of, unknown_field
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_tokens import Token, TokenKind, bad_filter, scan
from runstone.domain.filters import RUN_FIELDS, Aggregate, Key, Source, Value

Part: TypeAlias = "Key | tuple[Key, Value]"
"""A key, or a value that is compared with it (of a pattern, its text)."""


class Reader:
    """The tokens of a text, and the place up to which they are read.

    Attributes:
        places: Where each part begins and ends, the first time it occurs.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Part, tuple[int, int]] = {}
        self._written: dict[Key, str] = {}
        self._tokens = scan(text)
        self._at = 0

    def here(self) -> Token:
        """The next token, left where it is."""
        return self._tokens[self._at]

    def peek(self, ahead: int) -> Token:
        """The token so many places further; beyond the end, the end."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def before(self) -> int:
        """Where the token that was passed last ends."""
        return self._tokens[self._at - 1].end if self._at else 0

    def next(self) -> Token:
        """The next token; the end stays where it is."""
        token = self.here()
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.here().kind is TokenKind.END

    def is_word(self, word: str, ahead: int = 0) -> bool:
        """Whether such a word comes there."""
        token = self.peek(ahead)
        return token.kind is TokenKind.WORD and token.text == word

    def is_sign(self, sign: str, ahead: int = 0) -> bool:
        """Whether such a sign comes there."""
        token = self.peek(ahead)
        return token.kind is TokenKind.SIGN and token.text == sign

    def take_word(self, word: str) -> bool:
        """Passes over the word where it comes next."""
        found = self.is_word(word)
        self._at += found
        return found

    def take(self, sign: str) -> bool:
        """Passes over the sign where it comes next."""
        found = self.is_sign(sign)
        self._at += found
        return found

    def expect(self, sign: str, why: str) -> None:
        """Passes over the sign, or says why it should be here."""
        if not self.take(sign):
            raise self.error(self.here(), f"{why}, found {self.here().shown}")

    def expect_end(self) -> None:
        """Refuses what is left."""
        if not self.at_end():
            raise self.error(self.here(), f"expected the end, found {self.here().shown}")

    def is_key(self) -> bool:
        """Whether a key comes next."""
        return self.here().kind is TokenKind.KEY

    def key(self, *, wanted: str = "a key") -> Key:
        """A key: a run field, of a document, or an aggregate of the history."""
        start = self.here().start
        key = self._key(wanted)
        self._written[key] = self.text[start : self.before()]
        self.places.setdefault(key, (start, self.before()))
        return key

    def written(self, key: Key) -> str:
        """A key that was read, as it was written."""
        return self._written[key]

    def _key(self, wanted: str) -> Key:
        token = self.here()
        if token.kind is not TokenKind.KEY:
            raise self.error(token, f"expected {wanted}, found {token.shown}")
        if self.is_sign("(", ahead=1) and (meant := method_of(token.text, self.peek(2))):
            raise self.error(token, meant)
        if token.source is Source.RUN and self.is_sign("(", ahead=1):
            return self._of_history()
        self.next()
        if token.source is Source.HISTORY:
            why = f"a run has many values of {token.text}: write last({token.text}), or another of "
            raise self.error(token, why + ", ".join(Aggregate))
        if token.source is not Source.RUN:
            return Key(token.source, token.path)
        field = SHORT.get(token.path, token.path)
        if field in RUN_FIELDS:
            return Key(Source.RUN, field)
        raise self.error(token, unknown_field(token.path, self._part_after(token)))

    def _part_after(self, token: Token) -> str | None:
        """The text in quotes that follows a word as a part of it: `df["lr"]`, `params."lr"`."""
        quoted = self.peek(1) if self.is_sign("[") else self.here()
        belongs = self.is_sign("[") or token.path.endswith(".")
        return quoted.value if belongs and isinstance(quoted.value, str) else None

    def error(self, token: Token, why: str, *, code: str = "bad-filter") -> InvalidInput:
        """What is wrong with a token."""
        return bad_filter(self.text, token.start, token.end, why, code=code)

    def _of_history(self) -> Key:
        name = self.next()
        self.take("(")
        function = name.path.lower()
        if function not in set(Aggregate):
            argument = self.peek(2) if self.is_sign(",", ahead=1) else self.peek(1)
            why = f"of a history there are {', '.join(Aggregate)}, and no {name.path}"
            raise self.error(name, function_of(function, self.here(), argument) or why)
        key = self.next()
        if key.kind is not TokenKind.KEY or key.source is not Source.HISTORY:
            path = key.path if key.kind is TokenKind.KEY else "loss"
            meant = print_key(Key(Source.HISTORY, path, Aggregate(function)))
            raise self.error(key, f"{function} is of a key of the history: write {meant}")
        self.expect(")", f"write {function}({key.text})")
        return Key(Source.HISTORY, key.path, Aggregate(function))
