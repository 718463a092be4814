"""Artifacts as pages show them: collections, versions, what is in them, where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runstone.domain.access import Actor, not_found
from runstone.domain.artifact import (
    Artifact,
    ArtifactType,
    Collection,
    CollectionKind,
    Content,
    Membership,
)
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import ArtifactId, CollectionId, RunId
from runstone.domain.manifest import Entry
from runstone.domain.names import normalize_file_name
from runstone.domain.run import Project, Run
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.changing import delete_artifact, unlink_artifact
from runstone.services.artifacts.expiry import expires_at
from runstone.services.artifacts.finding import (
    Place,
    entries_of,
    find_collection,
    home_of,
    member_called,
    project_of,
    require_contents,
)
from runstone.services.projects import find_project
from runstone.services.runs import find_run, find_run_by_id

MAX_COLLECTIONS: Final = 5_000
MAX_VERSIONS: Final = 1_000
MAX_FILES: Final = 5_000


@dataclass(frozen=True, slots=True)
class CollectionOverview:
    """A collection with what a list says of it.

    Attributes:
        latest: Its version of the highest number; None where it has none.
    """

    collection: Collection
    num_versions: int
    latest: Place | None


@dataclass(frozen=True, slots=True)
class CollectionListing:
    """Some of a project's collections, by type and name.

    Attributes:
        types: All types of the project, with how many collections each has.
        total: Collections that were searched for, on all pages.
        has_more: There are some behind these.
    """

    types: Sequence[tuple[ArtifactType, int]]
    collections: Sequence[CollectionOverview]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Address:
    """How a version is named.

    Attributes:
        version: An alias, a number (`v3`) or a digest.
    """

    entity: str
    project: str
    collection: str
    version: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version in a collection.

    Attributes:
        project: That of the collection in which it was found.
        run: Which run logged it; None for none, or one that the actor may not see.
        expires_at: When its time to live is over; None for never.
    """

    place: Place
    project: Project
    run: Run | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionDetail:
    """A version with its lineage, as far as the actor may see it.

    Attributes:
        used_by: Runs that used it, the first ones first.
        links: Its other places: where it was logged, for a linked one, and where it is linked.
    """

    version: Version
    used_by: Sequence[Run]
    links: Sequence[Version]


@dataclass(frozen=True, slots=True)
class EntryListing:
    """Some of the files of a version, by path.

    Attributes:
        total: Files of the version, whatever was searched for.
        has_more: There are some behind these.
    """

    entries: Sequence[Entry]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class RunArtifacts:
    """What a run used and logged: the first ones of both, and how many there are."""

    inputs: Sequence[Version]
    outputs: Sequence[Version]
    num_inputs: int
    num_outputs: int


# Collections


def list_collections(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    type_name: str | None = None,
    search: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 1_000,
) -> CollectionListing:
    """Collections of a project, by type and name.

    Args:
        search: Only names that hold this, in capitals or not.
        after: Type and name of the last one of the page before.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 5,000.
    """
    _check_limit(limit, MAX_COLLECTIONS, "collections")
    found = find_project(snapshot, actor, entity, project)
    everything = snapshot.artifacts.collections(found.id)
    wanted = sorted(
        (
            one
            for one in everything
            if type_name in (None, one.type) and search.casefold() in one.name.casefold()
        ),
        key=_by_type,
    )
    page = [one for one in wanted if after is None or _by_type(one) > after][: limit + 1]
    counts = {its_type.id: 0 for its_type in snapshot.artifacts.types(found.id)}
    for one in everything:
        counts[one.type_id] += 1
    return CollectionListing(
        [(one, counts[one.id]) for one in snapshot.artifacts.types(found.id)],
        [_overview(snapshot, one) for one in page[:limit]],
        len(wanted),
        len(page) > limit,
    )


def collection_overview(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, name: str
) -> tuple[CollectionOverview, Sequence[tuple[str, int]]]:
    """A collection, and its aliases by name with the numbers that they stand for.

    Raises:
        NotFound: No such collection, or the actor may not see it.
    """
    found = find_collection(snapshot, actor, entity, project, name)
    return _overview(snapshot, found), _numbered_aliases(snapshot, found.id)


def _by_type(collection: Collection) -> tuple[str, str]:
    return collection.type, collection.name


def _overview(snapshot: Snapshot, collection: Collection) -> CollectionOverview:
    newest = snapshot.artifacts.members(collection.id, limit=1)
    latest = _place(snapshot, collection, newest[0]) if newest else None
    return CollectionOverview(collection, snapshot.artifacts.count_members(collection.id), latest)


