"""What is stored costs, and collecting what was removed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from runstone.domain import storage as domain
from runstone.domain.errors import RunstoneError
from runstone.domain.filter_text import parse_filter
from runstone.domain.ids import ProjectId
from runstone.services import collection
from runstone.services import storage as services
from runstone.wire.rest.call import Call, Stream
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.storage import (
    ArtifactSizes,
    ChosenStorage,
    EntityStorage,
    FreedSpace,
    Garbage,
    GarbageCollection,
    ProjectStorage,
    ServerStorage,
    Sizes,
    StoredCollection,
    StoredProject,
    StoredRun,
)

MEDIA_TYPE: Final = "application/x-ndjson"


class ReadProject(Struct, forbid_unknown_fields=True):
    """Query of `read_project_storage`."""

    run: Annotated[str | None, Meta(description="List this run alone.")] = None
    limit: Annotated[int, Meta(ge=0, le=services.MAX_RUNS)] = 100


@route("GET", "/storage", tag="Storage")
async def read_storage(call: Call[None, None]) -> ServerStorage:
    """See what the whole server stores; for administrators."""
    found = await call.read(lambda s: services.server_usage(s, call.actor))
    footprint = await asyncio.to_thread(call.context.store.footprint)
    everything = sum((p.usage + p.trash for p in found.projects), found.removed.usage)
    return ServerStorage(
        footprint.database_bytes,
        footprint.log_bytes,
        footprint.free_bytes,
        footprint.can_shrink,
        everything.files + everything.media,
        found.artifact_bytes,
        found.removed.num_runs,
        _sizes(found.removed.usage),
        _projects(found.projects, found.artifacts),
    )


@route("GET", "/entities/{entity}/storage", tag="Storage")
async def read_entity_storage(call: Call[None, None]) -> EntityStorage:
    """See what an entity's projects cost."""
    entity = call.path["entity"]
    found = await call.read(lambda s: services.entity_usage(s, call.actor, entity))
    return EntityStorage(_projects(*found))


@route("GET", "/projects/{entity}/{project}/storage", tag="Storage")
async def read_project_storage(call: Call[ReadProject, None]) -> ProjectStorage:
    """See what a project's runs and artifacts cost; of a project in the trash, too."""
    found = await call.read(
        lambda s: services.project_usage(
            s,
            call.actor,
            call.path["entity"],
            call.path["project"],
            run=call.query.run,
            limit=call.query.limit,
        )
    )
    return ProjectStorage(
        entity=found.entity,
        name=found.project,
        num_runs=found.num_runs,
        sizes=_sizes(found.usage),
        num_trashed=found.num_trashed,
        trash=_sizes(found.trash),
        runs=[
            StoredRun(run.name, run.display_name, run.in_trash, _sizes(run.usage))
            for run in found.runs
        ],
        num_others=found.num_others,
        artifacts=_artifacts(found.artifacts),
        collections=[
            StoredCollection(one.name, one.type, _artifacts(one.usage)) for one in found.collections
        ],
    )


@route("POST", "/projects/{entity}/{project}/storage/would-free", tag="Storage")
async def preview_freed_space(call: Call[None, ChosenStorage]) -> FreedSpace:
    """See what deleting some of a project would free; changes nothing.

    Contents that versions outside of it refer to are not freed. Deleting runs leaves the versions
    that they logged.
    """
    wanted = call.body
    chosen = services.Chosen(
        everything=wanted.everything,
        collections=wanted.collections,
        versions=[(one.collection, one.version) for one in wanted.versions],
        runs=wanted.runs,
        filter=None if wanted.filter is None else parse_filter(wanted.filter),
    )
    found = await call.read(
        lambda s: services.would_free(
            s, call.actor, call.path["entity"], call.path["project"], chosen
        )
    )
    return FreedSpace(
        total=found.total,
        num_versions=found.artifacts.num_versions,
        logical_bytes=found.artifacts.logical_bytes,
        artifact_bytes=found.artifacts.bytes,
        num_runs=found.num_runs,
        runs=_sizes(found.runs),
        num_unlinked=found.unlinked,
    )


@route("GET", "/storage/garbage", tag="Storage")
async def read_garbage(call: Call[None, None]) -> Garbage:
    """See what a collection would free; for administrators.

    It looks at every file, which takes a while.
    """
    found = await call.context.collector.look(call.actor)
    return Garbage(
        found.num_runs,
        _sizes(found.removed),
        found.num_contents,
        found.content_bytes,
        found.num_blobs,
        found.blob_bytes,
        found.num_keys,
        found.footprint.free_bytes,
        found.footprint.can_shrink,
    )


@route("DELETE", "/storage/garbage", tag="Storage", produces=MEDIA_TYPE)
async def collect_garbage(call: Call[None, None]) -> Stream:
    """Erase what was removed for good, and give the space back, now; for administrators.

    The answer is one line of JSON (`GarbageCollection`) now and then, until all is done. Whoever
    goes away meanwhile stops it. Nobody has to ask for this: a server collects on its own, and
    goes on from where this one ended.
    """
    call.context.collector.check(call.actor)
    return Stream(_lines(call), MEDIA_TYPE)


async def _lines(call: Call[None, None]) -> AsyncIterator[bytes]:
    done = collection.Collected()
    try:
        async with aclosing(call.context.collector.collect(call.actor)) as steps:
            async for done in steps:
                yield _line(done)
    except RunstoneError as error:
        yield _line(done, error.message)


def _line(done: collection.Collected, problem: str | None = None) -> bytes:
    line = GarbageCollection(
        done.stage,
        done.num_runs,
        _sizes(done.erased),
        done.num_contents,
        done.content_bytes,
        done.num_blobs,
        done.blob_bytes,
        done.num_keys,
        done.returned_bytes,
        done.can_shrink,
        problem,
    )
    return msgspec.json.encode(line) + b"\n"


def _projects(
    found: Iterable[domain.ProjectUsage],
    artifacts: Mapping[ProjectId, domain.ArtifactUsage],
) -> list[StoredProject]:
    projects = [
        StoredProject(
            p.entity,
            p.name,
            p.num_runs,
            _sizes(p.usage),
            p.num_trashed,
            _sizes(p.trash),
            _artifacts(artifacts.get(p.id, domain.ArtifactUsage())),
        )
        for p in found
    ]
    return sorted(projects, key=lambda p: (-_total(p), p.entity, p.name))


def _total(project: StoredProject) -> int:
    return project.sizes.total + project.trash.total + project.artifacts.stored_bytes


def _artifacts(usage: domain.ArtifactUsage) -> ArtifactSizes:
    return ArtifactSizes(
        usage.num_versions, usage.logical_bytes, usage.stored_bytes, usage.unique_bytes
    )


def _sizes(usage: domain.Usage) -> Sizes:
    return Sizes(total=usage.total, **usage.by_kind())
