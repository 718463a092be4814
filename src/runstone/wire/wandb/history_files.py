"""Histories as Parquet files, by signed URL: made when the first client fetches one, then kept."""

from __future__ import annotations

import asyncio

from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import RunId, StreamId
from runstone.services import history_files
from runstone.services.export import Format, write
from runstone.services.files import new_blob_key
from runstone.wire.common.asgi import Scope, Send
from runstone.wire.common.context import ServerContext
from runstone.wire.common.signing import DOWNLOAD_LIFETIME_S
from runstone.wire.wandb.files import ServedBlob, send_blob


async def get(context: ServerContext, token: str, scope: Scope, send: Send) -> None:
    """Sends a file or a range of it; HEAD gives the headers alone.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The run was deleted meanwhile.
        Conflict: Its history has changed since the link was made (code `changed-meanwhile`).
    """
    run, number, stream, first, stop = context.signer.verify(
        "history-file", token, max_age_s=DOWNLOAD_LIFETIME_S
    )
    rows = (StreamId(stream), int(first), int(stop))
    file = await asyncio.wrap_future(
        context.store.write(lambda tx: history_files.open_file(tx, RunId(run), number, rows))
    )
    if file.blob is None:
        file = await _make(context, file)
    assert file.blob is not None
    blob = ServedBlob(file.blob, file.size_bytes, f"{number}.parquet", Format.PARQUET.media_type)
    await send_blob(context, blob, scope, send)


async def _make(context: ServerContext, file: HistoryFile) -> HistoryFile:
    store, blobs = context.store, context.blobs
    plan = await asyncio.wrap_future(store.read(lambda s: history_files.rows_of(s, file)))
    written = context.pipes.stream(
        lambda pipe: write(plan, store, Format.PARQUET, pipe),
        name=f"history file {file.run_id}/{file.number}",
    )
    stored = await blobs.put(
        new_blob_key(file.run_id), written, max_bytes=context.limits.max_upload_bytes
    )
    try:
        made = await asyncio.wrap_future(
            store.write(lambda tx: history_files.file_made(tx, file, stored))
        )
    except Exception:  # not when cancelled: the record may still be made, and needs the blob
        await blobs.delete(stored.key)
        raise
    if made.blob != stored.key:
        await blobs.delete(stored.key)
    return made
