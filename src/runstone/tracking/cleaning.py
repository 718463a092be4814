"""Folders of runs that are wholly on a server are removed: `runstone sync --clean`."""

from __future__ import annotations

import shutil
import time

import msgspec

from runstone.domain.errors import NotFound, Unavailable
from runstone.tracking.folder import RunFolder
from runstone.tracking.http import HttpClient
from runstone.tracking.journal import JournalReader
from runstone.tracking.syncing import is_live


class _Known(msgspec.Struct):
    num_rows: int


def is_over(folder: RunFolder, *, older_than_s: float) -> bool:
    """Whether a folder says that all of it was sent, and nobody writes it.

    Args:
        older_than_s: Only where nothing was written since.
    """
    if time.time() - folder.written_at() < older_than_s or not folder.is_sent():
        return False
    return not is_live(folder, folder.identity())


def why_not_there(folder: RunFolder, client: HttpClient) -> str | None:
    """Why a folder that was sent is to stay; None where the server has its run.

    The folder only says that it was sent: somebody may have deleted the run since.

    Raises:
        RunstoneError: The server does not answer.
    """
    address = folder.sent_to() or ""
    if folder.has_left_out():
        return f"{address} does not have all of it: what was left out is here alone"
    url = client.server.url
    if not address.startswith(f"{url}/"):
        return f"it was sent to another server, {address}: --url asks that one"
    entity, project, _, run = address.removeprefix(f"{url}/").split("/")
    try:
        known = client.transport.get(_Known, ("projects", entity, project, "runs", run))
    except NotFound:
        return f"{address} is not there any more"
    if not known.num_rows and next(JournalReader(folder.journal, "").records(), None) is not None:
        return f"{address} has no rows any more"
    return None


def remove(folder: RunFolder) -> None:
    """Removes it.

    Raises:
        Unavailable: It cannot be removed.
    """
    try:
        shutil.rmtree(folder.path)
    except OSError as error:
        raise Unavailable(f"{folder.path} cannot be removed: {error}.") from error
