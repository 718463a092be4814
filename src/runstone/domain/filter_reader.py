"""Reads tokens one by one, and keys, which everything in the filter language is made of."""

from __future__ import annotations

from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_tokens import Token, TokenKind, bad_filter, scan
from runstone.domain.filters import RUN_FIELDS, Aggregate, Key, Source
from runstone.domain.suggestions import closest

_SHORT: Final = {
    "created": "created_at",
    "started": "created_at",
    "heartbeat": "heartbeat_at",
    "finished": "finished_at",
    "duration": "duration_s",
}
"""What people write for short; it is read as the field itself."""

_ELSEWHERE: Final = {
    "displayname": "name",
    "runname": "name",
    "runid": "id",
    "username": "user",
    "runtime": "duration_s",
    "tag": "tags",
    "status": "state",
}
"""What other tools call a field, in small letters without what is between them."""

_DOCUMENTS: Final = {
    "cfg": Source.CONFIG,
    "params": Source.CONFIG,
    "param": Source.CONFIG,
    "hparams": Source.CONFIG,
    "metrics": Source.SUMMARY,
    "metric": Source.SUMMARY,
}
"""What other tools call a document, before a dot."""


class Reader:
    """The tokens of a text, and the place up to which they are read."""

    def __init__(self, text: str) -> None:
        self.text = text
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
        token = self.here()
        if token.kind is not TokenKind.KEY:
            raise self.error(token, f"expected {wanted}, found {token.shown}")
        if token.source is Source.RUN and self.is_sign("(", ahead=1):
            return self._of_history()
        self.next()
        if token.source is Source.HISTORY:
            why = f"a run has many values of {token.text}: write last({token.text}), or another of "
            raise self.error(token, why + ", ".join(Aggregate))
        if token.source is not Source.RUN:
            return Key(token.source, token.path)
        field = _SHORT.get(token.path, token.path)
        if field in RUN_FIELDS:
            return Key(Source.RUN, field)
        raise self.error(token, _unknown_field(token.path))

    def error(self, token: Token, why: str, *, code: str = "bad-filter") -> InvalidInput:
        """What is wrong with a token."""
        return bad_filter(self.text, token.start, token.end, why, code=code)

    def _of_history(self) -> Key:
        name = self.next()
        self.take("(")
        function = name.path.lower()
        if function not in set(Aggregate):
            why = f"of a history there are {', '.join(Aggregate)}, and no {name.path}"
            raise self.error(name, why)
        key = self.next()
        if key.kind is not TokenKind.KEY or key.source is not Source.HISTORY:
            why = f"{function} is of a key of the history: write {function}(history.loss)"
            raise self.error(key, why)
        self.expect(")", f"write {function}({key.text})")
        return Key(Source.HISTORY, key.path, Aggregate(function))


def _unknown_field(name: str) -> str:
    meant = _meant(name)
    if meant is None:
        sources = (Source.CONFIG, Source.SUMMARY)
        meant = "` or `".join(print_key(Key(source, name)) for source in sources)
    return f"unknown run field {name}; did you mean `{meant}`?"


def _meant(name: str) -> str | None:
    head, _, path = name.partition(".")
    if head in ("run", "runs") and path in RUN_FIELDS:
        return path
    if field := _ELSEWHERE.get(name.replace("_", "").lower()) or closest(name, RUN_FIELDS):
        return field
    document = _DOCUMENTS.get(head) or closest(head, [Source.CONFIG, Source.SUMMARY])
    if document is None or not path:
        return document
    return print_key(Key(Source(document), path))
