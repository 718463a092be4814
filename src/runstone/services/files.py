"""Files saved with runs: announced, uploaded, listed, read."""

from __future__ import annotations

import base64
import mimetypes
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.names import normalize_file_name
from runstone.domain.run import Run, RunFile, RunUpdate
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Transaction
from runstone.services.runs import find_reporting_run, find_run, find_run_by_id

MAX_PAGE: Final = 1_000


def announce_files(tx: Transaction, actor: Actor, run: Run, names: Sequence[str]) -> list[str]:
    """Notes which files a client will upload; returns their normalised names, in order.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is no relative path, or climbs out.
    """
    find_reporting_run(tx, actor, run.entity, run.project, run.name)
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
    # Open pages hear of it. It is no sign of life: files of a run that has ended come late.
    tx.runs.update_run(run, RunUpdate())
    mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return tx.files.arrived(
        run,
        name,
        blob=stored.key,
        size_bytes=stored.size_bytes,
        md5=base64.b64encode(stored.md5).decode("ascii"),
        mime_type=mime_type,
    )


def known_files(
    tx: Snapshot, actor: Actor, entity: str, project: str, run: str, names: Sequence[str]
) -> Mapping[str, str | None]:
    """Which of these files a run has, by the names that were asked for, and their MD5 in base64.

    For the process that is about to send what is missing; the run may be in the trash.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is no relative path, or climbs out.
    """
    found = find_reporting_run(tx, actor, entity, project, run)
    normal = {name: normalize_file_name(name) for name in names}
    wanted = sorted(set(normal.values()))
    there = {
        file.name: file.md5
        for file in tx.files.list_files(found.id, names=wanted, limit=len(wanted))
        if file.blob is not None
    }
    return {name: there[one] for name, one in normal.items() if one in there}


def expect_file(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, run: str, name: str
) -> tuple[RunId, str]:
    """Whose file is about to come, and its normalised name.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is no relative path, or climbs out.
    """
    found = find_reporting_run(snapshot, actor, entity, project, run)
    return found.id, normalize_file_name(name)


def find_file(snapshot: Snapshot, actor: Actor, run: Run, name: str) -> RunFile:
    """A file whose bytes are here.

    Raises:
        NotFound: No such file, or not yet (code `file-not-arrived`), or the actor may not see it.
        InvalidInput: Not a legal name.
    """
    find_run_by_id(snapshot, actor, run.id)
    file = snapshot.files.file(run.id, normalize_file_name(name))
    if file is None:
        raise not_found(f"file {name} of run {run.path}")
    if file.blob is None:
        raise NotFound(
            f"The file {file.name} was announced by the client of this run, and its bytes have "
            "not come. If the run has ended, `wandb sync` of its folder sends them.",
            code="file-not-arrived",
        )
    return file


@dataclass(frozen=True, slots=True)
class FileListing:
    """A page of a run's files.

    Attributes:
        next_after: Name after which the next page begins; None on the last.
        total: Files of the run, whatever was searched for.
    """

    files: Sequence[RunFile]
    next_after: str | None
    total: int


def list_files(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    run: str,
    *,
    prefix: str = "",
    search: str = "",
    after: str | None = None,
    limit: int = 1_000,
) -> FileListing:
    """Files of a run whose bytes are here, by name.

    Args:
        prefix: Only names that begin so, such as `media/images/`.
        search: Only names that hold this, in capitals or not.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"A page has 1 to {MAX_PAGE:,} files; not {limit:,}.")
    found = find_run(snapshot, actor, entity, project, run)
    page = snapshot.files.list_files(
        found.id, prefix=prefix, contains=search, after=after, limit=limit + 1
    )
    files = page[:limit]
    following = files[-1].name if len(page) > limit else None
    return FileListing(files, following, snapshot.files.count_files(found.id))


def run_file(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, run: str, name: str
) -> RunFile:
    """As `find_file`, by the run's address."""
    return find_file(snapshot, actor, find_run(snapshot, actor, entity, project, run), name)


def signed_file(snapshot: Snapshot, run: RunId, name: str) -> RunFile:
    """A file that a signed URL names: the signature was the permission.

    Raises:
        NotFound: It was deleted meanwhile.
    """
    owner = snapshot.runs.run_by_id(run)
    file = None if owner is None or owner.deleted_at else snapshot.files.file(run, name)
    if file is None or file.blob is None:
        raise not_found(f"file {name}")
    return file


def delete_file(tx: Transaction, actor: Actor, run: RunId, name: str) -> str | None:
    """Forgets a file of a run; returns the blob no longer needed. One that is gone is no error.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    found = find_run_by_id(tx, actor, run, Action.WRITE)
    tx.runs.update_run(found.id, RunUpdate())
    return tx.files.delete_file(run, name)
