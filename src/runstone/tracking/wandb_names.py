"""wandb's public names, and what each of them is here: for people who come from there.

Kept as data, since two readers need it: `make docs` writes docs/coming-from-wandb.md from it, and a
test holds it against the real client, so that a name that is new there is missed here.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What a name of wandb's is here."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_OFFERED = "not offered"


@dataclass(frozen=True, slots=True)
class Name:
    """One public name.

    Attributes:
        why: What is different, or why it is not offered and what to do in its place.
    """

    verdict: Verdict
    why: str = ""


_SAME: Final = Name(Verdict.SAME)


def _different(why: str) -> Name:
    return Name(Verdict.DIFFERENT, why)


def _not_offered(why: str) -> Name:
    return Name(Verdict.NOT_OFFERED, why)


_ONE_WARNING: Final = _different("taken, and said once to mean nothing here")
_SWEEPS: Final = "sweeps run through the wandb client, which works with this server"

MODULE: Final[dict[str, Name]] = {
    "__version__": _different("Runstone's own"),
    "Api": _different("reads runs in Runstone's words (reading.md); `wandb.Api` works, too"),
    "ArtifactTTL": _not_offered("retention is a rule of a collection (artifacts.md)"),
    "Audio": _SAME,
    "EvalTable": _not_offered("a table with fixed columns: log a `Table`"),
    "Graph": _not_offered("networks are not drawn as graphs"),
    "Histogram": _SAME,
    "Html": _SAME,
    "Image": _SAME,
    "Molecule": _SAME,
    "Object3D": _SAME,
    "Plotly": _SAME,
    "Run": _different(
        "`runstone.Run` is a run that is read; the one that `init()` returns is `ActiveRun`"
    ),
    "Table": _SAME,
    "Video": _SAME,
    "agent": _not_offered(_SWEEPS),
    "box3d": _not_offered("boxes of a point cloud are dictionaries: `Object3D` takes them"),
    "config": _SAME,
    "controller": _not_offered(_SWEEPS),
    "define_metric": _different(
        '`goal=` and `summary="best"` as in older clients; `*` may stand anywhere'
    ),
    "finish": _different("waits a minute at most; the rest goes with `runstone sync`"),
    "init": _different("the project is the first argument; see its keywords below"),
    "join": _SAME,
    "link_model": _SAME,
    "log": _SAME,
    "log_artifact": _SAME,
    "log_model": _SAME,
    "plot_table": _SAME,
    "save": _SAME,
    "setup": _different("takes settings, and returns those that count"),
    "summary": _SAME,
    "sweep": _not_offered(_SWEEPS),
    "unwatch": _SAME,
    "use_artifact": _SAME,
    "use_model": _SAME,
    "watch": _SAME,
}
"""What `wandb` exports."""

INIT: Final[dict[str, Name]] = {
    "allow_val_change": _different(
        "by default a value of the config may change, which is said once; False makes it an error"
    ),
    "anonymous": _ONE_WARNING,
    "config": _different("YAML files are read where PyYAML is installed; JSON always"),
    "config_exclude_keys": _SAME,
    "config_include_keys": _SAME,
    "dir": _different("folders of runs lie in it, not in `wandb` below it"),
    "entity": _different("by keyword only"),
    "force": _ONE_WARNING,
    "fork_from": _different("config and summary come along, as they were at that step"),
    "group": _SAME,
    "id": _different(
        "without `resume`, rows are added to the run of that id; nothing of it is replaced"
    ),
    "job_type": _SAME,
    "mode": _different(
        "`local` keeps runs in a data folder without a server; `shared` needs a launcher, a rank "
        "or a label"
    ),
    "monitor_gym": _ONE_WARNING,
    "name": _SAME,
    "notes": _SAME,
    "project": _SAME,
    "reinit": _SAME,
    "resume": _different(
        "waits ten seconds at most for the server; offline, the server decides at `runstone sync`"
    ),
    "resume_from": _different("what is taken back stays in an archived run beside it"),
    "save_code": _different("code is kept unless this is False, or `RUNSTONE_DISABLE_CODE` is set"),
    "settings": _different("`runstone.Settings` (client-settings.md); unknown ones are said once"),
    "sync_tensorboard": _ONE_WARNING,
    "tags": _SAME,
    "tensorboard": _ONE_WARNING,
}
"""Keywords of `wandb.init`."""

RUN: Final[dict[str, Name]] = {
    "alert": _different("the text may be left out; shown by the server, not mailed"),
    "config": _SAME,
    "config_static": _not_offered("a copy that cannot be changed: `run.config.as_dict()`"),
    "define_metric": _different("see above"),
    "dir": _SAME,
    "disabled": _SAME,
    "display": _SAME,
    "entity": _different("None until the server has said whose key it is"),
    "finish": _different("see above"),
    "finish_artifact": _not_offered("a version is written by one process"),
    "group": _different("may be set"),
    "id": _SAME,
    "job_type": _different("may be set"),
    "link_artifact": _SAME,
    "link_model": _SAME,
    "log": _different("any whole number is a step, in any order; nothing is dropped for it"),
    "log_artifact": _SAME,
    "log_code": _SAME,
    "log_model": _SAME,
    "mark_preempting": _SAME,
    "name": _SAME,
    "notes": _SAME,
    "offline": _SAME,
    "path": _SAME,
    "pin_config_keys": _not_offered("what a table shows is a view of the project"),
    "project": _SAME,
    "project_url": _different("None until the server has heard of the run"),
    "restore": _not_offered("files of runs are read with `runstone.Api`"),
    "resumed": _SAME,
    "save": _SAME,
    "settings": _different("`runstone.Settings`"),
    "start_time": _SAME,
    "starting_step": _SAME,
    "status": _different("says where the run is and what is wrong, and no counts"),
    "step": _different("offline, of a run that goes on: counted from its own first step"),
    "summary": _different("read from the run's own journal, without asking anybody"),
    "sweep_id": _different("always None"),
    "sweep_url": _different("always None"),
    "sync_dir": _SAME,
    "tags": _SAME,
    "to_html": _SAME,
    "unwatch": _SAME,
    "upsert_artifact": _not_offered("a version is written by one process"),
    "url": _different("None until the server has heard of the run"),
    "use_artifact": _SAME,
    "use_model": _SAME,
    "watch": _SAME,
    "write_logs": _not_offered("what is printed is kept: `print`"),
}
"""Public methods and attributes of `wandb.Run`."""

_HEAD: Final = """\
# Coming from wandb

