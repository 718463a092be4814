"""Records of run files in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from runstone.domain.errors import NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import RunFile
from runstone.ports.files import Files, check_pattern
from runstone.storage.memory.tables import Tables, text


class MemoryFiles(Files):
    """File records among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def file(self, run: RunId, name: str) -> RunFile | None:
        return self._tables.files.get((run, text(name)))

    def list_files(
        self,
        run: RunId,
        *,
        names: Sequence[str] | None = None,
        like: str | None = None,
        prefix: str = "",
        contains: str = "",
        after: str | None = None,
        limit: int = 1_000,
    ) -> Sequence[RunFile]:
        pattern = None if like is None else _pattern(check_pattern(like))
        part = _lower(contains)
        found = [
            file
            for (owner, name), file in sorted(self._tables.files.items())
            if owner == run
            and file.blob is not None
            and name > (after or "")
            and (names is None or name in names)
            and (pattern is None or pattern.fullmatch(name))
            and name.startswith(prefix)
            and part in _lower(name)
        ]
        return found[: max(limit, 0)]

    def count_files(self, run: RunId) -> int:
        return sum(
            owner == run and file.blob is not None
            for (owner, _), file in self._tables.files.items()
        )

    def announce(self, run: RunId, names: Sequence[str]) -> None:
        self._require(run)
        for name in names:
            announced = RunFile(run, text(name), None, 0, None, "", self._now)
            self._tables.files.setdefault((run, name), announced)

    def arrived(
        self, run: RunId, name: str, *, blob: str, size_bytes: int, md5: str, mime_type: str
    ) -> str | None:
        self._require(run)
        before = self.file(run, name)
        self._tables.files[run, name] = RunFile(
            run, name, blob, size_bytes, md5, mime_type, self._now
        )
        return before.blob if before and before.blob != blob else None

    def delete_file(self, run: RunId, name: str) -> str | None:
        gone = self._tables.files.pop((run, text(name)), None)
        return gone.blob if gone else None

    def _require(self, run: RunId) -> None:
        if run not in self._tables.runs:
            raise NotFound("The run is gone.")


def _pattern(like: str) -> re.Pattern[str]:
    words = {"%": ".*", "_": "."}
    expression = "".join(words.get(c) or re.escape(c) for c in like)
    return re.compile(expression, re.DOTALL | re.IGNORECASE | re.ASCII)


def _lower(text: str) -> str:
    """ASCII letters small; all else stays."""
    return text.translate({upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)})
