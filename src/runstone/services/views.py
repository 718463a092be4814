"""Saved views of projects: workspaces, reports and their drafts, tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runstone.domain.access import Action, Actor, not_found, require
from runstone.domain.errors import AlreadyExists, Conflict, InvalidInput
from runstone.domain.ids import ViewId, new_view_name
from runstone.domain.names import check_view_name
from runstone.domain.run import Project
from runstone.domain.view import (
    View,
    ViewUpdate,
    check_description,
    check_spec,
    check_title,
    check_view_kind,
)
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import find_project

MAX_PAGE: Final = 1_000
MAX_PAGE_SPEC_BYTES: Final = 32 * 1024 * 1024
"""Specs of one page, which some readers want along: a page of large ones ends early."""


@dataclass(frozen=True, slots=True)
class ViewListing:
    """Some views of a project, the newest first.

    Attributes:
        next_before: Where the next page begins; None on the last.
    """

    views: Sequence[View]
    next_before: ViewId | None


@dataclass(frozen=True, slots=True)
class NewView:
    """A view to be.

    Attributes:
        name: Made up where it is None.
        parent: The view that it is a draft of.
    """

    kind: str
    spec: str
    name: str | None = None
    display_name: str = ""
    description: str = ""
    parent: ViewId | None = None


def find_view(
    snapshot: Snapshot, actor: Actor, view: ViewId, action: Action = Action.READ
) -> tuple[View, Project]:
    """The view with that id, and its project.

    Raises:
        NotFound: No such view, its project is in the trash, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    what = f"view {view}"
    found = snapshot.views.view(view)
    project = None if found is None else snapshot.projects.project_by_id(found.project_id)
    if found is None or project is None or project.deleted_at is not None:
        raise not_found(what)
    require(actor, action, project.entity_id, what=what)
    return found, project


def list_views(
    snapshot: Snapshot,
    actor: Actor,
    entity: str | None,
    project: str,
    *,
    limit: int,
    kind: str | None = None,
    name: str | None = None,
    author: str | None = None,
    before: ViewId | None = None,
) -> ViewListing:
    """A page of a project's views: `limit` of them, or fewer where their specs are large.

    Args:
        author: Only those of the user of that name.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_PAGE:,}.")
    place = find_project(snapshot, actor, entity, project)
    user = snapshot.accounts.entity(author) if author else None
    if author and user is None:
        return ViewListing([], None)
    found = snapshot.views.list_views(
        place.id,
        kind=kind,
        name=name,
        user=None if user is None else user.id,
        before=before,
        limit=limit + 1,
    )
    page = _that_fit(found[:limit])
    return ViewListing(page, page[-1].id if len(page) < len(found) else None)


def create_view(
    tx: Transaction, actor: Actor, entity: str | None, project: str, wanted: NewView
) -> tuple[View, bool]:
    """Saves a new view; and whether it is new.

    A client that did not hear the answer asks again: what it saved already is given back.

    Raises:
        NotFound: No such project, or the actor may not see it; or no such parent in it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal kind, name or text; or the spec is no JSON object.
        QuotaExceeded: The spec is too large.
        AlreadyExists: The project has another view of that kind and name (code `name-taken`).
    """
    place = find_project(tx, actor, entity, project, Action.WRITE)
    kind = check_view_kind(wanted.kind)
    name = new_view_name() if wanted.name is None else check_view_name(wanted.name)
    title, description = check_title(wanted.display_name), check_description(wanted.description)
    spec = check_spec(wanted.spec)
    if wanted.parent is not None:
        parent = tx.views.view(wanted.parent)
        if parent is None or parent.project_id != place.id:
            raise not_found(f"view {wanted.parent} in {place.entity}/{place.name}")
    taken = tx.views.view_by_name(place.id, kind, name)
    if taken is not None:
        is_same = (taken.display_name, taken.description) == (title, description) and (
            taken.user_id,
            taken.parent_id,
        ) == (actor.user_id, wanted.parent)
        if is_same and tx.views.spec(taken.id) == spec:
            return taken, False
        raise _name_taken(place, name)
    made = tx.views.create_view(
        place.id,
        kind=kind,
        name=name,
        display_name=title,
        description=description,
        spec=spec,
        user=actor.user_id,
        parent=wanted.parent,
    )
    return made, True


def update_view(
    tx: Transaction,
    actor: Actor,
    view: ViewId,
    update: ViewUpdate,
    *,
    only_if: Collection[int] | None = None,
) -> View:
    """Changes a view.

    Args:
        only_if: Revisions that the change was made from; None for whatever is there.

    Raises:
        NotFound: No such view, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: It is at another revision (code `view-changed`).
        InvalidInput: Not a legal kind, name or text; or the spec is no JSON object.
        QuotaExceeded: The spec is too large.
        AlreadyExists: The project has another view of that kind and name (code `name-taken`).
    """
    found, place = find_view(tx, actor, view, Action.WRITE)
    _require_revision(found, only_if)
    checked = replace(
        update,
        kind=None if update.kind is None else check_view_kind(update.kind),
        name=None if update.name is None else check_view_name(update.name),
        display_name=None if update.display_name is None else check_title(update.display_name),
        description=None if update.description is None else check_description(update.description),
        spec=None if update.spec is None else check_spec(update.spec),
    )
    address = (checked.kind or found.kind, checked.name or found.name)
    taken = tx.views.view_by_name(place.id, *address)
    if taken is not None and taken.id != found.id:
        raise _name_taken(place, address[1])
    return tx.views.update_view(found.id, checked)


def delete_view(
    tx: Transaction,
    actor: Actor,
    view: ViewId,
    *,
    with_drafts: bool = False,
    only_if: Collection[int] | None = None,
) -> View:
    """Removes a view, and with it, if asked, its drafts.

    Raises:
        NotFound: No such view, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: It is at another revision (code `view-changed`), or it has drafts and
            `with_drafts` is not given (code `view-has-drafts`).
    """
    found, _ = find_view(tx, actor, view, Action.WRITE)
    _require_revision(found, only_if)
    drafts = tx.views.drafts_of(found.id)
    if drafts and not with_drafts:
        raise Conflict(
            f"The view has {len(drafts):,} draft(s). Delete them first, or say that they are to be "
            "deleted with it (drafts=true).",
            code="view-has-drafts",
            drafts=[draft.id for draft in drafts],
        )
    tx.views.delete_view(found.id)
    return found


def _that_fit(views: Sequence[View]) -> Sequence[View]:
    total = 0
    for index, view in enumerate(views):
        total += view.spec_bytes
        if total > MAX_PAGE_SPEC_BYTES and index:
            return views[:index]
    return views


def _require_revision(view: View, only_if: Collection[int] | None) -> None:
    if only_if is not None and view.revision not in only_if:
        raise Conflict(
            f"The view was changed meanwhile: it is at revision {view.revision}. Read it again and "
            "repeat your change.",
            code="view-changed",
            revision=view.revision,
        )


def _name_taken(place: Project, name: str) -> AlreadyExists:
    return AlreadyExists(
        f"{place.entity}/{place.name} has another view of that kind called {name!r}; choose "
        "another name, or change that one by its id.",
        code="name-taken",
    )
