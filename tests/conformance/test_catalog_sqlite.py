"""The catalog's suites over the sqlite store."""

from __future__ import annotations

from pathlib import Path

from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Store
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing import catalog


class OnSqlite:
    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return SqliteStore(folder, clock=clock, events=events, durability="process", linger_s=0.0)


class TestAccounts(OnSqlite, catalog.AccountsConformance):
    pass


class TestProjects(OnSqlite, catalog.ProjectsConformance):
    pass


class TestRuns(OnSqlite, catalog.RunsConformance):
    pass


class TestSummaries(OnSqlite, catalog.SummariesConformance):
    pass


class TestFiles(OnSqlite, catalog.FilesConformance):
    pass


class TestConsole(OnSqlite, catalog.ConsoleConformance):
    pass


class TestTrash(OnSqlite, catalog.TrashConformance):
    pass


class TestSearch(OnSqlite, catalog.SearchConformance):
    pass


class TestUploads(OnSqlite, catalog.UploadsConformance):
    pass


class TestViews(OnSqlite, catalog.ViewsConformance):
    pass


class TestCustomCharts(OnSqlite, catalog.CustomChartsConformance):
    pass


class TestHistoryFiles(OnSqlite, catalog.HistoryFilesConformance):
    pass


class TestGarbage(OnSqlite, catalog.GarbageConformance):
    pass


class TestUsage(OnSqlite, catalog.UsageConformance):
    pass


class TestArtifacts(OnSqlite, catalog.ArtifactsConformance):
    pass


class TestLineage(OnSqlite, catalog.LineageConformance):
    pass


class TestRegistries(OnSqlite, catalog.RegistriesConformance):
    pass
