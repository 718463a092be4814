"""The catalog's suites over the memory store."""

from __future__ import annotations

from pathlib import Path

from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Store
from runstone.storage.memory.store import MemoryStore
from runstone.testing import catalog


class OnMemory:
    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return MemoryStore(clock=clock, events=events)


class TestAccounts(OnMemory, catalog.AccountsConformance):
    pass


class TestProjects(OnMemory, catalog.ProjectsConformance):
    pass


class TestRuns(OnMemory, catalog.RunsConformance):
    pass


class TestSummaries(OnMemory, catalog.SummariesConformance):
    pass


class TestFiles(OnMemory, catalog.FilesConformance):
    pass


class TestConsole(OnMemory, catalog.ConsoleConformance):
    pass


class TestTrash(OnMemory, catalog.TrashConformance):
    pass


class TestSearch(OnMemory, catalog.SearchConformance):
    pass


class TestUploads(OnMemory, catalog.UploadsConformance):
    pass


class TestViews(OnMemory, catalog.ViewsConformance):
    pass


class TestCustomCharts(OnMemory, catalog.CustomChartsConformance):
    pass


class TestHistoryFiles(OnMemory, catalog.HistoryFilesConformance):
    pass


class TestGarbage(OnMemory, catalog.GarbageConformance):
    pass


class TestUsage(OnMemory, catalog.UsageConformance):
    pass


class TestArtifacts(OnMemory, catalog.ArtifactsConformance):
    pass


class TestLineage(OnMemory, catalog.LineageConformance):
    pass


class TestRegistries(OnMemory, catalog.RegistriesConformance):
    pass
