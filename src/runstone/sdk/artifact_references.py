"""References: files that a version names and that lie elsewhere, noted and fetched.

The base install reads `file://`, `http://` and `https://`. Of all others only the address is noted.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import urllib3
from urllib3.exceptions import HTTPError

from runstone.domain.errors import CorruptData, InvalidInput, NotFound, Unavailable
from runstone.sdk.artifact_walking import files_below, reading

_PIECE_BYTES: Final = 1 << 20
_TIMEOUT: Final = urllib3.Timeout(connect=10.0, read=60.0)
_FETCHED: Final = ("file", "http", "https")


@dataclass(frozen=True, slots=True)
class Noted:
    """What is known of a file elsewhere.

    Attributes:
        name: Below the name that it is added under; empty for that itself.
        digest: Changes when the file does, as far as can be told.
    """

    name: str
    uri: str
    digest: str
    size_bytes: int


def can_fetch(uri: str) -> bool:
    """Whether the base install can read it."""
    return urlsplit(uri).scheme in _FETCHED


def note(uri: str, *, checksum: bool, max_objects: int) -> list[Noted]:
    """What is to be noted of a URI: itself, or the files below it where it is a folder here.

    Args:
        checksum: Look at it; else only the address counts, and nothing says whether it changes.

    Raises:
        InvalidInput: No URI, or a folder with too many files.
        NotFound: Nothing is there.
        Unavailable: Its server does not answer.
    """
    scheme = urlsplit(uri).scheme
    if not scheme or (len(scheme) == 1 and os.name == "nt"):
        raise InvalidInput(
            f"{uri!r} is no URI: write file:///folder/file, https://… or s3://bucket/key. What is "
            "to be uploaded is added with add_file() or add_dir()."
        )
    if scheme == "file":
        return list(_note_files(uri, checksum=checksum, max_objects=max_objects))
    if checksum and scheme in ("http", "https"):
        with _answer(uri) as response:
            return [Noted("", uri, _etag(response, uri), _size(response))]
    return [Noted("", uri, uri, 0)]


def fetch(uri: str, digest: str, file: BinaryIO) -> None:
    """Writes what a reference leads to into a file.

    Raises:
        NotFound: Nothing is there any more.
        CorruptData: Something else is there now (code `reference-changed`).
        InvalidInput: It is of a kind that is not fetched (code `reference-not-fetched`).
        Unavailable: Its server does not answer, or was cut off.
    """
    match urlsplit(uri).scheme:
        case "file":
            _fetch_file(uri, digest, file)
        case "http" | "https":
            _fetch_http(uri, digest, file)
        case scheme:
            raise InvalidInput(
                f"{uri} is not fetched by Runstone: {scheme}:// needs that store's own tool. "
                "allow_missing_references=True, in the shell --allow-missing-references, "
                "downloads the rest.",
                code="reference-not-fetched",
            )


# Files here


def _path_of(uri: str) -> Path:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise InvalidInput(f"{uri!r} names a file of another machine: write file:///folder/file.")
    return Path(url2pathname(parts.path) if os.name == "nt" else unquote(parts.path))


def _note_files(uri: str, *, checksum: bool, max_objects: int) -> Iterator[Noted]:
    path = _path_of(uri)
    if not path.exists():
        raise NotFound(f"{uri} leads to no file on this machine.", code="reference-missing")
    if not path.is_dir():
        yield _noted_file("", uri, path, checksum=checksum)
        return
    found = list(files_below(path))
    if len(found) > max_objects:
        raise InvalidInput(
            f"{uri} holds {len(found):,} files; raise max_objects ({max_objects:,}) if all are "
            "meant."
        )
    for name, place in found:
        yield _noted_file(name, f"{uri.rstrip('/')}/{name}", place, checksum=checksum)


def _noted_file(name: str, uri: str, path: Path, *, checksum: bool) -> Noted:
    digest = hashlib.md5(usedforsecurity=False)
    with reading(path) as file:
        if checksum:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
        else:
            digest.update(uri.encode())
        size = os.fstat(file.fileno()).st_size
    return Noted(name, uri, base64.b64encode(digest.digest()).decode(), size)


def _fetch_file(uri: str, digest: str, target: BinaryIO) -> None:
    path = _path_of(uri)
    if not path.is_file():
        raise NotFound(f"{uri} leads to no file on this machine.", code="reference-missing")
    seen = hashlib.md5(usedforsecurity=False)
    with reading(path) as file:
        while piece := file.read(_PIECE_BYTES):
            seen.update(piece)
            target.write(piece)
    by_address = hashlib.md5(uri.encode(), usedforsecurity=False)
    if digest not in (base64.b64encode(one.digest()).decode() for one in (seen, by_address)):
        raise _changed(uri)


# HTTP


def _fetch_http(uri: str, digest: str, target: BinaryIO) -> None:
    with _answer(uri) as response:
        if digest not in (_etag(response, uri), uri):
            raise _changed(uri)
        try:
            for piece in response.stream(_PIECE_BYTES, decode_content=False):
                target.write(piece)
        except HTTPError as error:
            raise Unavailable(f"{uri} was cut off: {error}.", code="cut") from error


@contextmanager
def _answer(uri: str) -> Iterator[urllib3.BaseHTTPResponse]:
    with urllib3.PoolManager(timeout=_TIMEOUT) as pool:
        try:
            # As it is: what a server packs on its way has another ETag.
            response = pool.request(
                "GET", uri, preload_content=False, headers={"accept-encoding": "identity"}
            )
        except HTTPError as error:
            raise Unavailable(f"{uri} does not answer: {error}.", code="no-answer") from error
        try:
            if response.status >= 300:
                raise NotFound(
                    f"{uri} answers with status {response.status}.", code="reference-missing"
                )
            yield response
        finally:
            response.close()


def _etag(response: urllib3.BaseHTTPResponse, uri: str) -> str:
    said = response.headers.get("etag", "")
    return said.removeprefix('"').removesuffix('"') or uri


def _size(response: urllib3.BaseHTTPResponse) -> int:
    said = response.headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _changed(uri: str) -> CorruptData:
    return CorruptData(
        f"{uri} leads to something else than when it was logged: its digest differs.",
        code="reference-changed",
    )
