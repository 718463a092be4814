"""`runstone du` and `runstone gc`: what is stored costs, and getting back what was removed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

import click

from runstone.cli.admin.common import at_a_door, door_options, json_option
from runstone.cli.doors import AdminDoor, open_door
from runstone.cli.output import human_size, print_json, print_table
from runstone.domain.errors import Conflict, InvalidInput, Unavailable
from runstone.server.folder import hold, probe
from runstone.server.settings import data_folder

_KINDS: Final = ("history", "system", "console", "files", "media", "documents")
_SIZE_COLUMNS: Final = {
    "total": "total",
    **{kind: kind for kind in _KINDS},
    "artifacts": "artifacts",
    "trash": "in trash",
}
_REBUILD: Final = (
    "This database was made by an early Runstone and gives no space back while it is open: stop "
    "the server and run `runstone gc --full` once."
)


@click.command()
@click.argument("path", metavar="[ENTITY[/PROJECT[/RUN]]]", default="")
@click.option("--depth", type=click.IntRange(0, 2), help="Levels below PATH.  Default: 1.")
@click.option(
    "--top", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Rows of a level."
)
@json_option
@at_a_door
def du(door: AdminDoor, *, path: str, depth: int | None, top: int, as_json: bool) -> None:
    """Say what data costs on disk, the largest first.

    Of the whole server (for administrators), of a user or team, of a project with its runs and
    artifacts, or of one run.
    """
    places = path.strip("/").split("/") if path.strip("/") else []
    if len(places) > 3 or not all(places):
        raise InvalidInput(
            f"{path!r} is no place: give ENTITY, ENTITY/PROJECT, or ENTITY/PROJECT/RUN."
        )
    facts = _facts(door, places, depth=1 if depth is None else depth, top=top)
    if as_json:
        print_json(facts)
        return
    match places:
        case []:
            _say_server(facts, top)
        case [entity]:
            _say_projects(facts["projects"], top, nothing=f"{entity} has no projects.")
        case _:
            _say_runs(facts, top, is_one=len(places) == 3)


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what it would free; change nothing.")
@click.option(
    "--full",
    is_flag=True,
    help="Then write the database anew, without gaps.  Needs a stopped server and as much free "
    "disk as the data.",
)
@json_option
@door_options
def gc(
    *,
    dry_run: bool,
    full: bool,
    as_json: bool,
    data: str | None,
    url: str | None,
    key: str | None,
) -> None:
    """Erase what was removed for good, now.

    Its space goes back to the file system. A server does this by itself; nobody has to. What is in
    the trash stays.
    """
    if full and dry_run:
        raise InvalidInput("--full and --dry-run contradict each other: give one of them.")
    if full:
        _check_is_stopped(data, url)
    with closing(open_door(data=data, url=url, key=key)) as door:
        click.echo(f"Garbage of {door.place}:", err=True)
        if dry_run:
            found = door.call("GET", "storage", "garbage")
            print_json(found) if as_json else _say_garbage(found)
            return
        done = _collect(door)
    if full:
        before, after = _rebuild(data)
        done |= {"rebuilt_from_bytes": before, "rebuilt_to_bytes": after}
    print_json(done) if as_json else _say_collected(done)


def _facts(door: AdminDoor, places: Sequence[str], *, depth: int, top: int) -> dict[str, Any]:
    match places:
        case []:
            facts = door.call("GET", "storage")
            if depth == 0:
                facts["projects"] = []
            elif depth == 2:
                _add_runs(door, facts["projects"], top)
        case [entity]:
            facts = door.call("GET", "entities", entity, "storage")
            if depth == 2:
                _add_runs(door, facts["projects"], top)
        case [entity, project]:
            query = {"limit": str(top if depth else 0)}
            facts = door.call("GET", "projects", entity, project, "storage", query=query)
        case [entity, project, run]:
            query = {"run": run, "limit": "1"}
            facts = door.call("GET", "projects", entity, project, "storage", query=query)
    assert isinstance(facts, dict)
    return facts


def _add_runs(door: AdminDoor, projects: Sequence[dict[str, Any]], top: int) -> None:
    for project in projects[:top]:
        place = ("projects", project["entity"], project["name"], "storage")
        project["runs"] = door.call("GET", *place, query={"limit": str(top)})["runs"]


def _say_server(facts: Mapping[str, Any], top: int) -> None:
    size = human_size
    click.echo(
        f"Database  {size(facts['database_bytes'])}, of it {size(facts['free_bytes'])} free"
        + (f"; log {size(facts['log_bytes'])}" if facts["log_bytes"] else "")
    )
    click.echo(f"Files     {size(facts['blob_bytes'])}")
    click.echo(f"Artifacts {size(facts['artifact_bytes'])}")
    if facts["num_removed"]:
        click.echo(
            f"Removed   {size(facts['removed']['total'])} of {facts['num_removed']:,} run(s), "
            "being erased"
        )
    if not facts["can_shrink"]:
        click.echo(_REBUILD)
    if facts["projects"]:
        click.echo()
        _say_projects(facts["projects"], top, nothing="")


def _say_projects(projects: Sequence[Mapping[str, Any]], top: int, *, nothing: str) -> None:
    rows: list[dict[str, Any]] = []
    for project in projects[:top]:
        place = f"{project['entity']}/{project['name']}"
        rows.append(
            {"place": place, "runs": f"{project['num_runs']:,}"}
            | _cells(project["sizes"], project["trash"]["total"], project["artifacts"])
        )
        rows += [
            {"place": f"  {run['id']}", "runs": "in trash" if run["in_trash"] else ""}
            | _cells(run["sizes"], 0)
            for run in project.get("runs", ())
        ]
    print_table(rows, {"place": "project", "runs": "runs", **_SIZE_COLUMNS}, nothing=nothing)
    if len(projects) > top:
        click.echo(f"… and {len(projects) - top:,} smaller ones (--top).")


def _say_runs(facts: Mapping[str, Any], top: int, *, is_one: bool) -> None:
    rows = [
        {
            "place": run["id"],
            "name": run["name"] + (" (in the trash)" if run["in_trash"] else ""),
            **_cells(run["sizes"], 0),
        }
        for run in facts["runs"]
    ]
    if not is_one:
        every = f"{facts['num_runs']:,} run(s)"
        rows.append({"place": "all", "name": every, **_cells(facts["sizes"], 0)})
        if facts["num_trashed"]:
            trashed = f"{facts['num_trashed']:,} run(s)"
            rows.append({"place": "trash", "name": trashed, **_cells(facts["trash"], 0)})
    columns = {"place": "run", "name": "name", **_SIZE_COLUMNS}
    del columns["trash"], columns["artifacts"]
    print_table(rows, columns, nothing="")
    if not is_one and facts["num_others"] and facts["runs"]:
        click.echo(f"{facts['num_others']:,} smaller ones are not shown (--top).")
    if not is_one and facts["collections"]:
        click.echo()
        _say_collections(facts, top)


def _say_collections(facts: Mapping[str, Any], top: int) -> None:
    found = facts["collections"]
    # Without runs, the sums alone are asked for.
    rows = [
        {"place": one["name"], "type": one["type"], **_artifact_cells(one["sizes"])}
        for one in (found[:top] if facts["runs"] or not facts["num_others"] else ())
    ]
    every = f"{len(found):,} collection(s)"
    rows.append({"place": "all", "type": every, **_artifact_cells(facts["artifacts"])})
    columns = {
        "place": "artifact",
        "type": "type",
        "versions": "versions",
        "logical": "logical",
        "stored": "stored",
        "unique": "unique",
    }
    print_table(rows, columns, nothing="")
    if len(rows) - 1 < len(found):
        click.echo(f"{len(found) - len(rows) + 1:,} smaller ones are not shown (--top).")


def _artifact_cells(sizes: Mapping[str, int]) -> dict[str, str]:
    return {
        "versions": f"{sizes['num_versions']:,}",
        "logical": human_size(sizes["logical_bytes"]),
        "stored": human_size(sizes["stored_bytes"]),
        "unique": human_size(sizes["unique_bytes"]),
    }


def _cells(
    sizes: Mapping[str, int], trash: int, artifacts: Mapping[str, int] | None = None
) -> dict[str, str]:
    stored = 0 if artifacts is None else artifacts["stored_bytes"]
    sums = dict(sizes) | {"total": sizes["total"] + stored, "artifacts": stored, "trash": trash}
    return {name: human_size(size) if size else "" for name, size in sums.items()}


def _say_garbage(found: Mapping[str, Any]) -> None:
    click.echo(
        f"{found['num_runs']:,} removed run(s) hold {human_size(found['removed']['total'])}; "
        f"{found['num_contents']:,} content(s) of artifacts that no version refers to, "
        f"{human_size(found['content_bytes'])}; "
        f"{found['num_orphans']:,} file(s) without a record, {human_size(found['orphan_bytes'])}; "
        f"{found['num_keys']:,} unused name(s) of metrics; {human_size(found['free_bytes'])} of "
        "the database are free. Nothing was changed."
    )
    if not found["can_shrink"]:
        click.echo(_REBUILD)


def _collect(door: AdminDoor) -> dict[str, Any]:
    shows = sys.stderr.isatty()
    done: dict[str, Any] = {}
    for done in door.lines("DELETE", "storage", "garbage"):
        if shows:
            freed = human_size(
                done["erased"]["total"] + done["content_bytes"] + done["orphan_bytes"]
            )
            returned = human_size(done["returned_bytes"])
            print(f"\r\x1b[K{done['stage']}: {freed} erased, {returned} given back", end="",
                  file=sys.stderr)  # fmt: skip
    if shows:
        print("\r\x1b[K", end="", file=sys.stderr)
    if not done or done["stage"] != "done":
        why = done.get("problem") or "The server went away."
        raise Unavailable(f"The collection did not finish; another goes on from there. {why}")
    return done


def _say_collected(done: Mapping[str, Any]) -> None:
    erased = done["erased"]
    kinds = ", ".join(f"{kind} {human_size(erased[kind])}" for kind in _KINDS if erased[kind])
    click.echo(
        f"Erased {done['num_runs']:,} removed run(s)" + (f" ({kinds})" if kinds else "")
        + f", {done['num_contents']:,} content(s) of artifacts "
        f"({human_size(done['content_bytes'])}), {done['num_orphans']:,} file(s) without a record "
        f"({human_size(done['orphan_bytes'])}), {done['num_keys']:,} unused name(s)."
    )  # fmt: skip
    if "rebuilt_to_bytes" in done:
        click.echo(
            f"The database went from {human_size(done['rebuilt_from_bytes'])} to "
            f"{human_size(done['rebuilt_to_bytes'])}."
        )
        return
    click.echo(f"The database shrank by {human_size(done['returned_bytes'])}.")
    if not done["can_shrink"]:
        click.echo(_REBUILD)


def _check_is_stopped(data: str | None, url: str | None) -> None:
    if url is not None:
        raise InvalidInput("--full works on a folder whose server is stopped: it takes no --url.")
    folder = data_folder(data, os.environ)
    holder = probe(folder)
    if holder is not None:
        raise Conflict(
            f"The data folder {folder} is in use by process {holder.pid or '?'}. Stop its server "
            f"with `runstone down --data {folder}`, then run this again.",
            code="folder-in-use",
        )


def _rebuild(data: str | None) -> tuple[int, int]:
    from runstone.storage.sqlite.space import rebuild

    with hold(data_folder(data, os.environ), create=False) as folder:
        return rebuild(folder.path)
