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
_SWEEPS: Final = (
    "this server has no sweeps yet, for the wandb client neither: Optuna, or a loop of runs with "
    "`group=`"
)
_INTEGRATION: Final = (
    "is the wandb client's own; what a framework reports can be logged with `run.log`, or by the "
    "wandb client, which works with this server"
)
_ELSEWHERE: Final = "a part of the wandb client itself"
_NO_KEYS: Final = "rows are found by values: `JoinedTable` joins by a column"
_ONE_ADDRESS: Final = "a link is read under its own address, as any version"

MODULE: Final[dict[str, Name]] = {
    "__version__": _different("Runstone's own"),
    "Api": _different("reads runs in Runstone's words (reading.md); `wandb.Api` works, too"),
    "ArtifactTTL": _SAME,
    "Audio": _SAME,
    "EvalTable": _not_offered("for Weave, which is not here: log a `Table`"),
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
    "box3d": _SAME,
    "config": _SAME,
    "controller": _not_offered(_SWEEPS),
    "define_metric": _different(
        '`goal=` and `summary="best"` as in older clients; `*` may stand anywhere'
    ),
    "finish": _different("waits a minute at most; the rest goes with `runstone sync`"),
    "init": _different("the project is the first argument; see its keywords below"),
    "join": _SAME,
    "link_model": _SAME,
    "log": _different("any whole number is a step, in any order; nothing is dropped for it"),
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

BESIDE: Final[dict[str, Name]] = {
    "AlertLevel": _SAME,
    "Classes": _SAME,
    "CommError": _SAME,
    "Config": _different("for annotations: that of a run is `run.config`"),
    "Error": _SAME,
    "JoinedTable": _different("for artifacts; the page shows all rows of both"),
    "Settings": _different("names that mean nothing here are said once and passed over"),
    "UsageError": _SAME,
    "alert": _SAME,
    "api": _not_offered("`runstone.login()` asks whether there is a key, and whether it is good"),
    "attach": _different(
        "joins the run of the process that started this one: by folder, not by id"
    ),
    "catboost": _not_offered(_INTEGRATION),
    "data_types": _not_offered("its classes are in the module itself: `runstone.Image`"),
    "ensure_configured": _not_offered(
        "leave it out: nothing needs it, with the wandb client either"
    ),
    "env": _not_offered(_ELSEWHERE),
    "errors": _different("`Error`, `CommError`, `UsageError` and Runstone's own"),
    "gym": _not_offered(_INTEGRATION),
    "integration": _not_offered(_INTEGRATION),
    "keras": _not_offered(_INTEGRATION),
    "lightgbm": _not_offered(_INTEGRATION),
    "login": _different("keeps a key for this server, in Runstone's own file"),
    "mark_preempting": _SAME,
    "pin_config_keys": _not_offered("what a page shows of the config is chosen on the page"),
    "plot": _SAME,
    "require": _different("taken, and nothing: there is one client"),
    "restore": _different("what is not there is `NotFound`; by default not into `run.dir`"),
    "run": _SAME,
    "sacred": _not_offered(_INTEGRATION),
    "sdk": _different(
        "for annotations: `sdk.wandb_run.Run` is what `init()` returns; also `wandb_config.Config` "
        "and `wandb_settings.Settings`"
    ),
    "sklearn": _not_offered("its plots are in `runstone.plot`, without scikit-learn"),
    "teardown": _SAME,
    "tensorboard": _not_offered("event files are not read yet"),
    "tensorflow": _not_offered(_INTEGRATION),
    "termerror": _SAME,
    "termlog": _SAME,
    "termwarn": _SAME,
    "util": _different("`generate_id` alone"),
    "xgboost": _not_offered(_INTEGRATION),
}
"""What scripts say of `wandb` beside that; its further submodules are none of theirs."""

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
    "config_static": _SAME,
    "define_metric": _different("see above"),
    "dir": _SAME,
    "disabled": _SAME,
    "display": _SAME,
    "entity": _different("waits two seconds at most for the server; None offline"),
    "finish": _different("see above"),
    "finish_artifact": _different("a path needs a name; what came too late is said"),
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
    "pin_config_keys": _ONE_WARNING,
    "project": _SAME,
    "project_url": _different("waits two seconds at most for the server; None offline"),
    "restore": _different("what is not there is `NotFound`; by default not into `run.dir`"),
    "resumed": _SAME,
    "save": _SAME,
    "settings": _different("`runstone.Settings`"),
    "start_time": _SAME,
    "starting_step": _SAME,
    "status": _different("says where the run is and what is wrong, and no counts"),
    "step": _different("offline, of a run that goes on: counted from its own first step"),
    "summary": _different(
        "read from the run's own journal, without asking anybody; what was logged as "
        '`{"a": {"b": 1}}` is `summary["a.b"]`'
    ),
    "sweep_id": _different("always None"),
    "sweep_url": _different("always None"),
    "sync_dir": _SAME,
    "tags": _SAME,
    "to_html": _SAME,
    "unwatch": _SAME,
    "upsert_artifact": _different("a path needs a name; `wait()` waits for the part"),
    "url": _different("waits two seconds at most for the server; None offline"),
    "use_artifact": _SAME,
    "use_model": _SAME,
    "watch": _SAME,
    "write_logs": _SAME,
}
"""Public methods and attributes of `wandb.Run`."""

