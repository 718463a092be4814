"""From the folder of a run to a server: for the live run's own thread, and for `runstone sync`.

What is durable on the server is what the server says, so nothing is remembered here: a journal is
read from its beginning, its rows are put together as they were the first time, and those that the
server has are passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from runstone.sdk.transport import Transport
from runstone.tracking.columns import RowSet, columns, doubles, flat, integers
from runstone.tracking.folder import Identity, RunFolder
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.records import Finish, Kind, Merge, Row, decode

try:  # Python 3.14 has it
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd

_MAX_ROWS: Final = 100_000
_MAX_VALUES: Final = 1_000_000
_LEVEL: Final = 1


class Begun(msgspec.Struct):
    """What the server says of the run."""

    entity: str
    project: str
    name: str
    path: str
    next_rows: dict[str, int]


class _Me(msgspec.Struct):
    user: _User


class _User(msgspec.Struct):
    username: str


class _Acknowledged(msgspec.Struct):
    next_row: int
    stop_requested: bool


@dataclass
class _Source:
    """One writer's journal, and how far it was read."""

    writer: str
    reader: JournalReader
    next_row: int = 0
    open_row: Row | None = None
    rows: RowSet = field(default_factory=RowSet)

    def add(self, record: Row) -> None:
        """A call of `log()`: the beginning, the rest or the whole of a row."""
        open_row = self.open_row
        if open_row is not None:
            if open_row.step == record.step:
                values = {**open_row.values, **record.values}
                record = Row(record.step, record.is_done, record.time, values)
            else:
                self._end(open_row)
        if record.is_done:
            self._end(record)
            self.open_row = None
        else:
            self.open_row = record

    def end(self) -> None:
        """Nothing more comes."""
        if self.open_row is not None:
            self._end(self.open_row)
            self.open_row = None

    def _end(self, row: Row) -> None:
        self.rows.add(row.step, row.time, flat(row.values))


class Sender:
    """Sends what a run's journals hold; one thread's."""

    def __init__(self, folder: RunFolder, transport: Transport) -> None:
        self._folder = folder
        self._transport = transport
        self._identity: Identity = folder.identity()
        self._sources: dict[str, _Source] = {}
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._is_config_new = False
        self._is_summary_new = False
        self._exit_code: int | None = None
        self._begun: Begun | None = None
        self.stop_requested = False

    def begin(self) -> Begun:
        """Announces the run; once.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        if self._begun is None:
            identity = self._identity
            entity = identity.entity or self._transport.get(_Me, ("me",)).user.username
            said = {
                key: getattr(identity, key)
                for key in ("name", "group", "job_type", "notes", "tags", "host", "program")
                if getattr(identity, key) is not None
            }
            path = ("projects", entity, identity.project, "runs", identity.run)
            self._begun = self._transport.put(Begun, "PUT", path, said)
        return self._begun

    def address(self, begun: Begun) -> str:
        """Of the run's page."""
        return f"{self._transport.server.url}{begun.path}"

    def send(self) -> bool:
        """Sends what came since; False where nothing did.

        Raises:
            RunstoneError: The server says no, or nothing. What was read is kept for the next time.
        """
        begun = self.begin()
        self._read()
        was_sent = False
        for source in self._sources.values():
            was_sent |= self._send_rows(source, begun)
        if self._is_config_new or self._is_summary_new:
            self._report({})
            was_sent = True
        return was_sent

    def beat(self) -> None:
        """A sign of life.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        self.begin()
        self._report({})

    def finish(self, *, is_over: bool = False) -> bool:
        """Sends the rest, and that the run has ended where it has; whether it has.

        Args:
            is_over: Nobody logs to it any more: it ends where its journals do, and the server
                takes it for crashed where it did not say how it ended.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        while self.send():
            pass
        if self._exit_code is None and not is_over:
            return False
        for source in self._sources.values():
            source.end()
        self.send()
        if self._exit_code is not None:
            self._report({"exit_code": self._exit_code})
        self._folder.mark_sent(self.address(self.begin()))
        return True

    def _read(self) -> None:
        for writer in writers_in(self._folder.journal):
            if writer not in self._sources:
                reader = JournalReader(self._folder.journal, writer)
                self._sources[writer] = _Source(writer, reader)
        for source in self._sources.values():
            rows = source.rows
            if len(rows) >= _MAX_ROWS or rows.num_values >= _MAX_VALUES:
                continue  # the server has not taken those yet
            for payload in source.reader.records():
                record = decode(payload)
                if isinstance(record, Row):
                    source.add(record)
                    # The last value of each key, unless the script says otherwise.
                    self._summary.update(flat(record.values))
                    self._is_summary_new = True
                elif isinstance(record, Merge):
                    self._merge(record)
                elif isinstance(record, Finish):
                    self._exit_code = record.exit_code
                if rows.num_values >= _MAX_VALUES:
                    break

    def _merge(self, record: Merge) -> None:
        if record.kind is Kind.CONFIG:
            self._config.update(record.values)
            self._is_config_new = True
        else:
            self._summary.update(record.values)
            self._is_summary_new = True

    def _send_rows(self, source: _Source, begun: Begun) -> bool:
        rows = source.rows
        writer = self._identity.writer if source.writer == "" else source.writer
        known = begun.next_rows.get(writer, 0) - source.next_row
        if known > 0:
            # A journal that is sent again, by a later process or to be sure.
            skip = min(known, len(rows))
            source.next_row += skip
            source.rows = rows = RowSet(
                rows.steps[skip:],
                rows.times[skip:],
                rows.values[skip:],
                sum(map(len, rows.values[skip:])),
            )
        if not len(rows):
            return known > 0
        numbers, objects = columns(rows.values)
        began = self._identity.started_at
        self._report(
            {
                "writer": writer,
                "row0": source.next_row,
                "steps": integers(rows.steps),
                "times": doubles(rows.times),
                "runtimes": doubles([time - began for time in rows.times]),
                "numbers": numbers,
                "objects": objects,
            }
        )
        source.next_row += len(rows)
        source.rows = RowSet()
        return True

    def _report(self, report: dict[str, Any]) -> None:
        begun = self.begin()
        if self._is_config_new:
            report["config"] = _document(self._config)
        if self._is_summary_new:
            report["summary"] = _document(self._summary)
        body = zstd.compress(msgspec.msgpack.encode(report), _LEVEL)
        path = ("projects", begun.entity, begun.project, "runs", self._identity.run, "report")
        answer = self._transport.put(_Acknowledged, "POST", path, body)
        self._is_config_new = self._is_summary_new = False
        self.stop_requested = answer.stop_requested


def _document(values: dict[str, Any]) -> str:
    # Not msgpack, whose integers have 64 bits.
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)
