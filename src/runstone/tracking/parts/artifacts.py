"""Artifacts that a run logs, uses and links: errands, in the order in which the script ran them.

Those of several processes come in any order, but for parts of one version: each was noted with its
time, so that who finishes it waits for what others on this machine have added before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import NoneType
from typing import Any

from runstone.domain.artifact import LATEST
from runstone.domain.errors import (
    AlreadyExists,
    Conflict,
    CorruptData,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
)
from runstone.domain.registry import is_registry_name
from runstone.sdk.artifact_files import list_files
from runstone.sdk.artifact_offers import Offer, offer_of
from runstone.sdk.artifact_paths import CollectionPath
from runstone.sdk.artifact_uploads import upload
from runstone.sdk.paths import ProjectPath
from runstone.tracking.artifact_keeping import ArtifactShelf, SavedVersion
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts import Part
from runstone.tracking.records import Merge, Record
from runstone.tracking.table_artifacts import (
    collection_noted,
    grows,
    number_after,
    table_artifact,
)

_REFUSALS = (
    AlreadyExists,
    Conflict,
    CorruptData,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
)
"""What would be said again, however often it is asked."""


class Artifacts(Part):
    """Sends artifacts one after the other, so that aliases move as the script moved them.

    Args:
        shelf: Where they are kept.
        meanwhile: Called again and again while one is sent, which may take hours.
        say: Tells people what the server did not take.
    """

    def __init__(
        self, shelf: ArtifactShelf, meanwhile: Callable[[], object], say: Callable[[str], object]
    ) -> None:
        self._shelf = shelf
        self._meanwhile = meanwhile
        self._say = say
        self._waiting: dict[str, deque[dict[str, Any]]] = {}
        self._refused: list[str] = []
        self._numbers: dict[str, int] = {}

    def take(self, writer: str, record: Record) -> None:
        assert isinstance(record, Merge)
        self._waiting.setdefault(writer, deque()).append(record.values)

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        return False

    def has_more(self) -> bool:
        return any(self._waiting.values())

    def acknowledge(self) -> None:
        pass

    def run_errands(self, link: Link) -> bool:
        was_any = False
        while queues := [queue for queue in self._waiting.values() if queue]:
            queue = min(queues, key=lambda queue: queue[0].get("at", 0))
            self._run(link, queue[0])
            queue.popleft()
            was_any = True
        return was_any

    def end(self) -> None:
        self._shelf.clear_up()

    def raise_refused(self) -> None:
        if self._refused:
            raise InvalidInput(self._refused[-1], code="artifact-refused")

    def _run(self, link: Link, wanted: dict[str, Any]) -> None:
        if "upload" in wanted:
            self._upload(link, wanted["upload"])
            return
        if "table" in wanted:
            self._upload_table(link, wanted)
            return
        try:
            if "use" in wanted:
                self._use(link, wanted)
            elif "link" in wanted:
                self._link(link, wanted)
        except _REFUSALS as error:
            what = "use" if "use" in wanted else "link"
            self._say(f"the server did not note the {what} of an artifact: {error}")

    def _upload(self, link: Link, name: str) -> None:
        offer = self._shelf.offer(name)
        if offer is None:
            return  # sent before
        try:
            self._send(link, offer)
        except _REFUSALS as error:
            if self._shelf.refusal(name) != str(error):
                self._say(f"artifact {offer.collection!r} is not taken: {error}")
            self._shelf.note_refused(name, str(error))
            self._refused.append(f"artifact {offer.collection!r}: {error}")
            return

    def _upload_table(self, link: Link, noted: dict[str, Any]) -> None:
        """What was logged is in a row already: what goes wrong here is said, and no more."""
        name = noted["table"]
        if self._shelf.saved(name) is not None:
            return
        try:
            number = self._number(link, noted) if grows(noted) else None
            # It holds files of its own until they are sent.
            made = table_artifact(self._shelf.run_folder, link.begun.id, noted, number)
            offer = offer_of(made, name, ())
            self._send(link, offer if number is None else replace(offer, is_increment=True))
            if number is not None:
                self._numbers[made.collection] = number + 1
        except (*_REFUSALS, OSError, ValueError) as error:
            self._say(f"the table {noted['key']!r} is not kept as an artifact: {error}")
            with suppress(OSError):
                self._shelf.note_refused(name, str(error))

    def _number(self, link: Link, noted: dict[str, Any]) -> int:
        """Of new rows of a table that grows; other lives of the run have added to it, too."""
        begun = link.begun
        collection = collection_noted(begun.id, noted)
        # Taken out: should it come to nothing, it is asked for anew.
        if (known := self._numbers.pop(collection, None)) is not None:
            return known
        newest = CollectionPath(begun.entity, begun.project, collection).at(LATEST)
        try:
            return number_after((file.path for file in list_files(link.transport, newest)), noted)
        except NotFound:
            return 0

    def _send(self, link: Link, offer: Offer) -> None:
        begun = link.begun
        done = upload(
            link.transport,
            ProjectPath(begun.entity, begun.project),
            offer,
            run=begun.id,
            meanwhile=self._meanwhile,
        )
        version = SavedVersion(begun.entity, begun.project, done.collection, done.index)
        self._shelf.note_saved(offer.upload, version)

    def _address(self, link: Link, of: dict[str, str]) -> tuple[str, str, str, str]:
        """The version that a record is about: one of the server's, or one that was sent here.

        Raises:
            NotFound: It was to be sent from here, and the server did not take it, or has parts of
                it alone.
        """
        if "upload" not in of:
            return of["entity"], of["project"], of["collection"], of["version"]
        saved = self._shelf.saved(of["upload"])
        if saved is None or saved.index is None:
            raise NotFound("it is not on the server.")
        return saved.entity, saved.project, saved.collection, f"v{saved.index}"

    def _use(self, link: Link, wanted: dict[str, Any]) -> None:
        entity, project, collection, version = self._address(link, wanted["use"])
        used = {"entity": entity, "project": project, "collection": collection, "version": version}
        link.transport.put(NoneType, "PUT", (*link.route, "artifacts", "inputs"), used)

    def _link(self, link: Link, wanted: dict[str, Any]) -> None:
        entity, project, collection, version = self._address(link, wanted["link"])
        path = ("projects", entity, project, "artifacts", collection, "versions", version, "links")
        target = dict(wanted["target"])
        if target["entity"] is None and not is_registry_name(target["project"]):
            target["entity"] = link.begun.entity
        link.transport.put(NoneType, "POST", path, target)