<!-- Written by `make docs` from src/runstone/tracking/wandb_names.py; edit it there. -->

Scripts that log with the `wandb` client need no change: they talk to this server as they are. Who
wants Runstone's own client (no daemon, nothing lost at kill -9, a microsecond for each `log()`)
changes one line:

```python
import runstone as wandb
```

These are all public names of the wandb client (0.31), and what each of them is here.
`except wandb.Error` (`UsageError`, `CommError`) works, `wandb.login`, `wandb.Settings`, `wandb.run`
and `wandb.teardown` do; variables `WANDB_…` are heard where they mean the same
([client-settings.md](client-settings.md)).
"""


def names_page() -> str:
    """docs/coming-from-wandb.md."""
    return "\n".join(
        [
            _HEAD,
            *_section("The module", MODULE, "`wandb.{}`"),
            *_section("Keywords of `init`", INIT, "`{}=`"),
            *_section("A run", RUN, "`run.{}`"),
        ]
    )


def _section(title: str, names: dict[str, Name], form: str) -> list[str]:
    return [
        f"## {title}\n",
        "| name | here | |",
        "|---|---|---|",
        *(f"| {form.format(n)} | {one.verdict} | {one.why} |" for n, one in sorted(names.items())),
        "",
    ]


if __name__ == "__main__":
    sys.stdout.write(names_page())
