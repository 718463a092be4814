"""Saved views of a project: workspaces, reports, tables."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from runstone.domain.access import not_found
from runstone.domain.ids import ViewId
from runstone.domain.view import MAX_SPEC_BYTES, View, ViewUpdate
from runstone.ports.store import Snapshot, Transaction
from runstone.services import views as services
from runstone.wire.common.asgi import header
from runstone.wire.rest import translate
from runstone.wire.rest.call import Answer, AnyCall, Call
from runstone.wire.rest.cursors import read_view_cursor
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.views import CreateView, UpdateView, ViewDetail, ViewList

T = TypeVar("T")

_MAX_BODY_BYTES: Final = MAX_SPEC_BYTES + 1024 * 1024
_NUMBER: Final = re.compile("[0-9]{1,18}")
_REVISION: Final = re.compile('"([0-9]{1,18})"')


class ListViews(Struct, forbid_unknown_fields=True):
    """Query of `list_views`."""

    kind: Annotated[str | None, Meta(description="Only of this kind.")] = None
    name: Annotated[str | None, Meta(description="Only of this name.")] = None
    author: Annotated[str | None, Meta(description="Only by this user.")] = None
    limit: Annotated[int, Meta(ge=1, le=services.MAX_PAGE)] = 50
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None


class DeleteView(Struct, forbid_unknown_fields=True):
    """Query of `delete_view`."""

    drafts: Annotated[bool, Meta(description="Delete its drafts with it.")] = False


@route("GET", "/projects/{entity}/{project}/views", tag="Views")
async def list_views(call: Call[ListViews, None]) -> ViewList:
    """List a project's saved views, the newest first, without their specs."""
    query = call.query
    before = read_view_cursor(query.cursor)

    def read(snapshot: Snapshot) -> ViewList:
        found = services.list_views(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            limit=query.limit,
            kind=query.kind,
            name=query.name,
            author=query.author,
            before=before,
        )
        return ViewList(
            [translate.view(view, _author(snapshot, view)) for view in found.views],
            None if found.next_before is None else str(found.next_before),
        )

    return await call.read(read)


@route(
    "POST",
    "/projects/{entity}/{project}/views",
    tag="Views",
    status=HTTPStatus.CREATED,
    max_body_bytes=_MAX_BODY_BYTES,
)
async def create_view(call: Call[None, CreateView]) -> Answer[ViewDetail]:
    """Save a new view.

    Asking again with the same name and content gives the view that is there; with another content
    it is refused (`name-taken`).
    """
    wanted = call.body
    new = services.NewView(
        kind=wanted.kind,
        spec=_text(wanted.spec),
        name=wanted.name,
        display_name=wanted.display_name,
        description=wanted.description,
        parent=None if wanted.draft_of is None else ViewId(wanted.draft_of),
    )

    def create(tx: Transaction) -> Answer[ViewDetail]:
        made, _ = services.create_view(
            tx, call.actor, call.path["entity"], call.path["project"], new
        )
        return _detail(tx, made)

    return await call.write(create)


@route("GET", "/projects/{entity}/{project}/views/{view}", tag="Views")
async def get_view(call: Call[None, None]) -> Answer[ViewDetail]:
    """Get a saved view. Its `ETag` is its revision."""
    return await call.read(lambda snapshot: _detail(snapshot, _view(snapshot, call)))


@route(
    "PATCH", "/projects/{entity}/{project}/views/{view}", tag="Views",
    max_body_bytes=_MAX_BODY_BYTES,
)  # fmt: skip
async def update_view(call: Call[None, UpdateView]) -> Answer[ViewDetail]:
    """Change a saved view.

    With `If-Match: "<revision>"`, a view that has another revision by now is left as it is and the
    answer is 412 (`view-changed`), so that nobody's change is lost.
    """
    wanted = call.body
    update = ViewUpdate(
        kind=_given(wanted.kind),
        name=_given(wanted.name),
        display_name=_given(wanted.display_name),
        description=_given(wanted.description),
        spec=None if isinstance(wanted.spec, UnsetType) else _text(wanted.spec),
    )
    only_if = _revisions(call)

    def change(tx: Transaction) -> Answer[ViewDetail]:
        found = _view(tx, call)
        return _detail(tx, services.update_view(tx, call.actor, found.id, update, only_if=only_if))

    return await call.write(change)


@route("DELETE", "/projects/{entity}/{project}/views/{view}", tag="Views")
async def delete_view(call: Call[DeleteView, None]) -> None:
    """Delete a saved view.

    One that has drafts is refused unless `drafts=true` says to delete these with it. `If-Match` is
    heeded as in changing it.
    """
    with_drafts, only_if = call.query.drafts, _revisions(call)

    def delete(tx: Transaction) -> None:
        found = _view(tx, call)
        services.delete_view(tx, call.actor, found.id, with_drafts=with_drafts, only_if=only_if)

    await call.write(delete)


def _view(snapshot: Snapshot, call: AnyCall) -> View:
    """The view in the path, which must be of the project in the path."""
    entity, project, number = call.path["entity"], call.path["project"], call.path["view"]
    if not _NUMBER.fullmatch(number):
        raise not_found(f"view {number[:80]}")
    found, place = services.find_view(snapshot, call.actor, ViewId(int(number)))
    if (place.entity.lower(), place.name) != (entity.lower(), project):
        raise not_found(f"view {number}")
    return found


def _detail(snapshot: Snapshot, view: View) -> Answer[ViewDetail]:
    detail = translate.view_detail(view, _author(snapshot, view), snapshot.views.spec(view.id))
    return Answer(detail, ((b"etag", b'"%d"' % view.revision),))


def _author(snapshot: Snapshot, view: View) -> str | None:
    user = None if view.user_id is None else snapshot.accounts.user(view.user_id)
    return None if user is None else user.username


def _revisions(call: AnyCall) -> frozenset[int] | None:
    """The revisions that an If-Match allows; None where it allows any.

    Tags compare strongly (RFC 9110, 13.1.1): weak ones, and others' , match nothing.
    """
    text = header(call.scope, b"if-match")
    tags = [] if text is None else [tag.strip() for tag in text.split(",")]
    if text is None or "*" in tags:
        return None
    return frozenset(int(found[1]) for tag in tags if (found := _REVISION.fullmatch(tag)))


def _text(spec: Raw) -> str:
    return bytes(spec).decode()


def _given(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) or value is UNSET else value