def _numbered_aliases(snapshot: Snapshot, collection: CollectionId) -> list[tuple[str, int]]:
    numbers: dict[ArtifactId, int] = {}
    aliases = snapshot.artifacts.aliases(collection)
    for artifact in set(aliases.values()):
        for place in snapshot.artifacts.memberships_of(artifact):
            if place.collection_id == collection:
                numbers[artifact] = place.index
    return [(alias, numbers[artifact]) for alias, artifact in sorted(aliases.items())]


# Versions


def list_versions(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Sequence[Version], int, bool]:
    """Versions of a collection, the highest number first; how many it has, and whether more follow.

    Args:
        before: Only those of lower numbers.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    _check_limit(limit, MAX_VERSIONS, "versions")
    where = find_project(snapshot, actor, entity, project)
    found = find_collection(snapshot, actor, entity, project, name)
    members = snapshot.artifacts.members(found.id, before=before, limit=limit + 1)
    runs = _RunsSeen(snapshot, actor)
    versions = [
        Version(
            place,
            where,
            runs.run(place.artifact.run_id),
            expires_at(snapshot, place.artifact),
        )
        for member in members[:limit]
        if (place := _place(snapshot, found, member)) is not None
    ]
    return versions, snapshot.artifacts.count_members(found.id), len(members) > limit


def find_version(snapshot: Snapshot, actor: Actor, address: Address) -> Version:
    """One version.

    Raises:
        NotFound: No such version, or the actor may not see it.
    """
    project = find_project(snapshot, actor, address.entity, address.project)
    collection = find_collection(
        snapshot, actor, address.entity, address.project, address.collection
    )
    member = member_called(snapshot, collection, address.version)
    place = None if member is None else _place(snapshot, collection, member)
    if place is None:
        raise NotFound(
            f"The artifact {collection.name} has no version {address.version[:128]!r}: name an "
            "alias of it, a number such as v0, or a digest."
        )
    run = _RunsSeen(snapshot, actor).run(place.artifact.run_id)
    return Version(place, project, run, expires_at(snapshot, place.artifact))


def version_detail(snapshot: Snapshot, actor: Actor, address: Address) -> VersionDetail:
    """One version with its lineage.

    Raises:
        NotFound: No such version, or the actor may not see it.
    """
    version = find_version(snapshot, actor, address)
    runs = _RunsSeen(snapshot, actor)
    artifact, here = version.place.artifact, version.place.collection
    used_by = [runs.run(run) for run in snapshot.artifacts.used_by(artifact.id)]
    return VersionDetail(
        version,
        [run for run in used_by if run is not None],
        [
            place
            for member in snapshot.artifacts.memberships_of(artifact.id)
            if member.collection_id != here.id
            and (place := _version_at(snapshot, actor, member, artifact, runs)) is not None
        ],
    )


def remove_version(
    tx: Transaction, actor: Actor, address: Address, *, with_aliases: bool = False
) -> None:
    """Deletes a version everywhere; from a collection of links it is taken out alone.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: It has aliases, and `with_aliases` is not given.
    """
    place = find_version(tx, actor, address).place
    if place.collection.kind is CollectionKind.PORTFOLIO:
        unlink_artifact(tx, actor, place.artifact.id, place.collection.id)
    else:
        delete_artifact(tx, actor, place.artifact.id, with_aliases=with_aliases)


def run_artifacts(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, run: str, *, limit: int = 100
) -> RunArtifacts:
    """What a run used and logged, in order; versions that the actor may not see are left out.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    _check_limit(limit, MAX_VERSIONS, "versions")
    found = find_run(snapshot, actor, entity, project, run)
    runs = _RunsSeen(snapshot, actor)

    def seen(artifacts: Sequence[ArtifactId]) -> list[Version]:
        versions = (_home_version(snapshot, actor, one, runs) for one in artifacts)
        return [version for version in versions if version is not None]

    inputs = seen(snapshot.artifacts.inputs(found.id))
    outputs = seen(snapshot.artifacts.outputs(found.id))
    return RunArtifacts(inputs[:limit], outputs[:limit], len(inputs), len(outputs))


def version_at_home(snapshot: Snapshot, actor: Actor, artifact: ArtifactId) -> Version | None:
    """A version where it was logged; None for someone who may not see that."""
    return _home_version(snapshot, actor, artifact, _RunsSeen(snapshot, actor))


