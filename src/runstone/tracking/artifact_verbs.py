"""What a live run does with artifacts, as scripts say it; the work is in `artifacts`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping, Sequence
    from typing import Any

    from runstone.sdk.artifact_drafts import Artifact
    from runstone.sdk.artifact_versions import ArtifactVersion
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.artifacts import RunArtifacts

_ARTIFACT = 11
"""`encoding.Kind.ARTIFACT`."""


class ArtifactVerbs:
    """The part of `ActiveRun` that is about artifacts. `init()` imports nothing for it."""

    _kept_artifacts: tuple[int, RunArtifacts] | None = None
    _tables: dict[str, str] | None = None
    if TYPE_CHECKING:
        id: str
        _lock: threading.RLock

        def _write(self, record: tuple[Any, ...]) -> None: ...

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002 - the word that people look for
        aliases: Sequence[str] | str | None = None,
        tags: Sequence[str] | str | None = None,
    ) -> Artifact:
        """Logs an artifact as an output of the run, without waiting for the network.

        Its files are held in the run's folder when this returns: they may be changed or removed.
        They are sent in the background; `artifact.wait()` waits for that.

        Args:
            artifact_or_path: A `runstone.Artifact`, a file, a folder, or a URI such as
                `s3://bucket/key`.
            name: For a path; by default `run-<id>-` and the last part of it.
            type: For a path; by default `unspecified`.
            aliases: Beside `latest`; each moves here from the version that it stood for.
            tags: Beside those of the artifact.

        Returns:
            The artifact.

        Raises:
            InvalidInput: It holds nothing, a name is not legal, or a file is not there.
        """
        return self._artifacts.log(artifact_or_path, name, type, aliases, tags)

    def upsert_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        aliases: Sequence[str] | str | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """Adds to a version that several processes write, without waiting for the network.

        Each adds its part, in any order; of a path that several add the last one counts. Nobody
        finds the version before `finish_artifact` was called, which must come after all parts are
        on the server: `artifact.wait()` waits for that.

        Example:
            part = runstone.Artifact("shards", type="dataset")
            part.add_file(f"shard-{rank}.bin")
            run.upsert_artifact(part, distributed_id="night-7").wait()
            torch.distributed.barrier()
            if rank == 0:
                run.finish_artifact(part, distributed_id="night-7")

        Args:
            artifact_or_path: A `runstone.Artifact`, a file, a folder, or a URI. Its metadata,
                description and tags join those of the other parts.
            name: For a path, where it must be given.
            type: For a path; by default `unspecified`.
            aliases: Of the version once it is finished.
            distributed_id: What all of them call it; by default the run's group.

        Returns:
            The artifact, which stays a draft.

        Raises:
            InvalidInput: A name is not legal, or a file is not there; or neither an id nor a group
                was given.
        """
        return self._artifacts.share(
            artifact_or_path, name, type, aliases, distributed_id, is_last=False
        )

    def finish_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002
        aliases: Sequence[str] | str | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """Makes what several processes have added a version, this last part included.

        As `upsert_artifact`; the artifact may be empty. What is added under the same id later on
        makes another version.

        Returns:
            The artifact; `wait()` waits for the version.

        Raises:
            InvalidInput: As for `upsert_artifact`.
        """
        return self._artifacts.share(
            artifact_or_path, name, type, aliases, distributed_id, is_last=True
        )

    def use_artifact(
        self,
        artifact_or_name: Artifact | ArtifactVersion | str,
        type: str | None = None,  # noqa: A002
        aliases: Sequence[str] | str | None = None,
        use_as: str | None = None,
    ) -> ArtifactVersion:
        """Names an artifact as an input of the run, and returns it to be read.

        A name is looked up now, so the server must answer; that the run used it is noted as all
        else is, without waiting.

        Example:
            folder = run.use_artifact("faces:clean").download()

        Args:
            artifact_or_name: `name:alias`, `project/name:alias` or `entity/project/name:alias`, by
                default of the run's project and `latest`; a version; or an artifact that is to be
                logged, which is waited for.
            type: Fails where it has another one.
            aliases: For an artifact that is to be logged.
            use_as: For wandb's sake: it means nothing there any more either.

        Raises:
            InvalidInput: It is of another type.
            NotFound: There is none, or the key may not see it.
            Unavailable: The server does not answer, or the run is offline.
        """
        return self._artifacts.use(artifact_or_name, type, aliases)

    def log_model(
        self,
        path: str | os.PathLike[str],
        name: str | None = None,
        aliases: Sequence[str] | str | None = None,
    ) -> Artifact:
        """Logs a file or folder as an artifact of the type `model`; see `log_artifact`."""
        return self._artifacts.log(path, name, "model", aliases, None)

    def use_model(self, name: str) -> str:
        """Names a model as an input of the run, and downloads it.

        Returns:
            Its file, or the folder of its files where it has several.

        Raises:
            InvalidInput: Its type has no `model` in its name.
            NotFound: There is none, or the key may not see it.
            Unavailable: The server does not answer, or the run is offline.
        """
        return self._artifacts.use_model(name)

    def link_artifact(
        self,
        artifact: Artifact | ArtifactVersion,
        target_path: str,
        aliases: Sequence[str] | str | None = None,
    ) -> Artifact | ArtifactVersion:
        """Links an artifact into a collection of a registry, without waiting for the network.

        Args:
            artifact: Is logged, where it was not.
            target_path: `wandb-registry-NAME/collection`, with an organization before it where it
                is not the only one; or `entity/project/collection`.
            aliases: Of the link, beside `latest`.

        Raises:
            InvalidInput: No such path or alias can be.
        """
        return self._artifacts.link(artifact, target_path, aliases)

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: Sequence[str] | str | None = None,
    ) -> Artifact:
        """Logs a model and links it to a registered model, in the project `model-registry`.

        Args:
            name: Of the artifact; see `log_artifact`.
            aliases: Of the link.
        """
        return self._artifacts.link_model(path, registered_model_name, name, aliases)

    def note_table(self, key: str, document: Mapping[str, Any]) -> None:
        """Has a table that was logged sent as an artifact of the run, too: `run-<id>-<key>`.

        Of one that grows it is `run-<id>-incr-<key>`, to which its new rows are added.
        """
        from runstone.tracking.table_artifacts import collection_noted, note_of_table

        noted = note_of_table(key, document)
        with self._lock:
            self._write((_ARTIFACT, noted))
            if self._tables is None:
                self._tables = {}
            self._tables[collection_noted(self.id, noted)] = noted["table"]

    def upload_of_table(self, collection: str) -> str | None:
        """What the last table was called as an upload that this process logged as that artifact."""
        return None if self._tables is None else self._tables.get(collection)

    @property
    def _artifacts(self) -> RunArtifacts:
        from runstone.tracking.artifacts import RunArtifacts

        # A forked child has connections and a lock of its own.
        if self._kept_artifacts is None or self._kept_artifacts[0] != os.getpid():
            self._kept_artifacts = (os.getpid(), RunArtifacts(self))  # type: ignore[arg-type]
        return self._kept_artifacts[1]


def log_artifact(
    artifact_or_path: Artifact | str | os.PathLike[str],
    name: str | None = None,
    type: str | None = None,  # noqa: A002 - the word that people look for
    aliases: Sequence[str] | str | None = None,
    tags: Sequence[str] | str | None = None,
) -> Artifact:
    """Of the run that was begun last; see `ActiveRun.log_artifact`."""
    return current_run().log_artifact(artifact_or_path, name, type, aliases, tags)


def use_artifact(
    artifact_or_name: Artifact | ArtifactVersion | str,
    type: str | None = None,  # noqa: A002
    aliases: Sequence[str] | str | None = None,
    use_as: str | None = None,
) -> ArtifactVersion:
    """Of the run that was begun last; see `ActiveRun.use_artifact`."""
    return current_run().use_artifact(artifact_or_name, type, aliases, use_as)


def log_model(
    path: str | os.PathLike[str],
    name: str | None = None,
    aliases: Sequence[str] | str | None = None,
) -> Artifact:
    """Of the run that was begun last; see `ActiveRun.log_model`."""
    return current_run().log_model(path, name, aliases)


def use_model(name: str) -> str:
    """Of the run that was begun last; see `ActiveRun.use_model`."""
    return current_run().use_model(name)


def link_artifact(
    artifact: Artifact | ArtifactVersion,
    target_path: str,
    aliases: Sequence[str] | str | None = None,
) -> Artifact | ArtifactVersion:
    """Of the run that was begun last; see `ActiveRun.link_artifact`."""
    return current_run().link_artifact(artifact, target_path, aliases)


def link_model(
    path: str | os.PathLike[str],
    registered_model_name: str,
    name: str | None = None,
    aliases: Sequence[str] | str | None = None,
) -> Artifact:
    """Of the run that was begun last; see `ActiveRun.link_model`."""
    return current_run().link_model(path, registered_model_name, name, aliases)


def current_run() -> ActiveRun:
    """The run that was begun last.

    Raises:
        InvalidInput: There is none.
    """
    from runstone.tracking.active_runs import current
    from runstone.tracking.sharing import no_run

    if (run := current()) is None:
        raise no_run()
    return run
