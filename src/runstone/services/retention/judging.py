"""Which versions of a collection the parts of a rule keep, and why the others that stay do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.filters import FieldKind, Key, keys_of, resolve
from runstone.domain.grouping import Goal
from runstone.domain.ids import CollectionId, ProjectId
from runstone.domain.retention import (
    Keep,
    KeepBest,
    KeepNamed,
    KeepNewest,
    KeepWhere,
    KeepYoung,
    Part,
    Reason,
    Verdict,
    VersionFacts,
)
from runstone.domain.version_keys import VersionKey, is_of_run
from runstone.ports.run_columns import lookup
from runstone.ports.store import Snapshot
from runstone.services.run_index.column import NUMBER, Column, build
from runstone.services.run_index.evaluation import evaluate
from runstone.services.run_index.index import View

Mask: TypeAlias = NDArray[np.bool_]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of each version that was logged into a collection, the newest first.

    Attributes:
        unknown: Parts, from 0, that want the best of what no version here has a number for.
    """

    verdicts: list[Verdict]
    unknown: tuple[int, ...] = ()


class Judge:
    """Judges collections of one project by the parts of a rule, in one unit of work.

    Attributes:
        asks_metadata: The versions' metadata was read for it.
    """

    def __init__(self, snapshot: Snapshot, project: ProjectId, parts: Sequence[Part]) -> None:
        self._snapshot = snapshot
        self._project = project
        self._parts = parts
        self._keys = list(dict.fromkeys(_keys_of_parts(parts)))
        self._asks_runs = any(map(is_of_run, self._keys))
        self.asks_metadata = any(_metadata_of(key) is not None for key in self._keys)
        self._by_run: dict[Key, dict[int, JsonValue]] | None = None

    def judge(self, collection: CollectionId) -> Judgement:
        """What becomes of a collection's versions.

        A part that asks for the best of what no version has keeps all of them: a metric that was
        renamed, or runs that were deleted, must not empty a collection.
        """
        facts = self._snapshot.retention.facts(collection, with_metadata=self.asks_metadata)
        view = self._view(facts)
        verdicts = [Verdict(one, _spared(one)) for one in facts]
        unknown: list[int] = []
        for place, part in enumerate(self._parts):
            kept = _kept(part.keep, facts, view, self._snapshot.now)
            if kept is None:
                unknown.append(place)
                _keep(verdicts, np.ones(len(facts), np.bool_), Reason.NO_VALUES, place)
            else:
                _keep(verdicts, kept, Reason.RULE, place)
        if self._asks_runs:
            live = np.array([one.run_is_live for one in facts], np.bool_)
            _keep(verdicts, live, Reason.RUN_IS_LIVE)
        if verdicts and all(verdict.reason is None for verdict in verdicts):
            verdicts[0] = Verdict(verdicts[0].version, Reason.LAST)
        return Judgement(verdicts, tuple(unknown) if facts else ())

    def _view(self, facts: Sequence[VersionFacts]) -> View:
        ids = np.arange(len(facts), dtype=np.int64)
        parsed: list[JsonValue] = []
        if self.asks_metadata:
            parsed = [documents.loads(one.metadata) for one in facts]
        columns: dict[Key, Column] = {}
        for key in self._keys:
            values: list[JsonValue]
            if not isinstance(key, VersionKey):
                of_run = self._values_of_runs()[key]
                values = [None if one.run_id is None else of_run.get(one.run_id) for one in facts]
            elif key.metadata is None:
                values = [_field(one, key.path) for one in facts]
            else:
                values = [lookup(document, key.metadata) for document in parsed]
            columns[key] = build(ids, 0, values, are_tags=key.kind is FieldKind.TAGS)
        return View(ids, columns)

    def _values_of_runs(self) -> dict[Key, dict[int, JsonValue]]:
        """Of all the project's runs, also of those in the trash, whose versions are still here."""
        if self._by_run is None:
            keys = [key for key in self._keys if is_of_run(key)]
            self._by_run = {key: {} for key in keys}
            for in_trash in (False, True):
                found = self._snapshot.run_columns.values(
                    self._project, keys, after=0, in_trash=in_trash
                )
                for key, column in zip(keys, found.columns, strict=True):
                    self._by_run[key].update(zip(found.ids, column, strict=True))
        return self._by_run


def _keys_of_parts(parts: Sequence[Part]) -> Iterator[Key]:
    for part in parts:
        match part.keep:
            case KeepBest(_, key):
                yield key
            case KeepWhere(tree):
                yield from keys_of(tree)


def _spared(one: VersionFacts) -> Reason | None:
    if one.num_links:
        return Reason.LINKED
    return Reason.IN_USE if one.is_in_use else None


def _keep(verdicts: list[Verdict], mask: Mask, reason: Reason, part: int | None = None) -> None:
    for place in np.flatnonzero(mask).tolist():
        if verdicts[place].reason is None:
            verdicts[place] = Verdict(verdicts[place].version, reason, part)


def _kept(keep: Keep, facts: Sequence[VersionFacts], view: View, now: datetime) -> Mask | None:
    """By version, whether the part keeps it; None where it cannot tell which is the best."""
    match keep:
        case KeepNewest(count):
            return np.arange(len(facts)) < count
        case KeepBest(count, key, goal):
            return _best(view.columns[key], count, goal)
        case KeepYoung(seconds):
            since = now - timedelta(seconds=seconds)
            return np.array([one.created_at > since for one in facts], np.bool_)
        case KeepNamed(by_tags, names, pattern):
            lists = [one.tags if by_tags else one.aliases for one in facts]
            if pattern is not None:
                found = iter(pattern.search_all([name for listed in lists for name in listed]))
                # A list, so that every name's answer is taken.
                kept = [any([next(found) for _ in listed]) for listed in lists]  # noqa: C419
            elif names:
                kept = [any(name in names for name in listed) for listed in lists]
            else:
                kept = [bool(listed) for listed in lists]
            return np.array(kept, np.bool_)
        case KeepWhere(tree):
            return evaluate(resolve(tree, now), view)


def _best(column: Column, count: int, goal: Goal) -> Mask | None:
    if column.numbers is None:
        return None
    numbers = np.where(column.kinds == NUMBER, column.numbers, math.nan)
    places = np.flatnonzero(~np.isnan(numbers))
    if not len(places):
        return None
    ranked = numbers[places] if goal is Goal.MIN else -numbers[places]
    # Versions come newest first, so that a stable order puts the newer of equals first.
    kept = np.zeros(len(numbers), np.bool_)
    kept[places[np.argsort(ranked, kind="stable")[:count]]] = True
    return kept


def _field(one: VersionFacts, name: str) -> JsonValue:
    match name:
        case "version":
            return one.index
        case "created_at":
            return (one.created_at - _EPOCH) // _MICROSECOND
        case "aliases":
            return list(one.aliases)
        case "tags":
            return list(one.tags)
        case "user":
            return one.user
        case "size_bytes":
            return one.size_bytes
        case "num_files":
            return one.num_files
        case _:
            return one.description


def _metadata_of(key: Key) -> str | None:
    return key.metadata if isinstance(key, VersionKey) else None
