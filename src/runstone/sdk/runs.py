"""Runs of a project, by query: a sequence that is read page by page, as far as it is looked at."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

from msgspec import Struct

from runstone.domain.errors import InvalidInput
from runstone.sdk.frames import (
    Format,
    Frame,
    Keys,
    Progress,
    key_query,
    rows_query,
    save_stream,
    several,
)
from runstone.sdk.groups import Groups, KeyValue, read_values
from runstone.sdk.paths import ProjectPath, read_project_path
from runstone.sdk.records import RunPage
from runstone.sdk.run import Listed, Run
from runstone.sdk.transport import Query, Transport

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_FIRST_PAGE: Final = 100
_TOGETHER: Final = 100
"""So many runs tell their config and summary at once: as many as the server gives."""
_NO_SEARCH: Final = 'Tables take a filter, no search: say `name ~ "…"` or `"…" in tags`.'
_A_FILTER: Final = 'config.lr < 0.1 and state == "finished"'
_A_GROUPING: Final = 'group_by("config.lr", "state")'
_PAGE: Final = 1_000
"""As large as the server gives; also how many runs change in one request."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs of a project, and in which order; None is newest first."""

    filters: tuple[str, ...] = ()
    sort: str | None = None
    search: str | None = None
    columns: tuple[str, ...] = ()

    def restricted(self) -> list[tuple[str, str]]:
        """Only which runs, as the server is asked."""
        return [pair for pair in self.asked() if pair[0] != "sort"]

    def asked(self) -> list[tuple[str, str]]:
        """As the server is asked."""
        # Each in brackets of its own, so that `or` in one does not reach into another.
        several = [f"({text})" for text in self.filters]
        text = " and ".join(several) if len(several) > 1 else "".join(self.filters)
        asked = {"filter": text, "sort": self.sort, "search": self.search}
        return [(name, value) for name, value in asked.items() if value]


def check_sort(text: str | None) -> str | None:
    """The order that is asked for.

    Raises:
        InvalidInput: It is no text.
    """
    if text is not None and not isinstance(text, str):
        raise InvalidInput(
            f"Keys to sort by are one text with commas: '-summary.acc,name', not {text!r}."
        )
    return text


