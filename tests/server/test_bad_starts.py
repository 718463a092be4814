"""Starts that must fail: with one clear sentence, exit code 1, and nothing harmed."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disks import mounted, needs_mount
from tests.server.processes import Server, runstone

Start = Callable[..., Server]


def refused(*arguments: str | Path, code: int = 1, **more: object) -> str:
    """What `runstone up` says when it refuses."""
    done = runstone("up", *arguments, **more)  # type: ignore[arg-type]
    assert done.returncode == code, done
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, "one sentence, no traceback"
    return done.stderr


def test_second_server_on_the_folder(start: Start) -> None:
    server = start()
    said = refused("--data", server.data, "--port", "0")
    assert f"is served already: process {server.pid}, at {server.url}" in said
    assert f"runstone down --data {server.data}" in said
    assert "choose another folder with --data" in said
    assert server.ask("GET", "/ready").status == 200


def test_second_server_by_another_path_to_the_folder(start: Start, tmp_path: Path) -> None:
    server = start()
    (tmp_path / "link").symlink_to(server.data)
    assert "is served already" in refused("--data", tmp_path / "link", "--port", "0")


def test_port_of_another_runstone(start: Start, tmp_path: Path) -> None:
    server = start()
    port = server.url.rpartition(":")[2]
    said = refused("--data", tmp_path / "other", "--port", port)
    assert f"Port {port} on 127.0.0.1 is taken by another Runstone" in said
    assert "--port 0" in said


def test_port_of_another_program(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refused("--data", tmp_path / "data", "--port", port)
    assert f"Port {port} on 127.0.0.1 is taken by another program" in said


def test_address_of_another_machine(tmp_path: Path) -> None:
    said = refused("--data", tmp_path / "data", "--host", "192.0.2.1", "--port", "0")
    assert "Cannot listen on 192.0.2.1" in said
    assert "--host must be an address of this machine" in said


def served_once(start: Start) -> Path:
    server = start()
    assert server.stop() == 0
    return server.data


def test_damaged_database(start: Start) -> None:
    data = served_once(start)
    database = data / "runstone.db"
    damaged = b"\xde\xad\xbe\xef" * (database.stat().st_size // 4)
    database.write_bytes(damaged)
    said = refused("--data", data, "--port", "0")
    assert f"The database {database} is damaged" in said
    assert "restore a backup" in said
    assert database.read_bytes() == damaged


def test_database_with_a_damaged_schema(start: Start) -> None:
    data = served_once(start)
    database = data / "runstone.db"
    whole = database.read_bytes()
    damaged = whole[:100] + b"\xff" * 3_996 + whole[4_096:]
    database.write_bytes(damaged)
    assert "is damaged" in refused("--data", data, "--port", "0")
    assert database.read_bytes() == damaged


def test_cut_off_database(start: Start) -> None:
    data = served_once(start)
    database = data / "runstone.db"
    cut = database.read_bytes()[: database.stat().st_size // 2]
    database.write_bytes(cut)
    assert "is damaged" in refused("--data", data, "--port", "0")
    assert database.read_bytes() == cut


def test_foreign_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    connection = sqlite3.connect(data / "runstone.db")
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    said = refused("--data", data, "--port", "0")
    assert "is a database, but not Runstone's" in said
    connection = sqlite3.connect(data / "runstone.db")
    tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
    connection.close()
    assert tables == [("theirs",)]


def test_database_of_a_newer_runstone(start: Start) -> None:
    data = served_once(start)
    connection = sqlite3.connect(data / "runstone.db")
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    said = refused("--data", data, "--port", "0")
    assert "was written by a newer Runstone" in said


def test_damaged_secret(start: Start) -> None:
    data = served_once(start)
    (data / "secret").write_text("")
    assert "secret is damaged" in refused("--data", data, "--port", "0")


def test_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("precious")
    said = refused("--data", tmp_path / "data", "--port", "0")
    assert "there is a file in its place" in said
    assert (tmp_path / "data").read_text() == "precious"


def test_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    # Nothing is forbidden to root, unless it gives that right away.
    right = "-dac_override,-dac_read_search"
    prefix = ["setpriv", "--bounding-set", right] if os.geteuid() == 0 else []
    said = refused("--data", tmp_path / "data", "--port", "0", prefix=prefix)
    assert "cannot be written (Permission denied)" in said


@needs_mount
def test_read_only_disk(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    for data in (place, place / "data"):
        said = refused("--data", data, "--port", "0", prefix=mounted("ro", place))
        assert f"The data folder {data} cannot be written (Read-only file system)" in said
        assert "choose another with --data" in said


@needs_mount
@pytest.mark.parametrize("size", ["4k", "64k", "128k"])
def test_full_disk(tmp_path: Path, size: str) -> None:
    place = tmp_path / "disk"
    said = refused("--data", place / "d", "--port", "0", prefix=mounted(f"size={size}", place))
    assert "is full" in said
    assert "free some space" in said.lower()


@pytest.mark.parametrize("limit", [0, 4_096, 65_536])
def test_file_size_limit(tmp_path: Path, limit: int) -> None:
    """As a full disk or a quota, where one may not mount: files cannot grow."""
    blocks = ["prlimit", f"--fsize={limit}"] if shutil.which("prlimit") else None
    if blocks is None:
        pytest.skip("needs prlimit")
    done = runstone("up", "--data", tmp_path / "data", "--port", "0", prefix=blocks)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: "), done.stderr
    assert "Traceback" not in done.stderr


def test_bad_settings_of_each_source(tmp_path: Path) -> None:
    data = tmp_path / "data"
    said = refused("--data", data, "--port", "many", code=2)
    assert said == "Error: --port must be a whole number from 0 to 65,535, not 'many'.\n"
    said = refused("--data", data, environ={"RUNSTONE_DURABILITY": "maybe"}, code=2)
    assert said == "Error: RUNSTONE_DURABILITY must be power or process, not 'maybe'.\n"
    said = refused("--data", data, environ={"RUNSTONE_DURABLITY": "power"}, code=2)
    assert "RUNSTONE_DURABLITY is no setting. Did you mean RUNSTONE_DURABILITY?" in said
    data.mkdir()
    (data / "runstone.toml").write_text("# mine\nprot = 1\n")
    said = refused("--data", data, code=2)
    assert f"{data}/runstone.toml, line 2: prot is no setting. Did you mean port?" in said
    assert not (data / "lock").exists()


def test_unknown_flag() -> None:
    done = runstone("up", "--prot", "1")
    assert done.returncode == 2
    assert "No such option" in done.stderr
