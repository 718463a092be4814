"""From the folder of a run to a server: for the live run's own thread, and for `runstone sync`.

What is durable on the server is what the server says, so nothing is remembered here: journals are
read from their beginning, and what the server has is passed over (`parts`).
"""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec

from runstone.domain.errors import InvalidInput, QuotaExceeded, RunstoneError
from runstone.tracking.announcing import announcement
from runstone.tracking.folder import RunFolder
from runstone.tracking.http import HttpClient
from runstone.tracking.identity import Identity
from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.lane import INNER
from runstone.tracking.link import Begun, Link
from runstone.tracking.parts import Part
from runstone.tracking.parts.roster import Roster
from runstone.tracking.records import Finish, Kind, decode_all
from runstone.tracking.terminal import warn

try:  # Python 3.14 has it
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd

_LEVEL: Final = 1
_BEAT_S: Final = 20.0
_ASKS_S: Final = (5.0, 30.0, 300.0)
"""After it was announced, who joins a run asks anew what earlier lives took: its leader may have
begun a new one since."""
_MAX_READ_BYTES: Final = 8 << 20
"""Of one journal, before what was read is sent."""


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
        self, folder: RunFolder, client: HttpClient, *, identity: Identity | None = None
    ) -> None:
        self._folder = folder
        self._client = client
        self._identity: Identity = identity or folder.identity()
        self._readers: dict[tuple[str, str], JournalReader] = {}
        self._parts = Roster(folder, self._identity, self._go_on)
        self._exit_code: int | None = None
        self._is_ending = self._has_said_end = False
        self._leaves_surroundings = False
        self._has_set_aside = False
        self._link: Link | None = None
        self.num_bytes = 0
        self.is_behind = False
        self.stop_requested = False
        self._reported_at = self._begun_at = time.monotonic()
        self._asks_s: tuple[float, ...] = _ASKS_S if self._identity.joins else ()

    def begin(self) -> Link:
        """Announces the run; once, but for who joins it.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        if self._link is None:
            begun = self._client.put(Begun, *announcement(self._identity))
            self._parts.summary.go_on_from(begun.metrics)
            self._link = Link(self._client, begun)
            self._begun_at = time.monotonic()
        elif self._asks_s and time.monotonic() - self._begun_at > self._asks_s[0]:
            begun = self._client.put(Begun, *announcement(self._identity))
            self._asks_s = self._asks_s[1:]
            self._link.begun.earlier_s = begun.earlier_s
        return self._link

    def is_forgotten(self) -> bool:
        """Whether the server has less of the run than it acknowledged; announces the run anew.

        So it is where the server was restored from a backup. Another sender hears what it lacks.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        if self._link is None:
            return False
        begun = self._client.put(Begun, *announcement(self._identity))
        return begun.is_new or any(part.has_lost(begun) for part in self._parts)

    def send(self) -> bool:
        """Sends what came since; False where nothing did.

        Raises:
            RunstoneError: The server says no, or nothing. What was read is kept for the next time.
        """
        link = self.begin()
        was_sent = self._read()
        while self._report_parts(link):
            was_sent = True
        for part in self._parts:
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

    def finish(
        self,
        *,
        is_over: bool = False,
        exit_code: int | None = None,
        leaves_surroundings: bool = False,
    ) -> bool:
        """Sends the rest, and that the run has ended where it has; whether it has.

        Args:
            is_over: Nobody logs to it any more: it ends where its journals do, and the server
                takes it for crashed where it did not say how it ended.
            exit_code: What it ended with, where that is known: the disk may have been too full for
                the journal to say so.
            leaves_surroundings: What was not read of them yet goes later, when it is called again.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        self._leaves_surroundings = leaves_surroundings
        self._read_on()
        if self._exit_code is None:
            self._exit_code = exit_code
        if self._exit_code is None and not is_over:
            self._send_rest()
            return False
        if (self._folder.path / "artifacts").is_dir():
            self._parts.of(Kind.ARTIFACT)  # clears up behind a process that died
        positions = {f"{lane}/{name}": r.position for (lane, name), r in self._readers.items()}
        readers = self._readers.values()
        if is_over and any(reader.is_damaged or reader.lacks_files() for reader in readers):
            self._has_set_aside = True
            warn(
                f"a journal in {self._folder.path} is damaged, as where a machine lost its power, "
                "or was not copied whole: what comes behind that cannot be read, and stays there"
            )
        self._parts.end()
        self._is_ending = self._exit_code is not None and not self._identity.joins
        self._send_rest()
        if self._is_ending and not self._has_said_end:
            self._report(self.begin(), {}, is_last=True)
        for part in self._parts:
            part.raise_refused()
        self._folder.mark_sent(self.begin().address, positions, has_left_out=self.has_left_out)
        return True

    def _read_on(self) -> None:
        """Reads to the end of the journals, and sends only what is too much to be kept."""
        link = self.begin()
        while self._read():
            while self._is_full() and (self._report_parts(link) or self._is_let_go(link)):
                pass

    def _is_let_go(self, link: Link) -> bool:
        """Whether what was held back until something is known of it may go now."""
        return any(part.run_errands(link) for part in self._parts if part.is_full())

    def _send_rest(self) -> None:
        while self.send():
            pass

    @property
    def has_left_out(self) -> bool:
        """Whether the server does not get all of it, which was said: some stays in the folder."""
        return self._has_set_aside or any(part.has_left_out for part in self._parts)

    @property
    def is_in_trouble(self) -> bool:
        """Whether something failed that is tried again by and by, though reports arrive."""
        return any(part.is_in_trouble for part in self._parts)

    @property
    def has_ended(self) -> bool:
        """Whether the run's process said so, in what was read so far."""
        return self._exit_code is not None

    def _read(self) -> bool:
        """Hands records to their parts; whether there were any."""
        was_any = self.is_behind = False
        for lane in self._folder.lanes():
            if self._leaves_surroundings and lane == self._folder.surroundings:
                continue
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
                    self._parts.of(kind).take(writer, record)
                elif not writer or writer.startswith(INNER):
                    # Others that write here come and go.
                    self._exit_code = record.exit_code
            if reader.is_at_end:
                break
        else:
            self.is_behind = True
        self.num_bytes += num_bytes
        return num_bytes > 0

    def _is_full(self) -> bool:
        """Whether the server is to take what was read before more is."""
        return any(part.is_full() for part in self._parts)

    def _report_parts(self, link: Link) -> bool:
        report: dict[str, Any] = {}
        filled = [part for part in self._parts if part.fill(report, link.begun)]
        if not filled:
            return False
        is_last = self._is_ending and not any(part.has_more() for part in self._parts)
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
                        self._has_set_aside = True
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
        answer = self._client.put(_Acknowledged, "POST", (*link.route, "report"), body)
        self.stop_requested = answer.stop_requested
        self._has_said_end |= is_last
        self._reported_at = time.monotonic()


def _is_about_the_report(error: RunstoneError) -> bool:
    """Whether what was reported is wrong: not the run, the quota or the network."""
    return isinstance(error, InvalidInput) or error.code == "report-too-large"
