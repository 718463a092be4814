"""Runstone: the open, self-hosted home for every machine-learning run.

Example:
    import runstone

    for run in runstone.Api().runs("lab/digits", sort="-summary.accuracy")[:10]:
        print(run.name, run.config["lr"], run.summary["accuracy"])
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone import errors
    from runstone.sdk import (
        Api,
        Artifact,
        ArtifactVersion,
        Format,
        Frame,
        Project,
        Run,
        RunFile,
        Runs,
    )
    from runstone.tracking import ActiveRun, finish, init, log

__version__ = "0.1.0"

_TRACKING = ("ActiveRun", "finish", "init", "log")

__all__ = [
    "ActiveRun",
    "Api",
    "Artifact",
    "ArtifactVersion",
    "Format",
    "Frame",
    "Project",
    "Run",
    "RunFile",
    "Runs",
    "__version__",
    "errors",
    "finish",
    "init",
    "log",
]


def __getattr__(name: str) -> object:
    # Training scripts and the server import this package, too: what is not used costs nothing.
    if name not in __all__:
        raise AttributeError(f"module 'runstone' has no attribute {name!r}")
    if name == "errors":
        return import_module("runstone.errors")
    room = "runstone.tracking" if name in _TRACKING else "runstone.sdk"
    found: object = getattr(import_module(room), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
