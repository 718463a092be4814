"""Artifacts in the folder of a run, from the moment that they are logged until they are sent.

`artifacts/<upload>/` holds one: what is said of it, its manifest, and its contents under their MD5,
as they were when it was logged. When the server has them the folder goes, and `<upload>.json` says
which version it became; so what is there of a run is what is still to be sent.

Its own copy, and not a hard link, is what survives that a script writes its next checkpoint over
the last one. A copy takes neither time nor space where the file system shares it (btrfs, XFS);
contents that nobody writes to any more, and those that were copied here already, are hard links.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from runstone.domain import documents
from runstone.sdk.artifact_cache import fill
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_offers import Offer, new_upload_name, offer_of
from runstone.sdk.artifact_sources import Source, read_source
from runstone.sdk.artifact_walking import unreadable
from runstone.tracking.encoding import plain
from runstone.tracking.folder import RunFolder, put_whole
from runstone.tracking.interruptions import pass_on

_FOLDER: Final = "artifacts"
_OFFER: Final = "artifact.json"
_MANIFEST: Final = "manifest.json"
_REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """What became of an artifact that was sent.

    Attributes:
        index: The version's number; None for a part of one, which has none yet.
    """

    entity: str
    project: str
    collection: str
    index: int | None


class ArtifactShelf:
    """The artifacts of a run that are kept on this machine."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._root = folder.path / _FOLDER
        self._held: dict[str, Path] = {}

    @property
    def run_folder(self) -> Path:
        """The run's own."""
        return self._folder.path

    def keep(
        self,
        draft: Artifact,
        aliases: Sequence[str],
        tags: Sequence[str],
        *,
        distributed_id: str | None = None,
        is_last: bool = True,
    ) -> tuple[str, list[str]]:
        """Takes what a draft holds, as it is now; it is on this machine when this returns.

        Args:
            distributed_id: As in `Offer`.
            is_last: As in `Offer`.

        Returns:
            What it is called here and as an upload; and what people are to be told.

        Raises:
            InvalidInput: The draft holds nothing, or a file of it has gone or cannot be read.
            OSError: The folder cannot be written.
        """
        upload = new_upload_name()
        place, partial = self._root / upload, self._root / f".{upload}"
        partial.mkdir(parents=True)
        try:
            told = list(self._fill(draft, partial))
            said = documents.encode(plain(draft.metadata))
            offer = offer_of(
                draft,
                upload,
                aliases,
                metadata=said,
                distributed_id=distributed_id,
                is_last=is_last,
            )
            (partial / _MANIFEST).write_bytes(offer.manifest)
            (partial / _OFFER).write_text(_text(offer, tags, partial), encoding="utf-8")
            partial.rename(place)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        for md5 in offer.sources:
            if (held := place / md5).exists():
                self._held[md5] = held
        return upload, told

    def offer(self, upload: str) -> Offer | None:
        """What is to be sent; None where it was sent, or was never there wholly."""
        place = self._root / upload
        try:
            said = json.loads((place / _OFFER).read_text(encoding="utf-8"))
            manifest = (place / _MANIFEST).read_bytes()
        except FileNotFoundError:
            return None
        sources = {
            md5: Source(Path(at) if at else place / md5, md5, size, changed_at)
            for md5, (at, size, changed_at) in said.pop("sources").items()
        }
        return Offer(upload, manifest=manifest, sources=sources, **said)

    def saved(self, upload: str) -> SavedVersion | None:
        """Which version it became; None before that."""
        with suppress(FileNotFoundError):
            return SavedVersion(**json.loads(self._note(upload).read_text(encoding="utf-8")))
        return None

    def note_saved(self, upload: str, version: SavedVersion) -> None:
        """Notes that the server has it, and gives its space back."""
        self._root.mkdir(exist_ok=True)
        partial = self._root / f".{upload}.json"
        said = {name: getattr(version, name) for name in SavedVersion.__slots__}
        partial.write_text(json.dumps(said), encoding="utf-8")
        partial.replace(self._note(upload))
        shutil.rmtree(self._root / upload, ignore_errors=True)

    def refusal(self, upload: str) -> str | None:
        """Why the server did not take it; None where it was not asked, or did."""
        with suppress(FileNotFoundError):
            return (self._root / upload / _REFUSED).read_text(encoding="utf-8")
        return None

    def note_refused(self, upload: str, reason: str | None) -> None:
        """Notes why the server does not take it; None where it is asked anew."""
        path = self._root / upload / _REFUSED
        if reason is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            put_whole(path, reason)

    def finishes_shared(self) -> bool:
        """Whether one waits that is to end a version which others have parts of."""
        for said in self._root.glob(f"*/{_OFFER}"):
            with suppress(FileNotFoundError):  # sent in this moment
                offer = json.loads(said.read_text(encoding="utf-8"))
                if offer.get("distributed_id") is not None and offer["is_last"]:
                    return True
        return False

    def clear_up(self) -> None:
        """Removes what processes that died left: half a copy, and what is on the server by now.

        Nothing, as long as some process writes here.
        """
        if self._folder.is_held():
            return
        for place in self._root.glob("*"):
            is_left = place.name.startswith(".") or self._note(place.name).exists()
            if is_left and place.is_dir():
                shutil.rmtree(place, ignore_errors=True)

    def _note(self, upload: str) -> Path:
        return self._root / f"{upload}.json"

    # Files

    def _fill(self, draft: Artifact, folder: Path) -> Iterator[str]:
        """Puts a draft's files into a folder, and tells the draft where they are now."""
        for entry in draft.entries:
            source = entry.source
            if source is None:
                continue
            held = folder / source.md5
            if held.exists():
                continue
            if self._link(source, held):
                continue
            try:
                now = _copy(source, held)
            except OSError as error:
                held.unlink(missing_ok=True)
                pass_on(error)
                if not source.is_lasting:
                    raise
                yield (
                    f"{source.path} could not be copied ({error.strerror or error}): leave it as "
                    "it is until it is sent"
                )
                continue
            if now.md5 != source.md5:
                held.rename(folder / now.md5)
                draft.replace_source(entry.path, replace(now, path=source.path))
                yield f"{source.path} was changed after it was added: it is logged as it is now"

    def _link(self, source: Source, held: Path) -> bool:
        """Whether a hard link does: of what was copied before, and of what nobody writes to."""
        candidates = [self._held.get(source.md5), source.path if source.is_fixed else None]
        for candidate in candidates:
            if candidate is None:
                continue
            with suppress(OSError):
                os.link(candidate, held)
                return True
        # Another file system; the user said that it stays as it is.
        return source.is_fixed and source.is_lasting


