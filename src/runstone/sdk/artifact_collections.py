"""Artifacts of a project: types, and the collections of versions under one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType, NoneType
from typing import Any, Final
from urllib.parse import quote

from runstone.domain.artifact import LATEST
from runstone.sdk.artifact_paths import CollectionPath
from runstone.sdk.artifact_records import CollectionDetail, CollectionFacts, CollectionPage
from runstone.sdk.artifact_versions import ArtifactVersion, find_version, list_versions
from runstone.sdk.frames import Keys, several
from runstone.sdk.paths import ProjectPath
from runstone.sdk.transport import Query, Transport

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """What kind of thing some artifacts of a project are."""

    name: str
    description: str
    num_collections: int


class ArtifactCollection:
    """Versions under one name, as it was when it was read.

    Example:
        model = api.artifact_collection("lab/digits/model")
        for version in model.versions():
            print(version.name, version.metadata.get("acc"), version.aliases)
    """

    def __init__(self, transport: Transport, project: ProjectPath, facts: CollectionFacts) -> None:
        self._transport = transport
        self._project = project
        self._facts = facts

    def __repr__(self) -> str:
        return f"<ArtifactCollection: {self.path} {self.type}, {self.num_versions:,} versions>"

    @property
    def name(self) -> str:
        """Unique in the project."""
        return self._facts.name

    @property
    def path(self) -> str:
        """`entity/project/name`."""
        return str(self._path)

    @property
    def type(self) -> str:
        """Such as `model`."""
        return self._facts.type

    @property
    def is_linked(self) -> bool:
        """Whether its versions were logged elsewhere and are linked here."""
        return self._facts.kind == "portfolio"

    @property
    def description(self) -> str:
        """What people wrote about it."""
        return self._facts.description

    @property
    def tags(self) -> tuple[str, ...]:
        """In the order in which they were set."""
        return self._facts.tags

    @property
    def num_versions(self) -> int:
        """How many it has."""
        return self._facts.num_versions

    @property
    def size_bytes(self) -> int:
        """Of its newest version; 0 where it has none."""
        return 0 if self._facts.latest is None else self._facts.latest.size_bytes

    @property
    def newest(self) -> str | None:
        """The number of its newest version, as `v3`; None where it has none."""
        return None if self._facts.latest is None else f"v{self._facts.latest.index}"

    @property
    def created_at(self) -> datetime:
        """When it came to be, UTC."""
        return self._facts.created_at

    @property
    def updated_at(self) -> datetime:
        """When something about it last changed, UTC."""
        return self._facts.updated_at

    @property
    def aliases(self) -> Mapping[str, str]:
        """Its aliases, with the version that each stands for: `{"latest": "v3"}`."""
        if not isinstance(self._facts, CollectionDetail):
            self.reload()
        assert isinstance(self._facts, CollectionDetail), "a collection that was read by itself"
        return MappingProxyType({one.name: f"v{one.index}" for one in self._facts.aliases})

    @property
    def url(self) -> str:
        """Its page."""
        parts = (self._project.entity, self._project.project, "artifacts", self.type, self.name)
        return "/".join([self._transport.server.url, *(quote(part, safe="") for part in parts)])

    def versions(self) -> Iterator[ArtifactVersion]:
        """Its versions, the newest first, read page by page."""
        return list_versions(self._transport, self._path)

    def version(self, alias: str = LATEST) -> ArtifactVersion:
        """One of its versions, by an alias, its number (`v3`) or its digest.

        Raises:
            NotFound: It has none that is called so.
        """
        return find_version(self._transport, self._path.at(alias))

    def update(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: Keys = None,
        type: str | None = None,  # noqa: A002 - the word that people look for
    ) -> ArtifactCollection:
        """Changes what is given, and returns the collection.

        Args:
            name: Its versions are found under this one from now on, and not under the old one.
            tags: All of them.
            type: One that the project lacks is made.

        Raises:
            AlreadyExists: The project has an artifact of that name.
        """
        wanted: dict[str, Any] = {
            field: value
            for field, value in {"name": name, "description": description, "type": type}.items()
            if value is not None
        }
        if tags is not None:
            wanted["tags"] = several(tags)
        self._facts = self._transport.send(
            CollectionDetail, "PATCH", self._path.segments, body=wanted
        )
        return self

    def delete(self) -> None:
        """Deletes it with all of its versions; of links, only the links. There is no undo."""
        self._transport.send(NoneType, "DELETE", self._path.segments)

    def reload(self) -> ArtifactCollection:
        """Reads what is known of it anew, and returns it."""
        self._facts = self._transport.get(CollectionDetail, self._path.segments)
        return self

    @property
    def _path(self) -> CollectionPath:
        return CollectionPath(self._project.entity, self._project.project, self.name)


def find_collection(transport: Transport, path: CollectionPath) -> ArtifactCollection:
    """One artifact.

    Raises:
        NotFound: There is none, or the key may not see it.
    """
    facts = transport.get(CollectionDetail, path.segments)
    return ArtifactCollection(transport, path.of_project, facts)


def list_types(transport: Transport, project: ProjectPath) -> list[ArtifactType]:
    """A project's types, by name."""
    page = _page(transport, project, [("limit", "1")])
    return [ArtifactType(one.name, one.description, one.num_collections) for one in page.types]


def list_collections(
    transport: Transport, project: ProjectPath, type_name: str | None, search: str
) -> Iterator[ArtifactCollection]:
    """A project's artifacts by type and name, read page by page."""
    cursor: str | None = None
    while True:
        asked = {"type": type_name, "search": search, "cursor": cursor}
        query = [(name, value) for name, value in asked.items() if value]
        page = _page(transport, project, [("limit", str(_PAGE)), *query])
        for facts in page.collections:
            yield ArtifactCollection(transport, project, facts)
        cursor = page.next_cursor
        if cursor is None:
            return


def _page(transport: Transport, project: ProjectPath, query: Query) -> CollectionPage:
    return transport.get(CollectionPage, (*project.segments, "artifacts"), query)
