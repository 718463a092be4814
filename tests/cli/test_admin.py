"""`runstone admin`: the same through a running server, in a stopped one's folder, from afar."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.processes import Server, runstone, runstone_here
from tests.server.recording import authorization

CHOSEN = "local-" + "a1b2c3d4e5" * 4
TOO_SHORT = "a1b2c3d4e5" * 3 + "a1b2c3d4e"


class Administered:
    """A folder and the flags that reach it."""

    def __init__(self, flags: list[str], server: Server | None) -> None:
        self.flags = flags
        self.server = server

    def run(self, *arguments: str, stdin: str | None = None, code: int = 0) -> str:
        """What a command says on stdout, or on stderr where it must fail."""
        done = runstone_here("admin", *arguments, *self.flags, stdin=stdin)
        assert done.returncode == code, (done.stdout, done.stderr)
        if code == 0:
            assert done.stderr == ""
            return done.stdout
        assert done.stdout == ""
        return done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture(params=["running", "stopped"])
def site(
    request: pytest.FixtureRequest, start: Callable[..., Server], tmp_path: Path
) -> Iterator[Administered]:
    server = start(tmp_path / "data", "--first-user", "ada")
    folder = ["--data", str(server.data)]
    match request.param:
        case "running":
            yield Administered(folder, server)
        case "remote":
            yield Administered(["--url", server.url, "--key", server.key], server)
        case _:
            assert server.stop() == 0
            yield Administered(folder, None)


def without_times(value: Any) -> Any:
    """Replaces what differs from run to run, so that the rest is compared whole."""
    text = json.dumps(value)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", text)
    return json.loads(re.sub(r"runstone-[0-9a-f]+", "SECRET", text))


@pytest.mark.parametrize("site", ["running", "stopped", "remote"], indirect=True)
def test_a_life_of_administration(site: Administered) -> None:
    """One story through every door; the very same JSON is expected of each."""
    grace = {"username": "grace", "name": "Grace H.", "email": "g@x.org", "is_admin": False}
    made = site.json("user", "create", "grace", "--full-name", "Grace H.", "--email", "g@x.org")
    assert made == grace
    ada = {"username": "ada", "name": "ada", "email": None, "is_admin": True}
    assert site.json("user", "list") == {"users": [ada, grace]}

    uni = {"name": "uni", "created_at": "TIME"}
    assert without_times(site.json("org", "create", "uni")) == uni
    added = site.json("org", "add", "uni", "grace", "--role", "admin")
    assert added == {"organization": "uni", "username": "grace", "role": "admin"}
    lab = {"name": "lab", "organization": "uni", "created_at": "TIME"}
    made = site.json("team", "create", "lab", "--organization", "uni", "--admin", "grace")
    assert without_times(made) == lab
    assert without_times(site.json("team", "list")) == {"teams": [lab]}
    site.json("team", "add", "lab", "ada", "--role", "viewer")
    members = [{"username": "ada", "role": "viewer"}, {"username": "grace", "role": "admin"}]
    assert site.json("team", "members", "lab") == {"members": members}
    assert site.json("team", "remove", "lab", "ada") == {"team": "lab", "removed": "ada"}
    assert site.json("team", "members", "lab") == {"members": members[1:]}

    key = {
        "id": 2,
        "username": "grace",
        "name": "laptop",
        "hint": "SECRET",
        "created_at": "TIME",
        "last_used_at": None,
        "expires_at": "TIME",
    }
    made = site.json(
        "key", "create", "--user", "grace", "--name", "laptop", "--expires-days", "2.5"
    )
    assert without_times(made) == {"key": key, "secret": "SECRET"}
    assert without_times(site.json("key", "list", "--user", "grace")) == {"keys": [key]}
    assert site.json("key", "delete", "2") == {"deleted": 2}
    assert site.json("key", "list", "--user", "grace") == {"keys": []}

    assert site.run("user", "password", "grace", stdin="correct horse battery\n")
    assert site.json("team", "delete", "lab") == {"deleted": "lab"}
    assert site.json("org", "delete", "uni") == {"deleted": "uni"}
    assert site.json("user", "delete", "grace") == {"deleted": "grace"}
    assert site.json("user", "list") == {"users": [ada]}


def test_refusals_are_the_same_sentence(site: Administered) -> None:
    def refused(*arguments: str) -> str:
        return site.run(*arguments, code=1)

    site.run("user", "create", "grace")
    said = [
        refused("user", "create", "Grace"),
        refused("user", "create", "../x"),
        refused("user", "delete", "nobody"),
        refused("user", "delete", "ada"),
        refused("team", "members", "nowhere"),
        refused("team", "add", "nowhere", "grace"),
        refused("key", "delete", "99"),
        refused("key", "create", "--user", "grace", "--secret", TOO_SHORT),
    ]
    assert all(text.startswith("Error: ") and text.count("\n") == 1 for text in said)
    assert "taken" in said[0] or "already" in said[0]
    assert "'../x' cannot be the name of a user" in said[1]
    assert "There is no user nobody" in said[2]
    assert "ada is the last administrator" in said[3]
    assert "team nowhere was not found" in said[4]
    assert "nowhere" in said[5]
    assert "There is no API key number 99" in said[6]
    assert "An API key needs at least 40 letters" in said[7]
    assert "this one has 39" in said[7]
    assert TOO_SHORT not in said[7]
    assert len(site.json("key", "list", "--user", "grace")["keys"]) == 0


def test_keys_of_a_chosen_value(
    site: Administered, start: Callable[..., Server], tmp_path: Path
) -> None:
    site.run("user", "create", "grace")
    said = site.run("key", "create", "--user", "grace", "--secret", "-", stdin=f"{CHOSEN}\n")
    assert CHOSEN not in said
    site.run("key", "create", "--user", "grace", "--secret", CHOSEN, code=1)
    server = site.server or start(tmp_path / "data")
    answer = server.ask("GET", "/api/v1/me", headers=authorization(CHOSEN))
    assert answer.json()["user"]["username"] == "grace"


def test_a_key_is_good_for_some_time(tmp_path: Path) -> None:
    done = runstone("admin", "key", "create", "--expires-days", "0", "--data", tmp_path)
    assert (done.returncode, "'--expires-days': 0.0 is not" in done.stderr) == (2, True)


def test_quiet_key_is_for_the_shell(site: Administered) -> None:
    said = site.run("key", "create", "--quiet")
    assert re.fullmatch(r"runstone-[0-9a-f]{40}\n", said)
    (newest, _) = site.json("key", "list")["keys"]
    assert newest["username"] == "ada"


def test_links(site: Administered, start: Callable[..., Server], tmp_path: Path) -> None:
    site.run("user", "create", "grace")
    url = site.run("link", "grace").strip()
    base, _, token = url.partition("/signin?token=")
    assert base.startswith("http://127.0.0.1:")
    server = site.server or start(tmp_path / "data")
    body = json.dumps({"token": token}).encode()
    headers = {"Content-Type": "application/json", "Origin": server.url}
    answer = server.ask("POST", "/api/v1/session", body=body, headers=headers)
    assert (answer.status, answer.json()["user"]["username"]) == (201, "grace")


def test_tables_align(site: Administered) -> None:
    site.run("user", "create", "grace", "--full-name", "グレース", "--admin")
    assert site.run("user", "list").splitlines() == [
        "USER   FULL NAME  EMAIL  ADMINISTRATOR",
        "ada    ada        -      yes",
        "grace  グレース   -      yes",
    ]
    assert site.run("team", "list") == "There are no teams.\n"
    assert "the administrators are ada, grace" in site.run("key", "create", code=2)


def test_no_folder(tmp_path: Path) -> None:
    done = runstone("admin", "user", "list", "--data", tmp_path / "gone")
    assert done.returncode == 1
    assert f"There is no data folder {tmp_path / 'gone'}" in done.stderr
    assert not (tmp_path / "gone").exists()
    done = runstone("admin", "user", "list", "--data", tmp_path)
    assert done.returncode == 1
    assert "holds no data of Runstone" in done.stderr
    assert list(tmp_path.iterdir()) == [], "asking leaves nothing behind"


def test_remote_needs_a_key_and_a_server(tmp_path: Path) -> None:
    done = runstone("admin", "user", "list", "--url", "http://127.0.0.1:9")
    assert (done.returncode, "There is no API key for" in done.stderr) == (1, True)
    assert "make one on http://127.0.0.1:9/authorize" in done.stderr
    done = runstone("admin", "user", "list", "--url", "http://127.0.0.1:9", "--key", CHOSEN)
    assert done.returncode == 1
    assert "No answer from http://127.0.0.1:9" in done.stderr
    done = runstone("admin", "user", "list", "--key", CHOSEN)
    assert (done.returncode, "say which with --url" in done.stderr) == (2, True)
    done = runstone("admin", "user", "list", "--url", "runs.org", "--key", CHOSEN)
    assert (done.returncode, "is no address of a server" in done.stderr) == (2, True)


def test_remote_by_environment(start: Callable[..., Server]) -> None:
    server = start()
    environ = {"RUNSTONE_URL": server.url, "WANDB_API_KEY": server.key}
    assert runstone("admin", "user", "list", environ=environ).returncode == 0
    environ["RUNSTONE_API_KEY"] = CHOSEN
    done = runstone("admin", "user", "list", environ=environ)
    assert done.returncode == 1
    assert "The API key is not known to this server" in done.stderr


def test_nobody_administers_without_being_an_administrator(start: Callable[..., Server]) -> None:
    server = start()
    folder = ["--data", str(server.data)]
    runstone("admin", "user", "create", "grace", *folder)
    key = runstone("admin", "key", "create", "--user", "grace", "--quiet", *folder).stdout.strip()
    done = runstone("admin", "user", "create", "eve", "--url", server.url, "--key", key)
    assert done.returncode == 1
    assert "Only an administrator of this server may create users; grace is not one." in done.stderr
