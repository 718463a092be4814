"""Runstone: the open, self-hosted home for every machine-learning run.

Example:
    import runstone

    for run in runstone.Api().runs("lab/digits", sort="-summary.accuracy")[:10]:
        print(run.name, run.config["lr"], run.summary["accuracy"])
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone import errors, plot
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
    from runstone.tracking import ActiveRun, attach, finish, init, log
    from runstone.tracking.artifact_verbs import (
        link_artifact,
        link_model,
        log_artifact,
        log_model,
        use_artifact,
        use_model,
    )
    from runstone.tracking.saving import save
    from runstone.tracking.watch_verbs import unwatch, watch

__version__ = "0.1.0"

_TRACKING = ("ActiveRun", "attach", "finish", "init", "log")

_ROOMS = {
    "link_artifact": "artifact_verbs",
    "link_model": "artifact_verbs",
    "log_artifact": "artifact_verbs",
    "log_model": "artifact_verbs",
    "save": "saving",
    "unwatch": "watch_verbs",
    "use_artifact": "artifact_verbs",
    "use_model": "artifact_verbs",
    "watch": "watch_verbs",
}
"""Names that have a room of their own within `runstone.tracking`."""

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
    "attach",
    "errors",
    "finish",
    "init",
    "link_artifact",
    "link_model",
    "log",
    "log_artifact",
    "log_model",
    "plot",
    "save",
    "unwatch",
    "use_artifact",
    "use_model",
    "watch",
]


def __getattr__(name: str) -> object:
    # Training scripts and the server import this package, too: what is not used costs nothing.
    if name not in __all__:
        raise AttributeError(f"module 'runstone' has no attribute {name!r}")
    if name in ("errors", "plot"):
        return import_module(f"runstone.{name}")
    room = "runstone.tracking" if name in _TRACKING else "runstone.sdk"
    if name in _ROOMS:
        room = f"runstone.tracking.{_ROOMS[name]}"
    found: object = getattr(import_module(room), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
