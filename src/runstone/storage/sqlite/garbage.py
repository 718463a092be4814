"""What nobody can reach any more, in SQLite.

A removed run's rows go from the outside in: those that are many first, the note that the run was
removed last. So a process that dies anywhere leaves a note, and the next goes on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import apsw

from runstone.domain.history import StreamKind
from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.storage import MEDIA_PREFIX, Erased, Usage
from runstone.ports.garbage import Garbage, UnusedKeys
from runstone.storage.sql.named import load
from runstone.storage.sqlite.history import SqliteHistory

_SQL: Final = load("runstone.storage.sqlite", "queries/garbage.sql")

_MAX_LINES: Final = 5_000
_MAX_FILES: Final = 500
_MAX_KEYS: Final = 1_000
_REFERENCE_BYTES: Final = 128
"""What erasing a reference costs, as if in bytes: in one of its two trees it stands anywhere."""
_ROW_BYTES: Final = 500


class SqliteGarbage(Garbage):
    """Finding and erasing within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def removed_runs(self, *, limit: int) -> Sequence[RunId]:
        return [row[0] for row in self._rows("removed_runs", max(limit, 0))]

    def removed_artifacts(self, *, limit: int) -> Sequence[ArtifactId]:
        return [row[0] for row in self._rows("removed_artifacts", max(limit, 0))]

    def blobs_of(self, run: RunId) -> frozenset[str]:
        return frozenset(row[0] for row in self._rows("blobs_of", run))

    def unused_keys(self) -> UnusedKeys:
        ((since,),) = self._rows("first_open_segment")
        used = {row[0] for row in self._rows("used_keys")}
        unused = [row[0] for row in self._rows("all_keys") if row[0] not in used]
        return UnusedKeys(unused, since)

    def erase_some(self, run: RunId, *, max_bytes: int) -> Erased:
        if not self._rows("is_removed", run):
            return Erased()
        self._rows("drop_cursors", run)
        history = SqliteHistory(self._connection)
        for kind in (StreamKind.SYSTEM, StreamKind.HISTORY, StreamKind.CONSOLE):
            num_bytes, is_done = history.erase_some(run, max_bytes=max_bytes, kind=kind)
            if num_bytes or not is_done:
                is_system = kind is StreamKind.SYSTEM
                usage = Usage(system=num_bytes) if is_system else Usage(history=num_bytes)
                return Erased(usage, is_done=False)
        erased = (
            self._erase_lines(run, max_bytes)
            or self._erase_files(run)
            or self._erase_history_files(run)
        )
        if erased is not None:
            return erased
        self._rows("drop_size", run)
        self._rows("forget_removed", run)
        return Erased()

    def forget_keys(self, unused: UnusedKeys) -> int:
        forgotten = 0
        for start in range(0, len(unused.ids), _MAX_KEYS):
            part = list(unused.ids[start : start + _MAX_KEYS])
            bindings = {"ids": json.dumps(part), "since": unused.since}
            self._connection.execute(_SQL["drop_keys"], bindings)
            forgotten += self._connection.changes()
        return forgotten

    def erase_artifacts(self, *, max_bytes: int) -> int:
        erased = 0
        while erased < max_bytes and (found := self.removed_artifacts(limit=1)):
            erased += self._erase_artifact(found[0], max_bytes - erased)
        return erased

    def _erase_artifact(self, artifact: ArtifactId, max_bytes: int) -> int:
        manifests = self._rows("some_manifest", artifact)
        if manifests:
            ((manifest, size),) = manifests
            self._rows("drop_manifest", manifest)
            return _ROW_BYTES + (size or 0)
        max_rows = max_bytes // _REFERENCE_BYTES + 1
        self._rows("drop_references", artifact, max_rows)
        num_rows = self._connection.changes()
        if num_rows < max_rows:
            self._rows("forget_removed_artifact", artifact)
        return _ROW_BYTES + num_rows * _REFERENCE_BYTES

    def _erase_lines(self, run: RunId, max_bytes: int) -> Erased | None:
        num_bytes = 0
        last: tuple[str, int] | None = None
        for writer, number, size in self._connection.execute(_SQL["line_sizes"], (run, _MAX_LINES)):
            last = (writer, number)
            num_bytes += size
            if num_bytes >= max_bytes:
                break
        if last is None:
            return None
        self._rows("drop_lines", run, *last)
        return Erased(Usage(console=num_bytes), is_done=False)

    def _erase_files(self, run: RunId) -> Erased | None:
        found = self._rows("some_files", run, _MAX_FILES)
        if not found:
            return None
        self._rows("drop_files", run, found[-1][0])
        media = sum(size for name, _, size in found if name.startswith(MEDIA_PREFIX))
        files = sum(size for *_, size in found) - media
        blobs = tuple(blob for _, blob, _ in found if blob is not None)
        return Erased(Usage(files=files, media=media), blobs, is_done=False)

    def _erase_history_files(self, run: RunId) -> Erased | None:
        found = self._rows("drop_history_files", run)
        blobs = tuple(blob for (blob,) in found if blob is not None)
        return Erased(blobs=blobs, is_done=False) if found else None

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()
