"""The way in: a server, and what can be read from it."""

from __future__ import annotations

from types import TracebackType

from msgspec import Struct

from runstone.sdk.frames import Keys
from runstone.sdk.paths import ProjectPath, read_project_path, read_run_path
from runstone.sdk.projects import Project, ProjectFacts, find_run, find_runs
from runstone.sdk.run import Run
from runstone.sdk.runs import Runs
from runstone.sdk.settings import find_server
from runstone.sdk.transport import Transport


class Api:
    """Reads what a Runstone server holds.

    Where nothing is given, the server and the key are `RUNSTONE_URL` and `RUNSTONE_API_KEY`, else
    `WANDB_BASE_URL` and `WANDB_API_KEY`, else what `wandb login` left behind. Nothing is asked
    before the first use. May be shared by threads; `close()` or `with` ends its connections.

    Example:
        import runstone

        api = runstone.Api()
        runs = api.runs("lab/digits", filter="config.lr < 1e-3", sort="-summary.accuracy")
        frame = runs.to_polars(columns=["name", "config.lr", "summary.accuracy"])
        curves = runs.history(keys=["loss"]).to_polars()

    Args:
        url: The server's address.
        api_key: Whose rights it has.

    Raises:
        InvalidInput: No server is named.
        Unauthenticated: There is no key for it.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None) -> None:
        from runstone import __version__

        server = find_server(url, api_key)
        self._transport = Transport(server, user_agent=f"runstone-python/{__version__}")
        self._own_name: str | None = None

    def __repr__(self) -> str:
        return f"<Api: {self.url}>"

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The server's address."""
        return self._transport.server.url

    @property
    def user(self) -> str:
        """Whose key it is."""
        if self._own_name is None:
            self._own_name = self._transport.get(_Me, ("me",)).user.username
        return self._own_name

    def projects(self, entity: str | None = None) -> list[Project]:
        """The projects that the key may see, the most recently active first.

        Args:
            entity: Only this user's or team's.
        """
        query = [("entity", entity)] if entity else []
        found = self._transport.get(_ProjectList, ("projects",), query).projects
        return [Project(self._transport, facts) for facts in found]

    def project(self, path: str) -> Project:
        """One project.

        Args:
            path: `entity/project`; `project` alone is one of your own.

        Raises:
            NotFound: There is none, or the key may not see it.
        """
        segments = self._project_path(path).segments
        return Project(self._transport, self._transport.get(ProjectFacts, segments))

    def runs(
        self,
        path: str,
        filter: str | None = None,  # noqa: A002 - the word of the query
        sort: str | None = None,
        *,
        search: str | None = None,
        columns: Keys = None,
    ) -> Runs:
        """The runs of a project that meet a filter, as a lazy sequence.

        Example:
            api.runs("lab/digits")
            api.runs("lab/digits", filter='"baseline" in tags and summary["val/loss"] < 0.2')
            api.runs("lab/digits", sort="-summary.accuracy,created_at")[:10]

        Args:
            path: `entity/project`; `project` alone is one of your own.
            filter: See docs/filters.md; all runs, if left out.
            sort: Keys separated by commas, `-` before one for high to low; newest first, if left
                out.
            search: Part of an id, name, group, job type or tag.
            columns: What `Run.values` holds, read along with the runs.
        """
        where = self._project_path(path)
        return find_runs(self._transport, where, filter, sort, search, columns)

    def run(self, path: str) -> Run:
        """One run.

        Args:
            path: `entity/project/run`, or the address of its page.

        Raises:
            NotFound: There is none, or the key may not see it.
        """
        return find_run(self._transport, read_run_path(path))

    def close(self) -> None:
        """Ends its connections; a later use opens new ones."""
        self._transport.close()

    def _project_path(self, path: str) -> ProjectPath:
        if "/" not in path.strip("/"):
            return read_project_path(f"{self.user}/{path}")
        return read_project_path(path)


class _User(Struct):
    username: str


class _Me(Struct):
    user: _User


class _ProjectList(Struct):
    projects: list[ProjectFacts]
