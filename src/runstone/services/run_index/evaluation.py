"""Which runs a filter lets through. What the nodes mean is said in `runstone.domain.filters`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.filters import (
    TAGS,
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
    keys_of,
    resolve,
)
from runstone.domain.ids import ProjectId
from runstone.domain.patterns import Pattern
from runstone.ports.store import Snapshot
from runstone.services.run_index.column import FLAG, MISSING, NUMBER, Column, as_double
from runstone.services.run_index.index import View

Mask: TypeAlias = NDArray[np.bool_]

_ARCHIVED: Final = Key(Source.RUN, "archived")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_COMPARE: Final[dict[Op, Callable[[Any, Any], Any]]] = {
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def passing(tree: Filter, view: View, now: datetime) -> NDArray[np.intp]:
    """The places in the view of the runs that the filter lets through at that instant."""
    return np.flatnonzero(evaluate(resolve(tree, now), view))


def evaluate(tree: Filter, view: View) -> Mask:
    """By run of the view, whether the filter, of no relative times, lets it through."""
    match tree:
        case And(terms):
            mask = np.ones(len(view.ids), np.bool_)
            for term in terms:
                mask &= evaluate(term, view)
            return mask
        case Or(terms):
            mask = np.zeros(len(view.ids), np.bool_)
            for term in terms:
                mask |= evaluate(term, view)
            return mask
        case Not(term):
            return ~evaluate(term, view)
        case Compare(key, Op.NE, value):
            column = view.columns[key]
            return _present(column) & ~_equal(column, key, value)
        case Compare(key, Op.EQ, value):
            return _equal(view.columns[key], key, value)
        case Compare(key, op, value):
            return _ordered(view.columns[key], key, op, value)
        case In(key, values):
            mask = np.zeros(len(view.ids), np.bool_)
            for value in values:
                mask |= _equal(view.columns[key], key, value)
            return mask
        case Exists(key):
            return _present(view.columns[key])
        case Matches(key, pattern):
            if key.kind is FieldKind.TAGS:
                return _asked(
                    view.columns[key], ("any", pattern), lambda lists: _some_match(pattern, lists)
                )
            return _asked(view.columns[key], pattern, pattern.search_all)
        case HasTag(tag):
            column = view.columns[TAGS]
            return _asked(column, ("tag", tag), lambda lists: [tag in tags for tags in lists])


def with_archived(
    snapshot: Snapshot, project: ProjectId, tree: Filter, archived: bool | None
) -> Filter:
    """The filter among the archived runs of a project, among the others, or (None) among both.

    A filter that speaks of `archived` itself says which ones it means.
    """
    if archived is None or _ARCHIVED in keys_of(tree):
        return tree
    if not (archived or snapshot.runs.count_runs(project, archived=True)):
        return tree
    return And((tree, Compare(_ARCHIVED, Op.EQ, archived)))


def _equal(column: Column, key: Key, value: Value) -> Mask:
    if isinstance(value, str):
        code = column.texts.code(value)
        if code < 0 or column.codes is None:
            return _none(column)
        same_text: Mask = column.codes == code
        return same_text
    number = _number(key, value)
    if number is None or column.numbers is None:
        return _none(column)
    of_kind: Mask = column.kinds == (FLAG if isinstance(value, bool) else NUMBER)
    same = np.isnan(column.numbers) if math.isnan(number) else column.numbers == number
    return of_kind & same


def _ordered(column: Column, key: Key, op: Op, value: Value) -> Mask:
    compare = _COMPARE[op]
    if isinstance(value, str):
        if key.kind is FieldKind.TAGS:
            return _none(column)
        return _asked(column, (op, value), lambda texts: [compare(text, value) for text in texts])
    number = _number(key, value)
    if isinstance(value, bool) or number is None or column.numbers is None:
        return _none(column)
    # Comparing with NaN is false, which is what is wanted of it and of other kinds.
    found: Mask = compare(column.numbers, number) & (column.kinds == NUMBER)
    return found


def _number(key: Key, value: Value) -> float | None:
    """The number that a value is in a column; None where it can equal nothing there."""
    is_time = key.kind is FieldKind.TIME
    if isinstance(value, datetime):
        return float((value - _EPOCH) // _MICROSECOND) if is_time else None
    assert not isinstance(value, Ago), "relative times are resolved before"
    if isinstance(value, str) or is_time:
        return None
    return as_double(value)


def _asked(column: Column, question: Any, answer: Callable[[Any], list[bool]]) -> Mask:
    if column.codes is None:
        return _none(column)
    answers = column.texts.ask(question, answer)
    # Code -1 (no text) takes the last place of the table.
    return np.append(answers, False)[np.where(column.codes < 0, len(answers), column.codes)]


def _some_match(pattern: Pattern, lists: Sequence[Sequence[str]]) -> list[bool]:
    found = iter(pattern.search_all([text for texts in lists for text in texts]))
    # A list, so that every text's answer is taken.
    return [any([next(found) for _ in texts]) for texts in lists]  # noqa: C419


def _present(column: Column) -> Mask:
    present: Mask = column.kinds != MISSING
    return present


def _none(column: Column) -> Mask:
    return np.zeros(len(column.ids), np.bool_)
