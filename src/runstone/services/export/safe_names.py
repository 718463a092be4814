"""Names that people gave, as names of files and folders on any system."""

from __future__ import annotations

import re
from typing import Final

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_MAX_BYTES: Final = 200


def safe_name(name: str) -> str:
    """One folder or file: never a path, never `..`, nothing that Windows refuses."""
    safe = _UNSAFE.sub("_", name).rstrip(". ") or "_"
    if _RESERVED.match(safe):
        safe = "_" + safe
    return safe.encode()[:_MAX_BYTES].decode(errors="ignore")


def safe_path(path: str) -> str:
    """A relative path, each of its parts made safe."""
    return "/".join(safe_name(part) for part in path.split("/") if part)


class DistinctNames:
    """Keeps names apart that became alike, in capitals or not."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """The name, or one with a number at its end."""
        stem, dot, suffix = name.rpartition(".")
        if not dot or "/" in suffix:
            stem, suffix = name, ""
        found, number = name, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{stem}~{number}{dot if suffix else ''}{suffix}"
        self._taken.add(found.casefold())
        return found
