"""Transactions over everything that is recorded: catalog and history together.

A use case is a plain function of a `Snapshot` (it reads) or a `Transaction` (it also writes). The
edge hands it to a `Store`, which runs it once, on a thread of its own, and answers when what it
wrote is durable. One request is one transaction; several may share one commit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TypeVar

from runstone.domain.cancellation import never
from runstone.domain.ids import RunId
from runstone.domain.storage import Footprint
from runstone.ports.accounts import Accounts, AccountsReader
from runstone.ports.artifacts import Artifacts, ArtifactsReader
from runstone.ports.console import Console, ConsoleReader
from runstone.ports.custom_charts import CustomCharts, CustomChartsReader
from runstone.ports.files import Files, FilesReader
from runstone.ports.garbage import Garbage, GarbageReader
from runstone.ports.history import History, HistoryReader
from runstone.ports.history_files import HistoryFiles, HistoryFilesReader
from runstone.ports.lineage import LineageReader
from runstone.ports.projects import Projects, ProjectsReader
from runstone.ports.registry import Registries, RegistriesReader
from runstone.ports.retention import Retention, RetentionReader
from runstone.ports.run_columns import RunColumns
from runstone.ports.runs import Runs, RunsReader
from runstone.ports.uploads import Uploads, UploadsReader
from runstone.ports.usage import UsageReader
from runstone.ports.views import Views, ViewsReader

T = TypeVar("T")


class Snapshot(ABC):
    """One consistent view of everything recorded.

    Attributes:
        now: The instant of this unit of work, UTC; the same for all its statements.
    """

    now: datetime
    accounts: AccountsReader
    projects: ProjectsReader
    views: ViewsReader
    custom_charts: CustomChartsReader
    runs: RunsReader
    artifacts: ArtifactsReader
    retention: RetentionReader
    registries: RegistriesReader
    lineage: LineageReader
    files: FilesReader
    console: ConsoleReader
    history: HistoryReader
    history_files: HistoryFilesReader
    uploads: UploadsReader
    run_columns: RunColumns
    garbage: GarbageReader
    usage: UsageReader


class Transaction(Snapshot):
    """A view that may also be changed; all of its changes become durable or none.

    Its parts are of the writing kind.
    """

    accounts: Accounts
    projects: Projects
    views: Views
    custom_charts: CustomCharts
    runs: Runs
    artifacts: Artifacts
    retention: Retention
    registries: Registries
    files: Files
    console: Console
    history: History
    history_files: HistoryFiles
    uploads: Uploads
    garbage: Garbage

    @abstractmethod
    def after_commit(self, action: Callable[[], None]) -> None:
        """Runs `action` once this unit is durable; never, when it fails.

        It runs on the store's thread: it must be quick and must not raise.
        """


class Store(ABC):
    """Runs units of work.

    Thread-safe. `write` units are executed one after the other, each seeing the effects of those
    before; a unit that raises leaves nothing behind and its exception is the future's. The future
    of a `write` resolves after its effects are durable, and effects of units whose future was
    never resolved are either wholly there or wholly absent after a crash. `read` units run side by
    side with everything. Driver errors arrive as `Unavailable` (disk full, locked) or
    `CorruptData`; text that is no valid Unicode (a lone surrogate) is refused with InvalidInput
    (code `invalid-text`). After `close` every unit is refused with Unavailable.
    """

    @abstractmethod
    def read(self, unit: Callable[[Snapshot], T]) -> Future[T]:
        """Runs `unit` on a snapshot that holds all units whose futures were resolved before."""

    @abstractmethod
    def write(self, unit: Callable[[Transaction], T]) -> Future[T]:
        """Runs `unit` in a transaction; the future resolves when its effects are durable."""

    @abstractmethod
    def seal_idle(self, *, is_cancelled: Callable[[], bool] = never) -> int:
        """Makes one pass of the background sealing: packs what is due; returns rows packed.

        Called by a background job, never by a request. Safe to call from several threads and to
        kill at any moment. Once `is_cancelled` says yes, which it is asked often, the rest is left
        to a later pass, of this process or another.
        """

    @abstractmethod
    def seal_run(self, run: RunId) -> int:
        """Packs all journaled rows of `run` now; returns how many. Repeatable."""

    @abstractmethod
    def footprint(self) -> Footprint:
        """What the database takes on disk now."""

    @abstractmethod
    def give_back(self, max_bytes: int) -> int:
        """Gives about so much of what is free back to the file system, in one short write.

        Commits wait while it works, so callers take small steps. Safe to kill at any moment, and
        nothing that is read changes.

        Returns:
            By how many bytes the database became smaller; 0 when nothing is left to give back,
            or where the database cannot shrink while it is open.
        """

    @abstractmethod
    def trim_log(self) -> int:
        """Puts what is in the log in its place and shortens the log, as far as no reader needs it.

        Returns:
            Bytes that the log still has.
        """

    @abstractmethod
    def close(self) -> None:
        """Finishes what was begun, makes it durable and lets go of every resource. Repeatable."""
