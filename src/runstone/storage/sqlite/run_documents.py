"""Documents of runs in SQLite: config, client info and summary.

A summary of a million keys is told few of them at a time. Beside a large one lies what was said
since it was written; it is written anew when as much lies there, or when somebody has time for it.
So each entry costs about the same, however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import apsw

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import RunDocuments, RunTexts
from runstone.storage.sql.named import load

_SQL: Final = load("runstone.storage.sqlite", "queries/run_documents.sql")
_LARGE_BYTES: Final = 65_536
"""Smaller summaries are written whole each time, which takes less than a millisecond."""


class SqliteRunDocuments:
    """What `SqliteRuns` knows of documents, within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Binds to a transaction."""
        self._connection = connection

    def documents(self, run: RunId) -> RunDocuments:
        (texts,) = self._of_run("documents", run)
        config, client_info, summary = map(documents.decode, texts)
        return RunDocuments(config, client_info, self._with_entries(run, summary))

    def config(self, run: RunId) -> dict[str, JsonValue]:
        return self._document("config", run)

    def client_info(self, run: RunId) -> dict[str, JsonValue]:
        return self._document("client_info", run)

    def summary(self, run: RunId) -> dict[str, JsonValue]:
        return self._with_entries(run, self._document("summary", run))

    def client_infos_of(self, runs: Sequence[RunId]) -> dict[RunId, str]:
        return dict(self._statement("client_infos_of", json.dumps(list(runs))))

    def texts_of(self, runs: Sequence[RunId]) -> dict[RunId, RunTexts]:
        rows = self._statement("texts_of", json.dumps(list(runs)))
        texts = {run: RunTexts(*texts) for run, *texts in rows}
        for run in self.unmerged_summaries():
            if run in texts:
                summary = self._with_entries(run, documents.decode(texts[run].summary))
                texts[run] = replace(texts[run], summary=documents.encode(summary))
        return texts

    def unmerged_summaries(self) -> Sequence[RunId]:
        return [RunId(run) for (run,) in self._statement("unmerged_summaries")]

    # Changes, for `SqliteRuns`, which notes that the run has changed

    def _put_documents(self, run: RunId, texts: Mapping[str, str]) -> None:
        """Replaces documents by name; `texts` are of `documents.encode`."""
        try:
            for name, text in texts.items():
                self._statement(f"put_{name}", text, run)
        except apsw.SQLError as error:
            # SQLite reads 1,000 levels, Python's own parser may read more.
            if "JSON" not in str(error):
                raise
            raise InvalidInput("The document cannot be kept: it is nested too deeply.") from error
        if "summary" in texts:
            self._statement("drop_entries", run)

    def _put_beside(
        self, run: RunId, entries: Mapping[str, JsonValue], removed: Sequence[str]
    ) -> bool:
        """Keeps entries beside a summary; False where it is better to write it anew."""
        ((num_bytes, num_beside),) = self._of_run("sizes", run)
        if num_bytes < _LARGE_BYTES:
            return False
        said, gone = documents.encode(dict(entries)), json.dumps(list(removed))
        if num_beside + len(said) + len(gone) >= num_bytes:
            return False
        self._statement("add_entries", run, said, gone)
        return True

    def _lies_beside(self, run: RunId) -> bool:
        """Whether anything lies beside its summary."""
        return bool(self._statement("has_entries", run))

    def _with_entries(self, run: RunId, summary: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """A run's summary, with what lies beside it put in."""
        for said, gone in self._statement("entries", run):
            put_in(summary, documents.decode(said), json.loads(gone))
        return summary

    # Statements

    def _document(self, statement: str, run: RunId) -> dict[str, JsonValue]:
        ((text,),) = self._of_run(statement, run)
        found: dict[str, JsonValue] = documents.decode(text)
        return found

    def _of_run(self, statement: str, run: RunId) -> list[Any]:
        rows = self._statement(statement, run)
        if not rows:
            raise NotFound("The run is gone.")
        return rows

    def _statement(self, name: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[name], bindings).fetchall()


def put_in(
    summary: dict[str, JsonValue], entries: Mapping[str, JsonValue], removed: Sequence[str]
) -> None:
    """Sets entries of a summary, and then takes keys out of it."""
    summary.update(entries)
    for key in removed:
        summary.pop(key, None)
