"""The grammar of filters: tokens to the tree. What people write is in docs/filters.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_reader import Reader
from runstone.domain.filter_tokens import Token, TokenKind
from runstone.domain.filters import (
    EVERYTHING,
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
    Value,
)
from runstone.domain.patterns import Pattern

_MAX_NESTING: Final = 50
_MIRRORED: Final = {
    Op.EQ: Op.EQ,
    Op.NE: Op.NE,
    Op.LT: Op.GT,
    Op.LE: Op.GE,
    Op.GT: Op.LT,
    Op.GE: Op.LE,
}


class FilterReader(Reader):
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def filter(self) -> Filter:
        """The tree of the whole text."""
        if self.at_end():
            return EVERYTHING
        tree = self._either()
        if not self.at_end():
            raise self._error_after_term()
        return tree

    def _either(self) -> Filter:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise self.error(self.here(), "the filter is nested too deeply")
        terms = [self._all()]
        while self.take_word("or"):
            terms.append(self._all())
        self._depth -= 1
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _all(self) -> Filter:
        terms = [self._maybe_not()]
        while self.take_word("and"):
            terms.append(self._maybe_not())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _maybe_not(self) -> Filter:
        negations = 0
        while self.take_word("not"):
            negations += 1
            if negations > _MAX_NESTING:
                raise self.error(self.here(), "the filter is nested too deeply")
        term = self._term()
        for _ in range(negations):
            term = Not(term)
        return term

    def _term(self) -> Filter:
        token = self.here()
        if self.take("("):
            inner = self._either()
            if not self.take(")"):
                raise self.error(token, "this ( is never closed")
            return inner
        if token.kind is TokenKind.VALUE:
            return self._value_first()
        if token.kind is TokenKind.KEY:
            return self._key_first()
        raise self.error(
            token, f"expected a condition such as config.lr < 0.1, found {token.shown}"
        )

    def _value_first(self) -> Filter:
        token = self.next()
        value = token.value
        negated = self.is_word("not") and self.is_word("in", ahead=1)
        if negated:
            self.next()
        if self.take_word("in"):
            place = self.here()
            key = self.key() if place.kind is TokenKind.KEY else None
            if key is None or key.kind is not FieldKind.TAGS:
                raise self.error(place, 'only tags can be asked so; for texts write key ~ "part"')
            if not isinstance(value, str):
                raise self.error(token, "a tag is a text: write it in quotes")
            return Not(HasTag(value)) if negated else HasTag(value)
        if self.here().kind is TokenKind.OPERATOR and self.here().text in set(Op):
            op = Op(self.next().text)
            if self.here().kind is not TokenKind.KEY:
                raise self.error(self.here(), f"expected a key, found {self.here().shown}")
            return self._compare(self.key(), _MIRRORED[op], token)
        if isinstance(value, bool):
            return And(()) if value else Or(())
        raise self.error(self.here(), f"expected a comparison after {token.shown}")

    def _key_first(self) -> Filter:
        place = self.here()
        key = self.key()
        if self.take_word("is"):
            negated = self.take_word("not")
            if not self.take_word("none"):
                raise self.error(self.here(), "only `is None` and `is not None` can be asked")
            return Exists(key) if negated else Not(Exists(key))
        if self.is_word("not") and self.is_word("in", ahead=1):
            self.next()
            self.next()
            return Not(self._in(key))
        if self.take_word("in"):
            return self._in(key)
        token = self.here()
        if token.kind is not TokenKind.OPERATOR:
            if key.kind is FieldKind.FLAG:
                return Compare(key, Op.EQ, True)
            shown = self.text[place.start : place.end]
            raise self.error(token, f"expected a comparison after {shown}, found {token.shown}")
        self.next()
        if token.text in ("~", "!~"):
            return self._matches(key, negated=token.text == "!~")
        op = Op(token.text)
        if self.is_word("none") and op in (Op.EQ, Op.NE):
            self.next()
            return Exists(key) if op is Op.NE else Not(Exists(key))
        value = self.here()
        if value.kind is TokenKind.KEY:
            raise self.error(
                value,
                f"a key is compared with a value, and {value.text} is a key; "
                f'for the text write "{value.text}"',
            )
        if value.kind is not TokenKind.VALUE:
            raise self.error(value, f"expected a value after {op.value}, found {value.shown}")
        self.next()
        if self.here().kind is TokenKind.OPERATOR and self.here().text in set(Op):
            raise self.error(self.here(), "comparisons do not chain: write a < x and x < b")
        return self._compare(key, op, value)

    def _compare(self, key: Key, op: Op, token: Token) -> Filter:
        if key.kind is FieldKind.TAGS:
            raise self.error(token, 'tags are asked with "name" in tags')
        return Compare(key, op, self._value(key, token))

    def _in(self, key: Key) -> Filter:
        closing = "]"
        if self.take("("):
            closing = ")"
        else:
            self.expect("[", 'expected a list such as ["a", "b"]')
        values: list[Value] = []
        while not self.take(closing):
            if values:
                self.expect(",", "separate the values with commas")
                if self.take(closing):
                    break
            token = self.here()
            if token.kind is not TokenKind.VALUE:
                raise self.error(token, f"expected a value, found {token.shown}")
            self.next()
            values.append(self._value(key, token))
        return In(key, tuple(values))

    def _matches(self, key: Key, *, negated: bool) -> Filter:
        token = self.next()
        if not isinstance(token.value, str):
            raise self.error(token, "a pattern is a text: write it in quotes")
        if key.kind not in (None, FieldKind.TEXT):
            raise self.error(
                token, f"{print_key(key)} is no text, so no pattern can be found in it"
            )
        try:
            pattern = Pattern(token.value)
        except InvalidInput as error:
            raise self.error(token, error.message, code=error.code) from error
        return Not(Matches(key, pattern)) if negated else Matches(key, pattern)

    def _value(self, key: Key, token: Token) -> Value:
        value = token.value
        assert value is not None
        if key.kind is FieldKind.TIME:
            return self._time(key, token)
        if (key.kind is FieldKind.TEXT) is not isinstance(value, str) and key.kind is not None:
            wanted = "a text: write it in quotes" if key.kind is FieldKind.TEXT else "no text"
            raise self.error(token, f"{print_key(key)} is {wanted}")
        return value

    def _time(self, key: Key, token: Token) -> Value:
        try:
            instant = datetime.fromisoformat(token.value)  # type: ignore[arg-type]
            if instant.tzinfo is None:
                return instant.replace(tzinfo=UTC)
            return instant.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise self.error(
                token, f'{key.path} is a time: write "2026-11-22" or "2026-11-22T04:18:00Z"'
            ) from error

    def _error_after_term(self) -> InvalidInput:
        token = self.here()
        if token.text in ("&&", "&", "||", "|"):
            word = "and" if token.text[0] == "&" else "or"
            return self.error(token, f"did you mean `{word}`?")
        if token.text == ")":
            return self.error(token, "there is a ) without its (")
        return self.error(token, f"expected `and`, `or` or the end, found {token.shown}")
