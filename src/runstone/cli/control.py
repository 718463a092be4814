"""`runstone status` and `runstone down`: the server of a folder, seen from outside."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from runstone.cli.output import human_size, print_json
from runstone.domain.errors import Conflict, Unavailable
from runstone.server.folder import Holder, Serving, probe
from runstone.server.settings import data_folder

_data_option = click.option(
    "--data", metavar="FOLDER", help="The data folder.  Default: runstone-data."
)


@click.command()
@_data_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(*, data: str | None, as_json: bool) -> int:
    """Say whether a server runs on a data folder.

    The exit code is 0 when it is ready, 1 otherwise.
    """
    folder = data_folder(data, os.environ).absolute()
    holder = probe(folder)
    facts: dict[str, Any] = {"data": str(folder), "size_bytes": _size(folder)}
    if holder is None:
        facts |= {"state": "stopped"}
    elif holder.serving is None:
        facts |= {"state": "in-use", "pid": holder.pid}
    else:
        obstacle = _obstacle(holder.serving)
        facts |= {"state": "ready" if obstacle is None else "not-ready"}
        facts |= asdict(holder.serving)
        if obstacle:
            facts["obstacle"] = obstacle
    if as_json:
        print_json(facts)
    else:
        click.echo(_sentence(facts))
    return 0 if facts["state"] == "ready" else 1


@click.command()
@_data_option
@click.option(
    "--within", "within_s", default=30.0, show_default=True, help="Seconds to wait for its end."
)
def down(*, data: str | None, within_s: float) -> int:
    """Stop the server of a data folder.

    It finishes the requests in flight first; nothing acknowledged is lost.
    """
    folder = data_folder(data, os.environ).absolute()
    holder = probe(folder)
    if holder is None:
        click.echo(f"No server runs on {folder}.")
        return 0
    pid = _pid_of_server(folder, holder)
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise Unavailable(
            f"Process {pid}, which serves {folder}, belongs to another user; stop it as that user."
        ) from error
    if not _wait_until_free(folder, within_s):
        raise Unavailable(
            f"Process {pid} was told to stop and still runs after {within_s:g} seconds. A second "
            "`runstone down` makes it drop the requests that it waits for."
        )
    click.echo(f"Stopped the server of {folder} (process {pid}).")
    return 0


def _pid_of_server(folder: Path, holder: Holder) -> int:
    if holder.serving is None or holder.pid is None:
        raise Conflict(
            f"The data folder {folder} is held by process {holder.pid or '?'}, which is starting, "
            "stopping or an administration command. Try again in a moment."
        )
    if holder.serving.is_embedded:
        raise Conflict(
            f"The data folder {folder} is served by a script that logs to it (process "
            f"{holder.pid}); it lets go of it when it ends."
        )
    return holder.pid


def _wait_until_free(folder: Path, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while probe(folder) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _obstacle(serving: Serving) -> str | None:
    """Why the server is not ready; None when it is."""
    parts = urlsplit(serving.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=6.0)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == http.client.OK:
            return None
        return str(json.loads(body)["detail"])
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        return f"No answer from {serving.url} ({error})."
    finally:
        connection.close()


def _sentence(facts: dict[str, Any]) -> str:
    where = f"{facts['data']} ({human_size(facts['size_bytes'])})"
    match facts["state"]:
        case "stopped":
            return f"No server runs on {where}."
        case "in-use":
            return f"Process {facts['pid']} works on {where} and serves nothing (yet)."
        case state:
            since = facts["started_at"].replace("T", " ").replace("+00:00", " UTC")
            text = (
                f"Runstone {facts['version']} at {facts['url']} is {state.replace('-', ' ')}: "
                f"process {facts['pid']}, since {since}, data in {where}."
            )
            return f"{text}\n{facts['obstacle']}" if "obstacle" in facts else text


def _size(folder: Path) -> int:
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                # Files come and go while a server works.
                continue
    return size
