"""The text form of retention rules: parts that each begin with `keep`.

    keep newest 5
    keep best 3 by min(summary["val/loss"])
    keep younger than 30d
    keep with alias ~ "prod"
    keep with tag
    keep where metadata.acc > 0.9 and run.state == "finished"

docs/storage.md is the whole of it. Mistakes are InvalidInput (code `bad-rule`) whose message points
at the place, as those of filters do.
"""

from __future__ import annotations

from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_tokens import Token, TokenKind
from runstone.domain.filters import FieldKind, Source
from runstone.domain.grouping import Goal
from runstone.domain.retention import (
    Keep,
    KeepBest,
    KeepNamed,
    KeepNewest,
    KeepWhere,
    KeepYoung,
    Part,
)
from runstone.domain.version_keys import VersionFilterReader

MAX_RULE_CHARS: Final = 10_000
MAX_PARTS: Final = 20
MAX_COUNT: Final = 1_000_000
MAX_NAMES: Final = 100
_CODE: Final = "bad-rule"
_KEEP: Final = "keep"
_CHOICE: Final = (
    "newest 5, best 3 by min(summary.loss), younger than 30d, with alias, with tag, or where …"
)


def parse_rule(text: str) -> tuple[Part, ...]:
    """The parts of a rule.

    Raises:
        InvalidInput: It is not understood, says nothing, or is too long.
    """
    if len(text) > MAX_RULE_CHARS:
        why = f"the rule has {len(text):,} characters; at most {MAX_RULE_CHARS:,} are allowed"
        raise InvalidInput(f"T{why[1:]}.", code=_CODE, position=0, end=len(text), reason=why)
    try:
        return _RuleReader(text).rule()
    except InvalidInput as error:
        if error.code != "bad-filter":
            raise
        raise InvalidInput(error.message, code=_CODE, **error.details) from error


class _RuleReader(VersionFilterReader):
    def rule(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        while not self.at_end():
            if len(parts) == MAX_PARTS:
                raise self.error(self.here(), f"there are more than {MAX_PARTS} parts")
            start = self.here()
            if not self._take(_KEEP):
                raise self.error(
                    start, f"each part of a rule begins with keep, found {start.shown}"
                )
            keep = self._keep()
            parts.append(Part(keep, self.text[start.start : self.before()]))
            self.take(",")
        if not parts:
            raise self.error(self.here(), f"say what to keep: keep {_CHOICE}")
        return tuple(parts)

    def _keep(self) -> Keep:
        token = self.here()
        if self._take("newest"):
            return KeepNewest(self._count())
        if self._take("best"):
            return self._best()
        if self._take("younger"):
            return self._young()
        if self._take("with"):
            return self._named()
        if self._take("where"):
            if self.at_end() or self._is(_KEEP):
                raise self.error(self.here(), "expected a condition such as metadata.acc > 0.9")
            return KeepWhere(self._either())
        raise self.error(token, f"expected {_CHOICE}, found {token.shown}")

    def _best(self) -> KeepBest:
        count = self._count()
        if not self._take("by"):
            why = f"expected by, as in best {count} by min(summary.loss), found {self.here().shown}"
            raise self.error(self.here(), why)
        name = self.here()
        goal = name.path.lower()
        if goal not in set(Goal) or not self.is_sign("(", ahead=1):
            why = "say which value is the best, the lowest or the highest: min(…) or max(…)"
            raise self.error(name, why)
        if self.peek(2).source is Source.HISTORY:
            return KeepBest(count, self.key(), Goal(goal))
        self.next()
        self.take("(")
        place = self.here()
        key = self.key(wanted=f"a key, as in {goal}(metadata.acc)")
        if key.kind not in (None, FieldKind.NUMBER):
            raise self.error(place, f"`{place.text}` is no number, so none is the best")
        self.expect(")", f"{name.shown} is never closed")
        return KeepBest(count, key, Goal(goal))

    def _young(self) -> KeepYoung:
        if not self._take("than"):
            raise self.error(self.here(), f"expected than, found {self.here().shown}")
        token = self.next()
        if (
            token.kind is not TokenKind.TIME
            or not isinstance(token.value, (int, float))
            or token.value <= 0
        ):
            why = f"expected a duration such as 30d (units are s, m, h, d, w), found {token.shown}"
            raise self.error(token, why)
        return KeepYoung(token.value)

    def _named(self) -> KeepNamed:
        token = self.next()
        word = token.path.lower()
        if word not in ("alias", "aliases", "tag", "tags"):
            raise self.error(token, f"expected alias or tag, found {token.shown}")
        by_tags = word.startswith("tag")
        if self.here().kind is TokenKind.OPERATOR:
            operator = self.next()
            if operator.text not in ("~", "=="):
                raise self.error(
                    operator, f'write with {word} ~ "pattern", or the names themselves'
                )
            token = self.next()
            name = self._name(token)
            if operator.text == "==":
                return KeepNamed(by_tags, (name,))
            return KeepNamed(by_tags, pattern=self._pattern(token, name))
        names: list[str] = []
        while isinstance(self.here().value, str) and self.here().kind is TokenKind.VALUE:
            if len(names) == MAX_NAMES:
                raise self.error(self.here(), f"there are more than {MAX_NAMES} names")
            names.append(self._name(self.next()))
            if not (self.is_sign(",") and self.peek(1).kind is TokenKind.VALUE):
                break
            self.take(",")
        return KeepNamed(by_tags, tuple(names))

    def _name(self, token: Token) -> str:
        if token.kind is not TokenKind.VALUE or not isinstance(token.value, str):
            raise self.error(token, f"write names in quotes, found {token.shown}")
        return token.value

    def _count(self) -> int:
        token = self.next()
        value = token.value
        if (
            token.kind is not TokenKind.VALUE
            or isinstance(value, bool)
            or not isinstance(value, int)
            or not 1 <= value <= MAX_COUNT
        ):
            raise self.error(token, f"expected how many, 1 to {MAX_COUNT:,}, found {token.shown}")
        return value

    def _is(self, word: str) -> bool:
        token = self.here()
        return token.kind is TokenKind.KEY and token.text.lower() == word

    def _take(self, word: str) -> bool:
        found = self._is(word)
        if found:
            self.next()
        return found
