"""A logged table as an artifact too, as wandb's people fetch tables: `run-<id>-<key>:latest`.

A table that grows is an artifact of which each version holds the files of the one before and
another one with the new rows; their names say in which order they belong.

`log()` notes only that there is one: what is sent is put together from the table's file and those
of its media, when the sender comes to it.
"""

from __future__ import annotations

import json
import os
import re
import time
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runstone.tracking.saving import FILES

if TYPE_CHECKING:
    from runstone.sdk.artifact_drafts import Artifact

TYPE: Final = "run_table"
TYPE_OF_GROWING: Final = "wandb-run-incremental-table"
"""Source: wandb `sdk/internal/incremental_table_util.py`, also of names."""
_INCREMENTAL: Final = "INCREMENTAL"
_NUMBERED: Final = re.compile(r"(\d+)-\d+\.")
_UNSAFE: Final = re.compile(r"[^a-zA-Z0-9_.-]+")
_MAX_NAME_CHARS: Final = 128


def note_of_table(key: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """What a run's journal says of a table that was logged."""
    noted = {"table": os.urandom(18).hex(), "key": key, **_said_of(document)}
    # By it the new rows are told from all others of the artifact.
    return noted | ({"grown_at": time.time_ns()} if noted["log_mode"] == _INCREMENTAL else {})


def grows(noted: Mapping[str, Any]) -> bool:
    """Whether what was noted are new rows of a table that grows."""
    return "grown_at" in noted


def number_after(paths: Iterable[str], noted: Mapping[str, Any]) -> int:
    """The number of new rows that come after those in a version with these files."""
    own = f"-{noted['grown_at']}."
    found = (_NUMBERED.match(path) for path in paths if own not in path)
    return max((int(one[1]) + 1 for one in found if one is not None), default=0)


def table_artifact(
    folder: Path, run: str, noted: Mapping[str, Any], number: int | None = None
) -> Artifact:
    """The artifact of a table that was logged; of one that grows what is new in it.

    Args:
        folder: Of the run.
        noted: As `note_of_table` says it.
        number: Of the new rows of a table that grows.

    Raises:
        OSError: The table's file is gone.
        InvalidInput: One of its media is, or the key is nothing that a file can be called.
    """
    # Not above: `log()` of the first table would wait for it.
    from runstone.sdk.artifact_drafts import Artifact

    files = folder / FILES
    rows = json.loads((files / noted["path"]).read_text(encoding="utf-8"))
    document = {"_type": "table", **rows, **_said_of(noted)}
    del document["path"]
    name = f"{noted['key']}.table.json"
    made = Artifact(collection_noted(run, noted), TYPE_OF_GROWING if grows(noted) else TYPE)
    if number is not None:
        document |= {"increment_num": number, "previous_increments_paths": []}
        name = f"{number}-{noted['grown_at']}.{name}"
    for path in dict.fromkeys(_paths_in(rows["data"])):
        # A cell may hold whatever looks like a file, and is none.
        if not os.path.isabs(path) and ".." not in path and (files / path).is_file():
            made.add_file(files / path, path, policy="immutable")
    with made.new_file(name) as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
    return made


def collection_noted(run: str, noted: Mapping[str, Any]) -> str:
    """What the artifact of a table is called, as `note_of_table` says it."""
    return collection_of(run, f"incr-{noted['key']}" if grows(noted) else noted["key"])


def collection_of(run: str, key: str) -> str:
    """What the artifact of a run's table is called; the same as with the wandb client."""
    wanted = f"run-{run}-{key}"
    name = _UNSAFE.sub("", wanted)
    if name == wanted and len(name) <= _MAX_NAME_CHARS:
        return name
    # Which letters were left out is told by a checksum.
    mark = urlsafe_b64encode(zlib.crc32(wanted.encode()).to_bytes(4)).decode().rstrip("=")
    return f"{name[: _MAX_NAME_CHARS - len(mark) - 1]}-{mark}"


def _said_of(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("path", "ncols", "nrows", "log_mode")}


def _paths_in(value: Any) -> Iterator[str]:
    """Of all documents of media in cells, their boxes and masks too."""
    if isinstance(value, dict):
        if isinstance(path := value.get("path"), str) and path:
            yield path
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from _paths_in(item)
