"""Files of runs: where to upload them, lists of them, deleting them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Final

from runstone.domain.errors import InvalidInput
from runstone.domain.names import normalize_file_name
from runstone.domain.run import Run, RunFile
from runstone.services import files, runs
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.paging import connection, page_size
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.translate import instant

_ABSENT_MD5: Final = "0"
"""By this `wandb.restore` knows a file that is not there."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a run; one without `file` was asked for by name and is not there."""

    run: Run
    name: str
    file: RunFile | None


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
        page = [ListedFile(run, file.name, file) for file in found[:size]]
        has_next = len(found) > size
    return connection(
        [(listed.name, listed) for listed in page],
        has_next=has_next,
        totalCount=files.count_files(run.id),
        uploadHeaders=[],
    )


def _named(run: Run, info: Info, args: dict[str, Any], size: int) -> tuple[list[ListedFile], bool]:
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
    return [ListedFile(run, name, by_name.get(name)) for name in wanted], len(names) > size


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


def _url(listed: ListedFile, info: Info, upload: bool | None = None) -> str:
    request, run = info.context, listed.run
    if upload:
        return request.upload_url(run.id, listed.name)
    return request.file_url(run.entity, run.project, run.name, listed.name)


def _md5(listed: ListedFile, info: Info) -> str | None:
    return listed.file.md5 if listed.file else _ABSENT_MD5


def _direct_url(listed: ListedFile, info: Info) -> str:
    run = listed.run
    return info.context.signed_file_url(run.entity, run.project, run.name, run.id, listed.name)


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
    "File": {
        "id": lambda listed, _: ids.file_id(listed.run.id, listed.name),
        "name": lambda listed, _: listed.name,
        "displayName": lambda listed, _: listed.name,
        "sizeBytes": lambda listed, _: listed.file.size_bytes if listed.file else 0,
        "mimetype": lambda listed, _: listed.file.mime_type if listed.file else None,
        "md5": _md5,
        "digest": _md5,
        "updatedAt": lambda listed, _: instant(listed.file.updated_at) if listed.file else None,
        "storagePath": lambda listed, _: listed.name,
        "url": _url,
        "directUrl": _direct_url,
        "uploadUrl": lambda listed, info: _url(listed, info, upload=True),
        "uploadHeaders": lambda _listed, _: [],
        "uploadMultipartUrls": lambda _listed, _: None,
        "artifact": lambda _listed, _: None,
    },
}
