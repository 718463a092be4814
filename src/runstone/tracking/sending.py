"""From the folder of a run to a server: for the live run's own thread, and for `runstone sync`.

What is durable on the server is what the server says, so nothing is remembered here: journals are
read from their beginning, and what the server has is passed over (`parts`).
"""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec

from runstone.domain.errors import InvalidInput, QuotaExceeded, RunstoneError
from runstone.sdk.transport import Transport
from runstone.tracking.background import importing
from runstone.tracking.folder import Identity, RunFolder
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.lane import INNER
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts import Part
from runstone.tracking.parts.charts import Charts
from runstone.tracking.parts.console import ConsoleLines
from runstone.tracking.parts.documents import Config
from runstone.tracking.parts.environment import Environments
from runstone.tracking.parts.files import Files
from runstone.tracking.parts.leading import LeftToLeader
from runstone.tracking.parts.rows import Rows
from runstone.tracking.parts.saying import Sayings, Warnings
from runstone.tracking.parts.summary import Summary
from runstone.tracking.records import Finish, Kind, decode_all
from runstone.tracking.terminal import warn

try:  # Python 3.14 has it
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd

_LEVEL: Final = 1
_BEAT_S: Final = 20.0
_MAX_READ_BYTES: Final = 8 << 20
"""Of one journal, before what was read is sent."""
_OF_THE_LEADER: Final = (Kind.CONFIG, Kind.SUMMARY, Kind.DEFINE, Kind.PROPERTIES)


class _Acknowledged(msgspec.Struct):
    stop_requested: bool