def _copy(source: Source, held: Path) -> Source:
    """A copy of a file as it is now.

    Raises:
        InvalidInput: It has gone, or cannot be read.
        OSError: The copy cannot be written.
    """
    try:
        opened = source.path.open("rb")
    except OSError as error:
        raise unreadable(source.path, error) from error
    with opened as file, held.open("xb") as copy:
        fill(file, copy)
        facts = os.fstat(file.fileno())
    if (facts.st_size, facts.st_mtime_ns) == (source.size_bytes, source.changed_at):
        return source
    return read_source(held)


def _text(offer: Offer, tags: Sequence[str], folder: Path) -> str:
    sources: dict[str, tuple[str | None, int, int]] = {}
    for md5, source in offer.sources.items():
        try:
            facts = (folder / md5).stat()
        except FileNotFoundError:
            sources[md5] = (str(source.path.absolute()), source.size_bytes, source.changed_at)
        else:
            sources[md5] = (None, facts.st_size, facts.st_mtime_ns)
    said: Mapping[str, Any] = {
        "collection": offer.collection,
        "type": offer.type,
        "description": offer.description,
        "metadata": offer.metadata,
        "aliases": list(offer.aliases),
        "tags": list(dict.fromkeys((*offer.tags, *tags))),
        "ttl_s": offer.ttl_s,
        "distributed_id": offer.distributed_id,
        "is_last": offer.is_last,
        "sources": sources,
    }
    return json.dumps(said)
