"""Saved views of projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import EntityId, ProjectId, ViewId
from runstone.domain.view import View, ViewUpdate


class ViewsReader(ABC):
    """Look-ups answer None for what is absent.

    Views of a project in the trash are found as before: whoever asks looks for the project first.
    """

    @abstractmethod
    def view(self, view: ViewId) -> View | None:
        """The view with that id."""

    @abstractmethod
    def view_by_name(self, project: ProjectId, kind: str, name: str) -> View | None:
        """The view of that kind and exact name."""

    @abstractmethod
    def spec(self, view: ViewId) -> str:
        """What the view shows, as it was written. NotFound for a lost id."""

    @abstractmethod
    def list_views(
        self,
        project: ProjectId,
        *,
        kind: str | None = None,
        name: str | None = None,
        user: EntityId | None = None,
        before: ViewId | None = None,
        limit: int,
    ) -> Sequence[View]:
        """A project's views, the newest first, those made before the view `before`.

        A limit below 1 gives none.

        Args:
            kind: Only of this kind.
            name: Only of this exact name.
            user: Only by this author.
        """

    @abstractmethod
    def drafts_of(self, view: ViewId) -> Sequence[View]:
        """The drafts of a view, the newest first."""


class Views(ViewsReader):
    """Changes to views. NotFound for lost ids; no id is used again.

    Views go with their project when it is deleted, and stay when their author is, without one.
    """

    @abstractmethod
    def create_view(
        self,
        project: ProjectId,
        *,
        kind: str,
        name: str,
        display_name: str,
        description: str,
        spec: str,
        user: EntityId | None,
        parent: ViewId | None = None,
    ) -> View:
        """A new view.

        Raises:
            AlreadyExists: The project has a view of that kind and name.
        """

    @abstractmethod
    def update_view(self, view: ViewId, update: ViewUpdate) -> View:
        """Changes a view; its revision is one more.

        Raises:
            AlreadyExists: The project has another view of that kind and name.
        """

    @abstractmethod
    def delete_view(self, view: ViewId) -> None:
        """Removes a view and its drafts."""
