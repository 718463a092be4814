"""A real server process on a folder of its own, and what it has stored."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from runstone.domain.documents import JsonValue, decode
from runstone.domain.history import HistoryBatch, StreamKind, ValueKind
from runstone.domain.run import Alert, ConsoleLine, Run, RunDocuments, RunFile
from runstone.ports.store import Snapshot
from runstone.storage.sqlite.store import SqliteStore

T = TypeVar("T")

USER = "ada"
RUNSTONE = Path(sys.executable).with_name("runstone")
_START_S = 120.0
_STOP_S = 120.0


class LiveServer:
    """`runstone up` as a process; may be killed and started again on the same folder."""

    def __init__(
        self, folder: Path, *flags: str, crash_after_s: float = 300.0, port: int = 0
    ) -> None:
        self.folder = folder
        self.port = port
        self.key = ""
        self._crash_after_s = crash_after_s
        self._flags = flags
        self._log = folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the process and waits until it is ready; the port stays the same ever after."""
        begin = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    RUNSTONE, "up", "--data", self.folder, "--port", str(self.port),
                    "--first-user", USER, "--crash-after-s", str(self._crash_after_s), *self._flags,
                ],
                stdout=log,
                stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + _START_S
        while True:
            said = self._log.read_text()[begin:]
            found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", said)
            if found:
                self.port = int(found[1])
                if self._is_ready():
                    break
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{said}")
            time.sleep(0.05)
        self.key = self.key or re.findall(r"WANDB_API_KEY=(\S+)", said)[0]

    def kill(self) -> None:
        """Ends it as a power cut would end a process."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ends it cleanly."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(timeout=_STOP_S) == 0, self.log()

    def log(self) -> str:
        return self._log.read_text()

    def admin(self, *words: str) -> str:
        """What `runstone admin …` prints."""
        command = [RUNSTONE, "admin", *words, "--data", self.folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def read(self, unit: Callable[[Snapshot], T]) -> T:
        """Runs `unit` on a snapshot of what is stored, beside the running server."""
        store = SqliteStore(self.folder)
        try:
            return store.read(unit).result()
        finally:
            store.close()

    def run(self, project: str, name: str) -> Stored:
        """All that is stored of a run."""

        def unit(snapshot: Snapshot) -> Stored:
            entity = snapshot.accounts.entity(USER)
            assert entity is not None
            place = snapshot.projects.project(entity.id, project)
            assert place is not None, f"no project {project}"
            run = snapshot.runs.run(place.id, name)
            assert run is not None, f"no run {project}/{name}"
            return _stored(snapshot, run)

        return self.read(unit)

    def has_rows(self, project: str, name: str, num: int = 1) -> bool:
        """Whether a run is there, and has so many rows at least, of whatever writers."""
        try:
            history = self.run(project, name).history
        except AssertionError:
            return False
        return sum(map(len, history.values())) >= num

    def wait_for(self, condition: Callable[[], Any], *, within_s: float = 120.0) -> None:
        """Waits until something holds, looking a few times a second."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, "it did not come to be in time"
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@dataclass(frozen=True)
class Stored:
    """All that is stored of a run.

    Attributes:
        history: By writer, one dict per row in the order of arrival, axes included.
    """

    run: Run
    documents: RunDocuments
    history: dict[str, list[dict[str, JsonValue]]]
    system: dict[str, list[dict[str, JsonValue]]]
    console: list[ConsoleLine]
    files: dict[str, RunFile]
    alerts: list[Alert]

    @property
    def rows(self) -> list[dict[str, JsonValue]]:
        """The rows of the only writer."""
        assert set(self.history) <= {""}, "there are several writers"
        return self.history.get("", [])

    def column(self, key: str) -> list[JsonValue]:
        """The values of one key, in the order of arrival."""
        return [row[key] for row in self.rows if key in row]

    def bytes_of(self, folder: Path, name: str) -> bytes:
        """What a file holds."""
        blob = self.files[name].blob
        assert blob is not None
        return (folder / "blobs" / blob).read_bytes()


def _stored(snapshot: Snapshot, run: Run) -> Stored:
    def rows(kind: StreamKind) -> dict[str, list[dict[str, JsonValue]]]:
        return {
            stream.writer: [
                row for batch in snapshot.history.scan(stream.id) for row in exact_rows(batch)
            ]
            for stream in snapshot.history.streams([run.id], kind)
        }

    return Stored(
        run=run,
        documents=snapshot.runs.documents(run.id),
        history=rows(StreamKind.HISTORY),
        system=rows(StreamKind.SYSTEM),
        console=list(snapshot.console.lines(run.id, limit=100_000)),
        files={file.name: file for file in snapshot.files.list_files(run.id, limit=10_000)},
        alerts=list(snapshot.runs.alerts(run.id)),
    )


def exact_rows(batch: HistoryBatch) -> list[dict[str, JsonValue]]:
    """Rows with NaN and infinities as floats and every value of the kind it was logged with."""
    rows: list[dict[str, JsonValue]] = [
        {"_step": int(step), "_timestamp": float(time)}
        for step, time in zip(batch.step, batch.time, strict=True)
    ]
    make: dict[int, Callable[[float], JsonValue]] = {
        ValueKind.FLOAT: float,
        ValueKind.INT: int,
        ValueKind.BOOL: bool,
    }
    for key, column in batch.numbers.items():
        where = range(batch.num_rows) if column.rows is None else column.rows.tolist()
        kinds = (
            [column.kinds] * len(column.values)
            if isinstance(column.kinds, ValueKind)
            else column.kinds.tolist()
        )
        for row, value, kind in zip(where, column.values.tolist(), kinds, strict=True):
            rows[row][key] = make[kind](value)
    for key, objects in batch.objects.items():
        where = range(batch.num_rows) if objects.rows is None else objects.rows.tolist()
        for row, text in zip(where, objects.texts, strict=True):
            rows[row][key] = decode(text)
    return rows


def environment(server: LiveServer, home: Path) -> dict[str, str]:
    """The environment of a client: it knows this server, and nothing of whoever runs the tests."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    return kept | {
        "HOME": str(home),
        "WANDB_DIR": str(home),
        "WANDB_BASE_URL": server.url,
        "WANDB_API_KEY": server.key,
        "WANDB_ERROR_REPORTING": "false",
        "WANDB_INIT_TIMEOUT": "240",
        "PYTHONUNBUFFERED": "1",
    }
