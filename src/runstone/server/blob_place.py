"""Where bytes are kept, as the setting `blobs` says it: in the data folder, or in a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

FOLDER: Final = "folder"

Addressing: TypeAlias = Literal["auto", "path", "virtual"]

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]", re.IGNORECASE)
_PREFIX: Final = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]*/)*")
_URL: Final = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_ADDRESSING: Final[dict[str, Addressing]] = {"auto": "auto", "path": "path", "virtual": "virtual"}
_SWITCHES: Final = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """A bucket, and how it is reached.

    Attributes:
        prefix: What all keys begin with: empty, or ends with `/`.
        presigned: Whether clients may talk to the bucket themselves.
        client_endpoint_url: How they reach it, where it is not `endpoint_url`.
    """

    bucket: str
    prefix: str
    endpoint_url: str | None = None
    client_endpoint_url: str | None = None
    region: str | None = None
    addressing: Addressing = "auto"
    profile: str | None = None
    presigned: bool = True

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def read_place(text: str) -> BucketPlace | None:
    """What the setting says; None for the folder.

    Raises:
        ValueError: It says neither.
    """
    if text.strip() == FOLDER:
        return None
    parts = urlsplit(text.strip())
    prefix = parts.path.strip("/")
    prefix = f"{prefix}/" if prefix else ""
    if (
        parts.scheme != "s3"
        or parts.fragment
        or not _BUCKET.fullmatch(parts.netloc)
        or not _PREFIX.fullmatch(prefix)
        or ".." in prefix
    ):
        raise ValueError(text)
    given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    options = dict(given)
    if len(options) != len(given):
        raise ValueError(text)
    presigned = _SWITCHES.get(options.pop("presigned", "on"))
    addressing = options.pop("addressing", "auto")
    known = {"endpoint_url", "client_endpoint_url", "region", "profile"}
    if presigned is None or addressing not in _ADDRESSING or options.keys() - known:
        raise ValueError(text)
    for name, value in options.items():
        if not value or (name.endswith("_url") and not _URL.fullmatch(value)):
            raise ValueError(text)
    return BucketPlace(
        parts.netloc,
        prefix,
        endpoint_url=options.get("endpoint_url"),
        client_endpoint_url=options.get("client_endpoint_url"),
        region=options.get("region"),
        addressing=_ADDRESSING[addressing],
        profile=options.get("profile"),
        presigned=presigned,
    )
