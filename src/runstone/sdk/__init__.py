"""The client library: what `import runstone` offers. Sees the domain alone; the base install does.

Nothing here is imported before it is used: see `runstone.__getattr__`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from runstone.sdk.api import Api
    from runstone.sdk.artifact_collections import ArtifactCollection, ArtifactType
    from runstone.sdk.artifact_drafts import Artifact
    from runstone.sdk.artifact_files import ArtifactFile
    from runstone.sdk.artifact_tables import ArtifactTable
    from runstone.sdk.artifact_ttl import ArtifactTTL
    from runstone.sdk.artifact_versions import ArtifactVersion
    from runstone.sdk.console import Console
    from runstone.sdk.errors import CannotWrite, MissingPackage, ServerError
    from runstone.sdk.files import RunFile
    from runstone.sdk.frames import Format, Frame, read_jsonl
    from runstone.sdk.groups import Group, Groups, KeyValue, Other
    from runstone.sdk.media import Histogram, MediaItem, MediaKey, MediaValue
    from runstone.sdk.projects import Project
    from runstone.sdk.records import Column, ConsoleLine, KeyInfo
    from runstone.sdk.run import Run
    from runstone.sdk.runs import Runs

__all__ = [
    "Api",
    "Artifact",
    "ArtifactCollection",
    "ArtifactFile",
    "ArtifactTTL",
    "ArtifactTable",
    "ArtifactType",
    "ArtifactVersion",
    "CannotWrite",
    "Column",
    "Console",
    "ConsoleLine",
    "Format",
    "Frame",
    "Group",
    "Groups",
    "Histogram",
    "KeyInfo",
    "KeyValue",
    "MediaItem",
    "MediaKey",
    "MediaValue",
    "MissingPackage",
    "Other",
    "Project",
    "Run",
    "RunFile",
    "Runs",
    "ServerError",
    "read_jsonl",
]

_ROOMS: Final = {
    "Api": "api",
    "Artifact": "artifact_drafts",
    "ArtifactCollection": "artifact_collections",
    "ArtifactFile": "artifact_files",
    "ArtifactTTL": "artifact_ttl",
    "ArtifactTable": "artifact_tables",
    "ArtifactType": "artifact_collections",
    "ArtifactVersion": "artifact_versions",
    "CannotWrite": "errors",
    "Column": "records",
    "Console": "console",
    "ConsoleLine": "records",
    "Format": "frames",
    "Frame": "frames",
    "Group": "groups",
    "Groups": "groups",
    "Histogram": "media",
    "KeyInfo": "records",
    "KeyValue": "groups",
    "MediaItem": "media",
    "MediaKey": "media",
    "MediaValue": "media",
    "MissingPackage": "errors",
    "Other": "groups",
    "Project": "projects",
    "Run": "run",
    "RunFile": "files",
    "Runs": "runs",
    "ServerError": "errors",
    "read_jsonl": "frames",
}

_CLASSES_OF_WANDB: Final = ("wandb_config", "wandb_run", "wandb_settings")
"""Where scripts with `import runstone as wandb` take classes for their annotations from."""


def __getattr__(name: str) -> object:
    # A run that is being logged needs its transport, and nothing of what reads.
    room = _ROOMS.get(name)
    if name in _CLASSES_OF_WANDB:
        return getattr(import_module("runstone.tracking.wandb_words"), name)
    if room is None:
        raise AttributeError(f"module 'runstone.sdk' has no attribute {name!r}")
    found: object = getattr(import_module(f"runstone.sdk.{room}"), name)
    globals()[name] = found
    return found
