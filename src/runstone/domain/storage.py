"""What records cost on disk, by kind of data, and what was freed of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Final

from runstone.domain.ids import CollectionId, ProjectId, RunId

MEDIA_PREFIX: Final = "media/"
"""Names of files that hold logged media begin so; clients choose it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes by kind of data.

    Blobs (files, media) are exact. So are the packed bytes of histories, the text of the console
    and the documents; what the database needs around them (indexes, half-full pages) is in none.

    Attributes:
        history: Sealed chunks with their summaries, and the journal.
        system: The same of system metrics.
        console: Text of captured output.
        files: Bytes saved with runs, media apart.
        media: Bytes of logged images, tables and the like.
        documents: Config, summary and what clients say of themselves.
    """

    history: int = 0
    system: int = 0
    console: int = 0
    files: int = 0
    media: int = 0
    documents: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.history + self.system + self.console + self.files + self.media + self.documents

    def by_kind(self) -> dict[str, int]:
        """Bytes by the name of the kind."""
        return {kind.name: getattr(self, kind.name) for kind in fields(self)}

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.history + other.history,
            self.system + other.system,
            self.console + other.console,
            self.files + other.files,
            self.media + other.media,
            self.documents + other.documents,
        )


@dataclass(frozen=True, slots=True)
class ArtifactUsage:
    """What versions of artifacts cost.

    Attributes:
        num_versions: Those that are still being uploaded are not counted.
        logical_bytes: Their sizes as they say themselves, shared contents counted each time.
        stored_bytes: Of the contents that they refer to, each once; those of versions that are
            still being uploaded, too.
        unique_bytes: Of those that nothing else refers to: what deleting all of them would free.
    """

    num_versions: int = 0
    logical_bytes: int = 0
    stored_bytes: int = 0
    unique_bytes: int = 0


@dataclass(frozen=True, slots=True)
class CollectionUsage:
    """What the versions cost that were logged into one collection."""

    id: CollectionId
    name: str
    type: str
    usage: ArtifactUsage


@dataclass(frozen=True, slots=True)
class RunUsage:
    """What one run costs.

    Attributes:
        in_trash: It is in the trash.
    """

    id: RunId
    name: str
    display_name: str
    in_trash: bool
    usage: Usage


@dataclass(frozen=True, slots=True)
class ProjectUsage:
    """What one project's runs cost, those in the trash apart."""

    id: ProjectId
    entity: str
    name: str
    num_runs: int
    usage: Usage
    num_trashed: int
    trash: Usage


@dataclass(frozen=True, slots=True)
class Removed:
    """Runs that were removed for good and are not wholly erased yet.

    Attributes:
        usage: What is left of them; runs half erased count whole for output and files.
    """

    num_runs: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the database takes on disk.

    Attributes:
        database_bytes: The file as it is, free pages included.
        log_bytes: What is committed and not yet in its place.
        free_bytes: Of the file, reusable by whatever comes next.
        can_shrink: Free pages can be given back while it is open.
    """

    database_bytes: int
    log_bytes: int
    free_bytes: int
    can_shrink: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """What one step of erasing did.

    Attributes:
        usage: What is gone.
        blobs: No longer needed; the caller deletes them once this is durable.
        is_done: Nothing is left to erase.
    """

    usage: Usage = field(default_factory=Usage)
    blobs: tuple[str, ...] = ()
    is_done: bool = True
