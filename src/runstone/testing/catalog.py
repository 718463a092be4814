"""What every catalog must do: the docstrings of its ports as tests, a class for each port.

A backend's test file gives `open_store` in a class of its own and subclasses each of these with
it. (One class of all would hide tests that share a name.)
"""

from __future__ import annotations

from runstone.testing.accounts import AccountsConformance
from runstone.testing.artifacts import ArtifactsConformance
from runstone.testing.garbage import GarbageConformance, UsageConformance
from runstone.testing.history_files import HistoryFilesConformance
from runstone.testing.lineage import LineageConformance
from runstone.testing.projects import ProjectsConformance
from runstone.testing.records import ConsoleConformance, FilesConformance, UploadsConformance
from runstone.testing.registries import RegistriesConformance
from runstone.testing.runs import RunsConformance
from runstone.testing.summaries import SummariesConformance
from runstone.testing.trash import SearchConformance, TrashConformance
from runstone.testing.views import CustomChartsConformance, ViewsConformance

__all__ = [
    "AccountsConformance",
    "ArtifactsConformance",
    "ConsoleConformance",
    "CustomChartsConformance",
    "FilesConformance",
    "GarbageConformance",
    "HistoryFilesConformance",
    "LineageConformance",
    "ProjectsConformance",
    "RegistriesConformance",
    "RunsConformance",
    "SearchConformance",
    "SummariesConformance",
    "TrashConformance",
    "UploadsConformance",
    "UsageConformance",
    "ViewsConformance",
]
