"""Columns of runs in SQLite.

A column comes as one JSON array: parsing that takes a tenth of the time of fetching the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import apsw
import orjson

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.filters import Key, Source
from runstone.domain.ids import ProjectId
from runstone.domain.run import Run
from runstone.ports.run_columns import (
    MAX_CUT_PARTS,
    ColumnValues,
    HistoryColumn,
    RunColumns,
    RunsHead,
)
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.sql.named import load
from runstone.storage.sqlite.beside import Beside, map_file
from runstone.storage.sqlite.history_columns import SqliteHistoryColumns
from runstone.storage.sqlite.runs import runs_by_ids

_SQL: Final = load("runstone.storage.sqlite", "queries/run_columns.sql")

_FIELDS: Final = {
    "id": "r.name",
    "name": "r.display_name",
    "state": "r.state",
    "created_at": "r.created_at",
    "heartbeat_at": "r.heartbeat_at",
    "finished_at": "r.finished_at",
    "duration_s": "(coalesce(r.finished_at, r.heartbeat_at) - r.created_at) / 1e6",
    "user": "u.name",
    "group": "r.run_group",
    "job_type": "r.job_type",
    "tags": "json(r.tags)",
    "notes": "r.notes",
    "host": "r.host",
    "program": "r.program",
    "commit": "r.git_commit",
    "remote": "r.git_remote",
    "sweep": "r.sweep",
    "exit_code": "r.exit_code",
    "stop_requested": "json(iif(r.stop_requested, 'true', 'false'))",
    "archived": "json(iif(r.archived, 'true', 'false'))",
}
_DOCUMENT: Final = {
    Source.CONFIG: ("run_config", "d.config"),
    Source.SUMMARY: ("run_summary", "d.summary"),
}
_MANY: Final = 1_000
"""Runs whose histories are read by passing over a whole table."""
_SPARSE: Final = 2
"""From so many ids to a run of the project on, its documents are looked up one by one."""
LARGE: Final = 20_000
"""From so many runs on, two readers share a pass over a table."""


class SqliteRunColumns(RunColumns):
    """Columns within one open transaction."""

    def __init__(
        self,
        connection: apsw.Connection,
        cache: ReadCache | None = None,
        beside: Beside | None = None,
        *,
        large: int = LARGE,
    ) -> None:
        """Binds to a transaction.

        Args:
            cache: What reading transactions share; never one that writes.
            beside: Likewise.
            large: From so many runs on it is asked for help.
        """
        self._connection = connection
        self._cache = cache
        self._beside = beside
        self._large = large

    def head(self, project: ProjectId) -> RunsHead:
        changed, deleted = self._one(_SQL["head"], {"project": project})
        return RunsHead(max(changed, deleted), deleted)

    def ids(self, project: ProjectId) -> Sequence[int]:
        found: list[int] = _decode(self._one(_SQL["ids"], {"project": project})[0])
        return found

    def values(
        self, project: ProjectId, keys: Sequence[Key], *, after: int, in_trash: bool = False
    ) -> ColumnValues:
        by_source: dict[Source, list[Key]] = {}
        for key in dict.fromkeys(keys):
            by_source.setdefault(key.source, []).append(key)
        ids: list[int] | None = None
        columns: dict[Key, Sequence[JsonValue]] = {}
        of_history = by_source.pop(Source.HISTORY, [])
        # One statement for each table: reading two side by side doubles the time of each.
        for source, of_source in (by_source or {Source.RUN: []}).items():
            found, *arrays = self._read(project, source, of_source, after, in_trash)
            if ids is not None and found != ids:
                places = {run: place for place, run in enumerate(found)}
                order = [places[run] for run in ids]
                arrays = [[array[place] for place in order] for array in arrays]
            ids = found if ids is None else ids
            columns.update(zip(of_source, arrays, strict=True))
        if of_history:
            values = self.history_values(ids or [], of_history)
            columns.update(zip(of_history, values, strict=True))
        return ColumnValues(ids or [], [columns[key] for key in keys])

    def history_values(self, ids: Sequence[int], keys: Sequence[Key]) -> Sequence[HistoryColumn]:
        if len(ids) >= _MANY:
            map_file(self._connection)
        beside = self._beside if len(ids) >= self._large else None
        columns = SqliteHistoryColumns(self._connection, self._cache, beside).columns(ids, keys)
        return [list(map(columns[key].get, ids)) for key in keys]

    def runs(self, ids: Sequence[int]) -> Sequence[Run]:
        found = runs_by_ids(self._connection, ids)
        return [found[identifier] for identifier in ids if identifier in found]

    def documents(
        self, source: Source, ids: Sequence[int]
    ) -> Iterator[tuple[int, dict[str, JsonValue]]]:
        statement = "configs" if source is Source.CONFIG else "summaries"
        rows = self._connection.execute(_SQL[statement], (json.dumps(list(ids)),))
        for identifier, text in rows:
            yield identifier, _decode(text)

    def count_fields(self, project: ProjectId) -> Mapping[str, int]:
        counts = ", ".join(
            f"count({'nullif(r.tags, char(91, 93))' if name == 'tags' else expression})"
            for name, expression in _FIELDS.items()
            if name != "user"
        )
        total, *others = self._one(
            f"SELECT count(*), {counts} FROM run r "  # noqa: S608
            "WHERE r.project_id = :project AND r.deleted_at IS NULL",
            {"project": project},
        )
        names = [name for name in _FIELDS if name != "user"]
        return {"user": total, **dict(zip(names, others, strict=True))}

    def _one(self, sql: str, bindings: dict[str, Any]) -> tuple[Any, ...]:
        rows: list[tuple[Any, ...]] = self._connection.execute(sql, bindings).fetchall()
        return rows[0]

    def _read(
        self,
        project: ProjectId,
        source: Source,
        keys: Sequence[Key],
        after: int,
        in_trash: bool,
    ) -> list[list[Any]]:
        """The runs, and an array for each key. Everything from outside is bound."""
        bindings: dict[str, Any] = {"project": project, "after": after}
        changed = "AND r.change_seq > :after" if after > 0 else ""
        where = f"r.project_id = :project AND r.deleted_at IS {'NOT' * in_trash} NULL {changed}"
        if source is Source.RUN:
            arrays = "".join(f", json_group_array({_FIELDS[key.path]})" for key in keys)
            user = "JOIN entity u ON u.id = r.user_id" if "u.name" in arrays else ""
            return self._arrays(
                f"SELECT json_group_array(r.id){arrays} FROM run r {user} "  # noqa: S608
                f"WHERE {where}",
                bindings,
            )
        table, column = _DOCUMENT[source]
        # JSON texts side by side with commas between: the inside of an array.
        arrays = "".join(
            f", group_concat(coalesce({_at_path(column, key.path, bindings)}, 'null'))"
            for key in keys
        )
        select = f"SELECT group_concat(d.run_id){arrays} FROM"
        if after <= 0 and not in_trash:
            map_file(self._connection)
            low, high, count = self._one(_SQL["span"], bindings)
            if count and high - low < _SPARSE * count:
                # In the order of the disk, a third faster than by look-ups.
                bindings |= {"low": low, "high": high}
                found = self._pass_over(
                    f"{select} {table} d WHERE d.run_id BETWEEN :low AND :high "  # noqa: S608
                    "AND d.run_id NOT IN (SELECT id FROM run WHERE project_id = :project "
                    "AND deleted_at IS NOT NULL)",
                    f"{select} run r CROSS JOIN {table} d ON d.run_id = r.id "  # noqa: S608
                    f"WHERE {where} AND r.id IN (SELECT value FROM json_each(:runs))",
                    bindings,
                    count,
                )
                if len(found[0]) == count:
                    return found  # nothing of another project in between
        return _insides(
            self._connection,
            f"{select} run r CROSS JOIN {table} d ON d.run_id = r.id WHERE {where}",
            bindings,
        )

    def _pass_over(
        self, sql: str, of_runs: str, bindings: dict[str, Any], count: int
    ) -> list[list[Any]]:
        """The columns of the runs from `low` to `high`: by two readers, where it is worth it."""
        low, high = bindings["low"], bindings["high"]
        middle = (low + high) // 2
        upper = bindings | {"low": middle + 1}

        def read_upper(connection: apsw.Connection) -> list[list[Any]]:
            return _insides(connection, sql, upper)

        is_large = self._beside is not None and count >= self._large
        future = self._beside.start(self._connection, read_upper) if is_large else None  # type: ignore[union-attr]
        if future is None:
            return _insides(self._connection, sql, bindings)
        found = _insides(self._connection, sql, bindings | {"high": middle})
        later = future.result()
        changed = [] if later is None else [run for run in later.changed if middle < run <= high]
        own = _insides(self._connection, of_runs, bindings | {"runs": json.dumps(changed)})
        if later is None or not _put_over(later.value, own, len(changed)):
            return _insides(self._connection, sql, bindings)
        return [[*ours, *theirs] for ours, theirs in zip(found, later.value, strict=True)]

    def _arrays(self, sql: str, bindings: dict[str, Any]) -> list[list[Any]]:
        return [_decode(text) for text in self._one(sql, bindings)]


def _insides(connection: apsw.Connection, sql: str, bindings: dict[str, Any]) -> list[list[Any]]:
    rows: list[tuple[Any, ...]] = connection.execute(sql, bindings).fetchall()
    return [_decode(f"[{text or ''}]") for text in rows[0]]


def _put_over(found: list[list[Any]], own: list[list[Any]], num_changed: int) -> bool:
    """Puts the runs of `own` in the place of theirs; whether all that changed are in both."""
    ids, *arrays = found
    if len(own[0]) != num_changed:
        return False
    if not num_changed:
        return True
    places = {run: place for place, run in enumerate(ids)}
    for number, run in enumerate(own[0]):
        if run not in places:
            return False
        for array, values in zip(arrays, own[1:], strict=True):
            array[places[run]] = values[number]
    return True


def _at_path(column: str, path: str, bindings: dict[str, Any]) -> str:
    """SQL for `runstone.ports.run_columns.lookup`."""

    def bound(labels: list[str]) -> str:
        # As `documents.encode` writes keys: a leading $ is doubled.
        escaped = (("$" + label) if label.startswith("$") else label for label in labels)
        name = f"p{len(bindings)}"
        bindings[name] = "$" + "".join(
            "." + json.dumps(label, ensure_ascii=False) for label in escaped
        )
        return f"{column} -> :{name}"

    def cut(labels: list[str], parts: list[str]) -> str:
        """Finds `parts` below `labels`; NULL where nothing is there, 'null' for null."""
        ways = [bound([*labels, ".".join(parts)])]
        for length in range(len(parts) - 1, 0, -1):
            key = [*labels, ".".join(parts[:length])]
            # Most runs lack the shorter key, which spares the look-ups below it.
            below = cut(key, parts[length:])
            ways.append(f"CASE WHEN {bound(key)} IS NOT NULL THEN {below} END")
        return ways[0] if len(ways) == 1 else f"coalesce({', '.join(ways)})"

    parts = path.split(".")
    if len(parts) > MAX_CUT_PARTS:
        return f"coalesce({bound([path])}, {bound(parts)})"
    return cut([], parts)


def _decode(text: str) -> Any:
    if '"$' not in text:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # what only the standard library reads: lone surrogates
    return documents.decode(text)
