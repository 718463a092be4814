"""Which runs logged and used which versions, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import apsw
import orjson

from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.lineage import RunPlace, VersionPlace
from runstone.domain.run import RunState
from runstone.ports.lineage import LineageReader
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/lineage.sql")


class SqliteLineage(LineageReader):
    """Lineage within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def inputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        return self._rows("inputs_of", runs)

    def outputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        return self._rows("outputs_of", runs)

    def users_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        return self._rows("users_of", artifacts)

    def makers_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        return self._rows("makers_of", artifacts)

    def versions(self, artifacts: Sequence[ArtifactId]) -> Sequence[VersionPlace]:
        return [_version(row) for row in self._rows("versions", artifacts)]

    def runs(self, runs: Sequence[RunId]) -> Sequence[RunPlace]:
        return [_run(row) for row in self._rows("runs", runs)]

    def _rows(self, statement: str, ids: Sequence[int]) -> list[Any]:
        wanted = orjson.dumps(list(ids)).decode()
        return self._connection.execute(_SQL[statement], (wanted,)).fetchall()


def _version(row: Any) -> VersionPlace:
    values = list(row)
    values[6] = tuple(orjson.loads(values[6]))
    values[9] = from_micros(values[9])
    return VersionPlace(*values)


def _run(row: Any) -> RunPlace:
    values = list(row)
    values[6] = RunState(values[6])
    values[7] = from_micros(values[7])
    return RunPlace(*values)
