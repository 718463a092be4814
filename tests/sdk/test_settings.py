"""Where the server and the key come from, and what is said when they come from nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from runstone.errors import InvalidInput, Unauthenticated
from runstone.sdk.settings import Server, find_server

URL, KEY = "https://runs.org:8080", "k" * 40


def login(home: Path, *, url: str = URL, key: str = KEY, machine: str = "runs.org:8080") -> None:
    """What `wandb login` leaves behind."""
    (home / ".config/wandb").mkdir(parents=True)
    (home / ".config/wandb/settings").write_text(f"[default]\nbase_url = {url}\n")
    (home / ".netrc").write_text(f"machine {machine}\n  login user\n  password {key}\n")
    (home / ".netrc").chmod(0o600)


def test_what_is_said_goes_first(tmp_path: Path) -> None:
    login(tmp_path)
    environ = {"HOME": str(tmp_path)}
    assert find_server(environ=environ) == Server(URL, KEY)
    environ |= {"WANDB_BASE_URL": "http://w:1/", "WANDB_API_KEY": "w"}
    assert find_server(environ=environ) == Server("http://w:1", "w")
    environ |= {"RUNSTONE_URL": "http://r:1", "RUNSTONE_API_KEY": "r"}
    assert find_server(environ=environ) == Server("http://r:1", "r")
    assert find_server("http://given:1", "g", environ=environ) == Server("http://given:1", "g")


@pytest.mark.parametrize(
    ("environ", "key"),
    [
        ({"RUNSTONE_URL": "https://RUNS.org:8080/", "RUNSTONE_API_KEY": "r"}, "r"),
        ({"RUNSTONE_URL": "https://other.org", "RUNSTONE_API_KEY": "r"}, None),
        ({"RUNSTONE_API_KEY": "r"}, "r"),
        ({"WANDB_API_KEY": "w"}, None),
        ({"WANDB_BASE_URL": URL, "WANDB_API_KEY": "w"}, "w"),
        ({"WANDB_BASE_URL": URL, "RUNSTONE_API_KEY": "r"}, "r"),
        (
            {"RUNSTONE_URL": "https://other.org", "RUNSTONE_API_KEY": "r"}
            | {"WANDB_BASE_URL": URL, "WANDB_API_KEY": "w"},
            "w",
        ),
        ({"RUNSTONE_URL": URL, "WANDB_API_KEY": "w"}, "w"),
        ({"RUNSTONE_URL": URL, "WANDB_API_KEY": "w", "WANDB_BASE_URL": "http://w"}, None),
        ({"RUNSTONE_URL": "http://runs.org:8080", "RUNSTONE_API_KEY": "r"}, None),
    ],
)
def test_a_key_goes_to_the_server_that_it_is_for(
    tmp_path: Path, environ: dict[str, str], key: str | None
) -> None:
    environ["HOME"] = str(tmp_path)
    if key is not None:
        assert find_server(URL, environ=environ) == Server(URL, key)
        return
    why = (
        "RUNSTONE_API_KEY is for the server that RUNSTONE_URL names"
        if "RUNSTONE_API_KEY" in environ
        else "WANDB_API_KEY is for the server that WANDB_BASE_URL names"
    )
    with pytest.raises(Unauthenticated, match=why):
        find_server(URL, environ=environ)
    (tmp_path / ".netrc").write_text("machine runs.org:8080 login user password netrc\n")
    assert find_server(URL, environ=environ).api_key == "netrc"


def test_the_key_is_the_host_s(tmp_path: Path) -> None:
    login(tmp_path)
    environ = {"HOME": str(tmp_path)}
    with pytest.raises(Unauthenticated, match="no API key for https://other"):
        find_server("https://other.org", environ=environ)
    with (tmp_path / ".netrc").open("a") as file:
        file.write("default login anonymous password me@x.org\n")
    with pytest.raises(Unauthenticated):
        find_server("https://other.org", environ=environ)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("machine other.org login user password other\n")
    environ["NETRC"] = str(elsewhere)
    assert find_server("https://other.org", environ=environ).api_key == "other"


@pytest.mark.parametrize("content", ["[default", "base_url = 1", "[default]\nx = 1", "\udc80"])
def test_broken_files_say_nothing(tmp_path: Path, content: str) -> None:
    login(tmp_path)
    (tmp_path / ".config/wandb/settings").write_bytes(content.encode(errors="surrogateescape"))
    (tmp_path / ".netrc").write_bytes(b"machine \xff\xfe nonsense")
    with pytest.raises(InvalidInput, match="No server is named") as caught:
        find_server(environ={"HOME": str(tmp_path)})
    assert caught.value.code == "no-server"
    with pytest.raises(Unauthenticated, match="no API key"):
        find_server(URL, environ={"HOME": str(tmp_path)})


@pytest.mark.parametrize("url", ["runs.org", "ftp://runs.org", "http://", "//runs.org"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(InvalidInput, match="is no address of a server"):
        find_server(url, KEY, environ={})


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(find_server(URL, KEY, environ={}))
