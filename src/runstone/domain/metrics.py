"""How a run wants its metrics drawn and summed up: metric definitions.

Dialects keep them under `METRICS_KEY` of a run's client info, in the neutral form that
`MetricDefinition.from_document` reads; the services tell them apart from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runstone.domain.documents import JsonValue

METRICS_KEY: Final = "metrics"
"""Where in `RunDocuments.client_info` the list of definitions is."""

Better: TypeAlias = Literal["lower", "higher"]

_BETTER: Final[Mapping[str, Better]] = {"minimize": "lower", "maximize": "higher"}


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """What a script said of one key, or of all keys that a pattern matches.

    Attributes:
        pattern: A key, or where `is_glob` a pattern in which `*` is any text.
        x: The key to draw it over; None means over the step.
        is_hidden: It is not to be drawn.
        summary: Which aggregates the summary keeps: `min`, `max`, `mean`, `best`, `last`,
            `first`, `none`.
        goal: `minimize`, `maximize`, or None.
    """

    pattern: str
    is_glob: bool = False
    x: str | None = None
    is_hidden: bool = False
    summary: tuple[str, ...] = ()
    goal: str | None = None

    @property
    def better(self) -> Better | None:
        """Which values are the better ones: by the goal, or by the one extreme that is kept."""
        if self.goal is not None:
            return _BETTER.get(self.goal)
        extremes = {"min", "max"}.intersection(self.summary)
        if len(extremes) != 1:
            return None
        return "lower" if "min" in extremes else "higher"

    def covers(self, key: str) -> bool:
        """Whether it says something of `key`."""
        if not self.is_glob:
            return key == self.pattern
        return re.fullmatch(_expression(self.pattern), key, re.DOTALL) is not None

    @classmethod
    def from_document(cls, value: JsonValue) -> MetricDefinition | None:
        """Reads `{"name" or "glob", "x"?, "hidden"?, "summary"?, "goal"?}`; None for anything else.

        Clients wrote it: what is not understood is left out, and nothing fails for it.
        """
        if not isinstance(value, Mapping):
            return None
        name, glob = _text(value.get("name")), _text(value.get("glob"))
        pattern = name or glob
        if pattern is None:
            return None
        summary = value.get("summary")
        return cls(
            pattern=pattern,
            is_glob=name is None,
            x=_text(value.get("x")),
            is_hidden=value.get("hidden") is True,
            summary=tuple(filter(None, map(_text, summary))) if isinstance(summary, list) else (),
            goal=_text(value.get("goal")),
        )


def definition_of(key: str, definitions: Iterable[MetricDefinition]) -> MetricDefinition | None:
    """What is said of one key; of many, `Definitions` knows it sooner."""
    return Definitions(definitions).of(key)


class Definitions:
    """What is said of many keys: scripts define thousands, and log a hundred thousand."""

    def __init__(self, definitions: Iterable[MetricDefinition]) -> None:
        """Reads them once; the first of two that say something of the same key is believed."""
        self._exact: dict[str, MetricDefinition] = {}
        self._globs: list[tuple[re.Pattern[str], MetricDefinition]] = []
        for definition in definitions:
            if definition.is_glob:
                expression = re.compile(_expression(definition.pattern), re.DOTALL)
                self._globs.append((expression, definition))
            else:
                self._exact.setdefault(definition.pattern, definition)

    def of(self, key: str) -> MetricDefinition | None:
        """What is said of `key`: by its own name before by a pattern."""
        exact = self._exact.get(key)
        if exact is not None or not self._globs:
            return exact
        covering = (said for expression, said in self._globs if expression.fullmatch(key))
        return next(covering, None)


def _expression(pattern: str) -> str:
    # Only the asterisk is special: brackets and question marks are common in keys.
    return ".*".join(map(re.escape, re.split(r"\*+", pattern)))


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None
