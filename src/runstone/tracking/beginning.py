"""Beginning a run, and the functions that speak to the one that was begun last."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_entity_name, check_project_name
from runstone.tracking import background
from runstone.tracking.active import ActiveRun, Mode
from runstone.tracking.active_runs import current, forget
from runstone.tracking.config import read_config
from runstone.tracking.doors import Door, LocalDoor, NetworkDoor
from runstone.tracking.folder import RunFolder, create_folder
from runstone.tracking.identity import Identity
from runstone.tracking.interactive import in_notebook
from runstone.tracking.resuming import read_wishes
from runstone.tracking.rivals import look_for_rivals
from runstone.tracking.settings import (
    Observed,
    bounded,
    data_folder,
    default_root,
    finish_timeout_s,
    host_name,
    leads,
    resume_timeout_s,
    said,
    set_up_for,
    set_up_value,
    stops_on_request,
)
from runstone.tracking.sharing import find_parent, find_seat, no_run
from runstone.tracking.showing import begin_showing
from runstone.tracking.terminal import hush, warn
from runstone.tracking.uploader import Uploader

if TYPE_CHECKING:
    from runstone.tracking.link import Begun
    from runstone.tracking.options import Settings

_DEFAULT_PROJECT: Final = "uncategorized"
_OLD_WORDS: Final = {"run": "online", "dryrun": "offline"}
"""Of modes, in scripts of some age."""


def init(
    project: str | None = None,
    *,
    entity: str | None = None,
    config: Any = None,
    name: str | None = None,
    id: str | None = None,  # noqa: A002 - the field's word
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] | str | None = None,
    notes: str | None = None,
    mode: Mode | Literal["shared"] | None = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002 - the field's word
    url: str | None = None,
    api_key: str | None = None,
    finish_timeout: float | None = None,
    shared: bool | None = None,
    rank: int | None = None,
    label: str | None = None,
    resume: bool | Literal["allow", "must", "never", "auto"] | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    reinit: bool
    | Literal["default", "finish_previous", "return_previous", "create_new"]
    | None = None,
    allow_val_change: bool | None = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    save_code: bool | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    force: bool | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    anonymous: object = None,
) -> ActiveRun:
    """Begins a run and returns it, without waiting for the server (to resume: ten seconds at most).

    Args:
        project: `RUNSTONE_PROJECT` or `WANDB_PROJECT` where it is left out, else `uncategorized`.
        entity: Whose; by default yours. `RUNSTONE_ENTITY` and `WANDB_ENTITY` count as well.
        config: What the run is given: hyperparameters, names of data. A dictionary, a Namespace, a
            dataclass, flags of absl, or the path of a JSON or YAML file.
        name: Shown to people; by default the server invents one. `RUNSTONE_NAME`.
        group: With which runs it belongs together. `RUNSTONE_RUN_GROUP`.
        job_type: What it does among them. `RUNSTONE_JOB_TYPE`.
        tags: Words to find it by. `RUNSTONE_TAGS`, joined with commas.
        notes: What people should know of it. `RUNSTONE_NOTES`.
        id: Adds to the run of that id where there is one; `resume` says more. `RUNSTONE_RUN_ID`.
        mode: `online` sends as it comes; `offline` keeps it for `runstone sync`; `local` puts it
            into the data folder that `runstone up` serves, without a server (`RUNSTONE_DATA`,
            else `./runstone-data`; needs `runstone[server]`); `disabled` does nothing.
            `RUNSTONE_MODE` or `WANDB_MODE` where it is left out, else `online`.
        dir: Where folders of runs lie: `RUNSTONE_DIR` where it is left out, else `./runstone`.
        url: Of the server; see `runstone.Api`.
        api_key: Likewise.
        finish_timeout: Seconds that the end of the run waits for the server at most; what is left
            then goes with `runstone sync`. `RUNSTONE_FINISH_TIMEOUT` where it is left out, else 60.
        shared: All processes of this launch (torchrun, srun, mpirun) log into one run, whose id
            follows from the launch where none is said. Rank 0 leads: its config, summary and end
            are the run's; the others add rows of their own. `RUNSTONE_SHARED` where it is left
            out.
        rank: Which of the processes of a shared run this is, where no launcher says; needs an id.
        label: What people call this process, by default `rank-<rank>`; without a rank it joins a
            run that another process leads.
        resume: `allow` goes on with the run of that id where there is one, `must` only so,
            `never` only where there is none; `auto`, or True, goes on with the run of this folder
            that did not end well. Config, summary and steps go on where they were. `init()` waits
            for the server's answer, ten seconds at most (`RUNSTONE_RESUME_TIMEOUT`); what it has
            not heard by then it leaves to the server. `RUNSTONE_RESUME`.
        resume_from: `"<id>?_step=100"` takes back what that run logged after the step, and goes on
            from there; what is taken back stays in an archived run beside it.
        fork_from: `"<id>?_step=100"` begins a new run with that one's history up to the step.
        reinit: What to do while another run of this process goes on: `return_previous` (the
            default of scripts), `finish_previous` (of notebooks; True), or `create_new`.
        allow_val_change: Whether values of the config may change, where a call does not say.
        config_include_keys: Only these keys of the config.
        config_exclude_keys: All keys of the config but these.
        save_code: False keeps no code with the run.
        settings: More of them, for this run; see `runstone.Settings`.
        force: wandb's word; it means nothing here.
        tensorboard: Likewise.
        sync_tensorboard: Likewise.
        monitor_gym: Likewise.
        anonymous: Likewise.

    Raises:
        InvalidInput: A name that is not legal, an unknown mode, a timeout that is no number, wishes
            that exclude each other, or a shared run whose processes cannot know its id.
        NotFound: The run to go on with, or to fork, is not there.
        Conflict: The run is there, and must not be (code `run-exists`), or it is in the trash.
        OSError: The folder of the run cannot be made.
    """
    for word, value in (
        ("force", force),
        ("tensorboard", tensorboard),
        ("sync_tensorboard", sync_tensorboard),
        ("monitor_gym", monitor_gym),
        ("anonymous", anonymous),
    ):
        if value:
            warn(f"init({word}=…) means nothing here and is passed over")
    if settings is not None:
        from runstone.tracking.options import read_settings

        chosen_settings = read_settings(settings)
        url = url or chosen_settings.base_url
        api_key = api_key or chosen_settings.api_key
        variables = chosen_settings.as_variables()
    else:
        variables = {}
    with set_up_for(variables) if variables else nullcontext():
        previous = _previous(said("REINIT") if reinit is None else reinit)
        if previous is not None:
            return previous
        wanted_mode = mode or said("MODE") or "online"
        if wanted_mode == "shared":
            wanted_mode, shared = "online", True
        root = Path(dir) if dir else default_root()
        wishes = read_wishes(
            _text("id", id) or said("RUN_ID"),
            resume or said("RESUME"),
            resume_from,
            fork_from,
            root,
        )
        chosen = _mode(wanted_mode)
        seat = find_seat(
            wishes.run,
            rank=rank,
            label=said("LABEL") if label is None else label,
            shared=shared,
            leads=leads(),
        )
        entity = _text("entity", entity) or said("ENTITY")
        project = _text("project", project) or said("PROJECT")
        identity = Identity(
            run=seat.run,
            project=check_project_name(project or _DEFAULT_PROJECT),
            started_at=time.time(),
            entity=check_entity_name(entity) if entity else None,
            # A fork has its parent's writers, and must not be taken for one of them.
            writer=seat.writer or (f"{time.time_ns():x}" if wishes.fork else ""),
            url=url,
            name=_text("name", name) or said("NAME"),
            group=_text("group", group) or said("RUN_GROUP"),
            job_type=_text("job_type", job_type) or said("JOB_TYPE"),
            notes=_text("notes", notes) or said("NOTES"),
            tags=_tags(tags if tags is not None else said("TAGS")),
            host=host_name(),
            program=next(iter(sys.argv), "") or None,
            mode=chosen,
            label=seat.label,
            joins=seat.joins,
            life=os.urandom(8).hex(),
            resume=wishes.resume,
            rewind_to=wishes.rewind_to,
            fork_of=wishes.fork,
        )
        observed = Observed()
        if save_code is False:
            observed.has_code = False
        timeout_s = finish_timeout_s() if finish_timeout is None else _seconds(finish_timeout)
        given = read_config(config, include=config_include_keys, exclude=config_exclude_keys)
        folder = uploader = begun = None
        if chosen != "disabled":
            folder = create_folder(root, identity)
        if folder is None:
            chosen = "disabled"
        else:
            if in_notebook():
                hush()  # before the sender has anything to say
            door: Door | None = None
            if chosen == "online":
                door = NetworkDoor(url or set_up_value("URL"), api_key or set_up_value("API_KEY"))
            elif chosen == "local":
                door = LocalDoor(data_folder())
            if door is not None:
                goes_on = wishes.asks_the_server and not seat.joins
                uploader = Uploader(
                    folder, door, stops=stops_on_request(), joins=seat.joins, goes_on=goes_on
                )
                if goes_on:
                    begun = _answer(uploader, folder, resume_timeout_s())
        run = ActiveRun(
            identity,
            folder,
            mode=chosen,
            uploader=uploader,
            finish_timeout_s=timeout_s,
            allow_val_change=allow_val_change,
        )
        if chosen == "local":
            background.before_shutdown(run.end_with_script)
        run.begin_life(wishes, begun, root if folder is not None and wishes.keeps_id else None)
        if given:
            run.config.update(given, allow_val_change=True)
        run.observe(identity, observed)
        if folder is not None and wishes.run is not None and seat.label is None:
            background.later(partial(look_for_rivals, folder, run.id))
        begin_showing(run)
        return run


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Logs values into the run that was begun last; see `ActiveRun.log`.

    Raises:
        InvalidInput: There is none.
    """
    run = current() or find_parent()
    if run is None:
        raise no_run()
    run.log(data, step, commit)


