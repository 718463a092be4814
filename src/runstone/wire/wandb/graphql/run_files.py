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


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file and the run it belongs to."""

    run: Run
    name: str
    file: RunFile


def _files(run: Run, info: Info, **args: Any) -> dict[str, Any]:
    request = info.context
    names = _normal(args.get("names"))
    size = page_size(args)
    found = request.snapshot.files.list_files(
        run.id,
        names=names or None,
        like=args.get("pattern") or None,
        after=args.get("after") or None,
        limit=size + 1,
    )
    if args.get("names") and not names:
        found = []
    page = [(file.name, ListedFile(run, file.name, file)) for file in found[:size]]
    return connection(
        page,
        has_next=len(found) > size,
        totalCount=request.snapshot.files.count_files(run.id),
        uploadHeaders=[],
    )


def _normal(names: list[str | None] | None) -> list[str]:
    normal = []
    for name in names or []:
        with contextlib.suppress(InvalidInput):  # no file can be called so
            normal.append(normalize_file_name(name or ""))
    return normal


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
        "sizeBytes": lambda listed, _: listed.file.size_bytes,
        "mimetype": lambda listed, _: listed.file.mime_type,
        "md5": lambda listed, _: listed.file.md5,
        "digest": lambda listed, _: listed.file.md5,
        "updatedAt": lambda listed, _: instant(listed.file.updated_at),
        "storagePath": lambda listed, _: listed.name,
        "url": _url,
        "directUrl": _direct_url,
        "uploadUrl": lambda listed, info: _url(listed, info, upload=True),
        "uploadHeaders": lambda _listed, _: [],
        "uploadMultipartUrls": lambda _listed, _: None,
        "artifact": lambda _listed, _: None,
    },
}