class _RunsSeen:
    """Runs that the actor may see, each looked up once."""

    def __init__(self, snapshot: Snapshot, actor: Actor) -> None:
        self._snapshot = snapshot
        self._actor = actor
        self._known: dict[RunId, Run | None] = {}

    def run(self, run: RunId | None) -> Run | None:
        """The run; None where there is none to be seen, or it is in the trash."""
        if run is None:
            return None
        if run not in self._known:
            try:
                self._known[run] = find_run_by_id(self._snapshot, self._actor, run)
            except NotFound:
                self._known[run] = None
        return self._known[run]


def _home_version(
    snapshot: Snapshot, actor: Actor, artifact: ArtifactId, runs: _RunsSeen
) -> Version | None:
    found = snapshot.artifacts.artifact(artifact)
    home = None if found is None else home_of(snapshot, found)
    if found is None or home is None:
        return None
    return _version_at(snapshot, actor, home, found, runs)


def _version_at(
    snapshot: Snapshot, actor: Actor, member: Membership, artifact: Artifact, runs: _RunsSeen
) -> Version | None:
    collection = snapshot.artifacts.collection(member.collection_id)
    if collection is None:
        return None
    try:
        project = project_of(snapshot, collection)
        find_project(snapshot, actor, project.entity, project.name)
    except NotFound:
        return None
    run = runs.run(artifact.run_id)
    place = Place(collection, member, artifact)
    return Version(place, project, run, expires_at(snapshot, artifact))


def _place(snapshot: Snapshot, collection: Collection, member: Membership) -> Place | None:
    artifact = snapshot.artifacts.artifact(member.artifact_id)
    return None if artifact is None else Place(collection, member, artifact)


# Files


def list_entries(
    snapshot: Snapshot,
    actor: Actor,
    address: Address,
    *,
    prefix: str = "",
    search: str = "",
    after: str | None = None,
    limit: int = 1_000,
) -> EntryListing:
    """Files of a version, by path.

    Args:
        prefix: Only paths that begin so.
        search: Only paths that hold this, in capitals or not.
        after: The last path of the page before.

    Raises:
        NotFound: No such version, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 5,000.
    """
    _check_limit(limit, MAX_FILES, "files")
    artifact = find_version(snapshot, actor, address).place.artifact
    require_contents(snapshot, actor, artifact)
    entries = entries_of(snapshot, artifact)
    wanted = search.casefold()
    first = entries.place_of(prefix)
    if after is not None and after >= prefix:
        first = entries.place_of(after)
        first += first < len(entries) and entries.path(first) == after
    page: list[Entry] = []
    for place, path in enumerate(entries.paths(first), first):
        if not path.startswith(prefix):
            break  # sorted: all that begin so stand together
        if wanted and wanted not in path.casefold():
            continue
        page.append(entries[place])
        if len(page) > limit:
            break
    return EntryListing(page[:limit], len(entries), len(page) > limit)


def find_entry(
    snapshot: Snapshot, actor: Actor, address: Address, path: str
) -> tuple[Entry, Content]:
    """A file of a version, and its bytes.

    Raises:
        NotFound: No such file, or a reference to something that is not kept here (code
            `file-is-reference`); or the actor may not see it.
        InvalidInput: Not a legal path.
    """
    place = find_version(snapshot, actor, address).place
    require_contents(snapshot, actor, place.artifact)
    normal = normalize_file_name(path)
    name = f"{place.collection.name}:v{place.membership.index}"
    entries = entries_of(snapshot, place.artifact)
    entry = entries.find(path) or entries.find(normal)
    if entry is None:
        raise not_found(f"file {normal} of {name}")
    if entry.md5 is None:
        raise NotFound(
            f"{entry.path} of {name} refers to {(entry.ref or '')[:300]}; its bytes are there, "
            "not on this server.",
            code="file-is-reference",
        )
    return entry, snapshot.artifacts.contents([entry.md5])[entry.md5]


def find_entries(
    snapshot: Snapshot, actor: Actor, address: Address, paths: Iterable[str]
) -> Mapping[str, Entry]:
    """Those of the paths that are files of a version, with bytes here.

    Raises:
        NotFound: No such version, or the actor may not see it.
    """
    artifact = find_version(snapshot, actor, address).place.artifact
    require_contents(snapshot, actor, artifact)
    entries = entries_of(snapshot, artifact)
    found = (entries.find(path) for path in dict.fromkeys(paths))
    return {entry.path: entry for entry in found if entry is not None and entry.md5 is not None}


def _check_limit(limit: int, most: int, what: str) -> None:
    if not 1 <= limit <= most:
        raise InvalidInput(f"A page has 1 to {most:,} {what}; not {limit:,}.")
