"""Starting a real server: what it says, what works then, what it leaves on disk."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.server.processes import Server, clean_environment, runstone
from tests.server.recording import authorization

from runstone import __version__

Start = Callable[..., Server]
LINK = r"/signin\?token=(\S+)"


def me(server: Server, key: str) -> str:
    answer = server.ask("GET", "/api/v1/me", headers=authorization(key))
    assert answer.status == 200, answer.body
    return str(answer.json()["user"]["username"])


def sign_in(server: Server, token: str) -> int:
    body = json.dumps({"token": token}).encode()
    headers = {"Content-Type": "application/json", "Origin": server.url}
    return server.ask("POST", "/api/v1/session", body=body, headers=headers).status


def test_first_start(start: Start) -> None:
    server = start(None, "--first-user", "ada")
    assert "First start: ada is the administrator." in server.greeting
    assert me(server, server.key) == "ada"
    token = server.said(LINK)
    assert [sign_in(server, token), sign_in(server, token)] == [201, 401]
    for path, status in (("/healthz", "ok"), ("/ready", "ready")):
        answer = server.ask("GET", path)
        assert (answer.status, answer.json()) == (
            200,
            {"status": status, "service": "runstone", "version": __version__},
        )


def test_user_is_named_after_whoever_starts_it(start: Start) -> None:
    server = start(environ={"LOGNAME": "Ada Lovelace!"})
    assert me(server, server.key) == "Ada-Lovelace-"


def test_everything_on_disk_is_private(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path / "new" / "data")
    modes = {}
    for place, folders, names in os.walk(server.data):
        for name in [*folders, *names]:
            path = Path(place, name)
            modes[path] = stat.S_IMODE(path.stat().st_mode)
    assert modes
    assert {mode & 0o077 for mode in modes.values()} == {0}, modes
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_later_start_prints_a_command_that_works_in_a_shell(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "a folder's name"
    first = start(data)
    key, token = first.key, first.said(LINK)
    assert first.stop() == 0
    server = start(data)
    assert "First start" not in server.greeting
    assert "runstone-" not in server.greeting, "the key is not kept, so it cannot be shown"
    assert server.said(LINK) != token
    lines = [line for line in server.greeting.splitlines() if line.startswith("  export ")]
    script = "\n".join([*lines, 'printf "%s %s" "$WANDB_BASE_URL" "$WANDB_API_KEY"'])
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, env=clean_environment(), check=True
    )
    url, _, fresh = done.stdout.partition(" ")
    assert url == server.url
    assert me(server, fresh) == me(server, key)


def test_public_url_is_what_is_printed(start: Start) -> None:
    server = start(None, "--public-url", "https://runs.example.org/")
    assert server.said(r"export WANDB_BASE_URL=(\S+)") == "https://runs.example.org"
    assert "https://runs.example.org/signin?token=" in server.greeting


def test_settings_file_of_the_folder_counts(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "runstone.toml").write_text('first_user = "grace"\nlog_format = "json"\n')
    server = start(data)
    assert me(server, server.key) == "grace"
    (started,) = [
        event for event in map(json.loads, server.log.splitlines()) if event["event"] == "started"
    ]
    assert started["url"] == server.url
    assert started["level"] == "info"


def test_no_secret_is_logged(start: Start) -> None:
    server = start(None, "--log-level", "debug")
    me(server, server.key)
    token = server.said(LINK)
    server.ask("GET", f"/signin?token={token}", headers={"Accept": "text/html"})
    sign_in(server, token)
    secret = (server.data / "secret").read_text().strip()
    server.stop()
    assert "path=/api/v1/me" in server.log
    for hidden in (server.key, token, secret):
        assert hidden not in server.log


def test_unauthenticated_requests_open_nothing(start: Start) -> None:
    server = start()
    for path in ("/api/v1/me", "/api/v1/projects", "/api/v1/users", "/api/v1/api-keys"):
        assert server.ask("GET", path).status == 401
    assert server.ask("POST", "/files/a/b/c/file_stream", body=b"{}").status == 401
    wrong = authorization("runstone-" + "0" * 48)
    assert server.ask("GET", "/api/v1/me", headers=wrong).status == 401


def test_nothing_but_loopback_is_listened_on(start: Start) -> None:
    server = start()
    port = int(server.url.rpartition(":")[2])
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_ipv6(start: Start) -> None:
    server = start(None, "--host", "::1")
    assert server.url.startswith("http://[::1]:")
    assert server.ask("GET", "/ready").status == 200


def test_start_after_kill(start: Start) -> None:
    server = start()
    key = server.key
    server.kill()
    assert (server.data / "server.json").exists()
    assert "No server runs" in runstone("status", "--data", server.data).stdout
    assert me(start(), key)


def test_sockets_do_not_wait_for_more_to_send(start: Start) -> None:
    """TCP_NODELAY, seen on the server's end of a connection: copied out of its process."""
    server = start()
    connection = server.connect()
    connection.connect()
    ours = connection.sock.getsockname()[1]
    answered = server.ask("GET", "/healthz").status
    assert answered == 200
    values = []
    pidfd = os.pidfd_open(server.pid)
    try:
        for number in map(int, os.listdir(f"/proc/{server.pid}/fd")):
            descriptor = _copy_out(pidfd, number)
            if descriptor is None or not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            with socket.socket(fileno=descriptor) as end:
                if end.family == socket.AF_INET and _peer_port(end) == ours:
                    values.append(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    finally:
        os.close(pidfd)
        connection.close()
    assert values == [1]


def _copy_out(pidfd: int, number: int) -> int | None:
    import ctypes

    pidfd_getfd = 438
    descriptor = ctypes.CDLL(None, use_errno=True).syscall(pidfd_getfd, pidfd, number, 0)
    return None if descriptor < 0 else int(descriptor)


def _peer_port(end: socket.socket) -> int | None:
    try:
        return int(end.getpeername()[1])
    except OSError:
        return None
