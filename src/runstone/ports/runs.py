"""Runs: records, look-ups and what changed since."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.run import Alert, AlertLevel, Run, RunChange, RunDocuments, RunUpdate


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs of a longer list, newest first.

    Attributes:
        runs: In order of creation, newest first; same instants by id.
        next_before: Pass as `before` for the next page; None on the last.
    """

    runs: Sequence[Run]
    next_before: RunId | None


MAX_SEARCH_CHARS: Final = 1_024


def check_search(search: str) -> str:
    """Returns `search` if it is short enough to look for.

    Raises:
        InvalidInput: Longer than 1,024 characters.
    """
    if len(search) > MAX_SEARCH_CHARS:
        raise InvalidInput(
            f"The search text has {len(search):,} characters; at most {MAX_SEARCH_CHARS:,} are "
            "allowed.",
            code="search-too-long",
        )
    return search


class RunsReader(ABC):
    """Look-ups answer None for what is absent.

    A limit below 1 gives an empty answer. A `search` is a substring of a run's id, display name or
    group, whatever the case of its ASCII letters; InvalidInput beyond 1,024 characters.
    """

    @abstractmethod
    def run(self, project: ProjectId, name: str) -> Run | None:
        """The run of that project and id."""

    @abstractmethod
    def run_by_id(self, run: RunId) -> Run | None:
        """The run with that internal id."""

    @abstractmethod
    def run_ids(self, project: ProjectId, names: Sequence[str]) -> dict[str, RunId]:
        """Internal ids by name, without reading the documents; unknown names are left out."""

    @abstractmethod
    def list_runs(
        self,
        project: ProjectId,
        *,
        limit: int,
        before: RunId | None = None,
        search: str | None = None,
    ) -> RunPage:
        """A page of the project's runs, those created before the run `before` if it is given."""

    @abstractmethod
    def count_runs(self, project: ProjectId, *, search: str | None = None) -> int:
        """How many runs there are, under the same search."""

    @abstractmethod
    def documents(self, run: RunId) -> RunDocuments:
        """The run's config, client info and summary; empty ones where none were recorded.

        Raises:
            NotFound: No such run.
        """

    @abstractmethod
    def changed_since(self, project: ProjectId, change_seq: int, *, limit: int) -> Sequence[Run]:
        """The project's runs changed after `change_seq`, in order of change.

        No two runs share a change number, so the last one's is where the next page begins.
        """

    @abstractmethod
    def changes_since(
        self, entities: Sequence[EntityId] | None, change_seq: int, *, limit: int
    ) -> Sequence[RunChange]:
        """Which runs of these entities (None: of all) changed after, in order of change."""

    @abstractmethod
    def last_change_seq(self) -> int:
        """The newest change number of the catalog; 0 for an empty one."""

    @abstractmethod
    def num_runs_ever(self, project: ProjectId) -> int:
        """How many runs the project ever had, deleted ones included; numbers invented names."""

    @abstractmethod
    def silent_since(self, instant: datetime) -> Sequence[Run]:
        """Live runs (running, preempting) whose heartbeat is older, the longest silent first."""

    @abstractmethod
    def alerts(self, run: RunId) -> Sequence[Alert]:
        """Alerts of a run, oldest first."""


class Runs(RunsReader):
    """Changes to runs; each gives the run a new `change_seq`. NotFound for lost ids.

    Changes of one run in one unit may share a number. Run ids rise in order of creation, and none
    is used again.
    """

    @abstractmethod
    def create_run(
        self, project: ProjectId, name: str, *, user: EntityId, display_name: str
    ) -> Run:
        """A new, pending run with empty documents; the project is updated now.

        Raises:
            AlreadyExists: The project uses that name; exactly, case included.
        """

    @abstractmethod
    def update_run(self, run: RunId, update: RunUpdate) -> Run:
        """Applies `update`; returns the run as it then is."""

    @abstractmethod
    def beat(self, run: RunId) -> None:
        """Sets the heartbeat to now, and the change number, without reading documents."""

    @abstractmethod
    def delete_run(self, run: RunId) -> None:
        """Removes the record, its alerts, files' records and console (history: see History)."""

    @abstractmethod
    def add_alert(self, run: RunId, *, title: str, text: str, level: AlertLevel) -> None:
        """Records an alert now."""
