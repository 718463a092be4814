"""Addresses of artifacts, as people write them: `entity/project/name:alias`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from runstone.domain.artifact import LATEST
from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_collection_name, check_entity_name, check_project_name
from runstone.domain.registry import is_registry_name
from runstone.sdk.paths import ProjectPath


@dataclass(frozen=True, slots=True)
class CollectionPath:
    """The address of an artifact: all of its versions."""

    entity: str
    project: str
    collection: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}/{self.collection}"

    @property
    def of_project(self) -> ProjectPath:
        """The address of its project."""
        return ProjectPath(self.entity, self.project)

    @property
    def segments(self) -> tuple[str, ...]:
        """Its path in the API."""
        return (*self.of_project.segments, "artifacts", self.collection)

    def at(self, version: str) -> VersionPath:
        """The address of one of its versions."""
        return VersionPath(self, version)


@dataclass(frozen=True, slots=True)
class VersionPath:
    """The address of one version.

    Attributes:
        version: An alias, a number (`v3`) or a digest.
    """

    collection: CollectionPath
    version: str

    def __str__(self) -> str:
        return f"{self.collection}:{self.version}"

    @property
    def segments(self) -> tuple[str, ...]:
        """Its path in the API."""
        return (*self.collection.segments, "versions", self.version)


def read_collection_path(text: str, own: Callable[[], str]) -> CollectionPath:
    """The address of an artifact; `project/name` is one of your own.

    Args:
        own: Says whose key it is.

    Raises:
        InvalidInput: It is none, or one of a version.
    """
    parts = _parts(text)
    if ":" in parts[-1]:
        raise InvalidInput(
            f"{text!r} names a version: leave out {':' + parts[-1].split(':')[1]!r}."
        )
    return _collection(text, parts, own)


def read_version_path(text: str, own: Callable[[], str]) -> VersionPath:
    """The address of a version, or of its page; the latest one where none is named.

    Raises:
        InvalidInput: It is none.
    """
    parts = _parts(text)
    name, _, version = parts[-1].partition(":")
    return _collection(text, [*parts[:-1], name], own).at(version or LATEST)


def _collection(text: str, parts: list[str], own: Callable[[], str]) -> CollectionPath:
    match parts:
        case [project, name]:
            entity = own()
        case [entity, project, name]:
            pass
        case _:
            raise InvalidInput(
                f"{text!r} names no artifact: write entity/project/name, with :alias or :v3 for "
                "one version."
            )
    return CollectionPath(
        check_entity_name(entity), check_project_name(project), check_collection_name(name)
    )


def _parts(text: str) -> list[str]:
    plain = text.strip().rstrip("/")
    if not plain.startswith(("http://", "https://")):
        return plain.split("/")
    parts = [unquote(part) for part in urlsplit(plain).path.split("/") if part]
    # A page: entity/project/artifacts/type/name/version, and what is below.
    if len(parts) >= 5 and parts[2] == "artifacts":
        version = f":{parts[5]}" if len(parts) > 5 else ""
        return [parts[0], parts[1], parts[4] + version]
    return parts


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a version is to be linked.

    Attributes:
        entity: Of a registry its organization; None where none is named.
    """

    entity: str | None
    project: str
    collection: str

    @property
    def is_registry(self) -> bool:
        """Whether it is a collection of a registry, and not of a project."""
        return is_registry_name(self.project)

    def asked(self, aliases: Sequence[str]) -> dict[str, Any]:
        """As the server is asked for it."""
        return {
            "entity": self.entity,
            "project": self.project,
            "collection": self.collection,
            "aliases": list(aliases),
        }


def read_link_target(text: str, project: str) -> LinkTarget:
    """Where a link is to be.

    Args:
        text: `collection`, `project/collection`, or `entity/project/collection`.
        project: Where none is named.

    Raises:
        InvalidInput: It is none of these.
    """
    parts = text.strip("/").split(":")[0].split("/")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise InvalidInput(
            f"{text!r} names no collection: write wandb-registry-NAME/collection, or "
            "entity/project/collection."
        )
    return LinkTarget(
        parts[0] if len(parts) == 3 else None,
        project if len(parts) == 1 else parts[-2],
        check_collection_name(parts[-1]),
    )
