"""What resolvers ask of one run after the other, read for all runs of a page at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runstone.domain.access import Actor
from runstone.domain.accounts import User
from runstone.domain.history import StreamInfo, StreamKind
from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.run import Project, Run, RunTexts
from runstone.ports.store import Snapshot
from runstone.services.projects import find_project


class RunLoader:
    """Remembers, for one request, what was read of its runs and their surroundings."""

    def __init__(self, snapshot: Snapshot, actor: Actor) -> None:
        self._snapshot = snapshot
        self._actor = actor
        self._expected: dict[RunId, None] = {}
        self._texts: dict[RunId, RunTexts] = {}
        self._streams: dict[RunId, list[StreamInfo]] = {}
        self._users: dict[EntityId, User | None] = {}
        self._projects: dict[ProjectId, Project] = {}

    def expect(self, runs: Iterable[Run]) -> None:
        """Notes that the runs of a page come: what is asked of one will be asked of all."""
        self._expected = dict.fromkeys(run.id for run in runs)

    def texts(self, run: RunId) -> RunTexts:
        """A run's config, client info and summary, as they are kept."""
        if run not in self._texts:
            self._texts.update(self._snapshot.runs.texts_of(self._page_of(run)))
        return self._texts[run]

    def streams(self, run: RunId, kind: StreamKind) -> Sequence[StreamInfo]:
        """A run's streams of rows of one kind, by writer."""
        if run not in self._streams:
            wanted = self._page_of(run)
            self._streams.update((each, []) for each in wanted)
            for stream in self._snapshot.history.streams(wanted):
                self._streams[stream.run_id].append(stream)
        return [stream for stream in self._streams[run] if stream.kind is kind]

    def user(self, user: EntityId) -> User | None:
        """The user with that id."""
        if user not in self._users:
            self._users[user] = self._snapshot.accounts.user(user)
        return self._users[user]

    def project(self, run: Run) -> Project:
        """The project that a run is in.

        Raises:
            NotFound: The actor may not see it.
        """
        if run.project_id not in self._projects:
            self._projects[run.project_id] = find_project(
                self._snapshot, self._actor, run.entity, run.project
            )
        return self._projects[run.project_id]

    def _page_of(self, run: RunId) -> list[RunId]:
        return list(self._expected) if run in self._expected else [run]
