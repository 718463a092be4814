"""Everything of a run, or of many, as one zip that is written while it is sent.

What is compressed already is stored as it is, text is deflated. Entries carry their sizes after
their bytes, with 64 bits, so neither a file nor the archive has a limit.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Final, TypeVar

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.file_kinds import kind_of
from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import Project, Run, RunFile
from runstone.ports.store import Snapshot, Store
from runstone.services import console_reading, files
from runstone.services.export.formats import Format, write
from runstone.services.export.found_runs import RunChoice, pages_of_runs
from runstone.services.export.history import RowChoice, plan_rows
from runstone.services.export.safe_names import DistinctNames, safe_name, safe_path
from runstone.services.export.sink import Sink
from runstone.services.export.table import run_row
from runstone.services.export.texts import json_text
from runstone.services.projects import find_project
from runstone.services.run_index import RunIndex
from runstone.services.runs import find_run, find_run_by_id

T = TypeVar("T")

ReadBlob = Callable[[str], Iterator[bytes]]
"""The bytes behind a key, in chunks; NotFound where they are gone."""

_LINES_AT_ONCE: Final = 10_000

_README: Final = """\
# {title}

Everything that Runstone keeps of it, written {when}.

    project.json                       the project: its owner, name, description
    runs.jsonl                         one line a run: its fields, config, summary, alerts
    runs/<id>/history.parquet          every row that it logged, a column for each key
    runs/<id>/system.parquet           system metrics likewise
    runs/<id>/console.txt              captured output; each line begins with its time
    runs/<id>/files/...                the files saved with it, as they were uploaded

What a run does not have is left out. In runs.jsonl `folder` says in which folder below `runs` a
run lies: in ids and names of files, characters that some systems refuse are written `_`.

Columns of Parquet: integers are int64, floats float64 with NaN and infinities, booleans bool,
strings utf8. Keys with values of several types, lists, media and other objects are JSON texts
(their field says `runstone.type: json`). `_step` is the step, `_timestamp` seconds since 1970 UTC,
`_runtime` seconds since the run began, `_writer` which of several processes logged the row.
In JSON, floats that JSON lacks are the strings "NaN", "Infinity", "-Infinity".
"""


class Archive:
    """One archive, planned. `title` names it."""

    def __init__(
        self,
        store: Store,
        actor: Actor,
        place: Project,
        title: str,
        pages: Callable[[], Iterator[Sequence[Run]]],
    ) -> None:
        self._store = store
        self._actor = actor
        self._place = place
        self._pages = pages
        self.title = title

    def write(self, sink: Sink, read_blob: ReadBlob) -> None:
        """Writes all of it.

        Raises:
            NotFound: A run was deleted meanwhile, or the bytes of a file are gone.
            Conflict: Rows were taken back while they were read (code `changed-meanwhile`).
            Stopped: The sink wants no more.
        """
        stream = _Stream(sink)
        zipped = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
        try:
            _Writing(self._store, self._actor, zipped, sink, read_blob).all(
                self._place, self.title, self._pages()
            )
            zipped.close()
        except BaseException:
            # Closing writes the directory, with which a part would look like the whole.
            stream.is_broken = True
            raise


def plan_run_archive(
    snapshot: Snapshot, store: Store, actor: Actor, entity: str, project: str, run: str
) -> Archive:
    """Everything of one run.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    place = find_project(snapshot, actor, entity, project)
    found = find_run(snapshot, actor, entity, project, run)
    return Archive(store, actor, place, f"Run {found.path}", lambda: iter([[found]]))


def plan_archive(
    snapshot: Snapshot, store: Store, actor: Actor, index: RunIndex, choice: RunChoice
) -> Archive:
    """Everything of a project's runs.

    Raises:
        NotFound: No such project, or the actor may not see it.
    """
    place = find_project(snapshot, actor, choice.entity, choice.project)

    def pages() -> Iterator[Sequence[Run]]:
        seen: set[RunId] = set()
        for page in pages_of_runs(store, actor, index, choice, lambda _, found: found.runs):
            yield [run for run in page if run.id not in seen]
            seen.update(run.id for run in page)

    return Archive(store, actor, place, f"Project {place.entity}/{place.name}", pages)


