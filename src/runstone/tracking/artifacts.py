"""Artifacts of a live run: logged, used, linked. Only what is to be read waits for the network."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from runstone.domain.artifact import check_alias, check_tags
from runstone.domain.errors import InvalidInput, NotFound, Unavailable
from runstone.sdk.api import Api
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_paths import read_link_target
from runstone.sdk.artifact_versions import ArtifactVersion
from runstone.tracking.artifact_keeping import ArtifactShelf
from runstone.tracking.encoding import Kind
from runstone.tracking.terminal import warn

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

_LATEST: Final = "latest"
_LOOK_S: Final = 0.05
_MAX_ID_CHARS: Final = 500
_OPENING_S: Final = 30.0
"""A data folder is opened in a second or two."""
_MODELS: Final = "model-registry"
"""The project that wandb's `link_model` links into."""


class RunArtifacts:
    """What one process does with artifacts for a run; made when it first does something."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._shelf = None if run._folder is None else ArtifactShelf(run._folder)
        self._api: Api | None = None
        self._logged: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    # Logged

    def log(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None,
        type: str | None,  # noqa: A002 - the word that people look for
        aliases: Sequence[str] | str | None,
        tags: Sequence[str] | str | None,
    ) -> Artifact:
        """See `ActiveRun.log_artifact`."""
        given = _checked(aliases)
        words = check_tags(tuple(_several(tags)))
        draft = self._draft(artifact_or_path, name, type)
        draft.distributed_id = None
        return self._keep(draft, given, words, is_last=True)

    def share(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None,
        type: str | None,  # noqa: A002
        aliases: Sequence[str] | str | None,
        distributed_id: str | None,
        *,
        is_last: bool,
    ) -> Artifact:
        """See `ActiveRun.upsert_artifact` and `ActiveRun.finish_artifact`."""
        given = _checked(aliases)
        # People number things, whatever the signature says.
        shared = self._run.group if distributed_id is None else str(distributed_id)
        if not shared:
            raise InvalidInput(
                "Who writes this version together? Give each of them the same distributed_id=, or "
                "begin their runs with the same group=.",
                code="no-distributed-id",
            )
        if len(shared) > _MAX_ID_CHARS:
            raise InvalidInput(
                f"distributed_id has {len(shared):,} characters; at most {_MAX_ID_CHARS} are known."
            )
        if name is None and not isinstance(artifact_or_path, Artifact):
            raise InvalidInput(
                "Give name=: without one, each run would write an artifact of its own.",
                code="no-name",
            )
        draft = self._draft(artifact_or_path, name, type)
        draft.distributed_id = shared
        return self._keep(draft, given, (), is_last=is_last)

    def _keep(
        self, draft: Artifact, aliases: Sequence[str], tags: Sequence[str], *, is_last: bool
    ) -> Artifact:
        if self._shelf is None:
            draft.saving = _Nowhere()
            return draft
        shared = draft.distributed_id
        try:
            with self._lock:
                upload, told = self._shelf.keep(
                    draft, aliases, tags, distributed_id=shared, is_last=is_last
                )
        except OSError as error:
            warn(f"artifact {draft.name!r} is not logged: {error}")
            return draft
        for text in told:
            warn(text)
        at = {} if shared is None else {"at": time.time()}
        self._record(Kind.ARTIFACT, {"upload": upload, **at})
        kept = _Kept(self._run, self._shelf, upload, self._version, is_part=not is_last)
        draft.saving = kept
        if is_last:
            self._logged[draft.collection] = kept
        return draft

    def _draft(
        self,
        given: Artifact | str | os.PathLike[str],
        name: str | None,
        type: str | None,  # noqa: A002
    ) -> Artifact:
        if isinstance(given, Artifact):
            return given
        if not isinstance(given, (str, os.PathLike)):
            raise InvalidInput(
                f"{given!r} is no artifact: give a runstone.Artifact, a path or a URI."
            )
        text = os.fspath(given)
        place = Path(text)
        last = text.split("?")[0].rstrip("/").rsplit("/", 1)[-1] if "://" in text else place.name
        draft = Artifact(name or f"run-{self._run.id}-{last}", type or "unspecified")
        if place.is_dir():
            draft.add_dir(place)
        elif place.is_file():
            draft.add_file(place)
        elif "://" in text:
            draft.add_reference(text)
        else:
            raise InvalidInput(
                f"{text} is not there: log a file, a folder, or a URI such as s3://bucket/key.",
                code="no-such-file",
            )
        return draft

    def _version(self, path: str) -> ArtifactVersion:
        return self._connect().artifact(path)

    # Used

    def use(
        self,
        artifact_or_name: Artifact | ArtifactVersion | str,
        type: str | None,  # noqa: A002
        aliases: Sequence[str] | str | None,
    ) -> ArtifactVersion:
        """See `ActiveRun.use_artifact`."""
        if isinstance(artifact_or_name, str):
            found = self._find(artifact_or_name)
        elif isinstance(artifact_or_name, ArtifactVersion):
            found = artifact_or_name
        elif isinstance(artifact_or_name, Artifact):
            # Once it is on the server a draft knows all that its version knows.
            found = cast("ArtifactVersion", artifact_or_name)
            if artifact_or_name.is_draft():
                self._use_draft(artifact_or_name, aliases)
                return found
        else:
            raise InvalidInput(
                f"{artifact_or_name!r} is no artifact: give a name such as 'faces:latest', or what "
                "runstone.Api().artifact() found."
            )
        if type is not None and found.type != type:
            raise InvalidInput(
                f"{found.path} is of the type {found.type!r}, not {type!r}.", code="wrong-type"
            )
        self._record(Kind.USE, {"use": _address(found)})
        return found

    def _use_draft(self, draft: Artifact, aliases: Sequence[str] | str | None) -> None:
        if not isinstance(draft.saving, _Kept):
            self.log(draft, None, None, aliases, None)
        if isinstance(draft.saving, _Kept):
            draft.saving.require_version()
            self._record(Kind.USE, {"use": {"upload": draft.saving.upload}})
            if draft.saving.is_being_sent:
                draft.wait()

    def use_model(self, name: str) -> str:
        """See `ActiveRun.use_model`."""
        version = self.use(name, None, None)
        if "model" not in version.type.lower():
            raise InvalidInput(
                f"{version.path} is of the type {version.type!r}, which is no model: use "
                "use_artifact().",
                code="wrong-type",
            )
        folder = version.download()
        files = [path for path in folder.rglob("*") if path.is_file()]
        return str(files[0] if len(files) == 1 else folder)

    def _record(self, kind: Kind, values: dict[str, Any]) -> None:
        with self._run._lock:
            self._run._write((int(kind), values))

    def _find(self, name: str) -> ArtifactVersion:
        if self._run.mode == "disabled":
            raise InvalidInput(
                f"The run is disabled, so nothing is asked of a server: {name!r} is read with "
                "runstone.Api().artifact()."
            )
        if self._run.mode == "offline":
            raise Unavailable(
                f"The run is offline: {name!r} cannot be looked up. Begin it with mode='online', "
                "or give what runstone.Api().artifact() found.",
                code="offline",
            )
        api = self._connect()
        parts = name.split("/")
        if name.startswith(("http://", "https://")) or len(parts) > 2:
            return api.artifact(name)
        assert self._run._folder is not None, "the run is online"
        owner = self._run._folder.identity().entity or api.user
        project = parts[0] if len(parts) == 2 else self._run.project
        name = parts[-1].partition(":")[0]
        mine = self._logged.get(name)
        if mine is None and (table := self._run.upload_of_table(name)) is not None:
            assert self._shelf is not None, "the run is online"
            mine = _Kept(self._run, self._shelf, table, self._version)
        if mine is not None and project == self._run.project:
            # What this process has logged is there for it, though it is still being sent.
            mine.wait(None)
        try:
            return api.artifact(f"{owner}/{project}/{parts[-1]}")
        except NotFound as error:
            raise NotFound(
                f"{error.message} `runstone artifact ls {owner}/{project}` lists what is there; "
                "what another run logs is there once it is sent.",
                code=error.code,
            ) from None

    def _connect(self) -> Api:
        with self._lock:
            if self._api is None:
                uploader = self._run._uploader
                if uploader is not None and self._run.mode == "local":
                    uploader.wait_for_begun(_OPENING_S)  # who serves the folder is known then
                self._api = Api(*(uploader.server if uploader else (None, None)))
            return self._api

    # Linked

    def link(
        self,
        artifact: Artifact | ArtifactVersion,
        target_path: str,
        aliases: Sequence[str] | str | None,
    ) -> Artifact | ArtifactVersion:
        """See `ActiveRun.link_artifact`."""
        given = _checked(aliases)
        target = read_link_target(target_path, self._run.project)
        if isinstance(artifact, Artifact) and artifact.is_draft():
            if not isinstance(artifact.saving, _Kept):
                self.log(artifact, None, None, None, None)
            if not isinstance(artifact.saving, _Kept):
                return artifact
            artifact.saving.require_version()
            which = {"upload": artifact.saving.upload}
        else:
            which = _address(artifact)
        self._record(Kind.ARTIFACT, {"link": which, "target": target.asked(given)})
        return artifact

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None,
        aliases: Sequence[str] | str | None,
    ) -> Artifact:
        """See `ActiveRun.link_model`."""
        if "/" in registered_model_name:
            raise InvalidInput(
                f"{registered_model_name!r} is a path: give the registered model's name alone."
            )
        logged = self.log(path, name, "model", None, None)
        self.link(logged, f"{_MODELS}/{registered_model_name}", aliases)
        return logged


class _Kept:
    """An artifact in the run's folder, which some process sends."""

    def __init__(
        self,
        run: ActiveRun,
        shelf: ArtifactShelf,
        upload: str,
        find: Callable[[str], ArtifactVersion],
        *,
        is_part: bool = False,
    ) -> None:
        self._run = run
        self._shelf = shelf
        self.upload = upload
        self._find = find
        self._is_part = is_part

    def require_version(self) -> None:
        """Refuses a part of a version, of which nobody knows what it will be."""
        if self._is_part:
            raise InvalidInput(
                "This is a part of a version that is not finished: use or link what "
                "finish_artifact() returns.",
                code="not-finished",
            )

    def wait(self, timeout: float | None) -> ArtifactVersion | None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (saved := self._shelf.saved(self.upload)) is None:
            if (refusal := self._shelf.refusal(self.upload)) is not None:
                raise InvalidInput(refusal, code="artifact-refused")
            if not self.is_being_sent:
                raise Unavailable(
                    "The artifact is on this machine and is not being sent: the run is offline or "
                    "has ended. `runstone sync` sends it.",
                    code="not-sent",
                )
            if deadline is not None and time.monotonic() >= deadline:
                raise Unavailable(
                    f"The artifact is not on the server after {timeout:g} s; it is still being "
                    "sent.",
                    code="not-sent",
                )
            time.sleep(_LOOK_S)
        if saved.index is None:
            return None
        return self._find(f"{saved.entity}/{saved.project}/{saved.collection}:v{saved.index}")

    @property
    def is_being_sent(self) -> bool:
        """Whether a process does, or tries to."""
        uploader = self._run._uploader
        # What a forked child logs is sent by its parent.
        is_sent = self._run.mode in ("online", "local")
        return is_sent and (uploader is None or uploader.is_alive)


class _Nowhere:
    """An artifact of a disabled run."""

    def wait(self, timeout: float | None) -> None:
        return None


def _checked(aliases: Sequence[str] | str | None) -> list[str]:
    """Aliases as they are to be given; `latest` is given anyhow."""
    given = [alias for alias in _several(aliases) if alias != _LATEST]
    for alias in given:
        check_alias(alias)
    return given


def _several(given: Sequence[str] | str | None) -> list[str]:
    return [given] if isinstance(given, str) else list(given or ())


def _address(version: ArtifactVersion | Artifact) -> dict[str, str]:
    return {
        "entity": version.entity,
        "project": version.project,
        "collection": version.collection,
        "version": version.version,
    }
