"""A server that the unmodified client has logged everything to, and where it is to be found."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext
from tests.compat.install_clients import client_python
from tests.server.processes import Server, clean_environment, runstone

HERE = Path(__file__).parent
MEDIA_SCRIPT = HERE.parent / "compat" / "scripts" / "media.py"
CHARTS_SCRIPT = HERE.parent / "compat" / "scripts" / "presets.py"


@dataclass(frozen=True)
class Logged:
    """The server, and addresses on it.

    Attributes:
        entity: Whose projects they are.
        runs: Ids of the runs of the project `walk`, by name.
        media: Id of the run of the project `media`.
    """

    server: Server
    entity: str
    runs: dict[str, str]
    media: str

    @property
    def walk(self) -> str:
        """Path of the project with the training runs."""
        return f"/{self.entity}/walk"

    def run(self, name: str) -> str:
        """Path of one of its runs."""
        return f"{self.walk}/runs/{self.runs[name]}"

    @property
    def shelf(self) -> str:
        """Path of the collection with two versions."""
        return f"/{self.entity}/shelf/artifacts/dataset/data"

    @property
    def media_run(self) -> str:
        """Path of the run with every kind of media."""
        return f"/{self.entity}/media/runs/{self.media}"

    def visit(self, browser: Browser, **options: Any) -> BrowserContext:
        """A window in which the administrator is signed in."""
        return signed_in_window(browser, self.server, **options)


def signed_in_window(browser: Browser, server: Server, **options: Any) -> BrowserContext:
    """A window on a server in which the administrator is signed in."""
    context = browser.new_context(base_url=server.url, **options)
    link = runstone("admin", "link", "--data", server.data).stdout.split()
    page = context.new_page()
    page.goto(next(word for word in link if word.startswith("http")))
    page.wait_for_url(f"{server.url}/")
    page.close()
    return context


@dataclass(frozen=True)
class Kept:
    """A data folder to be copied, and what `Logged` says of it."""

    data: Path
    key: str
    entity: str
    runs: dict[str, str]
    media: str


def kept_log(folder: Path) -> Kept:
    """What is logged in `folder`, by whoever of all workers comes first; the others wait for it."""
    home = folder / "logged-once"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        facts = home / "facts.json"
        if not facts.exists():
            shutil.rmtree(home / "data", ignore_errors=True)
            server = Server(home / "data")
            try:
                said = log_everything(server, home)
                assert server.stop() == 0, server.log
            finally:
                server.kill()
            facts.write_text(json.dumps(said))
        return Kept(home / "data", **json.loads(facts.read_text()))


def log_everything(server: Server, folder: Path) -> dict[str, Any]:
    """Runs the scripts, one after the other; returns what there is to know of it."""
    runs = log(server, folder, HERE / "logged_project.py")
    media = log(server, folder, MEDIA_SCRIPT)
    log(server, folder, CHARTS_SCRIPT, "plots")
    log(server, folder, HERE / "logged_artifacts.py")
    entity = server.ask("GET", "/api/v1/me", headers=_key(server)).json()["entities"][0]["name"]
    register(server, entity)
    return {"key": server.key, "entity": entity, "runs": runs, "media": media["id"]}


def register(server: Server, entity: str) -> None:
    """A registry with one of the versions of `logged_artifacts.py`."""
    source = {"entity": entity, "project": "shelf", "collection": "data", "version": "first"}
    for path, body in (
        ("", {"organization": "home", "name": "sets", "types": ["dataset"]}),
        ("/home/sets/collections", {"name": "Rows", "type": "dataset"}),
        ("/home/sets/collections/Rows/versions", source | {"aliases": ["production"]}),
    ):
        text = json.dumps(body).encode()
        made = server.ask("POST", f"/api/v1/registries{path}", body=text, headers=_key(server))
        assert made.status == HTTPStatus.CREATED, made.body


def log(server: Server, folder: Path, script: Path, *words: str) -> dict[str, Any]:
    """Runs a script under the unmodified client; returns what it printed after `RESULT`."""
    done = subprocess.run(
        [client_python("0.31"), script, *words],
        env=clean_environment(
            WANDB_BASE_URL=server.url,
            WANDB_API_KEY=server.key,
            WANDB_DIR=str(folder),
            WANDB_ERROR_REPORTING="false",
            HOME=str(folder),
        ),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    result: dict[str, Any] = json.loads(said[-1].removeprefix("RESULT "))
    return result


def _key(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.key}"}
