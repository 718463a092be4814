"""Views (reports, their drafts, workspaces) and custom charts.

A view's `type` is kept as the kind `wandb/<type>`: its spec is in this client's format, which views
of our own are not.
"""

from __future__ import annotations

import re
from typing import Any, Final

from runstone.domain.access import Action
from runstone.domain.cursors import bad_cursor
from runstone.domain.custom_chart import ChartAccess
from runstone.domain.errors import InvalidInput, NotBuilt
from runstone.domain.ids import ViewId
from runstone.domain.run import Project
from runstone.domain.view import View, ViewUpdate
from runstone.services import custom_charts, views
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.paging import connection, page_size
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.translate import instant

_KIND_PREFIX: Final = "wandb/"
_BYTES_OF_A_FIELD: Final = 1024
"""What a document asks for is counted in fields; a spec counts by its size: 100 MB at most."""
_CURSOR: Final = re.compile("[0-9]{1,18}")


def kind_of(view_type: str) -> str:
    """The kind under which views of a type are kept."""
    return _KIND_PREFIX + view_type


def type_of(kind: str) -> str:
    """The type of a kind; views of our own kinds have those for a type."""
    return kind.removeprefix(_KIND_PREFIX)


# Queries


def _view(_root: Any, info: Info, id: str) -> View:  # noqa: A002
    # An error where other nouns are null: clients take null apart, and fail in their own code.
    request = info.context
    found, _ = views.find_view(request.snapshot, request.actor, ids.view_number(id))
    return found


def _all_views(project: Project, info: Info, **args: Any) -> dict[str, Any]:
    request = info.context
    size = min(page_size(args), views.MAX_PAGE)
    if size == 0:
        return connection([], has_next=False)
    view_type = args.get("viewType")
    found = views.list_views(
        request.snapshot,
        request.actor,
        project.entity,
        project.name,
        limit=size,
        kind=kind_of(view_type) if view_type else None,
        name=args.get("viewName") or None,
        author=args.get("userName") or None,
        before=_position(args.get("after")),
    )
    return connection(
        [(str(view.id), view) for view in found.views], has_next=found.next_before is not None
    )


def _position(after: str | None) -> ViewId | None:
    if not after:
        return None
    if not _CURSOR.fullmatch(after):
        raise bad_cursor()
    return ViewId(int(after))


def _spec(view: View, info: Info) -> str:
    request = info.context
    request.budget.spend(1 + view.spec_bytes // _BYTES_OF_A_FIELD)
    return request.snapshot.views.spec(view.id)


# Mutations


def _upsert_view(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    view_type, spec = input.get("type"), input.get("spec")
    kind = kind_of(view_type) if view_type else None
    if node_id := input.get("id"):
        number = ids.view_number(node_id)
        _require_same_project(info, number, input)
        update = ViewUpdate(
            kind=kind,
            name=input.get("name") or None,
            display_name=input.get("displayName"),
            description=input.get("description"),
            spec=spec,
        )
        changed = views.update_view(request.tx, request.actor, number, update)
        return {"view": changed, "inserted": False}
    project = input.get("projectName")
    if not project or kind is None or spec is None:
        raise InvalidInput("A new view needs a project, a type and a spec.")
    made, is_new = views.create_view(
        request.tx,
        request.actor,
        input.get("entityName"),
        project,
        views.NewView(
            kind=kind,
            spec=spec,
            name=input.get("name") or None,
            display_name=input.get("displayName") or "",
            description=input.get("description") or "",
        ),
    )
    return {"view": made, "inserted": is_new}


def _require_same_project(info: Info, number: ViewId, input: dict[str, Any]) -> None:  # noqa: A002
    """Clients send the address along: someone who changed it wants a copy, or made a mistake."""
    request = info.context
    _, place = views.find_view(request.tx, request.actor, number, Action.WRITE)
    entity, project = input.get("entityName"), input.get("projectName")
    is_same = (not project or project == place.name) and (
        not entity or entity.lower() == place.entity.lower()
    )
    if not is_same:
        raise InvalidInput(
            f"The view belongs to {place.entity}/{place.name} and stays there. To have it in "
            f"{entity or place.entity}/{project or place.name}, save it as a new one.",
            code="view-of-another-project",
        )


def _delete_view(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    number = ids.view_number(input["id"])
    with_drafts = bool(input.get("deleteDrafts"))
    views.find_view(request.tx, request.actor, number, Action.WRITE)
    drafts = request.tx.views.drafts_of(number)
    if drafts and not with_drafts:
        return {"success": False, "pendingDrafts": [ids.view_id(draft.id) for draft in drafts]}
    views.delete_view(request.tx, request.actor, number, with_drafts=with_drafts)
    return {"success": True, "pendingDrafts": []}


def _create_access_token(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    views.find_view(request.tx, request.actor, ids.view_number(input["viewId"]), Action.WRITE)
    raise NotBuilt(
        "Links that show a report to whoever has them are not built yet in Runstone 0.1: nobody "
        "was given access. Those who may see its project can open the report's own URL."
    )


def _create_custom_chart(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    access = input["access"].lower()
    if access not in tuple(ChartAccess):
        raise InvalidInput(
            f"access is {input['access'][:80]!r}; it must be one of {', '.join(ChartAccess)}."
        )
    chart = custom_charts.create_custom_chart(
        request.tx,
        request.actor,
        input["entity"],
        input["name"],
        display_name=input["displayName"],
        language=input["type"],
        access=ChartAccess(access),
        spec=input["spec"],
    )
    # Not a node id: scripts give it to `wandb.plot_table` as the chart's name.
    return {"chart": {"id": f"{chart.entity}/{chart.name}"}}


RESOLVERS: Final[Resolvers] = {
    "Query": {"view": _view},
    "Project": {"allViews": _all_views},
    "Mutation": {
        "upsertView": _upsert_view,
        "deleteView": _delete_view,
        "createAccessToken": _create_access_token,
        "createCustomChart": _create_custom_chart,
    },
    "View": {
        "id": lambda view, _: ids.view_id(view.id),
        "type": lambda view, _: type_of(view.kind),
        "name": lambda view, _: view.name,
        # Never null: result models demand texts.
        "displayName": lambda view, _: view.display_name,
        "description": lambda view, _: view.description,
        "spec": _spec,
        "user": lambda view, info: (
            None if view.user_id is None else info.context.snapshot.accounts.user(view.user_id)
        ),
        "project": lambda view, info: info.context.snapshot.projects.project_by_id(view.project_id),
        "createdAt": lambda view, _: instant(view.created_at),
        "updatedAt": lambda view, _: instant(view.updated_at),
        # There are none, since none can be made.
        "accessTokens": lambda _view, _info: [],
    },
}
