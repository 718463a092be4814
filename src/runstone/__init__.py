"""Runstone: the open, self-hosted home for every machine-learning run.

Example:
    import runstone

    for run in runstone.Api().runs("lab/digits", sort="-summary.accuracy")[:10]:
        print(run.name, run.config["lr"], run.summary["accuracy"])
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone import errors, plot, sdk
    from runstone.plot import plot_table
    from runstone.sdk import (
        Api,
        Artifact,
        ArtifactTTL,
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
    from runstone.tracking.config import Config
    from runstone.tracking.login import login, setup, teardown
    from runstone.tracking.options import Settings
    from runstone.tracking.restoring import restore
    from runstone.tracking.saving import save
    from runstone.tracking.speaking import alert, define_metric, mark_preempting
    from runstone.tracking.values.clips import Audio, Video
    from runstone.tracking.values.figures import Bokeh, Plotly
    from runstone.tracking.values.histogram import Histogram
    from runstone.tracking.values.html import Html
    from runstone.tracking.values.image import Classes, Image
    from runstone.tracking.values.joined import JoinedTable, PartitionedTable
    from runstone.tracking.values.shapes import Molecule, Object3D
    from runstone.tracking.values.table import Table
    from runstone.tracking.wandb_words import (
        AlertLevel,
        box3d,
        require,
        termerror,
        termlog,
        termwarn,
        util,
    )
    from runstone.tracking.watch_verbs import unwatch, watch

__version__ = "0.1.0"

_TRACKING = ("ActiveRun", "attach", "finish", "init", "log")

_ROOMS = {
    "Config": "config",
    "Settings": "options",
    "alert": "speaking",
    "define_metric": "speaking",
    "login": "login",
    "mark_preempting": "speaking",
    "setup": "login",
    "teardown": "login",
    "link_artifact": "artifact_verbs",
    "link_model": "artifact_verbs",
    "log_artifact": "artifact_verbs",
    "log_model": "artifact_verbs",
    "restore": "restoring",
    "save": "saving",
    "unwatch": "watch_verbs",
    "use_artifact": "artifact_verbs",
    "use_model": "artifact_verbs",
    "watch": "watch_verbs",
    "Image": "values.image",
    "Classes": "values.image",
    "Audio": "values.clips",
    "Video": "values.clips",
    "Html": "values.html",
    "Histogram": "values.histogram",
    "Table": "values.table",
    "JoinedTable": "values.joined",
    "PartitionedTable": "values.joined",
    "Plotly": "values.figures",
    "Bokeh": "values.figures",
    "Object3D": "values.shapes",
    "Molecule": "values.shapes",
    "AlertLevel": "wandb_words",
    "box3d": "wandb_words",
    "require": "wandb_words",
    "termerror": "wandb_words",
    "termlog": "wandb_words",
    "termwarn": "wandb_words",
    "util": "wandb_words",
}
"""Names that have a room of their own within `runstone.tracking`."""

__all__ = [
    "ActiveRun",
    "AlertLevel",
    "Api",
    "Artifact",
    "ArtifactTTL",
    "ArtifactVersion",
    "Audio",
    "Bokeh",
    "Classes",
    "CommError",
    "Config",
    "Error",
    "Format",
    "Frame",
    "Histogram",
    "Html",
    "Image",
    "JoinedTable",
    "Molecule",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "Project",
    "Run",
    "RunFile",
    "Runs",
    "Settings",
    "Table",
    "UsageError",
    "Video",
    "__version__",
    "alert",
    "attach",
    "box3d",
    "config",
    "define_metric",
    "errors",
    "finish",
    "init",
    "join",
    "link_artifact",
    "link_model",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "mark_preempting",
    "plot",
    "plot_table",
    "require",
    "restore",
    "run",
    "save",
    "sdk",
    "setup",
    "summary",
    "teardown",
    "termerror",
    "termlog",
    "termwarn",
    "unwatch",
    "use_artifact",
    "use_model",
    "util",
    "watch",
]


_ERRORS = ("CommError", "Error", "UsageError")
_OF_RUN = {"config": "config_of_run", "run": "current", "summary": "summary_of_run"}
"""What the run that was begun last has: another one each time."""

_ASSIGNED: dict[str, tuple[object, object]] = {}
"""What a script has set in the place of those (`wandb.config = {...}`), and during which run."""


class _Package(ModuleType):
    """What a script sets of a run's parts counts until another run is the current one."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _OF_RUN:
            _ASSIGNED[name] = (value, _id_of_run())
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if _ASSIGNED.pop(name, None) is None:
            super().__delattr__(name)


class _PartsOfWandb:
    """Asked last for a module: whoever imports a part of wandb's from here is told what is here."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        package, _, part = name.partition(".")
        here = sys.modules.get(__name__)
        if part and here is not None and sys.modules.get(package) is here:
            why = import_module("runstone.tracking.wandb_names").reason_of(part)
            if why:
                raise ModuleNotFoundError(f"No module named {name!r}: {why}", name=name)


sys.modules[__name__].__class__ = _Package
sys.meta_path.append(_PartsOfWandb)


def __getattr__(name: str) -> object:
    # Training scripts and the server import this package, too: what is not used costs nothing.
    if name not in __all__:
        hint = "" if name.startswith("_") else _in_place_of(name)
        raise AttributeError(f"module 'runstone' has no attribute {name!r}{hint}")
    if name in ("errors", "plot", "sdk"):
        return import_module(f"runstone.{name}")
    if name == "plot_table":
        return import_module("runstone.plot").plot_table
    if name in _ERRORS:
        return getattr(import_module("runstone.errors"), name)
    if name in _OF_RUN:
        if name in _ASSIGNED:
            value, run = _ASSIGNED[name]
            if run == _id_of_run():
                return value
            del _ASSIGNED[name]
        return getattr(import_module("runstone.tracking.speaking"), _OF_RUN[name])()
    if name == "join":
        name = "finish"
    room = "runstone.tracking" if name in _TRACKING else "runstone.sdk"
    if name in _ROOMS:
        room = f"runstone.tracking.{_ROOMS[name]}"
    found: object = getattr(import_module(room), name)
    globals()[name] = found
    return found


def _id_of_run() -> object:
    return getattr(import_module("runstone.tracking.speaking").current(), "id", None)


def _in_place_of(name: str) -> str:
    """What to do without a name of wandb's."""
    why: str | None = import_module("runstone.tracking.wandb_names").reason_of(name)
    return f": {why}" if why else "; what of wandb is here: docs/coming-from-wandb.md"


def load_ipython_extension(shell: object) -> None:
    """For `%load_ext runstone` in a notebook."""
    import_module("runstone.notebook").load_ipython_extension(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
