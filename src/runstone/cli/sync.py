"""`runstone sync`: runs that were logged without a server, or died before all of it was sent."""

from __future__ import annotations

import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click

from runstone.cli.output import human_size, print_json, print_table
from runstone.cli.progress import Bar
from runstone.domain.errors import InvalidInput, RunstoneError
from runstone.domain.names import check_entity_name, check_project_name, check_run_name
from runstone.tracking import cleaning
from runstone.tracking.doors import Door, LocalDoor, NetworkDoor
from runstone.tracking.folder import RunFolder, run_folders
from runstone.tracking.settings import default_root
from runstone.tracking.syncing import Elsewhere, Follower, Outcome, Sync, Tell, is_live, sync_all

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_OLD_NEWS: Final = (Outcome.WAS_SENT, Outcome.LOCAL)
_COLUMNS: Final = {
    "folder": "Folder",
    "run": "Run",
    "state": "State",
    "size": "Size",
    "written_at": "Written",
}


class _Age(click.ParamType[float]):
    name = "age"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)([smhdw]?)", str(value).strip())
        if found is None or (not found[2] and float(found[1])):
            self.fail(f"{value!r} is no age: write 7d, 12h, 30m or 0.", param, ctx)
        return float(found[1]) * _UNITS[found[2] or "s"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--follow", is_flag=True, help="Keep watching: send runs as they are written.")
@click.option("--until-finished", is_flag=True, help="With --follow: end when all runs have ended.")
@click.option("--jobs", default=4, show_default=True, type=click.IntRange(1, 64), metavar="N",
              help="Folders at once.")  # fmt: skip
@click.option(
    "--list", "--dry-run", "is_list", is_flag=True, help="Say what is there, and send nothing."
)
@click.option(
    "--again", is_flag=True, help="What was sent before, too: the server may have lost it since."
)
@click.option("--include-local", is_flag=True, help="Runs of data folders (mode local), too.")
@click.option(
    "--clean", "cleans", is_flag=True, help="Then remove folders whose runs the server has wholly."
)
@click.option(
    "--older-than", type=_Age(), default="1d", show_default=True, metavar="AGE",
    help="With --clean: only what nothing was written to since.",
)  # fmt: skip
@click.option("--yes", "-y", "is_sure", is_flag=True, help="With --clean: do not ask.")
@click.option("--entity", metavar="NAME", help="Send to this user or team instead.")
@click.option("--project", metavar="NAME", help="Send to this project instead.")
@click.option("--id", "run", metavar="ID", help="Send one run under this id instead.")
@click.option(
    "--data", metavar="FOLDER", type=click.Path(path_type=Path),
    help="Send into this data folder, without a server.",
)  # fmt: skip
@click.option("--url", metavar="URL", help="The server.  Default: RUNSTONE_URL.")
@click.option(
    "--api-key",
    "--key",
    "api_key",
    metavar="KEY",
    help="Whose rights to use.  Default: RUNSTONE_API_KEY.",
)
@click.option("--verbose", "-v", is_flag=True, help="A line for each folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def sync(
    *,
    paths: tuple[Path, ...],
    follow: bool,
    until_finished: bool,
    jobs: int,
    is_list: bool,
    again: bool,
    include_local: bool,
    cleans: bool,
    older_than: float,
    is_sure: bool,
    entity: str | None,
    project: str | None,
    run: str | None,
    data: Path | None,
    url: str | None,
    api_key: str | None,
    verbose: bool,
    as_json: bool,
) -> int:
    """Send runs that were logged offline, or were cut short.

    PATHS are folders of runs, or folders that hold some.  Default: ./runstone. What the server has
    is not sent again. A run that is still being written is left to its process; with --follow, an
    offline one is sent as it grows. It may be cut and repeated at any time.

    The exit code is 0; 1 where something could not be sent, 2 where the call makes no sense.
    """
    if until_finished and not follow:
        raise InvalidInput("--until-finished says when --follow ends: give both.")
    if data is not None and (url is not None or api_key is not None):
        raise InvalidInput("--data is a folder of this machine: give no --url and no --api-key.")
    if cleans and not is_sure and not is_list and not sys.stdin.isatty():
        raise InvalidInput("--clean removes folders: say --yes where nobody can be asked.")
    elsewhere = Elsewhere(
        entity=check_entity_name(entity) if entity else None,
        project=check_project_name(project) if project else None,
        run=check_run_name(run) if run else None,
    )
    roots = paths or (default_root(),)
    folders = _found(roots)
    if run is not None and (follow or len(folders) != 1):
        raise InvalidInput(f"--id is for one folder of a run; here are {len(folders)}.")
    if is_list:
        return _list(folders, older_than if cleans else None, as_json=as_json)
    if not follow:
        _refuse_wandb(roots if paths else (*roots, Path()))
    takes_all = include_local or data is not None

    def takes_local(folder: RunFolder) -> bool:
        return takes_all or folder.path in paths

    door: Door = NetworkDoor(url, api_key) if data is None else LocalDoor(data)
    tell: Tell = partial(_tell if verbose else _tell_news, door)
    if as_json:
        tell = _nothing
    try:
        if follow:
            syncs = _follow(
                roots,
                door,
                elsewhere,
                takes_local,
                jobs,
                until_finished,
                tell,
                again=again,
                is_quiet=as_json,
            )
        else:
            syncs = _send(
                folders,
                roots,
                door,
                elsewhere,
                takes_local,
                jobs,
                tell,
                again=again,
                is_quiet=as_json,
            )
        # Where it was followed there may be more than before.
        known = [one.folder for one in syncs if one.outcome is not Outcome.LOCAL]
        removed = _clean(known, door, older_than, is_sure=is_sure) if cleans else []
    finally:
        door.close()
    failed = [one for one in syncs if one.outcome is Outcome.FAILED]
    if as_json:
        facts = [_facts_of(one) | {"is_removed": one.folder in removed} for one in syncs]
        print_json({"folders": facts})
        return 1 if failed else 0
    for folder in removed:
        click.echo(f"{folder.path}: removed")
    if not verbose:
        _tell_rest(syncs)
    if failed:
        click.echo(
            f"{len(failed)} of {len(syncs)} could not be sent; run it again later.", err=True
        )
    return 1 if failed else 0


def _clean(
    folders: Sequence[RunFolder], door: Door, older_than_s: float, *, is_sure: bool
) -> list[RunFolder]:
    """Removes what is wholly sent, of what the server still has; returns what is gone."""
    over = [one for one in folders if cleaning.is_over(one, older_than_s=older_than_s)]
    if not over:
        return []
    client = door.open()
    there = []
    for folder in over:
        why = cleaning.why_not_there(folder, client)
        if why is None:
            there.append(folder)
        else:
            click.echo(f"{folder.path}: stays, as {why}", err=True)
    if there and not is_sure:
        size = human_size(sum(one.size_bytes() for one in there))
        if not click.confirm(f"Remove {_num_runs(len(there))} ({size})?", err=True):
            return []
    for folder in there:
        cleaning.remove(folder)
    return there


def _num_runs(num: int) -> str:
    return "the folder of 1 run" if num == 1 else f"the folders of {num:,} runs"


def _found(roots: Sequence[Path]) -> list[RunFolder]:
    return list({one.path: one for root in roots for one in run_folders(root)}.values())


def _send(
    folders: Sequence[RunFolder],
    roots: Sequence[Path],
    door: Door,
    elsewhere: Elsewhere,
    takes_local: Callable[[RunFolder], bool],
    num_jobs: int,
    tell: Tell,
    *,
    again: bool,
    is_quiet: bool,
) -> list[Sync]:
    if not folders:
        if not is_quiet:
            click.echo(f"There are no runs in {', '.join(map(str, roots))}.")
        return []
    transport = door.open()
    total = sum(folder.journal_bytes() for folder in folders) or 1
    with Bar(f"Sending {len(folders)} runs") as bar:

        def look(syncs: Sequence[Sync]) -> None:
            num_bytes = sum(one.num_bytes for one in syncs)
            bar.tell(num_bytes, min(1.0, num_bytes / total))

        return sync_all(
            folders,
            transport,
            elsewhere=elsewhere,
            takes_local=takes_local,
            again=again,
            num_jobs=num_jobs,
            tell=tell,
            look=look,
        )


def _follow(
    roots: Sequence[Path],
    door: Door,
    elsewhere: Elsewhere,
    takes_local: Callable[[RunFolder], bool],
    num_jobs: int,
    until_finished: bool,
    tell: Tell,
    *,
    again: bool,
    is_quiet: bool,
) -> list[Sync]:
    follower = Follower(
        roots,
        door.open(),
        elsewhere=elsewhere,
        takes_local=takes_local,
        again=again,
        num_jobs=num_jobs,
        tell=tell,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        # Once more ends it at once.
        signal.signal(number, signal.default_int_handler)
        follower.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    if not is_quiet:
        places = ", ".join(map(str, roots))
        click.echo(f"Watching {places}; Ctrl-C ends it, and nothing is lost by that.", err=True)
    try:
        follower.run(until_finished=until_finished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return follower.syncs


def _tell(door: Door, one: Sync) -> None:
    if one.error is not None:
        click.echo(f"{one.folder.path}: {one.error}", err=True)
    else:
        is_news = one.address and door.lasts and one.outcome is not Outcome.WAS_SENT
        where = f": {one.address}" if is_news else ""
        click.echo(f"{one.folder.path}: {one.outcome}{where}")
    # Whoever reads our output by a pipe waits for this.
    sys.stdout.flush()


def _tell_news(door: Door, one: Sync) -> None:
    """What was there before is told at the end, in one line."""
    if one.outcome not in _OLD_NEWS:
        _tell(door, one)


def _tell_rest(syncs: Sequence[Sync]) -> None:
    num = Counter(one.outcome for one in syncs)
    if were := num[Outcome.WAS_SENT]:
        click.echo(f"{were:,} {'was' if were == 1 else 'were'} sent before (-v lists them).")
    if local := num[Outcome.LOCAL]:
        what, them = "1 run of mode local stays in its data folder", "it"
        if local > 1:
            what, them = f"{local:,} runs of mode local stay in their data folder", "them"
        click.echo(f"{what}; --include-local sends {them}, too.")


def _nothing(one: Sync) -> None:
    """Said at the end, all at once."""


def _list(folders: Sequence[RunFolder], clean_after_s: float | None, *, as_json: bool) -> int:
    rows = []
    for folder in folders:
        row = _described(folder)
        if clean_after_s is not None:
            row["is_removed"] = cleaning.is_over(folder, older_than_s=clean_after_s)
        rows.append(row)
    if as_json:
        print_json({"folders": rows})
        return 0
    for row in rows:
        row["run"] = f"{row['project']}/{row['id']}" if row["id"] else None
        row["size"] = human_size(row["size_bytes"])
        if row.get("is_removed"):
            row["state"] += ", would be removed"
    print_table(rows, _COLUMNS, nothing="There are no runs here.", fits_terminal=True)
    return 0


def _described(folder: RunFolder) -> dict[str, Any]:
    facts: dict[str, Any] = {"folder": str(folder.path)}
    try:
        identity = folder.identity()
    except RunstoneError as error:
        facts |= {"project": None, "id": None, "state": "damaged", "error": error.message}
    else:
        if is_live(folder, identity):
            state = "live" if identity.mode == "offline" else f"live, {identity.mode}"
        else:
            unsent = "in a data folder" if identity.mode == "local" else "to be sent"
            state = "sent" if folder.is_sent() else unsent
        facts |= {"project": identity.project, "id": identity.run, "state": state}
    written_at = datetime.fromtimestamp(folder.written_at(), UTC)
    return facts | {
        "size_bytes": folder.size_bytes(),
        "written_at": written_at.isoformat(timespec="seconds"),
        "address": folder.sent_to(),
    }


def _facts_of(one: Sync) -> dict[str, Any]:
    assert one.outcome is not None
    return {
        "folder": str(one.folder.path),
        "outcome": one.outcome.name.lower().replace("_", "-"),
        "address": one.address,
        "error": one.error,
    }


def _refuse_wandb(roots: Sequence[Path]) -> None:
    """Runs of the wandb client are in a format of its own, and it has a command for them.

    Raises:
        InvalidInput: There are such, and none of ours.
    """
    if any(run_folders(root) for root in roots):
        return
    for place in (place for root in roots for place in (root, root / "wandb")):
        for theirs in _of_wandb(place)[:1]:
            raise InvalidInput(
                f"{theirs} is a run of the wandb client, which sends such folders itself: set "
                f"WANDB_BASE_URL and WANDB_API_KEY to this server's, then `wandb sync {theirs}`.",
                code="run-of-wandb",
            )


def _of_wandb(root: Path) -> list[Path]:
    own = [root] if any(root.glob("run-*.wandb")) else []
    return own or sorted({path.parent for path in root.glob("*run-*/run-*.wandb")})