def finish(exit_code: int = 0) -> None:
    """Ends the run that was begun last, if one is."""
    if (run := current()) is not None:
        run.finish(exit_code)


def _previous(reinit: bool | str | None) -> ActiveRun | None:
    """The run that is to be returned in place of a new one; others may be finished first."""
    run = current()
    if run is None:
        return None
    if reinit is True:
        reinit = "finish_previous"
    elif reinit in (None, False, "default"):
        reinit = "finish_previous" if in_notebook() else "return_previous"
    if reinit == "create_new":
        return None
    if reinit == "return_previous":
        warn(
            f"the run {run.id} goes on, and init() returns it: finish it first, or say "
            'reinit="finish_previous" or reinit="create_new"'
        )
        return run
    if reinit != "finish_previous":
        raise InvalidInput(
            f"reinit is {reinit!r}; it may be finish_previous, return_previous or create_new."
        )
    while (before := current()) is not None:
        before.finish()
        forget(before)  # also where another thread is at it still
    return None


def _answer(uploader: Uploader, folder: RunFolder, timeout_s: float) -> Begun | None:
    """What the server says of a run that is gone on with; None where it does not say in time.

    Raises:
        RunstoneError: It says no: nothing has begun then.
    """
    try:
        begun = uploader.wait_for_begun(timeout_s)
    except BaseException:  # no, or Ctrl-C
        import shutil

        uploader.give_up()
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    if begun is None and uploader.is_alive:  # else it has said why
        warn(
            f"the server has not said within {timeout_s:g} s how this run goes on: what is logged "
            "gets its steps there, and config and summary are what this process says"
        )
    return begun


def _text(what: str, given: object) -> str | None:
    """Of what people call things; numbers are such, too: `name=seed`."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, (int, float)):
        return str(given)
    raise InvalidInput(f"{what} is {given!r:.80}; it must be a text.")


def _seconds(timeout: float) -> float:
    try:
        return bounded(float(timeout))
    except (TypeError, ValueError):
        raise InvalidInput(f"finish_timeout is {timeout!r:.80}, no number of seconds.") from None


def _tags(said: Sequence[str] | str | None) -> list[str] | None:
    if said is None:
        return None
    parts = said.split(",") if isinstance(said, str) else said
    return [tag for tag in (str(part).strip() for part in parts) if tag]


def _mode(wanted: str) -> Mode:
    wanted = _OLD_WORDS.get(wanted, wanted)
    for mode in get_args(Mode):
        if mode == wanted:
            found: Mode = mode
            return found
    raise InvalidInput(f"mode is {wanted!r}; it must be {', '.join(get_args(Mode))}.")