ARTIFACT: Final[dict[str, Name]] = {
    "add": _SAME,
    "add_dir": _SAME,
    "add_file": _SAME,
    "add_reference": _different("objects of buckets get their address alone"),
    "aliases": _different("read; `add_aliases()` and `remove_aliases()` change them at once"),
    "checkout": _SAME,
    "collection": _different("its name"),
    "commit_hash": _not_offered("a commit has no other number than the version"),
    "created_at": _different("a `datetime`"),
    "delete": _SAME,
    "description": _different("of a version on the server: `update(description=…)`"),
    "digest": _SAME,
    "digest_algorithm": _not_offered("MD5, always"),
    "distributed_id": _SAME,
    "download": _different("returns a `Path`, to which a text can be added"),
    "entity": _SAME,
    "file": _different("returns a `Path`, to which a text can be added"),
    "file_count": _SAME,
    "files": _different("an iterator of `ArtifactFile`, which have a `path`"),
    "finalize": _different("nothing: what is logged is as it was then"),
    "get": _different("tables; other values are files, see `get_entry`"),
    "get_added_local_path_name": _SAME,
    "get_entry": _SAME,
    "get_path": _SAME,
    "history_step": _not_offered("a version says which run logged it, and when"),
    "id": _not_offered("`path` is what a version is found by"),
    "incremental": _different("taken, and nothing: bytes that are there are never sent again"),
    "is_draft": _SAME,
    "is_link": _not_offered(_ONE_ADDRESS),
    "json_encode": _not_offered(_ELSEWHERE),
    "link": _SAME,
    "linked_artifacts": _not_offered(_ONE_ADDRESS),
    "linked_at": _not_offered(_ONE_ADDRESS),
    "logged_by": _SAME,
    "manifest": _different("of a draft, as JSON; of a version `files()`"),
    "metadata": _different("of a version on the server: `update(metadata=…)`"),
    "name": _SAME,
    "new_draft": _SAME,
    "new_file": _SAME,
    "project": _SAME,
    "qualified_name": _SAME,
    "remove": _SAME,
    "save": _not_offered("`run.log_artifact()`; changes of a version are made at once: `update()`"),
    "size": _SAME,
    "source_artifact": _not_offered(_ONE_ADDRESS),
    "source_collection": _not_offered(_ONE_ADDRESS),
    "source_entity": _not_offered(_ONE_ADDRESS),
    "source_name": _not_offered(_ONE_ADDRESS),
    "source_project": _not_offered(_ONE_ADDRESS),
    "source_qualified_name": _not_offered(_ONE_ADDRESS),
    "source_version": _not_offered(_ONE_ADDRESS),
    "state": _SAME,
    "tags": _different("of a version on the server: `update(tags=…)`"),
    "ttl": _different("of a version on the server: read; `update(ttl=…)`, `expires_at`"),
    "type": _SAME,
    "unlink": _not_offered("`delete()` of a version in a collection of links takes it out"),
    "updated_at": _different("a `datetime`"),
    "url": _SAME,
    "use_as": _SAME,
    "used_by": _SAME,
    "verify": _SAME,
    "version": _SAME,
    "wait": _SAME,
}
"""Of `wandb.Artifact`: of `runstone.Artifact`, or of the version that it is on the server."""

TABLE: Final[dict[str, Name]] = {
    "MAX_ARTIFACT_ROWS": _not_offered("all rows are kept; setting it does no harm"),
    "MAX_ROWS": _not_offered("all rows are kept; setting it does no harm"),
    "add_column": _SAME,
    "add_computed_columns": _SAME,
    "add_data": _SAME,
    "add_row": _SAME,
    "cast": _not_offered("columns take any values"),
    "get_column": _SAME,
    "get_dataframe": _SAME,
    "get_index": _different("the numbers of the rows"),
    "has_been_logged": _not_offered("a table may be changed and logged again"),
    "index_ref": _not_offered(_NO_KEYS),
    "iterrows": _SAME,
    "set_fk": _not_offered(_NO_KEYS),
    "set_pk": _not_offered(_NO_KEYS),
}
"""Of `wandb.Table`, without what all media have for the client itself."""

_HEAD: Final = """\
# Coming from wandb

<!-- Written by `make docs` from src/runstone/tracking/wandb_names.py; edit it there. -->

Scripts that log with the `wandb` client need no change: they talk to this server as they are. Who
wants Runstone's own client (no daemon, nothing lost at kill -9, a microsecond for each `log()`)
changes one line:

```python
import runstone as wandb
```

These are all public names of the wandb client (0.31), and what each of them is here. Variables
`WANDB_…` are heard where they mean the same ([client-settings.md](client-settings.md)).
Lines such as `from wandb.keras import WandbCallback` import the real client, which knows nothing of
a run of Runstone's: log what the callback would, or leave the script with the wandb client.
Libraries that log for you (Lightning, transformers, accelerate) import that client themselves, and
work with this server as they are: Runstone under the name of `wandb` in `sys.modules` is nothing
that they are tried with.
Constructors of media take what those of wandb take.
"""


def reason_of(name: str) -> str | None:
    """Why a name of the module is not here, and what to do; None where there is nothing to say."""
    known = MODULE.get(name) or BESIDE.get(name)
    return None if known is None or known.verdict is not Verdict.NOT_OFFERED else known.why


def names_page() -> str:
    """docs/coming-from-wandb.md."""
    return "\n".join(
        [
            _HEAD,
            *_section("The module", MODULE, "`wandb.{}`"),
            *_section("Names beside those", BESIDE, "`wandb.{}`"),
            *_section("Keywords of `init`", INIT, "`{}=`"),
            *_section("A run", RUN, "`run.{}`"),
            *_section("An artifact", ARTIFACT, "`artifact.{}`"),
            *_section("A table", TABLE, "`table.{}`"),
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
