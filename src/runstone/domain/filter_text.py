"""The text form of filters and sort keys: reading it, with helpful errors, and writing it.

    config.lr < 1e-3 and summary["val/loss"] < 0.2 and "baseline" in tags and name ~ "resnet.*"

`and`, `or`, `not`, parentheses; `== != < <= > >=`, `~` and `!~` (pattern found, not found), `in`
and `not in` with a list, `is None` and `is not None` (no value, some value), `"x" in tags`. A key
is a run field, or `config` or `summary` with a path: `config.a.b`, `summary.val/loss`,
`summary["any text"]`. Values are Python's: numbers, `nan`, `inf`, quoted texts, `True` or `true`;
times are texts in ISO 8601, UTC unless they say otherwise. Sort keys: `-summary.val/loss,id`.
"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_tokens import Token, TokenKind, bad_filter, scan
from runstone.domain.filters import (
    EVERYTHING,
    RUN_FIELDS,
    And,
    Compare,
    Exists,
    FieldKind,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Op,
    Or,
    SortKey,
    Source,
    Value,
)
from runstone.domain.patterns import Pattern

MAX_FILTER_CHARS: Final = 10_000
MAX_SORT_KEYS: Final = 8
_MAX_NESTING: Final = 50
_MIRRORED: Final = {
    Op.EQ: Op.EQ,
    Op.NE: Op.NE,
    Op.LT: Op.GT,
    Op.LE: Op.GE,
    Op.GT: Op.LT,
    Op.GE: Op.LE,
}
_ELSEWHERE: Final = {
    "display_name": "name",
    "displayName": "name",
    "run_id": "id",
    "username": "user",
    "createdAt": "created_at",
    "heartbeatAt": "heartbeat_at",
    "jobType": "job_type",
    "runtime": "duration_s",
    "duration": "duration_s",
    "tag": "tags",
}
"""What other tools, and our own older habits, call a field."""


def parse_filter(text: str) -> Filter:
    """The tree of a filter text; an empty text lets everything through.

    Raises:
        InvalidInput: Not understood (code `bad-filter`): the message points at the place and
            `position` in details is its index.
    """
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidInput(
            f"The filter has {len(text):,} characters; at most {MAX_FILTER_CHARS:,} are allowed.",
            code="bad-filter",
        )
    return _Parser(text).filter()


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """Sort keys separated by commas; `-` before a key sorts from high to low.

    Raises:
        InvalidInput: Not understood (code `bad-filter`).
    """
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidInput("The sort keys are too long.", code="bad-filter")
    return _Parser(text).sort_keys()


def parse_key(text: str) -> Key:
    """One key as filters and sort keys write it: `name`, `config.lr`, `summary["val/loss"]`.

    Raises:
        InvalidInput: Not understood (code `bad-filter`).
    """
    if len(text) > MAX_FILTER_CHARS:
        raise InvalidInput("The name of the column is too long.", code="bad-filter")
    return _Parser(text).only_key()


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = scan(text)
        self._at = 0
        self._depth = 0

    def filter(self) -> Filter:
        if self._here().kind is TokenKind.END:
            return EVERYTHING
        tree = self._either()
        if self._here().kind is not TokenKind.END:
            raise self._error_after_term()
        return tree

    def sort_keys(self) -> tuple[SortKey, ...]:
        keys: list[SortKey] = []
        while self._here().kind is not TokenKind.END:
            if keys:
                self._expect(",", "separate sort keys with commas")
            descending = self._take("-")
            if not descending:
                self._take("+")
            token = self._here()
            if token.kind is not TokenKind.KEY:
                raise self._error(token, f"expected a key to sort by, found {token.shown}")
            if len(keys) == MAX_SORT_KEYS:
                raise self._error(token, f"there are more than {MAX_SORT_KEYS} sort keys")
            keys.append(SortKey(self._key(), descending))
        return tuple(keys)

    def only_key(self) -> Key:
        token = self._here()
        if token.kind is not TokenKind.KEY:
            raise self._error(token, f"expected one key, found {token.shown}")
        key = self._key()
        if self._here().kind is not TokenKind.END:
            raise self._error(self._here(), f"expected the end, found {self._here().shown}")
        return key

    # Grammar

    def _either(self) -> Filter:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise self._error(self._here(), "the filter is nested too deeply")
        terms = [self._all()]
        while self._take_word("or"):
            terms.append(self._all())
        self._depth -= 1
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _all(self) -> Filter:
        terms = [self._maybe_not()]
        while self._take_word("and"):
            terms.append(self._maybe_not())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _maybe_not(self) -> Filter:
        negations = 0
        while self._take_word("not"):
            negations += 1
            if negations > _MAX_NESTING:
                raise self._error(self._here(), "the filter is nested too deeply")
        term = self._term()
        for _ in range(negations):
            term = Not(term)
        return term

    def _term(self) -> Filter:
        token = self._here()
        if self._take("("):
            inner = self._either()
            self._expect(")", "this ( is never closed", at=token)
            return inner
        if token.kind is TokenKind.VALUE:
            return self._value_first()
        if token.kind is TokenKind.KEY:
            return self._key_first()
        raise self._error(
            token, f"expected a condition such as config.lr < 0.1, found {token.shown}"
        )

    def _value_first(self) -> Filter:
        token = self._next()
        value = token.value
        negated = self._is_word("not") and self._peek(1).text == "in"
        if negated:
            self._next()
        if self._take_word("in"):
            place = self._here()
            key = self._key() if place.kind is TokenKind.KEY else None
            if key is None or key.kind is not FieldKind.TAGS:
                raise self._error(place, 'only tags can be asked so; for texts write key ~ "part"')
            if not isinstance(value, str):
                raise self._error(token, "a tag is a text: write it in quotes")
            return Not(HasTag(value)) if negated else HasTag(value)
        if self._here().kind is TokenKind.OPERATOR and self._here().text in set(Op):
            op = Op(self._next().text)
            if self._here().kind is not TokenKind.KEY:
                raise self._error(self._here(), f"expected a key, found {self._here().shown}")
            return self._compare(self._key(), _MIRRORED[op], token)
        if isinstance(value, bool):
            return And(()) if value else Or(())
        raise self._error(self._here(), f"expected a comparison after {token.shown}")

    def _key_first(self) -> Filter:
        place = self._here()
        key = self._key()
        if self._take_word("is"):
            negated = self._take_word("not")
            if not self._take_word("none"):
                raise self._error(self._here(), "only `is None` and `is not None` can be asked")
            return Exists(key) if negated else Not(Exists(key))
        if self._is_word("not") and self._peek(1).text == "in":
            self._next()
            self._next()
            return Not(self._in(key))
        if self._take_word("in"):
            return self._in(key)
        token = self._here()
        if token.kind is not TokenKind.OPERATOR:
            if key.kind is FieldKind.FLAG:
                return Compare(key, Op.EQ, True)
            shown = self._text[place.start : place.end]
            raise self._error(token, f"expected a comparison after {shown}, found {token.shown}")
        self._next()
        if token.text in ("~", "!~"):
            return self._matches(key, negated=token.text == "!~")
        op = Op(token.text)
        if self._is_word("none") and op in (Op.EQ, Op.NE):
            self._next()
            return Exists(key) if op is Op.NE else Not(Exists(key))
        value = self._here()
        if value.kind is TokenKind.KEY:
            raise self._error(
                value,
                f"a key is compared with a value, and {value.text} is a key; "
                f'for the text write "{value.text}"',
            )
        if value.kind is not TokenKind.VALUE:
            raise self._error(value, f"expected a value after {op.value}, found {value.shown}")
        self._next()
        if self._here().kind is TokenKind.OPERATOR and self._here().text in set(Op):
            raise self._error(self._here(), "comparisons do not chain: write a < x and x < b")
        return self._compare(key, op, value)

    def _compare(self, key: Key, op: Op, token: Token) -> Filter:
        if key.kind is FieldKind.TAGS:
            raise self._error(token, 'tags are asked with "name" in tags')
        return Compare(key, op, self._value(key, token))

    def _in(self, key: Key) -> Filter:
        self._expect("[", 'expected a list such as ["a", "b"]', or_else="(")
        closing = ")" if self._tokens[self._at - 1].text == "(" else "]"
        values: list[Value] = []
        while not self._take(closing):
            if values:
                self._expect(",", "separate the values with commas")
                if self._take(closing):
                    break
            token = self._here()
            if token.kind is not TokenKind.VALUE:
                raise self._error(token, f"expected a value, found {token.shown}")
            self._next()
            values.append(self._value(key, token))
        return In(key, tuple(values))

    def _matches(self, key: Key, *, negated: bool) -> Filter:
        token = self._next()
        if not isinstance(token.value, str):
            raise self._error(token, "a pattern is a text: write it in quotes")
        if key.kind not in (None, FieldKind.TEXT):
            raise self._error(token, f"{key.path} is no text, so no pattern can be found in it")
        try:
            pattern = Pattern(token.value)
        except InvalidInput as error:
            raise self._error(token, error.message, code=error.code) from error
        return Not(Matches(key, pattern)) if negated else Matches(key, pattern)

    def _value(self, key: Key, token: Token) -> Value:
        value = token.value
        assert value is not None
        if key.kind is FieldKind.TIME:
            return self._time(key, token)
        if (key.kind is FieldKind.TEXT) is not isinstance(value, str) and key.kind is not None:
            wanted = "a text: write it in quotes" if key.kind is FieldKind.TEXT else key.kind.value
            raise self._error(token, f"{key.path} is {wanted}")
        return value

    def _time(self, key: Key, token: Token) -> Value:
        try:
            instant = datetime.fromisoformat(token.value)  # type: ignore[arg-type]
            if instant.tzinfo is None:
                return instant.replace(tzinfo=UTC)
            return instant.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._error(
                token, f'{key.path} is a time: write "2026-11-22" or "2026-11-22T04:18:00Z"'
            ) from error

    def _key(self) -> Key:
        token = self._next()
        if token.source is not Source.RUN:
            return Key(token.source, token.path)
        if token.path in RUN_FIELDS:
            return Key(Source.RUN, token.path)
        raise self._error(token, _unknown_field(token.path))

    # Tokens

    def _here(self) -> Token:
        return self._tokens[self._at]

    def _peek(self, ahead: int) -> Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._here()
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def _is_word(self, word: str) -> bool:
        return self._here().kind is TokenKind.WORD and self._here().text == word

    def _take_word(self, word: str) -> bool:
        found = self._is_word(word)
        self._at += found
        return found

    def _take(self, sign: str) -> bool:
        found = self._here().kind is TokenKind.SIGN and self._here().text == sign
        self._at += found
        return found

    def _expect(self, sign: str, why: str, *, at: Token | None = None, or_else: str = "") -> None:
        if not (self._take(sign) or (or_else and self._take(or_else))):
            raise self._error(
                at or self._here(), why if at else f"{why}, found {self._here().shown}"
            )

    def _error_after_term(self) -> InvalidInput:
        token = self._here()
        if token.text in ("&&", "&", "||", "|"):
            word = "and" if token.text[0] == "&" else "or"
            return self._error(token, f"did you mean `{word}`?")
        if token.text == ")":
            return self._error(token, "there is a ) without its (")
        return self._error(token, f"expected `and`, `or` or the end, found {token.shown}")

    def _error(self, token: Token, why: str, *, code: str = "bad-filter") -> InvalidInput:
        return bad_filter(self._text, token.start, token.end, why, code=code)


def _unknown_field(name: str) -> str:
    if name in _ELSEWHERE:
        return f"unknown run field {name}; did you mean `{_ELSEWHERE[name]}`?"
    close = difflib.get_close_matches(name, [*RUN_FIELDS, "config", "summary"], n=1, cutoff=0.6)
    if close:
        return f"unknown run field {name}; did you mean `{close[0]}`?"
    return (
        f"unknown run field {name}; did you mean `config.{name}` or `summary.{name}`? "
        f"Fields are {', '.join(RUN_FIELDS)}"
    )
