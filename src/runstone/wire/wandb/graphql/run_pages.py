"""Lists of runs: filtered, sorted, a page at a time, from the runs index."""

from __future__ import annotations

from typing import Any, Final

from runstone.domain.run import Project
from runstone.services.run_index import RunQuery, RunTable, query_runs
from runstone.services.run_list import MAX_PAGE
from runstone.wire.wandb.graphql.paging import connection, page_size
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.run_fields import run_order
from runstone.wire.wandb.run_filters import run_filter


def _runs(project: Project, info: Info, **args: Any) -> dict[str, Any]:
    """A page of a project's runs.

    Only the last run of a page has a cursor: it is the one that clients go on from, as the page's
    `endCursor`.
    """
    size = min(page_size(args), MAX_PAGE)
    if size == 0:
        return connection([], has_next=False, totalCount=_run_count(project, info, **args))
    table = _table(project, info, args, limit=size, cursor=args.get("after") or None)
    info.context.runs.expect(table.runs)
    cursors = [*(None for _ in table.runs[1:]), table.next_cursor]
    return connection(
        list(zip(cursors, table.runs, strict=False)),
        has_next=table.next_cursor is not None,
        totalCount=table.total,
    )


def _run_count(project: Project, info: Info, **args: Any) -> int:
    return _table(project, info, args, limit=1).total


def _table(
    project: Project, info: Info, args: dict[str, Any], *, limit: int, cursor: str | None = None
) -> RunTable:
    request = info.context
    constants = {"entity": project.entity, "project": project.name}
    tree = run_filter(args.get("filters"), constants)
    sort = run_order(args.get("order"))
    query = RunQuery(tree, sort, limit, cursor)
    return query_runs(
        request.snapshot, request.actor, request.run_index, project.entity, project.name, query
    )


RESOLVERS: Final[Resolvers] = {
    "Project": {"runs": _runs, "buckets": _runs, "runCount": _run_count},
}
