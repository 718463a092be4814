"""A version to be: what it is called, what is said about it, and whether it is logged by now.

What it holds is `artifact_contents`' matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from runstone.domain.artifact import check_tags, check_type_name
from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_collection_name
from runstone.sdk.artifact_contents import Contents
from runstone.sdk.artifact_ttl import ArtifactTTL, TimeToLive, seconds_of, ttl_of

if TYPE_CHECKING:
    from runstone.sdk.artifact_versions import ArtifactVersion


class Saving(Protocol):
    """A draft on its way to the server."""

    def wait(self, timeout: float | None) -> ArtifactVersion | None:
        """The version, once it is there; None for a part of one, and where nothing is logged.

        Raises:
            Unavailable: It is not there in time, or is not sent before `runstone sync`.
            RunstoneError: The server refused it.
        """


class Artifact(Contents):
    """A version to be logged: what it holds is put together here, and uploaded by `log_artifact`.

    Files are read when they are added, for their MD5. `run.log_artifact` takes copies of them, as
    they are then (docs/artifacts.md says when that costs nothing); `Api.log_artifact` reads them
    again, copies nothing, and refuses one that has changed in between.

    Example:
        model = runstone.Artifact("model", type="model", metadata={"acc": 0.97})
        model.add_dir("checkpoints/best")
        with model.new_file("notes.txt") as file:
            file.write("The one of figure 3.")
        run.log_artifact(model, aliases=["best"])
        model.wait().version  # "v3"; all that a version knows, from here on

    Attributes:
        description: What people are to read about it.
        metadata: Any JSON, to be found and compared by.
        tags: Words to sort versions by.
        ttl: How long to keep it, from its creation; None for ever.
        saving: Who sends it; None before it is logged.
        distributed_id: What the others that write the same version call it, too; None for one that
            is written at once.

    Args:
        name: Of the artifact in its project.
        type: Such as `model` or `dataset`; all versions of an artifact have the same.
        incremental: Accepted for wandb's sake: bytes that are on the server are never sent again,
            with it or without.
        use_as: Likewise; it means nothing in wandb any more either.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the word that people look for
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        *,
        tags: Sequence[str] = (),
        ttl: TimeToLive = ArtifactTTL.INHERIT,
    ) -> None:
        super().__init__()
        self._name = check_collection_name(name)
        self._type = check_type_name(type)
        self.saving: Saving | None = None
        self.distributed_id: str | None = None
        self._version: ArtifactVersion | None = None
        self.incremental = incremental
        self.use_as = use_as
        self.description = description or ""
        self.metadata = dict(metadata or {})
        self.tags = check_tags(tuple(tags))
        self._ttl_s = seconds_of(ttl)

    def __repr__(self) -> str:
        return f"<Artifact: {self.name} {self.type}, {len(self):,} files>"

    def __getattr__(self, name: str) -> Any:
        # What only a version has: its number, its download, its lineage.
        if name.startswith("_"):
            raise AttributeError(name)
        if self._version is None:
            raise AttributeError(
                f"{self!r} has no {name!r} before it is on the server: log it, then wait() for it."
            )
        return getattr(self._version, name)

    # On its way

    def is_draft(self) -> bool:
        """Whether it is not known to be on the server; `wait()` finds out."""
        return self._version is None

    @property
    def state(self) -> str:
        """`PENDING`, or `COMMITTED` once it is known to be on the server."""
        return "PENDING" if self._version is None else "COMMITTED"

    def wait(self, timeout: float | None = None) -> Artifact:
        """Waits until it is on the server; then it knows what its version knows. Returns itself.

        A part of a version (`upsert_artifact`) is no version when it has arrived: one makes it one.

        Args:
            timeout: Seconds; without one, as long as it takes.

        Raises:
            InvalidInput: It was not logged.
            Unavailable: It is not there in time, or its run is offline.
            RunstoneError: The server refused it.
        """
        if self._version is None:
            if self.saving is None:
                raise InvalidInput(f"{self!r} is not logged: call run.log_artifact() first.")
            self._version = self.saving.wait(timeout)
        return self

    def finalize(self) -> None:
        """Nothing: what is logged is as it was when it was logged. For wandb's sake."""

    @property
    def name(self) -> str:
        """Of the artifact in its project; with its number (`model:v3`) once that is known."""
        return self._name if self._version is None else self._version.name

    @property
    def collection(self) -> str:
        """Of the artifact in its project, whatever the version."""
        return self._name

    @property
    def type(self) -> str:
        """Such as `model`."""
        return self._type

    @property
    def ttl(self) -> TimeToLive:
        """How long to keep it, from its creation: None for ever; inherited, where nothing was said.

        Raises:
            InvalidInput: What it is set to is no duration, and none of these.
        """
        return ttl_of(self._ttl_s)

    @ttl.setter
    def ttl(self, ttl: TimeToLive) -> None:
        self._ttl_s = seconds_of(ttl)
