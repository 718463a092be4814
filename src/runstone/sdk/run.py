"""One run: its facts, and all that it recorded, read when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from msgspec import Struct

from runstone.sdk.card import Card, curves_of, duration
from runstone.sdk.console import Console
from runstone.sdk.files import RunFile, find_file, list_files
from runstone.sdk.frames import Frame, Keys, Progress, rows_query, save_stream, several
from runstone.sdk.media import MediaKey, MediaValue, list_media, read_media
from runstone.sdk.paths import ProjectPath, RunPath
from runstone.sdk.records import (
    Alert,
    AlertList,
    Document,
    KeyInfo,
    RunDetail,
    RunRow,
    read_document,
)
from runstone.sdk.transport import Transport

if TYPE_CHECKING:
    from runstone.sdk.artifact_versions import ArtifactVersion


class _Same:
    """Stands for an argument that was left out, where None says something."""

    def __repr__(self) -> str:
        return "…"


_SAME: Final = _Same()


class Run:
    """One execution, as it was when it was read; `reload()` reads it anew.

    Lists bring what they show of a run. The first look at `config`, `summary`, `notes` and what
    follows them below reads these for a hundred runs of the list at once; where a few values of
    many runs are wanted, `Api.runs(…, columns=…)` with `values`, or `Runs.table()`, costs less.

    Example:
        run = api.run("lab/digits/4k2x9qzt")
        run.name, run.state, run.config["lr"], run.summary["loss"]
        run.history(keys=["loss"]).to_polars()
        run.file("model.pt").download("models")
        run.update(tags=[*run.tags, "paper"], notes="The one of figure 3.")
    """

    def __init__(self, transport: Transport, row: RunRow, listed: Listed | None = None) -> None:
        self._transport = transport
        self._row = row
        self._listed = listed
        self._path = RunPath(row.entity, row.project, row.id)
        self._values = row.values
        self._documents: tuple[Document, Document] | None = None

    def __repr__(self) -> str:
        return f"<Run: {self.path} {self.name!r} {self.state}>"

    def __eq__(self, other: object) -> bool:
        """The same run of the same server, whatever is known of it."""
        if not isinstance(other, Run):
            return NotImplemented
        return (self._path, self._transport.server.url) == (
            other._path,
            other._transport.server.url,
        )

    def __hash__(self) -> int:
        return hash(self._path)

    def _repr_html_(self) -> str:
        """Below a cell of a notebook: state, link, and the first numbers of the summary."""
        curves, num_more = curves_of(self.summary)
        step = [] if self.last_step is None else [f"step {self.last_step:,}"]
        return Card(
            name=self.name,
            project=f"{self.entity}/{self.project}",
            state=self.state,
            url=self.url,
            facts=[duration(self.duration_s), *step],
            curves=curves,
            num_more=num_more,
        ).html()

    # Facts that lists bring

    @property
    def id(self) -> str:
        """Unique in the project; part of the run's address."""
        return self._row.id

    @property
    def entity(self) -> str:
        """Whose project it is in."""
        return self._row.entity

    @property
    def project(self) -> str:
        """The project's name."""
        return self._row.project

    @property
    def path(self) -> str:
        """`entity/project/run`."""
        return str(self._path)

    @property
    def url(self) -> str:
        """Its page."""
        parts = (self.entity, self.project, "runs", self.id)
        return "/".join([self._transport.server.url, *(quote(part, safe="") for part in parts)])

    @property
    def name(self) -> str:
        """What it is shown as; any text."""
        return self._row.display_name

    @property
    def number(self) -> int:
        """The n-th run of its project, from 1."""
        return self._row.number

    @property
    def state(self) -> str:
        """`running`, `finished`, `failed`, `crashed`, `killed`, `pending`, `preempting`, ….

        Also `preempted`.
        """
        return self._row.state

    @property
    def created_at(self) -> datetime:
        """When it began, UTC."""
        return self._row.created_at

    @property
    def heartbeat_at(self) -> datetime:
        """When it last spoke, UTC."""
        return self._row.heartbeat_at

    @property
    def finished_at(self) -> datetime | None:
        """When it ended, UTC; None as long as it has not."""
        return self._row.finished_at

    @property
    def duration_s(self) -> float:
        """From its beginning to its end, or to its last sign of life."""
        return self._row.duration_s

    @property
    def user(self) -> str:
        """Whose API key it was logged with."""
        return self._row.username

    @property
    def group(self) -> str | None:
        """The group that it is in."""
        return self._row.group

    @property
    def job_type(self) -> str | None:
        """Such as `train` or `eval`."""
        return self._row.job_type

    @property
    def tags(self) -> tuple[str, ...]:
        """In the order in which they were set."""
        return self._row.tags

    @property
    def num_rows(self) -> int:
        """Rows of its history."""
        return self._row.num_rows

    @property
    def last_step(self) -> int | None:
        """Of its history; None before there is any."""
        return self._row.last_step

    @property
    def values(self) -> Document:
        """What it holds in the `columns` that its list was asked for; without those it lacks.

        Texts beyond 1,000 characters are cut and end in `…`.
        """
        return read_document(self._values)

    # Facts that come with the run itself

    @property
    def config(self) -> Document:
        """Its inputs; read-only, values as they were logged."""
        return self._read_documents()[0]

    @property
    def summary(self) -> Document:
        """One current value for each key; read-only."""
        return self._read_documents()[1]

    @property
    def notes(self) -> str:
        """What people wrote about it."""
        return self._detail().notes

    @property
    def host(self) -> str | None:
        """The machine that it ran on."""
        return self._detail().host

    @property
    def program(self) -> str | None:
        """The script."""
        return self._detail().program

    @property
    def commit(self) -> str | None:
        """The git commit that it was started from."""
        git = self._detail().git
        return git.commit if git else None

    @property
    def remote(self) -> str | None:
        """The git remote that it was started from."""
        git = self._detail().git
        return git.remote if git else None

    @property
    def exit_code(self) -> int | None:
        """Of its process; None as long as that has not ended."""
        return self._detail().exit_code

    @property
    def sweep(self) -> str | None:
        """The sweep that made it."""
        return self._detail().sweep

    # What it recorded

    def history(
        self,
        keys: Keys = None,
        *,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Frame:
        """Every row that it logged: no sampling, every value as it was.

        Args:
            keys: Such as `loss`; every key, if left out.
            min_step: The first step that is wanted.
            max_step: The last one.
        """
        return self._rows("history", keys, min_step, max_step)

    def system_metrics(
        self,
        keys: Keys = None,
        *,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Frame:
        """Every row that its machines measured: processors, memory, disks, network, GPUs."""
        return self._rows("system", keys, min_step, max_step)

    def logged_keys(self, *, system: bool = False) -> list[KeyInfo]:
        """The keys that it has logged.

        Args:
            system: Those of `system_metrics()` instead.
        """
        query = [("run", self.id), ("stream", "system" if system else "history")]
        return list_keys(self._transport, self._path.of_project, query)

    def console(self, writer: str | None = None) -> Console:
        """Its output.

        Args:
            writer: Of one of several processes; all of them in order of time, if left out.
        """
        return Console(self._transport, self._path, writer)

    def alerts(self, limit: int = 100) -> list[Alert]:
        """What its script raised, the newest first.

        Args:
            limit: At most so many, up to 1,000.
        """
        path = (*self._path.segments, "alerts")
        return self._transport.get(AlertList, path, [("limit", str(limit))]).alerts

    def files(self, prefix: str = "") -> Iterator[RunFile]:
        """Its files by name.

        Args:
            prefix: Such as `media/images/`.
        """
        return list_files(self._transport, self._path, prefix)

    def file(self, name: str) -> RunFile:
        """One of its files.

        Raises:
            NotFound: It has none of that name.
        """
        return find_file(self._transport, self._path, name)

    def media(self) -> list[MediaKey]:
        """The keys under which it logs images, tables, histograms and the like."""
        return list_media(self._transport, self._path)

    def media_values(
        self, key: str, *, min_step: int | None = None, max_step: int | None = None
    ) -> Iterator[MediaValue]:
        """What it logged under a key of `media()`, in order."""
        return read_media(self._transport, self._path, key, min_step, max_step)

    def logged_artifacts(self) -> list[ArtifactVersion]:
        """The versions of artifacts that it logged, in order; at most 1,000."""
        return self._artifacts()[1]

    def used_artifacts(self) -> list[ArtifactVersion]:
        """The versions of artifacts that it used, in order; at most 1,000."""
        return self._artifacts()[0]

    def archive(self, path: str | os.PathLike[str], *, progress: Progress | None = None) -> Path:
        """Writes everything of it to a `.zip`: facts, history, system metrics, console, files."""
        asked = self._transport.stream((*self._path.segments, "archive"))
        return save_stream(asked, Path(path), progress)

    # Changes

    def update(
        self,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Keys = None,
        group: str | _Same | None = _SAME,
        job_type: str | _Same | None = _SAME,
    ) -> Run:
        """Changes what is given, and returns the run.

        Args:
            name: Not empty: a run without a name of its own would be shown as nothing.
            group: None takes it out of its group.
            job_type: None for none.
        """
        wanted = {
            "display_name": name,
            "notes": notes,
            "tags": None if tags is None else several(tags),
        }
        body: dict[str, Any] = {
            field: value for field, value in wanted.items() if value is not None
        }
        if not isinstance(group, _Same):
            body["group"] = group
        if not isinstance(job_type, _Same):
            body["job_type"] = job_type
        path = self._path.segments
        self._learn(self._transport.send(RunDetail, "PATCH", path, body=body))
        return self

    def stop(self) -> None:
        """Asks its process to stop, which hears of it with its next report."""
        self._transport.send(NoneType, "POST", (*self._path.segments, "stop"))

    def delete(self) -> None:
        """Moves it to the trash."""
        self._transport.send(NoneType, "DELETE", self._path.segments)

    def restore(self) -> Run:
        """Takes it out of the trash, wholly as it was."""
        path = (*self._path.segments, "restore")
        self._learn(self._transport.send(RunDetail, "POST", path))
        return self

    def reload(self) -> Run:
        """Reads its facts anew, and returns it."""
        self._learn(self._transport.get(RunDetail, self._path.segments))
        return self

    # Within

    def _rows(
        self,
        stream: str,
        keys: Keys,
        min_step: int | None,
        max_step: int | None,
    ) -> Frame:
        query = rows_query(stream, keys, min_step, max_step)
        path = (*self._path.segments, "history")
        return Frame(self._transport, path, query, f"{stream} of {self.path}")

    def _artifacts(self) -> tuple[list[ArtifactVersion], list[ArtifactVersion]]:
        # Versions know their runs: not at the top.
        from runstone.sdk.artifact_versions import run_artifacts

        return run_artifacts(self._transport, self._path)

    def _detail(self) -> RunDetail:
        if not isinstance(self._row, RunDetail) and self._listed is not None:
            self._listed.read_details()
        if not isinstance(self._row, RunDetail):
            self.reload()
        assert isinstance(self._row, RunDetail), "a run that was read by itself"
        return self._row

    def _read_documents(self) -> tuple[Document, Document]:
        if self._documents is None:
            detail = self._detail()
            self._documents = read_document(detail.config), read_document(detail.summary)
        return self._documents

    def _learn(self, row: RunRow) -> None:
        self._row = row
        self._documents = None


class Listed:
    """Runs that came in one list: what a list leaves out is read for all of them at once."""

    def __init__(self, transport: Transport, path: ProjectPath, rows: Sequence[RunRow]) -> None:
        self._transport = transport
        self._path = path
        self.runs = [Run(transport, row, self) for row in rows]

    def read_details(self) -> None:
        """Reads what is not known of them yet; a run that is gone by now stays as it is."""
        wanted = {run.id: run for run in self.runs if not isinstance(run._row, RunDetail)}
        query = [("run", name) for name in wanted]
        found = self._transport.get(_Details, (*self._path.segments, "details"), query)
        for row in found.runs:
            wanted[row.id]._learn(row)


class _Details(Struct):
    runs: list[RunDetail]


class _KeyPage(Struct):
    keys: list[KeyInfo]
    next_cursor: str | None = None


def list_keys(
    transport: Transport, project: ProjectPath, query: Sequence[tuple[str, str]]
) -> list[KeyInfo]:
    """All keys that a query finds, page by page."""
    found: list[KeyInfo] = []
    more: list[tuple[str, str]] = []
    while True:
        page = transport.get(_KeyPage, (*project.segments, "keys"), [*query, *more])
        found += page.keys
        if page.next_cursor is None:
            return found
        more = [("cursor", page.next_cursor)]
