"""Who takes which records. What few runs say is imported when the first of it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from runstone.tracking.background import importing
from runstone.tracking.folder import RunFolder
from runstone.tracking.identity import Identity
from runstone.tracking.parts import Part
from runstone.tracking.parts.rows import Rows
from runstone.tracking.parts.summary import Summary
from runstone.tracking.records import Kind
from runstone.tracking.terminal import warn

_ORDER: Final = (
    Kind.ROW,
    Kind.SYSTEM,
    Kind.CONFIG,
    Kind.SUMMARY,
    Kind.ALERT,
    Kind.PREEMPTING,
    Kind.CONSOLE,
    Kind.ENVIRONMENT,
    Kind.FILE,
    Kind.CHART,
    Kind.ARTIFACT,
)
"""In which reports are filled."""
_TAKEN_BY: Final = {
    Kind.DEFINE: Kind.SUMMARY,
    Kind.PROPERTIES: Kind.ALERT,
    Kind.USE: Kind.ARTIFACT,
}
"""By the part of another kind: what they say has one order."""
_OF_THE_LEADER: Final = (Kind.CONFIG, Kind.PROPERTIES)


class Roster:
    """The parts of a run that have something to say, in the order in which reports are filled.

    Args:
        meanwhile: Called again and again by an errand that takes its time.

    Attributes:
        summary: Sums the rows up.
    """

    def __init__(
        self, folder: RunFolder, identity: Identity, meanwhile: Callable[[], object]
    ) -> None:
        self._folder = folder
        self._identity = identity
        self._meanwhile = meanwhile
        self._is_over = False
        self.summary = _summary_of(identity)
        self._parts: dict[Kind, Part] = {Kind.SUMMARY: self.summary}

    def of(self, kind: Kind) -> Part:
        """Who takes records of a kind."""
        part = self._parts.get(kind)
        if part is None:
            with importing():
                part = self._parts[kind] = self._made(kind)
            if self._is_over:
                part.end()
            in_order = {k: self._parts[k] for k in _ORDER if k in self._parts}
            self._parts = in_order | self._parts
        return part

    def end(self) -> None:
        """No record comes any more; one that does after all is held back for nothing."""
        self._is_over = True
        for part in self:
            part.end()

    def __iter__(self) -> Iterator[Part]:
        return iter(dict.fromkeys(self._parts.values()))

    def _made(self, kind: Kind) -> Part:
        identity = self._identity
        if identity.joins and kind in _OF_THE_LEADER:
            from runstone.tracking.parts.leading import LeftToLeader

            return LeftToLeader()
        if kind in _TAKEN_BY:
            return self.of(_TAKEN_BY[kind])
        if kind is Kind.ROW:
            return Rows(
                "history",
                lambda begun: begun.next_rows,
                writer_of=identity.writer_of,
                started_at=identity.started_at,
                see=self.summary.see,
            )
        if kind is Kind.SYSTEM:
            return Rows(
                "system",
                lambda begun: begun.next_system_rows,
                writer_of=identity.writer_of,
                started_at=identity.started_at,
            )
        if kind is Kind.CONFIG:
            from runstone.tracking.parts.documents import Config

            return Config()
        if kind is Kind.ALERT:
            from runstone.tracking.parts.saying import Sayings

            return Sayings(identity.life or identity.writer)
        if kind is Kind.PREEMPTING:
            from runstone.tracking.parts.saying import Warnings

            return Warnings()
        if kind is Kind.CONSOLE:
            from runstone.tracking.parts.console import ConsoleLines

            return ConsoleLines(identity.writer_of, identity.label_of)
        if kind is Kind.ENVIRONMENT:
            from runstone.tracking.parts.environment import Environments

            return Environments(identity.writer_of)
        if kind is Kind.FILE:
            from runstone.tracking.parts.files import Files

            return Files(self._folder.path)
        if kind is Kind.CHART:
            from runstone.tracking.parts.charts import Charts

            return Charts()
        from runstone.tracking.artifact_keeping import ArtifactShelf
        from runstone.tracking.parts.artifacts import Artifacts

        return Artifacts(ArtifactShelf(self._folder), self._meanwhile, warn)


def _summary_of(identity: Identity) -> Summary:
    if not identity.joins:
        return Summary()
    with importing():
        from runstone.tracking.parts.leading import JoinedSummary
    return JoinedSummary()
