"""Records of registries: which projects are some, who is in them, what happened there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import EntityId, OrganizationId, ProjectId
from runstone.domain.registry import (
    NewRegistryChange,
    Registry,
    RegistryChange,
    RegistryMember,
    RegistryRole,
    RegistryUpdate,
    RegistryVisibility,
)


class RegistriesReader(ABC):
    """Look-ups answer None for what is absent; lists of what is absent are empty."""

    @abstractmethod
    def registry(self, registry: ProjectId) -> Registry | None:
        """The registry that a project is; None for a project that is none."""

    @abstractmethod
    def registry_by_name(self, organization: OrganizationId, name: str) -> Registry | None:
        """The organization's registry of that exact name, without the prefix."""

    @abstractmethod
    def registries(self, organization: OrganizationId | None = None) -> Sequence[Registry]:
        """All registries, or an organization's, in order of creation."""

    @abstractmethod
    def members(self, registry: ProjectId) -> Sequence[RegistryMember]:
        """Who was added to a registry: users first, then teams, each by name without case."""

    @abstractmethod
    def protected_aliases(self, registry: ProjectId) -> Sequence[str]:
        """Aliases that only administrators of the registry may set, by name."""

    @abstractmethod
    def changes(
        self,
        organization: OrganizationId,
        registry: ProjectId | None = None,
        *,
        before: int | None = None,
        limit: int,
    ) -> Sequence[RegistryChange]:
        """What happened in an organization's registries or in one, the newest first.

        Args:
            before: Only those of lower numbers.
        """


class Registries(RegistriesReader):
    """Changes to registries. NotFound for lost ids.

    What is known of a registry goes with its project, but for its changes; those go with the
    organization. A user or team that is gone is a member of nothing.
    """

    @abstractmethod
    def create_registry(
        self,
        project: ProjectId,
        *,
        visibility: RegistryVisibility,
        allows_any_type: bool,
        user: EntityId | None,
    ) -> Registry:
        """Makes a registry of a project whose owner stands for an organization.

        Raises:
            AlreadyExists: It is one.
            NotFound: No such project, or its owner stands for no organization.
        """

    @abstractmethod
    def update_registry(self, registry: ProjectId, update: RegistryUpdate) -> Registry:
        """Changes a registry. AlreadyExists where the new name is taken."""

    @abstractmethod
    def set_member(self, registry: ProjectId, entity: EntityId, role: RegistryRole) -> None:
        """Adds a user or team, or changes the role."""

    @abstractmethod
    def remove_member(self, registry: ProjectId, entity: EntityId) -> None:
        """Takes a user or team out; nothing happens for one that is no member."""

    @abstractmethod
    def protect_alias(self, registry: ProjectId, alias: str) -> None:
        """From now on only administrators may set it; nothing happens where it is so already."""

    @abstractmethod
    def unprotect_alias(self, registry: ProjectId, alias: str) -> None:
        """From now on every member may set it; nothing happens where it is so already."""

    @abstractmethod
    def add_change(self, registry: ProjectId, username: str, change: NewRegistryChange) -> None:
        """Writes a change down, behind all others."""
