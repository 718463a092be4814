"""What may not have been meant in a question that can be answered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from runstone.domain.access import Actor
from runstone.domain.filter_printing import print_key, print_number, quote
from runstone.domain.filters import (
    EVERYTHING,
    And,
    Compare,
    Filter,
    In,
    Key,
    Matches,
    Not,
    Op,
    Or,
    Source,
    Value,
)
from runstone.domain.suggestions import Doubt, doubts, suggest
from runstone.ports.store import Snapshot
from runstone.services.projects import find_project
from runstone.services.run_index.catalog import shape_of
from runstone.services.run_index.column import FLAG, NUMBER, OTHER, TEXT, Column
from runstone.services.run_index.index import RunIndex, View

_NUM_LOOKED_AT: Final = 20
"""The newest runs, which know the keys that are in use; reading them takes a few milliseconds."""
_EQUALITY: Final = (Op.EQ, Op.NE)
_WHAT: Final = {
    NUMBER: "a number",
    FLAG: "true or false",
    TEXT: "a text",
    OTHER: "a list or an object",
}


def warnings_of(
    snapshot: Snapshot, view: View, tree: Filter, keys: Sequence[Key]
) -> tuple[Doubt, ...]:
    """Keys that no run has a value for; values of a kind that a key has nowhere; unknown states."""
    named = (key for key in dict.fromkeys(keys) if key.source is not Source.RUN)
    empty = [key for key in named if view.columns[key].is_empty]
    known = _known_keys(snapshot, view) if empty else []
    return (
        *(_empty(key, known) for key in empty),
        *_of_values(view, tree),
        *dict.fromkeys(doubts(tree)),
    )


def doubtful_columns(
    snapshot: Snapshot,
    actor: Actor,
    index: RunIndex,
    entity: str,
    project: str,
    keys: Sequence[Key],
) -> tuple[Doubt, ...]:
    """Those of the keys that no run of a project has a value for.

    Raises:
        NotFound: No such project, or the actor may not see it.
        SnapshotTooOld: To be run again; `read_current` does.
    """
    place = find_project(snapshot, actor, entity, project)
    view = index.view(snapshot.run_columns, place.id, keys)
    return warnings_of(snapshot, view, EVERYTHING, keys)


def _empty(key: Key, known: Sequence[Key]) -> Doubt:
    said = f"No run here has a value for {print_key(key)}"
    if key.source is Source.HISTORY:
        # The summary holds the last value of what a history holds.
        summaries = (other.path for other in known if other.source is Source.SUMMARY)
        known = [Key(key.source, path, key.aggregate) for path in summaries]
    found = suggest(key, known)
    if found is None:
        return Doubt(f"{said}.", key)
    meant = print_key(found)
    return Doubt(f"{said}; did you mean {meant}?", key, meant=meant)


def _known_keys(snapshot: Snapshot, view: View) -> list[Key]:
    """Keys of the newest runs' documents, each once."""
    newest = view.ids[-_NUM_LOOKED_AT:].tolist()
    found: dict[Key, None] = {}
    for source in (Source.CONFIG, Source.SUMMARY):
        for _, document in snapshot.run_columns.documents(source, newest):
            found.update(dict.fromkeys(Key(source, path) for path in shape_of(document)[0]))
    return list(found)


def _of_values(view: View, tree: Filter) -> Iterator[Doubt]:
    """Of each key, the first value of a kind that it is compared with in vain."""
    seen: set[tuple[Key, type]] = set()
    for key, op, value in _compared(tree):
        doubt = _without_order(key, op, value)
        mark = key, type(value)
        if doubt is None and key.source in (Source.CONFIG, Source.SUMMARY) and mark not in seen:
            seen.add(mark)
            doubt = _of_another_kind(view.columns[key], key, op, value)
        if doubt is not None:
            yield doubt


def _compared(tree: Filter) -> Iterator[tuple[Key, Op | None, Value]]:
    """What keys are compared with, and how; None for a pattern that is looked for."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _compared(term)
        case Not(term):
            yield from _compared(term)
        case Compare(key, op, value):
            yield key, op, value
        case In(key, values):
            for value in values:
                yield key, Op.EQ, value
        case Matches(key, pattern):
            yield key, None, pattern.text


def _without_order(key: Key, op: Op | None, value: Value) -> Doubt | None:
    if op is None or op in _EQUALITY:
        return None
    if isinstance(value, float) and math.isnan(value):
        said = f"Nothing is above or below nan; {print_key(key)} == nan finds it."
        return Doubt(said, key, value)
    if isinstance(value, bool):
        return Doubt(f"{print_key(key)}: true and false have no order; write ==.", key, value)
    return None


def _of_another_kind(column: Column, key: Key, op: Op | None, value: Value) -> Doubt | None:
    wanted = TEXT if isinstance(value, str) else FLAG if isinstance(value, bool) else NUMBER
    counts = {kind: int(np.count_nonzero(column.kinds == kind)) for kind in _WHAT}
    total = sum(counts.values())
    if counts[wanted] or not total:
        return None
    kinds = [kind for kind, count in counts.items() if count]
    runs = "the one run that has it" if total == 1 else f"{total:,} runs that have it"
    if len(kinds) == 1:
        said = f"{print_key(key)} is {_WHAT[kinds[0]]} in {'' if total == 1 else 'all '}{runs}"
    else:
        said = f"{print_key(key)} is {_WHAT[wanted]} in none of the {runs.removeprefix('the ')}"
    if op is None:
        return Doubt(f"{said}; patterns are looked for in texts.", key, value)
    meant = _as_one_of(column, kinds, value)
    if meant is None:
        return Doubt(f"{said}, and never equal to {_WHAT[wanted]}.", key, value)
    return Doubt(f"{said}; did you mean {meant}?", key, value, meant)


def _as_one_of(column: Column, kinds: Sequence[int], value: Value) -> str | None:
    """The value as one of a kind that there is, as text of the language; None for no idea."""
    if isinstance(value, str):
        if FLAG in kinds and value.lower() in ("true", "false"):
            return value.lower()
        return _number_in(value) if NUMBER in kinds else None
    if isinstance(value, bool):
        if NUMBER in kinds:
            return str(int(value))
        spelled = (str(value), str(value).lower())
        return next((quote(text) for text in spelled if column.texts.code(text) >= 0), None)
    if not isinstance(value, (int, float)):
        return None
    if FLAG in kinds and value in (0, 1):
        return "true" if value else "false"
    return quote(print_number(value)) if TEXT in kinds else None


def _number_in(text: str) -> str | None:
    try:
        return print_number(float(text))
    except ValueError:
        return None