class Runs(Sequence[Run]):
    """The runs that a query finds, in its order.

    A lazy sequence: pages are fetched when they are looked at and kept, so that going over it
    twice asks once. Counting costs one page. A negative index reads up to the end.
    The query is not asked anew by itself: `refreshed()` is the same query as of now.

    Example:
        runs = api.runs("lab/digits", filter="config.lr < 1e-3", sort="-summary.accuracy")
        len(runs), runs[0], runs[:10]
        best = runs.filter('"baseline" not in tags')[0]
        runs.to_polars(columns=["name", "config.lr", "summary.accuracy"])
    """

    def __init__(self, transport: Transport, path: ProjectPath, query: RunQuery) -> None:
        self._transport = transport
        self._path = path
        self._query = query
        self._loaded: list[Run] = []
        self._page: RunPage | None = None
        self._warnings: list[str] = []

    def __repr__(self) -> str:
        query = "".join(f", {name}={value!r}" for name, value in self._query.asked())
        return f"<Runs: {self._path}{query}>"

    def filter(self, text: str) -> Runs:
        """Those of them that also meet `text`; see docs/filters.md.

        Raises:
            InvalidInput: It is no text.
        """
        if not isinstance(text, str):
            raise InvalidInput(f"A filter is a text such as {_A_FILTER!r}, not {text!r}.")
        if not text.strip():
            return self
        return self._like(replace(self._query, filters=(*self._query.filters, text)))

    def sort(self, text: str | None) -> Runs:
        """The same in another order: keys separated by commas, `-` before one for high to low.

        None is newest first.

        Raises:
            InvalidInput: It is no text.
        """
        return self._like(replace(self._query, sort=check_sort(text)))

    def refreshed(self) -> Runs:
        """The same query, asked anew."""
        return self._like(self._query)

    @property
    def warnings(self) -> list[str]:
        """What may not have been meant: a key that no run has, a text compared with numbers."""
        self._latest_page()
        return list(self._warnings)

    # A sequence

    def __len__(self) -> int:
        page = self._latest_page()
        # Runs come and go while pages are read: what was read to the end is what there is.
        return len(self._loaded) if page.next_cursor is None else max(page.total, len(self._loaded))

    def __iter__(self) -> Iterator[Run]:
        position = 0
        while self._has(position):
            yield self._loaded[position]
            position += 1

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...

    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        if isinstance(index, slice):
            is_backward = any((bound or 0) < 0 for bound in (index.start, index.stop, index.step))
            if is_backward or index.stop is None:
                self._load_all()
            else:
                self._has(index.stop - 1)
            return self._loaded[index]
        if index < 0:
            self._load_all()
        else:
            self._has(index)
        try:
            return self._loaded[index]
        except IndexError:
            raise IndexError(f"There are {len(self):,} runs, and none at {index}.") from None

    # Summed up

    def group_by(self, *keys: str, aggregates: Keys = None, sort: str | None = None) -> Groups:
        """The runs by what they have in common, with figures over each group.

        Example:
            for group in runs.group_by("config.optimizer", aggregates=["mean(summary.loss)"]):
                print(group.values["config.optimizer"], group.figures["mean(summary.loss)"])

        Args:
            keys: Such as `config.optimizer` or `tags`; all runs are one group without any.
            aggregates: `count()`, or `min`, `max`, `mean`, `median`, `last` of a key, or
                `best(summary.loss, min)`; the key may be of the history: `mean(min(history.loss))`.
            sort: Keys and aggregates separated by commas, `-` before one for high to low; by the
                keys' values, if left out.

        Raises:
            InvalidInput: A key is no text.
        """
        query = self._query.restricted()
        for key in keys:
            if not isinstance(key, str):
                raise InvalidInput(f"Name the keys one by one: {_A_GROUPING}, not {key!r}.")
        return Groups(self._transport, self._path, query, keys, several(aggregates), sort)

    def values_of(self, key: str, *, limit: int = 100) -> list[KeyValue]:
        """The values that a key has among them, the most frequent first, with counts."""
        return read_values(self._transport, self._path, self._query.restricted(), key, limit)

    # Tables

    def table(self, columns: Keys = None, *, limit: int | None = None) -> Frame:
        """The runs themselves, a row each.

        Args:
            columns: Such as `name`, `config.lr`, `summary["val/loss"]`, `min(history.loss)`; all
                that the runs have, if left out.
            limit: The first so many.
        """
        return self._frame("table", key_query("columns", columns), limit)

    def history(
        self,
        keys: Keys = None,
        *,
        min_step: int | None = None,
        max_step: int | None = None,
        limit: int | None = None,
    ) -> Frame:
        """Every row that they logged, in one call: a column a key, and `run`, the id, before.

        Args:
            keys: Such as `loss`; every key, if left out.
            min_step: The first step that is wanted.
            max_step: The last one.
            limit: Of the first so many runs.
        """
        return self._frame("history", rows_query("history", keys, min_step, max_step), limit)

    def system_metrics(
        self,
        keys: Keys = None,
        *,
        min_step: int | None = None,
        max_step: int | None = None,
        limit: int | None = None,
    ) -> Frame:
        """Every row that their machines measured, likewise."""
        return self._frame("history", rows_query("system", keys, min_step, max_step), limit)

    def to_dicts(self, columns: Keys = None) -> list[dict[str, object]]:
        """`table(columns)` as a list of `dict`."""
        return self.table(columns).to_dicts()

    def to_arrow(self, columns: Keys = None) -> pyarrow.Table:
        """`table(columns)` as a table of pyarrow."""
        return self.table(columns).to_arrow()

    def to_polars(self, columns: Keys = None) -> polars.DataFrame:
        """`table(columns)` as a data frame of polars."""
        return self.table(columns).to_polars()

    def to_pandas(self, columns: Keys = None) -> pandas.DataFrame:
        """`table(columns)` as a data frame of pandas."""
        return self.table(columns).to_pandas()

    def export(
        self,
        path: str | os.PathLike[str],
        format: Format | str | None = None,  # noqa: A002 - the word that people look for
        *,
        columns: Keys = None,
        progress: Progress | None = None,
    ) -> Path:
        """Writes `table(columns)` to a file; see `Frame.export`."""
        return self.table(columns).export(path, format, progress=progress)

    def archive(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Path:
        """Writes everything of them to a `.zip`: facts, histories, console output, files."""
        if self._query.search:
            raise InvalidInput(_NO_SEARCH)
        segments = (*self._path.segments, "archive")
        asked = self._transport.stream(segments, self._query.restricted())
        return save_stream(asked, Path(path), progress)

    # Changes of them all, which the objects at hand show after `refreshed()`

    def add_tags(self, *tags: str) -> int:
        """Adds tags to each; returns how many runs changed."""
        return self._change("add_tags", tags=tags)

    def remove_tags(self, *tags: str) -> int:
        """Takes tags off each; returns how many runs changed."""
        return self._change("remove_tags", tags=tags)

    def set_group(self, group: str | None) -> int:
        """Puts each into a group, or out of its group; returns how many runs changed."""
        return self._change("set_group", group=group)

    def move(self, project: str) -> int:
        """Moves each to another project; returns how many were moved.

        Args:
            project: `entity/project`; `project` alone is one beside theirs.
        """
        if "/" not in project:
            project = f"{self._path.entity}/{project}"
        return self._change("move", to=read_project_path(project))

    def set_archived(self, archived: bool) -> int:
        """Puts each aside, so that lists leave it out, or back; returns how many changed."""
        return self._change("archive" if archived else "unarchive")

    def delete(self) -> int:
        """Moves each to the trash; returns how many there were."""
        return self._change("delete")

    def restore(self) -> int:
        """Takes those out of the trash that `delete()` of this object put there."""
        return self._change("restore")

    # Within

    def _change(
        self,
        action: str,
        *,
        tags: Sequence[str] = (),
        group: str | None = None,
        to: ProjectPath | None = None,
    ) -> int:
        # The runs that were listed, and no others that meet the query by now.
        self._load_all()
        names = [run.id for run in self._loaded]
        if names:
            for message in self._warnings:
                warnings.warn(f"{action} of {len(names):,} runs: {message}", stacklevel=3)
        changed = 0
        for start in range(0, len(names), _PAGE):
            body = {
                "runs": names[start : start + _PAGE],
                "action": action,
                "tags": list(tags),
                "group": group,
                "to_entity": to and to.entity,
                "to_project": to and to.project,
            }
            path = (*self._path.segments, "runs", "bulk")
            changed += len(self._transport.send(_Changed, "POST", path, body=body).changed)
        return changed

    def _like(self, query: RunQuery) -> Runs:
        return Runs(self._transport, self._path, query)

    def _frame(self, what: str, rows: Query, limit: int | None) -> Frame:
        if self._query.search:
            raise InvalidInput(_NO_SEARCH)
        query = [*self._query.asked(), *rows]
        if limit is not None:
            query.append(("limit", str(limit)))
        return Frame(
            self._transport, (*self._path.segments, what), query, f"{what} of {self._path}"
        )

    def _latest_page(self) -> RunPage:
        if self._page is None:
            self._load(None)
        assert self._page is not None, "it was just loaded"
        return self._page

    def _has(self, position: int) -> bool:
        """Whether there is a run at a position, which is loaded then."""
        page = self._latest_page()
        while position >= len(self._loaded) and page.next_cursor is not None:
            page = self._load(page.next_cursor)
        return position < len(self._loaded)

    def _load_all(self) -> None:
        page = self._latest_page()
        while page.next_cursor is not None:
            page = self._load(page.next_cursor)

    def _load(self, cursor: str | None) -> RunPage:
        query: Query = [*self._query.asked(), ("limit", str(_PAGE if cursor else _FIRST_PAGE))]
        if cursor is not None:
            query = [*query, ("cursor", cursor)]
        query = [*query, *key_query("columns", self._query.columns)]
        page = self._transport.get(RunPage, (*self._path.segments, "runs"), query)
        self._page = page
        if cursor is None:
            self._warnings = [warning.message for warning in page.warnings]
        for start in range(0, len(page.runs), _TOGETHER):
            rows = page.runs[start : start + _TOGETHER]
            self._loaded += Listed(self._transport, self._path, rows).runs
        return page


class _Changed(Struct):
    changed: list[str]
