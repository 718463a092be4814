"""The grammar of filters: tokens to the tree. What people write is in docs/filters.md."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_hints import SHORT, word_after
from runstone.domain.filter_printing import quote
from runstone.domain.filter_reader import Reader
from runstone.domain.filter_tokens import Token, TokenKind, read_instant
from runstone.domain.filters import (
    EVERYTHING,
    RUN_FIELDS,
    Ago,
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
    Source,
    Value,
)
from runstone.domain.patterns import Pattern, escape

MAX_NESTING: Final = 50
MAX_CONDITIONS: Final = 500
_MIRRORED: Final = {
    Op.EQ: Op.EQ,
    Op.NE: Op.NE,
    Op.LT: Op.GT,
    Op.LE: Op.GE,
    Op.GT: Op.LT,
    Op.GE: Op.LE,
}
_IS_BARE: Final = re.compile(r"-?[0-9][0-9._]*(?:e[+-]?[0-9]+|[smhdw])?")
_DURATION: Final = Key(Source.RUN, "duration_s")


class FilterReader(Reader):
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._num_conditions = 0

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
        if self._depth > MAX_NESTING:
            raise self.error(self.here(), f"more than {MAX_NESTING} levels of parentheses")
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
            if negations > MAX_NESTING:
                raise self.error(self.here(), f"more than {MAX_NESTING} times `not`")
        term = self._term()
        for _ in range(negations):
            term = Not(term)
        return term

    def _term(self) -> Filter:
        token = self.here()
        if self.take("("):
            inner = self._either()
            if not self.take(")"):
                raise self._unclosed(token)
            return inner
        self._num_conditions += 1
        if self._num_conditions > MAX_CONDITIONS:
            raise self.error(token, f"more than {MAX_CONDITIONS} conditions")
        if token.kind in (TokenKind.VALUE, TokenKind.TIME):
            return self._value_first()
        if token.kind is TokenKind.KEY:
            if token.path.lower() == "exists" and self.is_sign("(", ahead=1):
                return self._exists()
            return self._key_first()
        hint = "; did you mean `not`?" if token.text == "~" else ""
        raise self.error(
            token, f"expected a condition such as config.lr < 0.1, found {token.shown}{hint}"
        )

    def _exists(self) -> Filter:
        name = self.next()
        self.take("(")
        key = self.key(wanted="a key, as in exists(config.lr)")
        self.expect(")", f"{name.shown} takes one key and a )")
        return Exists(key)

    def _value_first(self) -> Filter:
        token = self.next()
        negated = self.is_word("not") and self.is_word("in", ahead=1)
        if negated:
            self.next()
        if self.take_word("in"):
            found = self._within(token)
            return Not(found) if negated else found
        if self._is_comparison():
            op = Op(self.next().text)
            key = self.key()
            first = self._compare(key, _MIRRORED[op], token)
            if not self._is_comparison():
                return first
            # As in Python: 0.1 < config.lr < 0.2.
            op = Op(self.next().text)
            return And((first, self._compare(key, op, self._value_token(op.value))))
        if isinstance(token.value, bool):
            return And(()) if token.value else Or(())
        raise self.error(self.here(), f"expected a comparison after {token.shown}")

    def _within(self, token: Token) -> Filter:
        """`"part" in KEY`: one of the tags, or a part of a text."""
        place = self.here()
        key = self.key()
        if not isinstance(token.value, str):
            why = "what is looked for is a text: write it in quotes"
            if key.kind is None:
                why = f"what is in the list {self.written(key)} cannot be asked for"
            raise self.error(token, why)
        if key.kind is FieldKind.TAGS:
            return HasTag(token.value)
        if key.kind is FieldKind.TEXT:
            return Matches(key, self._pattern(token, escape(token.value)))
        shown, part = self.written(key), quote(escape(token.value))
        raise self.error(
            place,
            f'"…" in … is for tags and texts of the run; write {shown} ~ {part}'
            if key.kind is None
            else f"`{shown}` is no text, so nothing can be in it",
        )

    def _key_first(self) -> Filter:
        self._check_quotes()
        key = self.key()
        if self.take_word("is"):
            negated = self.take_word("not")
            if not self.take_word("none"):
                raise self.error(
                    self.here(),
                    "only `is None` and `is not None` can be asked; for values write ==",
                )
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
            raise self._error_after_key(key)
        self.next()
        if token.text in ("~", "!~"):
            return self._matches(key, negated=token.text == "!~")
        op = Op(token.text)
        if self.is_word("none") and op in (Op.EQ, Op.NE):
            self.next()
            return Exists(key) if op is Op.NE else Not(Exists(key))
        found = self._compare(key, op, self._value_token(op.value))
        if self._is_comparison():
            raise self.error(
                self.here(), "a chain has its key in the middle: write 0.1 < config.lr < 0.2"
            )
        return found

    def _is_comparison(self) -> bool:
        token = self.here()
        return token.kind is TokenKind.OPERATOR and token.text not in ("~", "!~")

    def _check_quotes(self) -> None:
        """Refuses `baseline in tags`: a word without quotes, looked for in a field."""
        word = self.here()
        ahead = 1 + self.is_word("not", ahead=1)
        where = self.peek(ahead + 1)
        is_field = SHORT.get(word.path, word.path) in RUN_FIELDS
        if word.source is not Source.RUN or is_field or where.kind is not TokenKind.KEY:
            return
        if self.is_word("in", ahead=ahead):
            words = "in" if ahead == 1 else "not in"
            meant = f"{quote(word.path)} {words} {where.text}"
            raise self.error(word, f"write texts in quotes: {meant}")

    def _error_after_key(self, key: Key) -> InvalidInput:
        token, shown = self.here(), self.written(key)
        if token.kind is TokenKind.KEY:
            after = [self.peek(ahead) for ahead in (1, 2, 3)]
            meant = word_after(shown, key.kind, token.text, after)
            if meant is not None:
                return self.error(token, meant)
        why = f"expected a comparison after {shown}, found {token.shown}"
        if key.kind is None and (self.at_end() or token.text in ("and", "or", ")")):
            why += f"; write {shown} == true, or exists({shown}) for any value"
        return self.error(token, why)

    def _value_token(self, after: str) -> Token:
        token = self.next()
        if token.kind is TokenKind.KEY:
            raise self.error(
                token,
                f'write texts in quotes: "{token.text}"'
                if token.source is Source.RUN
                else f"a key is compared with a value, and {token.text} is a key",
            )
        if token.text == "[" and token.kind is TokenKind.SIGN:
            why = "lists are equal to nothing; for one of several values write in [1, 2]"
            raise self.error(token, why)
        if token.kind not in (TokenKind.VALUE, TokenKind.TIME):
            raise self.error(token, f"expected a value after {after}, found {token.shown}")
        return token

    def _compare(self, key: Key, op: Op, token: Token) -> Filter:
        if key.kind is FieldKind.TAGS:
            tag = token.value if isinstance(token.value, str) else token.text
            words = "not in" if op is Op.NE else "in"
            raise self.error(token, f"tags are asked with {quote(tag)} {words} tags")
        value = self._value(key, token)
        if isinstance(value, bool) and key.kind is FieldKind.FLAG and op not in (Op.EQ, Op.NE):
            raise self.error(token, "true and false have no order: write == or !=")
        return Compare(key, op, value)

    def _in(self, key: Key) -> Filter:
        opening = self.here()
        closing = ")" if self.take("(") else "]"
        if closing == "]":
            self.expect("[", 'expected a list such as ["a", "b"]')
        if key.kind is FieldKind.TAGS:
            raise self.error(opening, 'tags are asked with "a" in tags or "b" in tags')
        values: list[Value] = []
        while not self.take(closing):
            if self.at_end():
                raise self._unclosed(opening)
            if values:
                self.expect(",", "separate the values with commas")
                if self.take(closing):
                    break
            values.append(self._value(key, self._value_token(opening.text if not values else ",")))
        return In(key, tuple(values))

    def _matches(self, key: Key, *, negated: bool) -> Filter:
        token = self.next()
        if not isinstance(token.value, str):
            raise self.error(token, "a pattern is a text: write it in quotes")
        if key.kind not in (None, FieldKind.TEXT, FieldKind.TAGS):
            shown = self.written(key)
            raise self.error(token, f"`{shown}` is no text, so no pattern can be found in it")
        self.places.setdefault((key, token.value), (token.start, token.end))
        found = Matches(key, self._pattern(token, token.value))
        return Not(found) if negated else found

    def _pattern(self, token: Token, text: str) -> Pattern:
        try:
            return Pattern(text)
        except InvalidInput as error:
            raise self.error(token, error.message, code=error.code) from error

    def _value(self, key: Key, token: Token) -> Value:
        value = self._fitting(key, token)
        self.places.setdefault((key, value), (token.start, token.end))
        return value

    def _fitting(self, key: Key, token: Token) -> Value:
        value = token.value
        assert value is not None
        shown = self.written(key)
        if key.kind is FieldKind.TIME:
            return self._time(shown, token)
        if token.kind is TokenKind.TIME:
            if key == _DURATION and isinstance(value, (int, float)):
                return value
            if key == _DURATION:
                raise self.error(token, f"`{shown}` is how long a run took: write 2h, or seconds")
            raise self.error(token, f"`{shown}` is no time; write texts in quotes")
        if key.kind is FieldKind.TEXT and not isinstance(value, str):
            why = f"`{shown}` is a text: write it in quotes, {quote(token.text)}"
            raise self.error(token, why)
        if key.kind is FieldKind.NUMBER and isinstance(value, (str, bool)):
            wanted = value if isinstance(value, str) and _IS_BARE.fullmatch(value) else "a number"
            raise self.error(token, f"`{shown}` is a number: write {wanted} without quotes")
        if key.kind is FieldKind.FLAG and not isinstance(value, bool):
            raise self.error(token, f"`{shown}` is true or false: write one of these words")
        return value

    def _time(self, shown: str, token: Token) -> datetime | Ago:
        value = token.value
        if isinstance(value, str):
            value = read_instant(value)
        if isinstance(value, (datetime, Ago)):
            return value
        if token.kind is TokenKind.TIME:
            raise self.error(token, f"write -{token.text} for so long ago")
        why = f"`{shown}` is a time: write -7d, 2026-11-22 or 2026-11-22T04:18:00Z"
        raise self.error(token, why)

    def _unclosed(self, opening: Token) -> InvalidInput:
        if self.at_end():
            return self.error(opening, f"this {opening.text} is never closed")
        return self._error_after_term(wanted="`)`")

    def _error_after_term(self, wanted: str = "the end") -> InvalidInput:
        token = self.here()
        if token.text in ("&&", "||"):
            word = "and" if token.text == "&&" else "or"
            return self.error(token, f"did you mean `{word}`?")
        if token.text == ")":
            return self.error(token, "there is a ) without its (")
        return self.error(token, f"expected `and`, `or` or {wanted}, found {token.shown}")
