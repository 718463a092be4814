"""Files saved with runs: announced, uploaded, listed, read."""

from __future__ import annotations

import base64
import mimetypes
import secrets
from collections.abc import Sequence

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.errors import NotFound
from runstone.domain.ids import RunId
from runstone.domain.names import normalize_file_name
from runstone.domain.run import Run, RunFile
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Transaction
from runstone.services.runs import find_run_by_id


def announce_files(tx: Transaction, actor: Actor, run: Run, names: Sequence[str]) -> list[str]:
    """Notes which files a client will upload; returns their normalised names, in order.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is no relative path, or climbs out.
    """
    find_run_by_id(tx, actor, run.id, Action.WRITE)
    normal = [normalize_file_name(name) for name in names]
    tx.files.announce(run.id, normal)
    return normal


def new_blob_key(run: RunId) -> str:
    """A fresh key for a file's bytes. The file's own name is no part of it."""
    return f"runs/{run}/{secrets.token_hex(16)}"


def file_arrived(tx: Transaction, run: RunId, name: str, stored: StoredBlob) -> str | None:
    """Records an upload that a signed URL allowed; returns the replaced blob, to be deleted.

    Raises:
        NotFound: The run was deleted meanwhile.
    """
    if tx.runs.run_by_id(run) is None:
        raise NotFound("The run of this upload was deleted.")
    mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return tx.files.arrived(
        run,
        name,
        blob=stored.key,
        size_bytes=stored.size_bytes,
        md5=base64.b64encode(stored.md5).decode("ascii"),
        mime_type=mime_type,
    )


def find_file(snapshot: Snapshot, actor: Actor, run: Run, name: str) -> RunFile:
    """A file whose bytes are here.

    Raises:
        NotFound: No such file, or not yet, or the actor may not see it.
        InvalidInput: Not a legal name.
    """
    find_run_by_id(snapshot, actor, run.id)
    file = snapshot.files.file(run.id, normalize_file_name(name))
    if file is None or file.blob is None:
        raise not_found(f"file {name} of run {run.path}")
    return file


def signed_file(snapshot: Snapshot, run: RunId, name: str) -> RunFile:
    """A file that a signed URL names: the signature was the permission.

    Raises:
        NotFound: It was deleted meanwhile.
    """
    file = snapshot.files.file(run, name)
    if file is None or file.blob is None:
        raise not_found(f"file {name}")
    return file


def delete_file(tx: Transaction, actor: Actor, run: RunId, name: str) -> str | None:
    """Forgets a file of a run; returns the blob no longer needed. One that is gone is no error.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    find_run_by_id(tx, actor, run, Action.WRITE)
    return tx.files.delete_file(run, name)