class _Writing:
    """An archive on its way."""

    def __init__(
        self,
        store: Store,
        actor: Actor,
        zipped: zipfile.ZipFile,
        sink: Sink,
        read_blob: ReadBlob,
    ) -> None:
        self._store = store
        self._actor = actor
        self._zip = zipped
        self._sink = sink
        self._read_blob = read_blob

    def all(self, place: Project, title: str, pages: Iterator[Sequence[Run]]) -> None:
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        readme = _README.format(title=title, when=when)
        self._text("README.md", [readme.encode()])
        self._text("project.json", [_line(_project(place))])
        folders: dict[RunId, str] = {}
        self._text("runs.jsonl", self._records(pages, folders))
        for run, folder in folders.items():
            self._run(run, f"runs/{folder}")

    def _records(
        self, pages: Iterator[Sequence[Run]], folders: dict[RunId, str]
    ) -> Iterator[bytes]:
        names = DistinctNames()
        for runs in pages:
            for run in runs:
                folders[run.id] = names.take(safe_name(run.name))
                record = self._read(lambda s, run=run: _record(s, self._actor, run))  # type: ignore[misc]
                yield _line({"folder": folders[run.id], **record})

    def _run(self, id_: RunId, folder: str) -> None:
        run = self._read(lambda s: find_run_by_id(s, self._actor, id_))
        for kind in (StreamKind.HISTORY, StreamKind.SYSTEM):
            plan = self._read(lambda s, k=kind: plan_rows(s, self._actor, [run], RowChoice(k)))  # type: ignore[misc]
            if plan.num_rows:
                with self._open(f"{folder}/{kind}.parquet", is_packed=True) as entry:
                    write(plan, self._store, Format.PARQUET, _Entry(entry, self._sink))
        self._text(f"{folder}/console.txt", self._console(run))
        names = DistinctNames()
        for file in self._files(run):
            assert file.blob is not None, "listed files have bytes"
            path = f"{folder}/files/{names.take(safe_path(file.name))}"
            with self._open(path, is_packed=not kind_of(file.name).is_text) as entry:
                for chunk in self._read_blob(file.blob):
                    self._sink.check()
                    entry.write(chunk)

    def _console(self, run: Run) -> Iterator[bytes]:
        offsets: Mapping[str, int] = {}
        while True:
            lines, offsets = self._read(
                lambda s, offsets=offsets: console_reading.read_on(  # type: ignore[misc]
                    s,
                    self._actor,
                    run.entity,
                    run.project,
                    run.name,
                    writer=None,
                    offsets=offsets,
                    limit=_LINES_AT_ONCE,
                )
            )
            if not lines:
                return
            yield "".join(f"{line.at or '-'} {line.text}\n" for line in lines).encode()

    def _files(self, run: Run) -> Iterator[RunFile]:
        after: str | None = None
        while True:
            page = self._read(
                lambda s, after=after: files.list_files(  # type: ignore[misc]
                    s,
                    self._actor,
                    run.entity,
                    run.project,
                    run.name,
                    after=after,
                    limit=files.MAX_PAGE,
                )
            )
            yield from page.files
            after = page.next_after
            if after is None:
                return

    def _text(self, name: str, chunks: Iterable[bytes]) -> None:
        """An entry of text; none where there is nothing to be said."""
        entry: IO[bytes] | None = None
        for chunk in chunks:
            self._sink.check()
            entry = entry or self._open(name)
            entry.write(chunk)
        if entry is not None:
            entry.close()

    def _open(self, name: str, *, is_packed: bool = False) -> IO[bytes]:
        info = zipfile.ZipInfo(name, time.gmtime()[:6])
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return self._zip.open(info, "w", force_zip64=True)

    def _read(self, unit: Callable[[Snapshot], T]) -> T:
        return self._store.read(unit).result()


class _Stream:
    """What the zip is written to: a file without positions."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.is_broken = False

    def write(self, data: bytes) -> int:
        if not self.is_broken:
            self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here."""


class _Entry:
    """An entry of the zip as a sink."""

    def __init__(self, entry: IO[bytes], sink: Sink) -> None:
        self._entry = entry
        self._sink = sink

    def write(self, data: bytes) -> int:
        return self._entry.write(data)

    def check(self) -> None:
        self._sink.check()


def _record(snapshot: Snapshot, actor: Actor, run: Run) -> dict[str, JsonValue]:
    """All that is recorded of a run but its rows, output and files."""
    found = find_run_by_id(snapshot, actor, run.id)
    documents = snapshot.runs.documents(found.id)
    fields = {
        name: _iso(value) if isinstance(value, datetime) else value
        for name, value in run_row(found).items()
    }
    return {
        **fields,
        "number": found.number,
        "config": documents.config,
        "summary": documents.summary,
        "client_info": documents.client_info,
        "alerts": [
            {
                "title": alert.title,
                "text": alert.text,
                "level": str(alert.level),
                "created_at": _iso(alert.created_at),
            }
            for alert in snapshot.runs.alerts(found.id)
        ],
    }


def _project(place: Project) -> dict[str, JsonValue]:
    return {
        "entity": place.entity,
        "name": place.name,
        "description": place.description,
        "created_at": _iso(place.created_at),
        "updated_at": _iso(place.updated_at),
    }


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _line(value: JsonValue) -> bytes:
    return f"{json_text(value)}\n".encode()
