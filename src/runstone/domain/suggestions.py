"""What somebody may have meant who wrote a name that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.filters import And, Compare, Filter, In, Key, Not, Op, Or, Source, Value
from runstone.domain.run import RunState

_STATE: Final = Key(Source.RUN, "state")
_BETWEEN: Final = re.compile(r"[\s/._-]+")
_MAX_COMPARED: Final = 5_000
"""A project may have a hundred thousand keys; beyond so many only the same word is looked for."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may not have been meant, in a question that can be answered.

    Attributes:
        said: A sentence for people.
        key: What it is about.
        value: What the key is compared with (of a pattern, its text), where that is in doubt and
            not the key.
        meant: What may be written in its place.
    """

    said: str
    key: Key
    value: Value | None = None
    meant: str | None = None


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that differs least from `name`; None where none is close.

    Case and what stands between words (`/`, `.`, `_`, `-`, spaces) do not count. The first of
    equally close ones wins.
    """
    wanted = _plain(name)
    best: str | None = None
    best_distance = max(1, len(wanted) // 3) + 1
    for candidate in known:
        distance = _distance(wanted, _plain(candidate), best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def suggest(key: Key, known: Sequence[Key]) -> Key | None:
    """The known key that was probably meant by `key`, which no run has; None for no idea.

    In this order: another spelling of the same words, the same path elsewhere (`config.loss` for
    `summary.loss`), a path that lacks its beginning (`loss` for `val/loss`) or has one too many
    (or `value` at its end, as W&B's filters have), a few letters that differ. Of equals the one in
    the same document wins, then the shorter.
    """
    path = _plain(key.path)
    ranked: list[tuple[tuple[int, bool, int, int], Key]] = []
    limit = max(1, len(path) // 3)
    for place, other in enumerate(known):
        if other == key:
            continue
        elsewhere = (other.source, other.aggregate) != (key.source, key.aggregate)
        plain = _plain(other.path)
        if plain == path:
            rank = 0
        elif plain.endswith("/" + path) or path.endswith("/" + plain) or path == plain + "/value":
            rank = 1
        elif place < _MAX_COMPARED and (distance := _distance(path, plain, limit + 1)) <= limit:
            rank = 1 + distance
        else:
            continue
        ranked.append(((rank, elsewhere, len(plain), place), other))
    return min(ranked, key=lambda found: found[0])[1] if ranked else None


def doubts(tree: Filter) -> Iterator[Doubt]:
    """What can be read and yet was hardly meant: states that there are not."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from doubts(term)
        case Not(term):
            yield from doubts(term)
        case Compare(key, Op.EQ | Op.NE, value) if key == _STATE:
            yield from _doubt_state(value)
        case In(key, values) if key == _STATE:
            for value in values:
                yield from _doubt_state(value)


def _doubt_state(state: Value) -> Iterator[Doubt]:
    if str(state) in set(RunState):
        return
    said = f'No run can be in the state "{state}"'
    close = closest(str(state), RunState)
    if close is None:
        yield Doubt(f"{said}. There are {', '.join(RunState)}.", _STATE, state)
    else:
        meant = f'"{close}"'
        yield Doubt(f"{said}; did you mean {meant}?", _STATE, state, meant)


def _plain(name: str) -> str:
    return _BETWEEN.sub("/", name.strip()).lower()


def _distance(one: str, other: str, limit: int) -> int:
    """Letters to put in, take out, replace or swap with a neighbour; `limit` for that or more."""
    if abs(len(one) - len(other)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, opposite in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)