class Sender:
    """Sends what a run's journals hold; one thread's.

    Args:
        identity: Who the run is to be, where it is to be another than its folder says.

    Attributes:
        num_bytes: Read from journals so far.
        is_behind: There was more to read than is sent at once.
        stop_requested: Someone asked the run to stop.
    """

    def __init__(
        self, folder: RunFolder, transport: Transport, *, identity: Identity | None = None
    ) -> None:
        self._folder = folder
        self._transport = transport
        self._identity: Identity = identity or folder.identity()
        self._readers: dict[tuple[str, str], JournalReader] = {}
        self._parts = self._make_parts()
        if self._identity.joins:
            self._parts |= dict.fromkeys(_OF_THE_LEADER, LeftToLeader())
        self._exit_code: int | None = None
        self._is_ending = self._has_said_end = False
        self._link: Link | None = None
        self.num_bytes = 0
        self.is_behind = False
        self.stop_requested = False
        self._reported_at = time.monotonic()

    def _make_parts(self) -> dict[Kind, Part]:
        """Who takes records of which kind; in the order in which reports are filled."""
        summary = self._summary = Summary()
        sayings = Sayings(self._identity.life or self._identity.writer)
        identity = self._identity
        return {
            Kind.ROW: Rows(
                "history",
                lambda begun: begun.next_rows,
                writer_of=identity.writer_of,
                started_at=identity.started_at,
                see=summary.see,
            ),
            Kind.SYSTEM: Rows(
                "system",
                lambda begun: begun.next_system_rows,
                writer_of=identity.writer_of,
                started_at=identity.started_at,
            ),
            Kind.CONFIG: Config(),
            Kind.DEFINE: summary,
            Kind.SUMMARY: summary,
            Kind.ALERT: sayings,
            Kind.PROPERTIES: sayings,
            Kind.PREEMPTING: Warnings(),
            Kind.CONSOLE: ConsoleLines(identity.writer_of, identity.label_of),
            Kind.ENVIRONMENT: Environments(identity.writer_of),
            Kind.FILE: Files(self._folder.path),
            Kind.CHART: Charts(),
        }

    def _part(self, kind: Kind) -> Part:
        part = self._parts.get(kind)
        if part is None:
            part = self._parts[Kind.ARTIFACT] = self._parts[Kind.USE] = self._artifacts()
        return part

    def _artifacts(self) -> Part:
        # Imported here: most runs have none, and their first rows would wait for it.
        with importing():
            from runstone.tracking.artifact_keeping import ArtifactShelf
            from runstone.tracking.parts.artifacts import Artifacts
        return Artifacts(ArtifactShelf(self._folder), self._go_on, warn)

    def begin(self) -> Link:
        """Announces the run; once.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        if self._link is None:
            identity = self._identity
            said = {
                key: getattr(identity, key)
                for key in ("name", "group", "job_type", "notes", "tags", "host", "program")
                if getattr(identity, key) is not None
            }
            # Without an entity: whose the API key is.
            of = ("projects", identity.entity) if identity.entity else ("me", "projects")
            path = (*of, identity.project, "runs", identity.run)
            if identity.joins:
                said = {"joins": True}
            else:
                said |= _wishes(identity)
            begun = self._transport.put(Begun, "PUT", path, said)
            self._summary.go_on_from(begun.metrics)
            self._link = Link(self._transport, begun)
        return self._link

    def send(self) -> bool:
        """Sends what came since; False where nothing did.

        Raises:
            RunstoneError: The server says no, or nothing. What was read is kept for the next time.
        """
        link = self.begin()
        was_sent = self._read()
        while self._report_parts(link):
            was_sent = True
        for part in self._parts.values():
            was_sent |= part.run_errands(link)
        if time.monotonic() - self._reported_at > _BEAT_S:
            self.beat()  # bytes of files are no sign of life
        return was_sent

    def _go_on(self) -> None:
        """While an errand takes its time: what is logged is sent, and the server hears of us."""
        link = self.begin()
        self._read()
        while self._report_parts(link):
            pass
        if time.monotonic() - self._reported_at > _BEAT_S:
            self.beat()

    def beat(self) -> None:
        """A sign of life.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        self._report(self.begin(), {})

    def finish(self, *, is_over: bool = False) -> bool:
        """Sends the rest, and that the run has ended where it has; whether it has.

        Args:
            is_over: Nobody logs to it any more: it ends where its journals do, and the server
                takes it for crashed where it did not say how it ended.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        self._read_on()
        if self._exit_code is None and not is_over:
            self._send_rest()
            return False
        if (self._folder.path / "artifacts").is_dir():
            self._part(Kind.ARTIFACT)  # clears up behind a process that died
        positions = {f"{lane}/{name}": r.position for (lane, name), r in self._readers.items()}
        for part in self._parts.values():
            part.end()
        self._is_ending = self._exit_code is not None and not self._identity.joins
        self._send_rest()
        if self._is_ending and not self._has_said_end:
            self._report(self.begin(), {}, is_last=True)
        for part in self._parts.values():
            part.raise_refused()
        self._folder.mark_sent(self.begin().address, positions)
        return True

    def _read_on(self) -> None:
        """Reads to the end of the journals, and sends only what is too much to be kept."""
        link = self.begin()
        while self._read():
            while self._is_full() and self._report_parts(link):
                pass

    def _send_rest(self) -> None:
        while self.send():
            pass

    @property
    def has_ended(self) -> bool:
        """Whether the run's process said so, in what was read so far."""
        return self._exit_code is not None

    def _read(self) -> bool:
        """Hands records to their parts; whether there were any."""
        was_any = self.is_behind = False
        for lane in self._folder.lanes():
            for writer in writers_in(lane):
                key = (lane.name, writer)
                reader = self._readers.get(key)
                if reader is None:
                    reader = self._readers[key] = JournalReader(lane, writer)
                was_any |= self._read_one(reader, writer)
        return was_any

    def _read_one(self, reader: JournalReader, writer: str) -> bool:
        num_bytes = 0
        while num_bytes < _MAX_READ_BYTES and not self._is_full():
            payloads = reader.batch()
            if not payloads:
                break
            num_bytes += sum(map(len, payloads))
            for kind, record in decode_all(payloads):
                if not isinstance(record, Finish):
                    self._part(kind).take(writer, record)
                elif not writer or writer.startswith(INNER):
                    # Others that write here come and go.
                    self._exit_code = record.exit_code
        else:
            self.is_behind = True
        self.num_bytes += num_bytes
        return num_bytes > 0

    def _is_full(self) -> bool:
        """Whether the server is to take what was read before more is."""
        return any(part.is_full() for part in self._parts.values())

    def _report_parts(self, link: Link) -> bool:
        report: dict[str, Any] = {}
        filled = [part for part in self._parts.values() if part.fill(report, link.begun)]
        if not filled:
            return False
        is_last = self._is_ending and not any(part.has_more() for part in self._parts.values())
        try:
            self._report(link, report, is_last=is_last)
        except (InvalidInput, QuotaExceeded) as error:
            if not _is_about_the_report(error):
                raise
            self._report_one_by_one(link, filled)
            return True
        for part in filled:
            part.acknowledge()
        return True

    def _report_one_by_one(self, link: Link, parts: list[Part]) -> None:
        """What the server takes of a report that it refuses; the rest is told, and set aside."""
        for part in parts:
            report: dict[str, Any] = {}
            while part.fill(report, link.begun):
                try:
                    self._report(link, report)
                except (InvalidInput, QuotaExceeded) as error:
                    if not _is_about_the_report(error):
                        raise
                    if part.set_aside():
                        warn(f"some of it is refused, and stays in {self._folder.path}: {error}")
                else:
                    part.acknowledge()
                report = {}

    def _report(self, link: Link, report: dict[str, Any], *, is_last: bool = False) -> None:
        if is_last or self._has_said_end:
            # Whatever is found after the end does not have the run go on.
            report["exit_code"] = self._exit_code
        if self._identity.joins:
            report["joins"] = True
        else:
            report["life"] = self._identity.life
        body = zstd.compress(msgspec.msgpack.encode(report), _LEVEL)
        answer = self._transport.put(_Acknowledged, "POST", (*link.route, "report"), body)
        self.stop_requested = answer.stop_requested
        self._has_said_end |= is_last
        self._reported_at = time.monotonic()


def _is_about_the_report(error: RunstoneError) -> bool:
    """Whether what was reported is wrong: not the run, the quota or the network."""
    return isinstance(error, InvalidInput) or error.code == "report-too-large"


def _wishes(identity: Identity) -> dict[str, Any]:
    """How the run is to begin, as the server takes it."""
    wishes: dict[str, Any] = {"life": identity.life}
    if identity.resume is not None:
        wishes["resume"] = identity.resume
    if identity.rewind_to is not None:
        wishes["rewind_to"] = identity.rewind_to
    if identity.fork_of is not None:
        run, step = identity.fork_of
        wishes["fork_of"] = {"run": run, "step": step}
    # A run that began in this folder has nothing that the folder does not hold.
    wishes["tells"] = bool(identity.writer or identity.fork_of)
    return wishes
