"""Files of runs on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.file_kinds import Preview


class RunFile(Struct):
    """A file saved with a run."""

    name: Annotated[str, Meta(description="Relative path; part of the file's address.")]
    size_bytes: int
    mime_type: Annotated[
        str, Meta(description="Guessed from the name; not always the one it is sent with.")
    ]
    md5: Annotated[
        str | None,
        Meta(description="Hexadecimal; its ETag, and `version` of an address that never changes."),
    ]
    updated_at: datetime
    preview: Annotated[Preview, Meta(description="How it can be shown.")]
    language: Annotated[str | None, Meta(description="Of code, such as `python`.")]


class FileList(Struct):
    """Files by name."""

    files: list[RunFile]
    next_after: Annotated[
        str | None, Meta(description="Pass as `after` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Files of the run, whatever was searched for.")]


class FileNames(Struct, forbid_unknown_fields=True):
    """Files by name."""

    names: Annotated[
        list[Annotated[str, Meta(max_length=4_096)]], Meta(min_length=1, max_length=1_000)
    ]


class KnownFiles(Struct):
    """Those whose bytes are here."""

    md5s: Annotated[
        dict[str, str | None],
        Meta(description="MD5 by name, hexadecimal; null where it is not known."),
    ]
