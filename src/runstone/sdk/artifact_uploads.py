"""How a version goes to the server: what it has not is sent, side by side, then one commit.

Small files go many at a time, large ones in parts. Everything is named by its MD5, so that doing
it again does no harm, and whoever comes back after a cut sends only what is not there.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any, Final

from msgspec import Raw

from runstone.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from runstone.domain.manifest import digest_of, read_manifest
from runstone.sdk.artifact_batches import SMALL_BYTES, batches
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_offers import Offer, new_upload_name, offer_of
from runstone.sdk.artifact_paths import CollectionPath
from runstone.sdk.artifact_records import Digests, UploadFacts
from runstone.sdk.artifact_sources import Source, bytes_of, changed
from runstone.sdk.artifact_versions import ArtifactVersion, find_version
from runstone.sdk.frames import Progress
from runstone.sdk.paths import ProjectPath
from runstone.sdk.progress import Told
from runstone.sdk.side_by_side import SideBySide
from runstone.sdk.transport import READ_TIMEOUT_S, Transport

WORKERS: Final = 6
PART_BYTES: Final = 16 << 20
_ASKED_AT_ONCE: Final = 10_000
_ROUNDS: Final = 3
"""To send what the server misses after all, such as what was collected meanwhile."""
_TRIES: Final = 5
_PAUSE_S: Final = 1.0
_JOINED_PER_S: Final = 20_000_000
"""Bytes that even a slow disk writes in a second."""
_COMMITTED: Final = "committed"


def log_artifact(
    transport: Transport,
    project: ProjectPath,
    draft: Artifact,
    *,
    aliases: Sequence[str] = (),
    run: str | None = None,
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> ArtifactVersion:
    """Uploads a version; see `Api.log_artifact`."""
    done = upload(
        transport,
        project,
        offer_of(draft, new_upload_name(), aliases),
        run=run,
        workers=workers,
        progress=progress,
    )
    path = CollectionPath(project.entity, project.project, done.collection)
    return find_version(transport, path.at(f"v{done.index}"))


def upload(
    transport: Transport,
    project: ProjectPath,
    offer: Offer,
    *,
    run: str | None = None,
    workers: int = WORKERS,
    progress: Progress | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> UploadFacts:
    """Uploads a version, or a part of one, whatever of it is on the server already.

    Args:
        meanwhile: Called in this thread again and again while others upload; what it raises ends
            the upload, which may be gone on with later.
    """
    return _Upload(transport, project, offer, run, max(1, workers), progress, meanwhile).carry_out()


class _Upload:
    def __init__(
        self,
        transport: Transport,
        project: ProjectPath,
        offer: Offer,
        run: str | None,
        workers: int,
        progress: Progress | None,
        meanwhile: Callable[[], object] | None,
    ) -> None:
        self._transport = transport
        self._path = (*project.segments, "artifacts", "uploads", offer.upload)
        self._manifest = offer.manifest
        # What the server would refuse at the end is refused before anything is sent.
        digest = digest_of(read_manifest(self._manifest))
        self._wanted: Mapping[str, Any] = {
            "collection": offer.collection,
            "type": offer.type,
            "digest": digest,
            "description": offer.description,
            "metadata": Raw(offer.metadata.encode()),
            "aliases": list(offer.aliases),
            "tags": list(offer.tags),
            "ttl_s": offer.ttl_s,
            "run": run,
        }
        if offer.distributed_id is not None:
            self._wanted = {**self._wanted, "distributed_id": offer.distributed_id}
        if offer.is_increment:
            self._wanted = {**self._wanted, "is_increment": True}
        self._end = ("POST", "commit") if offer.is_last else ("PUT", "manifest")
        self._sources = offer.sources
        self._workers = workers
        self._told = Told(progress)
        self._num_bytes = sum(one.size_bytes for one in self._sources.values())
        self._meanwhile = meanwhile

    def carry_out(self) -> UploadFacts:
        for attempt in range(_ROUNDS):
            state = self._transport.put(UploadFacts, "PUT", self._path, self._wanted)
            if state.state == _COMMITTED:
                return state
            try:
                self._send(self._missing(self._sources))
                method, end = self._end
                return self._transport.put(
                    UploadFacts,
                    method,
                    (*self._path, end),
                    self._manifest,
                    timeout_s=READ_TIMEOUT_S + len(self._manifest) / 100_000,
                )
            except (Conflict, NotFound) as error:
                is_curable = error.code in ("files-missing", "parts-missing", "upload-gone")
                if not is_curable or attempt == _ROUNDS - 1:
                    raise
        raise AssertionError("the last round returns or raises")

    # What is to be sent

    def _missing(self, md5s: Iterable[str]) -> set[str]:
        asked = list(md5s)
        missing: set[str] = set()
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            some = {"md5s": asked[start : start + _ASKED_AT_ONCE]}
            found = self._transport.put(Digests, "POST", (*self._path, "missing"), some)
            missing.update(found.md5s)
        return missing

    def _send(self, missing: set[str]) -> None:
        wanted = [source for md5, source in self._sources.items() if md5 in missing]
        to_send = sum(one.size_bytes for one in wanted)
        self._told.expect(self._num_bytes, so_far=self._num_bytes - to_send)
        works: list[Callable[[], None]] = []
        for source in wanted:
            if source.size_bytes > PART_BYTES:
                large = _Large(source)
                works += [partial(self._send_part, large, n) for n in range(large.num_parts)]
            elif source.size_bytes > SMALL_BYTES:
                works.append(partial(self._send_whole, source))
        small = (source for source in wanted if source.size_bytes <= SMALL_BYTES)
        works += [partial(self._send_together, batch) for batch in batches(small)]
        SideBySide(works).run(self._workers, self._meanwhile)

    def _send_together(self, batch: Sequence[Source]) -> None:
        body = b"".join(
            bytes.fromhex(source.md5) + source.size_bytes.to_bytes(8) + bytes_of(source)
            for source in batch
        )
        self._transport.put(NoneType, "POST", (*self._path, "contents"), body)
        self._told.tell(sum(source.size_bytes for source in batch))

    def _send_whole(self, source: Source) -> None:
        path = (*self._path, "contents", source.md5)
        self._transport.put(NoneType, "PUT", path, bytes_of(source))
        self._told.tell(source.size_bytes)

    # Parts

    def _send_part(self, large: _Large, number: int) -> None:
        data = large.read(number)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if self._missing([md5]):
            self._transport.put(NoneType, "PUT", (*self._path, "contents", md5), data)
        self._told.tell(len(data))
        if large.has_arrived(number, md5):
            self._join(large)

    def _join(self, large: _Large) -> None:
        """Has the parts made one. This takes a while: an answer that is lost is asked for."""
        source = large.source
        for attempt in range(_TRIES):
            try:
                self._transport.put(
                    NoneType,
                    "POST",
                    (*self._path, "contents", source.md5, "parts"),
                    {"md5s": large.md5s},
                    timeout_s=READ_TIMEOUT_S + source.size_bytes / _JOINED_PER_S,
                    again=False,
                )
                return
            except (Unavailable, Conflict) as error:
                if not self._missing([source.md5]):
                    return
                if isinstance(error, Conflict) or attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE_S * 2**attempt)
            except InvalidInput as error:
                if error.code == "digest-mismatch":
                    raise changed(source.path) from error
                raise


class _Large:
    """A file that goes in parts."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.num_parts = -(-source.size_bytes // PART_BYTES)
        self._md5s: list[str | None] = [None] * self.num_parts
        self._lock = threading.Lock()

    @property
    def md5s(self) -> list[str]:
        """Of all parts, in order, once they have arrived."""
        return [md5 for md5 in self._md5s if md5 is not None]

    def read(self, number: int) -> bytes:
        start = number * PART_BYTES
        size = min(PART_BYTES, self.source.size_bytes - start)
        return bytes_of(self.source, start, size)

    def has_arrived(self, number: int, md5: str) -> bool:
        """Notes a part; whether it was the last one that was waited for."""
        with self._lock:
            self._md5s[number] = md5
            return all(self._md5s)
