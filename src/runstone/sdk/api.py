"""The way in: a server, and what can be read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType

from msgspec import Struct

from runstone.sdk.artifact_collections import (
    ArtifactCollection,
    ArtifactType,
    find_collection,
    list_collections,
    list_types,
)
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_paths import read_collection_path, read_version_path
from runstone.sdk.artifact_versions import ArtifactVersion, find_version
from runstone.sdk.frames import Keys, Progress, several
from runstone.sdk.paths import ProjectPath, RunPath, read_project_path, read_run_path
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
            path: `entity/project/run`, or the address of its page; `project/run` is in one of your
                own projects.

        Raises:
            NotFound: There is none, or the key may not see it.
        """
        return find_run(self._transport, self._run_path(path))

    # Artifacts

    def artifact(self, path: str) -> ArtifactVersion:
        """One version of an artifact.

        Example:
            api.artifact("lab/digits/model:best").download("models")

        Args:
            path: `entity/project/name:alias`, or the address of its page. An alias, `v3` or a
                digest; without one, `latest`. `project/name` is one of your own.

        Raises:
            NotFound: There is none, or the key may not see it.
        """
        return find_version(self._transport, read_version_path(path, lambda: self.user))

    def artifact_collection(self, path: str) -> ArtifactCollection:
        """An artifact with all of its versions.

        Args:
            path: `entity/project/name`.

        Raises:
            NotFound: There is none, or the key may not see it.
        """
        return find_collection(self._transport, read_collection_path(path, lambda: self.user))

    def artifact_types(self, project: str) -> list[ArtifactType]:
        """The types of a project's artifacts, by name.

        Args:
            project: `entity/project`; `project` alone is one of your own.
        """
        return list_types(self._transport, self._project_path(project))

    def artifact_collections(
        self,
        project: str,
        type: str | None = None,  # noqa: A002 - the word that people look for
        *,
        search: str = "",
    ) -> Iterator[ArtifactCollection]:
        """The artifacts of a project by type and name, read page by page.

        Args:
            type: Only of this type.
            search: Part of a name, in capitals or not.
        """
        where = self._project_path(project)
        return list_collections(self._transport, where, type, search)

    def artifacts(
        self,
        path: str,
        type: str | None = None,  # noqa: A002
        *,
        search: str = "",
        filter: Callable[[ArtifactVersion], bool] | None = None,  # noqa: A002
    ) -> Iterator[ArtifactVersion]:
        """Versions, the newest of each artifact first, read page by page.

        Example:
            best = api.artifacts("lab/digits", "model", filter=lambda v: v.metadata["acc"] > 0.9)

        Args:
            path: `entity/project/name` for those of one artifact, `entity/project` for all.
            type: Only of this type.
            search: Part of the artifacts' names, in capitals or not.
            filter: Only versions for which this is true; it sees what is known of each.
        """
        if path.strip("/").count("/") == 2:
            only = self.artifact_collection(path)
            found = iter([only] if type in (None, only.type) else [])
        else:
            found = self.artifact_collections(path, type, search=search)
        for collection in found:
            for version in collection.versions():
                if filter is None or filter(version):
                    yield version

    def log_artifact(
        self,
        artifact: Artifact,
        project: str,
        *,
        aliases: Keys = None,
        run: Run | str | None = None,
        workers: int = 6,
        progress: Progress | None = None,
    ) -> ArtifactVersion:
        """Uploads a version, and returns it once all of it is safe on the server.

        Bytes that the project has are not sent again. Where the artifact has a version that holds
        just the same, that one is returned, with the aliases added. An upload that is cut leaves
        nothing to be found; called again, it sends what is not there yet.

        Example:
            data = runstone.Artifact("faces", type="dataset")
            data.add_dir("data/faces")
            api.log_artifact(data, project="lab/digits", aliases=["clean"])

        Args:
            project: `entity/project`, made where it is missing; `project` alone is one of yours.
            aliases: Beside `latest`; each moves here from the version that it stood for.
            run: Which run logs it, by itself or its id.
            workers: How many requests go side by side.
            progress: Called with the bytes so far and the share of all, from 0 to 1.

        Raises:
            InvalidInput: It is empty, or a file of it was changed since it was added (code
                `file-changed`).
            Conflict: The artifact is of another type.
            PermissionDenied: The key may not write there.
            Unavailable: The server does not answer.
        """
        from runstone.sdk.artifact_uploads import log_artifact

        return log_artifact(
            self._transport,
            self._project_path(project),
            artifact,
            aliases=several(aliases),
            run=run.id if isinstance(run, Run) else run,
            workers=workers,
            progress=progress,
        )

    def close(self) -> None:
        """Ends its connections; a later use opens new ones."""
        self._transport.close()

    def _project_path(self, path: str) -> ProjectPath:
        if "/" not in path.strip("/"):
            return read_project_path(f"{self.user}/{path}")
        return read_project_path(path)

    def _run_path(self, path: str) -> RunPath:
        owner, *rest = path.strip("/").split("/")
        # Behind one's own name stands a project: its run is missing.
        if len(rest) == 1 and owner != self.user:
            return read_run_path(f"{self.user}/{owner}/{rest[0]}")
        return read_run_path(path)


class _User(Struct):
    username: str


class _Me(Struct):
    user: _User


class _ProjectList(Struct):
    projects: list[ProjectFacts]
