"""Folders of runs that are wholly on a server are removed: `runstone sync --clean`."""

from __future__ import annotations

import shutil
import time
from typing import Final

import msgspec

from runstone.domain.errors import NotFound, Unavailable
from runstone.tracking.folder import RunFolder
from runstone.tracking.http import HttpClient
from runstone.tracking.identity import Identity
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts.roster import Roster
from runstone.tracking.records import File, Finish, Kind, decode_all
from runstone.tracking.syncing import Elsewhere, is_live

_COUNTED: Final = (Kind.ROW, Kind.SYSTEM, Kind.CONSOLE)
_PAGE: Final = 1_000
"""Names of files that the server is asked for at once."""


class _Known(msgspec.Struct):
    num_rows: int


class _KnownFiles(msgspec.Struct):
    md5s: dict[str, str | None]


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

    The folder only says that it was sent: somebody may have deleted the run since, or restored the
    server from a backup. So what the journals hold is counted, and the server asked what it has.

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
    route = ("projects", entity, project, "runs", run)
    try:
        client.transport.get(_Known, route)
    except NotFound:
        return f"{address} is not there any more"
    # Who joins a run that is there changes nothing of it.
    begun = client.put(Begun, "PUT", route, {"joins": True})
    files: set[str] = set()
    wanted = Elsewhere(run=run).of(folder.identity())
    lacks_some = _lacks_some(Link(client, begun), folder, wanted, files)
    if lacks_some or not _has_files(client, (*route, "known-files"), sorted(files)):
        return f"{address} has less than was sent: `runstone sync --again` sends what it lacks"
    return None


def _has_files(client: HttpClient, route: tuple[str, ...], names: list[str]) -> bool:
    return all(
        client.put(_KnownFiles, "POST", route, {"names": page}).md5s.keys() >= set(page)
        for page in (names[at : at + _PAGE] for at in range(0, len(names), _PAGE))
    )


def _lacks_some(link: Link, folder: RunFolder, identity: Identity, files: set[str]) -> bool:
    """Whether the server has fewer rows or lines of some writer than the folder.

    Args:
        files: Names of all files that were saved are added to it.
    """
    begun = link.begun
    parts = Roster(folder, identity, lambda: None)

    def pass_by() -> None:
        is_through = False
        while not is_through:
            for part in parts:
                while part.fill({}, begun):
                    part.acknowledge()
            # A row that the server has half holds back what is behind it until that is known.
            is_through = not any(part.run_errands(link) for part in parts)

    for lane in folder.lanes():
        for writer in writers_in(lane):
            reader = JournalReader(lane, writer)
            while payloads := reader.batch():
                for kind, record in decode_all(payloads):
                    if isinstance(record, File):
                        files.add(record.name)
                    elif kind in _COUNTED and not isinstance(record, Finish):
                        parts.of(kind).take(writer, record)
                pass_by()
    parts.end()
    pass_by()
    return any(part.has_lost(begun) for part in parts)


def remove(folder: RunFolder) -> None:
    """Removes it.

    Raises:
        Unavailable: It cannot be removed.
    """
    try:
        shutil.rmtree(folder.path)
    except OSError as error:
        raise Unavailable(f"{folder.path} cannot be removed: {error}.") from error
