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


class StoredRun(Struct):
    """What one run costs."""

    id: str
    name: str
    in_trash: bool
    sizes: Sizes


class StoredProject(Struct):
    """What a project's runs cost, those in the trash apart."""

    entity: str
    name: str
    num_runs: int
    sizes: Sizes
    num_trashed: int
    trash: Sizes


class ProjectStorage(StoredProject, kw_only=True):
    """What a project and its runs cost."""

    runs: Annotated[list[StoredRun], Meta(description="The largest first; in the trash, too.")]
    num_others: Annotated[int, Meta(description="Runs that are not among `runs`.")]


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
