"""What sends runs speaks HTTP by itself: on bad days of networks and servers, too."""

from __future__ import annotations

import io
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.lab import Lab
from tests.sdk.scripted import HANG_UP, answer, scripted

from runstone.errors import (
    InvalidInput,
    NotFound,
    RunstoneError,
    ServerError,
    Unauthenticated,
    Unavailable,
)
from runstone.sdk.settings import Server
from runstone.tracking.http import HttpClient

KEY = "k" * 40
YES = answer(body=b'{"a":1}')
ROUTE = ("projects", "a b", "ü/..", "report")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return found


def put(url: str, data: bytes | dict[str, Any] = b"row") -> dict[str, int]:
    client = HttpClient(Server(url, KEY), user_agent="test/1")
    try:
        return client.put(dict[str, int], "POST", ROUTE, data)
    finally:
        client.close()


def test_what_is_sent() -> None:
    with scripted(YES, YES) as server:
        assert put(f"{server.url}/below", {"x": "é"}) == {"a": 1}
        assert put(server.url) == {"a": 1}
    head, other = server.requests
    line, *headers = head.partition("\r\n\r\n")[0].split("\r\n")
    assert line == "POST /below/api/v1/projects/a%20b/%C3%BC%2F../report HTTP/1.1"
    said = dict(header.split(": ", 1) for header in headers)
    assert said.pop("authorization").startswith("Basic ")
    assert said == {
        "host": server.url.removeprefix("http://"),
        "user-agent": "test/1",
        "content-type": "application/json",
        "content-length": str(len(b'{"x":"\\u00e9"}')),
    }
    assert "content-type: application/octet-stream\r\ncontent-length: 3\r\n" in other
    assert other.endswith("\r\n\r\nrow")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'3;x=y\r\n{"a\r\n4\r\n":1}\r\n0\r\nX-Late: 1\r\n\r\n',
            id="chunks",
        ),
        pytest.param(b'HTTP/1.1 200 OK\r\n\r\n{"a":1}', id="until it closes"),
        pytest.param(b'HTTP/1.0 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}', id="HTTP/1.0"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + YES, id="hints"),
        pytest.param(b'HTTP/1.1 200\nContent-Length:7\n\n{"a":1}', id="bare newlines"),
    ],
)
def test_answers_of_all_shapes(said: bytes) -> None:
    with scripted(said) as server:
        assert put(server.url) == {"a": 1}


@pytest.mark.parametrize(
    "bad_day",
    [
        pytest.param(HANG_UP, id="hangs up"),
        pytest.param(answer(502, b"<html>"), id="a proxy without its server"),
        pytest.param(answer(body=b'{"a"', length=40), id="cut"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", id="chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", id="sign"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", id="no length"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 400, id="headers without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000, id="a line without end"),
    ],
)
def test_it_is_sent_again(bad_day: bytes) -> None:
    with scripted(bad_day, bad_day, YES) as server:
        assert put(server.url) == {"a": 1}
        assert len(server.requests) == 3
        assert {request.rpartition("\r\n\r\n")[2] for request in server.requests} == {"row"}


def test_it_gives_up_in_the_end(pauses: list[float]) -> None:
    busy = answer(503, b'{"detail":"The disk is full.","code":"disk-full"}', "Retry-After: 7")
    with scripted(*[busy] * 9) as server:
        with pytest.raises(Unavailable, match="The disk is full") as caught:
            put(server.url)
        assert (caught.value.code, caught.value.retry_after) == ("disk-full", 7)
        assert len(server.requests) == 5
    assert pauses == [7, 7, 7, 7]


def test_a_server_does_not_have_it_wait_for_long(pauses: list[float]) -> None:
    with scripted(answer(429, b"", "Retry-After: 86400"), YES) as server:
        assert put(server.url) == {"a": 1}
    assert pauses == [30]


def test_nobody_there() -> None:
    with scripted() as server:
        url = server.url
    with pytest.raises(Unavailable, match=r"\(Connection refused\)\. Is a server running there\?"):
        put(url)
    with pytest.raises(Unavailable, match=r"No answer from http://nowhere\.invalid \("):
        put("http://nowhere.invalid")


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (answer(404, b'{"detail":"No run.","code":"not-found"}'), NotFound, "No run"),
        (answer(400, b'{"detail":"Bad.","code":"x"}'), InvalidInput, "Bad"),
        (answer(401, b'{"detail":"Who?","code":"x"}'), Unauthenticated, "Who"),
        (answer(404, b"<html>"), ServerError, "status 404 and no reason: is it a Runstone server"),
        (answer(301, b"", "Location: https://runs.org/"), ServerError, "redirects to https://runs"),
        (answer(body=b"<html>"), ServerError, "is it a Runstone server"),
        (answer(body=b'{"a":"one"}'), ServerError, "is it a Runstone server"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ServerError, "is it a Runstone server"),
    ],
    ids=lambda value: "",
)
def test_refusals(said: bytes, kind: type[RunstoneError], words: str) -> None:
    with scripted(said) as server:
        with pytest.raises(kind, match=words):
            put(server.url)
        assert len(server.requests) == 1


