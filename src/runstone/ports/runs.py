"""Runs: records, look-ups and what changed since."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runstone.domain.documents import JsonValue
from runstone.domain.errors import AlreadyExists, InvalidInput
from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.run import Alert, AlertLevel, Run, RunChange, RunDocuments, RunTexts, RunUpdate
from runstone.domain.search import Rank, Wanted


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


def names_taken(names: Sequence[str]) -> AlreadyExists:
    """What is said where runs cannot be moved."""
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return AlreadyExists(
        f"{len(names):,} of the runs cannot be moved: the other project, or its trash, has runs of "
        f"the same id ({shown}). Leave them out; remove those there for good if nobody needs them.",
        code="names-taken",
        num_runs=len(names),
        runs=list(names[:100]),
    )


class RunsReader(ABC):
    """Look-ups answer None for what is absent.

    A run in the trash is absent, but where the trash is asked for, and its project cannot give its
    name to another. A limit below 1 gives an empty answer. A `search` is a substring of what a row
    of a list shows, which is a run's id, display name, group, job type or one of its tags, whatever
    the case of its ASCII letters; InvalidInput beyond 1,024 characters.
    """

    @abstractmethod
    def run(self, project: ProjectId, name: str) -> Run | None:
        """The run of that project and id."""

    @abstractmethod
    def run_by_id(self, run: RunId) -> Run | None:
        """The run with that internal id, in the trash or outside."""

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
        archived: bool | None = None,
    ) -> RunPage:
        """A page of the project's runs, those created before the run `before` if it is given.

        With `archived`, only those that are, or are not.
        """

    @abstractmethod
    def count_runs(
        self, project: ProjectId, *, search: str | None = None, archived: bool | None = None
    ) -> int:
        """How many runs there are, likewise."""

    @abstractmethod
    def documents(self, run: RunId) -> RunDocuments:
        """The run's config, client info and summary; empty ones where none were recorded.

        Raises:
            NotFound: No such run.
        """

    @abstractmethod
    def config(self, run: RunId) -> dict[str, JsonValue]:
        """As in `documents`, without reading the others.

        Raises:
            NotFound: No such run.
        """

    @abstractmethod
    def client_info(self, run: RunId) -> dict[str, JsonValue]:
        """Likewise."""

    @abstractmethod
    def summary(self, run: RunId) -> dict[str, JsonValue]:
        """Likewise."""

    @abstractmethod
    def client_infos_of(self, runs: Sequence[RunId]) -> dict[RunId, str]:
        """The client info of many, as it is kept; lost ones are left out."""

    @abstractmethod
    def unmerged_summaries(self) -> Sequence[RunId]:
        """Runs whose summary is not in one place: see `Runs.merge_summary`."""

    @abstractmethod
    def texts_of(self, runs: Sequence[RunId]) -> dict[RunId, RunTexts]:
        """As `documents`, of many runs at once and as they are kept; lost ones are left out."""

    @abstractmethod
    def changed_since(self, project: ProjectId, change_seq: int, *, limit: int) -> Sequence[Run]:
        """The project's runs changed after `change_seq`, in order of change.

        Those in the trash are among them: that they went there was a change. No two runs share a
        change number, so the last one's is where the next page begins.
        """

    @abstractmethod
    def changes_since(
        self, entities: Sequence[EntityId] | None, change_seq: int, *, limit: int
    ) -> Sequence[RunChange]:
        """Which runs of these entities (None: of all) changed after, in order of change."""

    @abstractmethod
    def trashed_run(self, project: ProjectId, name: str) -> Run | None:
        """The run of that project and id, if it is in the trash."""

    @abstractmethod
    def list_trash(self, project: ProjectId, *, limit: int, before: RunId | None = None) -> RunPage:
        """A page of the project's runs in the trash, those deleted last first, ties by id.

        With `before`, those that come after that run there; none where it is not there any more.
        """

    @abstractmethod
    def count_trash(self, project: ProjectId) -> int:
        """How many of the project's runs are in the trash."""

    @abstractmethod
    def trashed_before(self, instant: datetime, *, limit: int) -> Sequence[Run]:
        """Runs of any project that went to the trash at `instant` or earlier, the oldest first."""

    @abstractmethod
    def forgotten_seq(self) -> int:
        """Whoever knows changes up to here has heard of every deletion of runs that are gone.

        Runs that were deleted for good are in no list of changes. Whoever knows less may have
        missed one, and must look anew at what it shows.
        """

    @abstractmethod
    def recent_runs(self, entities: Sequence[EntityId] | None, *, limit: int) -> Sequence[Run]:
        """Runs of these entities (None: of all) with the newest heartbeats, the newest first.

        Without those of projects in the trash.
        """

    @abstractmethod
    def search_runs(
        self, entities: Sequence[EntityId] | None, wanted: Wanted, *, limit: int
    ) -> Sequence[tuple[Run, Rank]]:
        """Runs of these entities (None: of all) found by display name, id or tags.

        The best come first; among those of one rank, newer runs. Without those of projects in the
        trash.
        """

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

    A run in the trash can be changed like any other. Changes of one run in one unit may share a
    number. Run ids rise in order of creation, and none is used again.
    """

    @abstractmethod
    def create_run(
        self, project: ProjectId, name: str, *, user: EntityId, display_name: str
    ) -> Run:
        """A new, pending run with empty documents; the project is updated now.

        Raises:
            AlreadyExists: The project uses that name, in the trash or outside; exactly, case
                included.
        """

    @abstractmethod
    def update_run(self, run: RunId, update: RunUpdate) -> Run:
        """Applies `update`; returns the run as it then is."""

    @abstractmethod
    def merge_summary(
        self, run: RunId, entries: Mapping[str, JsonValue], removed: Sequence[str] = ()
    ) -> None:
        """Sets entries of the run's summary and then takes keys out; what else it has stays.

        Costs what the entries cost, however large the summary is: they may be kept beside it.
        `documents` and `texts_of` count them in at once, `run_columns` when they were put in place.
        """

    @abstractmethod
    def put_summary_in_place(self, run: RunId) -> None:
        """Puts what `merge_summary` left beside the run's summary into it; nothing for lost ids.

        Costs what the whole summary costs. The run changes only if there is something to do.
        """

    @abstractmethod
    def beat(self, run: RunId) -> None:
        """Sets the heartbeat to now, and the change number, without reading documents."""

    @abstractmethod
    def update_runs(self, updates: Mapping[RunId, RunUpdate]) -> None:
        """Applies an update to each of many; not of documents. Lost ones are passed over."""

    @abstractmethod
    def trash_runs(self, runs: Sequence[RunId]) -> int:
        """Puts many runs into the trash; returns how many were not there, and are."""

    @abstractmethod
    def restore_runs(self, runs: Sequence[RunId]) -> int:
        """Takes many runs out of the trash; returns how many were there."""

    @abstractmethod
    def move_runs(self, runs: Sequence[RunId], project: ProjectId) -> int:
        """Puts many runs of a project into another; returns how many were not there, and are.

        All that is recorded of them stays with them; there they have new numbers, in order of
        creation. Whoever follows the projects that they were in must look anew (`forgotten_seq`).

        Raises:
            AlreadyExists: The project uses the name of one, in the trash or outside (code
                `names-taken`); none is moved.
        """

    @abstractmethod
    def trash_run(self, run: RunId) -> Run:
        """Puts a run into the trash now. NotFound where it is there already."""

    @abstractmethod
    def restore_run(self, run: RunId) -> Run:
        """Takes a run out of the trash. NotFound where it is not there."""

    @abstractmethod
    def trash_all_runs(self, project: ProjectId) -> int:
        """Puts all runs of the project into the trash now; returns how many."""

    @abstractmethod
    def restore_all_runs(self, project: ProjectId, deleted_at: datetime) -> int:
        """Takes out of the trash what went there at that instant; returns how many."""

    @abstractmethod
    def delete_run(self, run: RunId) -> None:
        """Removes the record with its documents and alerts, from the trash or from outside of it.

        Nobody finds the run from then on, and nothing more can be recorded of it. Its history,
        output and files' records are left to `runstone.ports.garbage`, which erases them in steps.
        """

    @abstractmethod
    def add_alert(
        self,
        run: RunId,
        *,
        title: str,
        text: str,
        level: AlertLevel,
        at: datetime | None = None,
    ) -> None:
        """Records an alert, of now where no other time is given."""
