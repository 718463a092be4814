"""What is stored costs, and what a collection does, on the wire. Sizes are bytes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.services.collection import Stage


class Sizes(Struct):
    """Bytes by kind of data.

    Files and media are exact, and so are the packed bytes of histories, the text of the console and
    the documents. What the database needs around them (indexes, half-full pages, names of metrics)
    is in none: the whole of it is `database_bytes`.
    """

    total: int
    history: int
    system: Annotated[int, Meta(description="System metrics.")]
    console: int
    files: int
    media: int
    documents: Annotated[int, Meta(description="Config, summary, what clients say of themselves.")]


class ArtifactSizes(Struct):
    """What versions of artifacts cost."""

    num_versions: int
    logical_bytes: Annotated[
        int, Meta(description="Sizes of the versions; shared contents count each time.")
    ]
    stored_bytes: Annotated[int, Meta(description="Contents that they refer to, each once.")]
    unique_bytes: Annotated[
        int, Meta(description="Contents that nothing else refers to: what deleting them frees.")
    ]


class StoredCollection(Struct):
    """What the versions cost that were logged into one collection."""

    name: str
    type: str
    sizes: ArtifactSizes


class StoredRun(Struct):
    """What one run costs."""

    id: str
    name: str
    in_trash: bool
    sizes: Sizes


class StoredProject(Struct):
    """What a project's runs cost, those in the trash apart, and its artifacts."""

    entity: str
    name: str
    num_runs: int
    sizes: Sizes
    num_trashed: int
    trash: Sizes
    artifacts: Annotated[
        ArtifactSizes,
        Meta(description="In addition to `sizes`, which are of runs."),
    ]


class ProjectStorage(StoredProject, kw_only=True):
    """What a project and its runs cost."""

    runs: Annotated[list[StoredRun], Meta(description="The largest first; in the trash, too.")]
    num_others: Annotated[int, Meta(description="Runs that are not among `runs`.")]
    collections: Annotated[list[StoredCollection], Meta(description="The largest first.")]


class EntityStorage(Struct):
    """What an entity's projects cost, the largest first; those in the trash are among them."""

    projects: list[StoredProject]


class ServerStorage(Struct):
    """What the whole server stores."""

    database_bytes: Annotated[int, Meta(description="The database file, free pages included.")]
    log_bytes: Annotated[int, Meta(description="Committed, and not yet in its place in the file.")]
    free_bytes: Annotated[int, Meta(description="Of the file: reused, or given back.")]
    can_shrink: Annotated[
        bool,
        Meta(
            description="False for a database that gives no space back until it is rebuilt: "
            "`runstone gc --full`."
        ),
    ]
    blob_bytes: Annotated[int, Meta(description="Files and media of all runs, as recorded.")]
    artifact_bytes: Annotated[
        int, Meta(description="Contents of artifacts, each once however many versions hold it.")
    ]
    num_removed: Annotated[int, Meta(description="Removed runs that are not wholly erased yet.")]
    removed: Sizes
    projects: Annotated[list[StoredProject], Meta(description="The largest first.")]


class ChosenVersion(Struct, forbid_unknown_fields=True):
    """A version by its collection's name."""

    collection: str
    version: Annotated[str, Meta(description="An alias, a number (`v3`) or a digest.")]


class ChosenStorage(Struct, forbid_unknown_fields=True):
    """Some of what a project holds."""

    everything: Annotated[bool, Meta(description="The whole project; the rest is ignored.")] = False
    collections: Annotated[list[str], Meta(max_length=1_000)] = []
    versions: Annotated[list[ChosenVersion], Meta(max_length=1_000)] = []
    runs: Annotated[list[str], Meta(max_length=1_000, description="Ids.")] = []
    filter: Annotated[str | None, Meta(description="Runs that it finds; see docs/filters.md.")] = (
        None
    )


class FreedSpace(Struct):
    """What deleting it all now would free, once the trash is empty and collected."""

    total: Annotated[int, Meta(description="Bytes.")]
    num_versions: int
    logical_bytes: Annotated[int, Meta(description="Sizes of the versions.")]
    artifact_bytes: Annotated[
        int, Meta(description="Of their contents, those that no other version refers to.")
    ]
    num_runs: int
    runs: Sizes
    num_unlinked: Annotated[
        int, Meta(description="Versions that are only linked there; they free nothing.")
    ]


class Garbage(Struct):
    """What a collection would free."""

    num_runs: Annotated[int, Meta(description="Removed runs that are not wholly erased.")]
    removed: Sizes
    num_contents: Annotated[
        int, Meta(description="Contents of artifacts that no version refers to.")
    ]
    content_bytes: int
    num_orphans: Annotated[int, Meta(description="Files older than an hour that no record names.")]
    orphan_bytes: int
    num_keys: Annotated[int, Meta(description="Names of metrics that no run has values of.")]
    free_bytes: Annotated[int, Meta(description="Free in the database file now.")]
    can_shrink: bool


class GarbageCollection(Struct):
    """What a collection has done so far; `stage` is `done` in the last line.

    A collection that had to stop says why in `problem`, in its last line: what it did is done, and
    another goes on from there.
    """

    stage: Stage
    num_runs: int
    erased: Sizes
    num_contents: int
    content_bytes: int
    num_orphans: int
    orphan_bytes: int
    num_keys: int
    returned_bytes: Annotated[int, Meta(description="By how much the database file shrank.")]
    can_shrink: bool
    problem: str | None = None