def test_a_connection_is_kept_and_its_end_is_no_trouble(pauses: list[float]) -> None:
    kept = answer(body=b'{"a":1}').replace(b"Connection: close\r\n", b"")
    with scripted(kept, YES) as server:
        client = HttpClient(Server(server.url, KEY), user_agent="test/1")
        # The script closes each connection behind its answer, whatever that says.
        assert client.put(dict[str, int], "POST", ROUTE, b"one") == {"a": 1}
        assert client.put(dict[str, int], "POST", ROUTE, b"two") == {"a": 1}
        client.close()
        assert len(server.requests) == 2
    assert pauses == []


def test_an_answer_before_all_was_sent_is_heard() -> None:
    """A server that refuses a large body closes before it has read it."""
    full = answer(413, b'{"detail":"Too much.","code":"too-much"}')
    with scripted(*[full] * 5) as server, pytest.raises(RunstoneError, match=r"Too much|No answer"):
        put(server.url, b"x" * (32 << 20))


def test_what_was_asked_ahead_is_fetched_or_asked_again() -> None:
    other = answer(body=b'{"a":2}')
    for first, want in ((YES, 1), (HANG_UP, 2)):
        with scripted(first, other) as server:
            client = HttpClient(Server(server.url, KEY), user_agent="test/1")
            client.put_ahead("PUT", ROUTE, {"x": 1})
            assert client.put(dict[str, int], "PUT", ROUTE, {"x": 1}) == {"a": want}
            client.close()
            assert len(server.requests) == want
    with scripted(YES, other) as server:
        client = HttpClient(Server(server.url, KEY), user_agent="test/1")
        client.put_ahead("PUT", ROUTE, {"x": 1})
        assert client.put(dict[str, int], "PUT", ROUTE, {"x": 2}) == {"a": 2}
        client.close()


def test_files_are_sent_again_from_where_they_stood(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"-hello-and more")
    with scripted(HANG_UP, YES) as server, path.open("rb") as file:
        client = HttpClient(Server(server.url, KEY), user_agent="test/1")
        file.seek(1)
        client.put_file(ROUTE, file, size_bytes=5, query=[("md5", "a b")])
        client.close()
    for request in server.requests:
        assert "report?md5=a+b HTTP/1.1" in request
        assert "content-length: 5\r\n" in request
    short = io.BytesIO(b"abc")
    with scripted(YES) as server, pytest.raises(InvalidInput, match="2 bytes shorter"):
        HttpClient(Server(server.url, KEY), user_agent="t").put_file(ROUTE, short, size_bytes=5)


def test_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(YES) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert put("http://far.test") == {"a": 1}
        assert proxy.requests[0].startswith("POST http://far.test/api/v1/projects/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with scripted(YES) as server:
        assert put(server.url) == {"a": 1}
        assert server.requests[0].startswith("POST /api/v1/projects/")


def test_https_is_trusted_as_the_system_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out"),
            *(certificate, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with scripted(YES, secured=context) as server:
        with pytest.raises(Unavailable, match="cannot be trusted") as caught:
            put(server.url)
        assert caught.value.code == "untrusted"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with scripted(YES, secured=context) as server:
        assert put(server.url) == {"a": 1}


def test_threads_share_it(lab: Lab, tmp_path: Path) -> None:
    """Against a real server: as many requests at once as there are threads, all answered."""
    client = HttpClient(Server(lab.url, lab.environ["RUNSTONE_API_KEY"]), user_agent="test/1")
    found: list[str] = []

    def announce(number: int) -> None:
        for turn in range(5):
            route = ("me", "projects", "threads-http", "runs", f"r-{number}-{turn}")
            answered = client.put(dict[str, Any], "PUT", route, {"life": "x"})
            found.append(answered["id"])

    threads = [threading.Thread(target=announce, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    client.close()
    assert sorted(found) == sorted(f"r-{n}-{turn}" for n in range(4) for turn in range(5))
