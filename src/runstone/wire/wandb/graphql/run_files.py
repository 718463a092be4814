"""Files of runs: where to upload them, lists of them, deleting them."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from runstone.domain.errors import InvalidInput
from runstone.domain.names import normalize_file_name
from runstone.domain.run import Run, RunFile
from runstone.services import files, runs
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.file_node import FileNode
from runstone.wire.wandb.graphql.paging import connection, page_size
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers

_ABSENT_MD5: Final = "0"
"""By this `wandb.restore` knows a file that is not there."""


def _files(run: Run, info: Info, **args: Any) -> dict[str, Any]:
    files, size = info.context.snapshot.files, page_size(args)
    if args.get("names"):
        page, has_next = _named(run, info, args, size)
    else:
        found = files.list_files(
            run.id,
            like=args.get("pattern") or None,
            after=args.get("after") or None,
            limit=size + 1,
        )
        page = [_node(info.context, run, file.name, file) for file in found[:size]]
        has_next = len(found) > size
    return connection(
        [(file.name, file) for file in page],
        has_next=has_next,
        totalCount=files.count_files(run.id),
        uploadHeaders=[],
    )


def _named(run: Run, info: Info, args: dict[str, Any], size: int) -> tuple[list[FileNode], bool]:
    """The files of those names, in their order.

    One that is not there has its place all the same, for clients to upload it by its URL; they
    know it by its MD5 and that it was never updated.
    """
    names = _normal(args["names"])
    after = args.get("after")
    if after:
        names = names[names.index(after) + 1 :] if after in names else []
    wanted = names[:size]
    found = info.context.snapshot.files.list_files(run.id, names=wanted, limit=size)
    by_name = {file.name: file for file in found}
    nodes = [_node(info.context, run, name, by_name.get(name)) for name in wanted]
    return nodes, len(names) > size


def _normal(names: list[str | None]) -> list[str]:
    normal: dict[str, None] = {}
    for name in names:
        with contextlib.suppress(InvalidInput):  # no file can be called so
            normal[normalize_file_name(name or "")] = None
    return list(normal)


def _create_run_files(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    run = _written_run(request, input)
    names = files.announce_files(request.tx, request.actor, run, input["files"])
    return {
        "runID": ids.run_id(run),
        "uploadHeaders": [],
        "files": [
            {"name": asked, "uploadUrl": request.upload_url(run.id, name)}
            for asked, name in zip(input["files"], names, strict=True)
        ],
    }


def _mark_uploaded(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    # The bytes came through this server, which knows of them already.
    _written_run(info.context, input)
    return {"success": True}


def _delete_files(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    for node_id in input["files"]:
        run, name = ids.file_address(node_id)
        blob = files.delete_file(request.tx, request.actor, run, name)
        if blob is not None:
            request.unneeded_blobs.append(blob)
    return {"success": True}


def _written_run(request: Request, given: dict[str, Any]) -> Run:
    return runs.find_reporting_run(
        request.tx,
        request.actor,
        given["entityName"],
        given["projectName"],
        given["runName"],
    )


def _node(request: Request, run: Run, name: str, file: RunFile | None) -> FileNode:
    """A file of a run; without `file` one that was asked for by name and is not there."""
    place = (run.entity, run.project, run.name)
    return FileNode(
        id=ids.file_id(run.id, name),
        name=name,
        storage_path=name,
        size_bytes=file.size_bytes if file else 0,
        mime_type=file.mime_type if file else None,
        md5=file.md5 if file else _ABSENT_MD5,
        updated_at=file.updated_at if file else None,
        url=lambda: request.file_url(*place, name),
        direct_url=lambda: request.signed_file_url(*place, run.id, name),
        upload_url=lambda: request.upload_url(run.id, name),
    )


RESOLVERS: Final[Resolvers] = {
    "Run": {
        "fileCount": lambda run, info: info.context.snapshot.files.count_files(run.id),
        "files": _files,
    },
    "Mutation": {
        "createRunFiles": _create_run_files,
        "markRunFilesUploaded": _mark_uploaded,
        "deleteFiles": _delete_files,
    },
}
