"""Opens the blob store that the settings name, if it is the one that the data folder belongs to.

With another one every file would seem lost, and a bucket that two servers share would lose files:
each would collect what the other keeps. So a bucket holds a mark with an identity, and the data
folder remembers it. Whoever moves bytes moves the mark along, or removes what remembers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from runstone.domain.errors import Conflict, NotFound, Unavailable
from runstone.ports.blobs import Blobs
from runstone.server.blob_place import BucketPlace
from runstone.server.folder import DataFolder
from runstone.storage.localfs.blobs import LocalBlobs

BLOBS_NAME: Final = "blobs"
MEMORY_NAME: Final = "blobs.json"
MARK: Final = "runstone.json"
_MAX_MARK_BYTES: Final = 10_000


def open_blobs(place: BucketPlace | None, folder: DataFolder) -> Blobs:
    """The blob store; whoever opened it closes it. Not to be called on a running event loop.

    Raises:
        Conflict: It is not the one that the data folder belongs to (code `other-blobs`).
        Unavailable: A bucket that is not there, not reachable, or refuses us.
    """
    local = folder.path / BLOBS_NAME
    remembered = folder.path / MEMORY_NAME
    if place is None:
        if remembered.exists():
            raise _other(
                f"The files of {folder.path} are in {_read(remembered)['address']}, and the "
                "setting blobs says that they are in the folder. Set blobs as it was; or copy "
                f"them from there into {local}, remove {remembered}, and start again."
            )
        return LocalBlobs(local)
    if _has_files(local):
        raise _other(
            f"The files of {folder.path} are in {local}, and the setting blobs says that they are "
            f"in {place}. Leave blobs out; or copy all that is in {local} to {place}, move the "
            "folder away, and start again."
        )
    blobs = _open_bucket(place)
    try:
        asyncio.run(_check(blobs, place, folder))
    except BaseException:
        blobs.close()
        raise
    return blobs


def _open_bucket(place: BucketPlace) -> Blobs:
    try:
        # Loading it takes half a second: for those who use it.
        from runstone.storage.s3 import Bucket, S3Blobs
    except ModuleNotFoundError as error:
        if error.name not in ("boto3", "botocore"):
            raise
        raise Unavailable(
            "Files in a bucket need one more package: pip install 'runstone[s3]'.", code="no-boto3"
        ) from error
    logging.getLogger("botocore").setLevel(logging.WARNING)  # it tells where it found credentials
    bucket = Bucket(
        place.bucket,
        place.endpoint_url,
        client_endpoint_url=place.client_endpoint_url,
        region=place.region,
        addressing=place.addressing,
        profile=place.profile,
    )
    return S3Blobs(bucket, place.prefix, presigned=place.presigned)


async def _check(blobs: Blobs, place: BucketPlace, folder: DataFolder) -> None:
    remembered = folder.path / MEMORY_NAME
    known = _read(remembered) if remembered.exists() else None
    mine = known["id"] if known else None
    marked = await _mark(blobs)
    if known and marked is None and known["address"] == str(place) and await _is_empty(blobs):
        marked = await _set_mark(blobs, known["id"])  # the first start was cut off just before it
    if mine is not None and marked != mine:
        found = "has the files of another server" if marked else "has no files of this server"
        raise _other(
            f"{place} {found}; those of {folder.path} are in {_read(remembered)['address']}. Set "
            f"blobs as it was; or copy all that is there to {place}, {MARK} too, and start again."
        )
    if marked is not None and mine is None:
        raise _other(
            f"{place} holds the files of another data folder. Choose another prefix, such as "
            f"{place}{folder.path.name}; or, if this folder is a copy of that one, which is served "
            f"no more, copy its {MEMORY_NAME} too."
        )
    async for _ in blobs.list_blobs("nothing/"):  # whether we may
        break
    if mine is None:
        mine = secrets.token_hex(16)
        # First here: should we die in between, the mark is made at the next start.
        folder.remember(MEMORY_NAME, {"id": mine, "address": str(place)})
        await _set_mark(blobs, mine)


async def _mark(blobs: Blobs) -> str | None:
    try:
        chunks = [chunk async for chunk in blobs.read(MARK, end=_MAX_MARK_BYTES)]
        return str(json.loads(b"".join(chunks))["id"])
    except NotFound:
        return None
    except (ValueError, KeyError, TypeError):
        return "damaged"


async def _set_mark(blobs: Blobs, identity: str) -> str:
    await blobs.put(MARK, _once(json.dumps({"id": identity}).encode()))
    return identity


async def _is_empty(blobs: Blobs) -> bool:
    async for _ in blobs.list_blobs(""):
        return False
    return True


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _read(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {"id": str(found["id"]), "address": str(found["address"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            f"{file} cannot be read: {error}. Restore it from a backup.", code="storage-not-usable"
        ) from error


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(
        path.is_file() for path in folder.rglob("*") if ".incoming" not in path.parts
    )


def _other(message: str) -> Conflict:
    return Conflict(message, code="other-blobs")
