"""kill -9 of server or client while artifacts are uploaded, committed, deleted and collected.

The real wandb client logs versions, threads that speak its protocol log more (large ones too, in
several units of work), others delete versions, and `runstone gc` runs all the while. At a random
moment the server is killed, or the client's Python, its `wandb-core`, or both. After each kill of
the server its folder is looked at as it lies there, and what was told to be committed is compared
byte for byte; then it is started again and collects.

In a test run the trials are few; more are a trial of its own:

    .venv/bin/python -m tests.faults.killed_artifacts --trials 100
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw
from tests.compat.conftest import SCRIPTS
from tests.compat.install_clients import client_python
from tests.compat.live import USER, LiveServer, environment
from tests.server.processes import COMMAND

from runstone.domain.artifact import Artifact
from runstone.ports.store import Snapshot
from runstone.storage.sqlite.database import FILE_NAME, check
from runstone.testing.orphans import orphans

PROJECT: Final = "kill"
LINE: Final = "0.31"
TWO_HOURS_S: Final = 7_200
EIGHT_DAYS_S: Final = 8 * 86_400
_MANY: Final = 700
"""Files of a large version: more than one unit of work takes."""


def bytes_of(seed: int, size: int | None = None) -> bytes:
    """What a file holds, as the client's script makes it."""
    return random.Random(seed).randbytes(20_000 + seed % 300_000 if size is None else size)


@dataclass
class Version:
    """A version that somebody was told is committed.

    Attributes:
        md5s: Of what each path holds.
    """

    collection: str
    index: int
    md5s: dict[str, str]
    is_gone: bool = False


@dataclass
class Ledger:
    """What was told to clients; written by several threads."""

    versions: list[Version] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def committed(self, version: Version) -> None:
        with self.lock:
            self.versions.append(version)

    def standing(self) -> list[Version]:
        """Those that must be there: nobody has asked for their deletion."""
        with self.lock:
            return [version for version in self.versions if not version.is_gone]


class Unanswered(Exception):
    """The server was killed, or said that it cannot now."""


class Speaker:
    """Speaks the client's protocol on one connection, until it is cut."""

    def __init__(self, server: LiveServer) -> None:
        self._host = server.url.removeprefix("http://")
        self._auth = "Basic " + base64.b64encode(f"api:{server.key}".encode()).decode()
        self._connection = http.client.HTTPConnection(self._host, timeout=300)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """The JSON of an answer.

        Raises:
            Unanswered: None came, or not a good one.
        """
        try:
            self._connection.request(method, path, body, {"Authorization": self._auth, **headers})
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unanswered from error
        if answer.status >= 500:
            raise Unanswered(text)
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text) if text else None

    def close(self) -> None:
        """Lets go of the connection."""
        self._connection.close()

    def mutate(self, name: str, selection: str, values: dict[str, Any]) -> Any:
        """What a mutation answers."""
        type_name = name[0].upper() + name[1:] + "Input"
        query = f"mutation M($i: {type_name}!) {{ {name}(input: $i) {{ {selection} }} }}"
        body = json.dumps({"query": query, "variables": {"i": values}}).encode()
        return self.ask("POST", "/graphql", body, **{"Content-Type": "application/json"})["data"][
            name
        ]

    def put(self, url: str, body: bytes) -> None:
        """Sends bytes to where the server wants them."""
        self.ask("PUT", "/" + url.split("/", 3)[3], body)

    def log(self, collection: str, files: dict[str, bytes], *, manifest_first: bool) -> Version:
        """Uploads and commits one version, in one of the orders that are allowed."""
        md5s = {path: _md5(body) for path, body in files.items()}
        contents = {path: {"digest": md5s[path], "size": len(body)} for path, body in files.items()}
        text = json.dumps({"version": 1, "storagePolicyConfig": {}, "contents": contents}).encode()
        made = self.mutate(
            "createArtifact",
            "artifact { id state }",
            {
                "entityName": USER,
                "projectName": PROJECT,
                "artifactTypeName": "dataset",
                "artifactCollectionName": collection,
                "digest": hashlib.md5(text, usedforsecurity=False).hexdigest(),
                "digestAlgorithm": "MANIFEST_MD5",
            },
        )["artifact"]
        if manifest_first:
            self._send_manifest(made["id"], text)
        self._send_files(made["id"], files, md5s)
        if not manifest_first:
            self._send_manifest(made["id"], text)
        done = self.mutate(
            "commitArtifact", "artifact { state versionIndex }", {"artifactID": made["id"]}
        )["artifact"]
        assert done["state"] == "COMMITTED"
        return Version(collection, done["versionIndex"], md5s)

    def _send_files(self, artifact: str, files: dict[str, bytes], md5s: dict[str, str]) -> None:
        specs = [{"artifactID": artifact, "name": path, "md5": md5s[path]} for path in files]
        found = self.mutate(
            "createArtifactFiles",
            "files { edges { node { name uploadUrl } } }",
            {"artifactFiles": specs, "storageLayout": "V2"},
        )
        for edge in found["files"]["edges"]:
            if edge["node"]["uploadUrl"] is not None:
                self.put(edge["node"]["uploadUrl"], files[edge["node"]["name"]])

    def _send_manifest(self, artifact: str, text: bytes) -> None:
        values = {"artifactID": artifact, "name": "m.json", "digest": _md5(text), "type": "FULL"}
        values |= {"entityName": USER, "projectName": PROJECT, "runName": ""}
        found = self.mutate(
            "createArtifactManifest", "artifactManifest { file { uploadUrl } }", values
        )
        self.put(found["artifactManifest"]["file"]["uploadUrl"], text)

    def delete(self, version: Version) -> None:
        """Deletes a version with its aliases."""
        base = f"/api/v1/projects/{USER}/{PROJECT}/artifacts/{version.collection}"
        self.ask("DELETE", f"{base}/versions/v{version.index}?aliases=true")


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


class RealClient:
    """The real client in a process group of its own, and what it said was committed."""

    def __init__(self, server: LiveServer, home: Path, ledger: Ledger, number: int) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.collection = "real"
        self.num_logged = 0
        self._ledger = ledger
        script = (SCRIPTS / "versions").with_suffix(".py")
        words: list[str | Path] = [
            client_python(LINE),
            script,
            PROJECT,
            self.collection,
            str(number),
        ]
        self._output = home / f"output-{number}.txt"
        with self._output.open("wb") as errors:
            self.process = subprocess.Popen(
                words,
                env=environment(server, home),
                cwd=home,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("LOGGED "):
                said = json.loads(line.removeprefix("LOGGED "))
                md5s = {path: _md5(bytes_of(seed)) for path, seed in said["files"].items()}
                index = int(said["version"].removeprefix("v"))
                self._ledger.committed(Version(self.collection, index, md5s))
                self.num_logged += 1

    def said(self) -> str:
        """What it said on stderr."""
        return self._output.read_text(errors="replace")

    def kill(self, what: str) -> None:
        """Kills `python`, `core` or `both`; whatever is left of it goes too, a moment later."""
        core = [pid for pid, name in _group(self.process.pid) if name.startswith("wandb-core")]
        for pid in ([self.process.pid] if what != "core" else []) + (
            core if what != "python" else []
        ):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(random.Random(self.process.pid).uniform(0.0, 0.5))
        self.end()

    def end(self) -> None:
        """Leaves nothing of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def _group(leader: int) -> list[tuple[int, str]]:
    """Processes of a process group, with their names."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        with suppress(OSError):
            name, _, rest = folder.joinpath("stat").read_text().partition("(")[2].rpartition(")")
            if int(rest.split()[2]) == leader:
                found.append((int(folder.name), name))
    return found


class Trials:
    """The folder, what was told of it, and all who work on it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder / "data"
        self.server = LiveServer(self.folder)
        self.ledger = Ledger()
        self.kills: Counter[str] = Counter()
        self.during: Counter[str] = Counter()
        self.num_deleted = 0
        self.num_compared = 0
        self.num_collections = 0
        self._home = folder / "home"
        self._client: RealClient | None = None
        self._numbers = 0
        self._doing: dict[int, str] = {}
        self._stop = threading.Event()
        self._failures: list[Exception] = []
        self._large = {f"many/{n:05}": b"%d" % n for n in range(_MANY)}

    def run(self, num_trials: int) -> None:
        """All trials, and the last look at everything."""
        self.server.start()
        speaker = Speaker(self.server)
        self.ledger.committed(speaker.log("large", self._large, manifest_first=False))
        speaker.close()
        try:
            for _ in range(num_trials):
                self._trial()
        finally:
            self._stop.set()
            if self._client is not None:
                self._client.end()
            self.server.kill()
        self._finish()

    def _trial(self) -> None:
        if self._client is None or self._client.process.poll() is not None:
            self._begin_client()
        rng, self._stop = self.rng, threading.Event()
        work = [self._log_small, self._log_small, self._log_large, self._delete, self._collect]
        threads = [
            threading.Thread(
                target=self._until_cut, args=(what, place, random.Random(rng.random()))
            )
            for place, what in enumerate(work)
        ]
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0.2, 2.5))
        what = rng.choice(("server", "server", "server", "python", "core", "both"))
        self.kills[what] += 1
        self.during.update(self._doing.values())
        if what == "server":
            self.server.kill()
        else:
            assert self._client is not None
            self._client.kill(what)
            self._client = None
        self._stop.set()
        for thread in threads:
            thread.join(400)
            assert not thread.is_alive()
        if self._failures:
            raise self._failures[0]
        if what != "server":
            self.server.kill()  # so that what lies there can be looked at
        self._look(num_compared=5)
        lost = self._garbage()
        age(self.folder, contents_s=TWO_HOURS_S)
        self.server.start()
        self._gc()
        # Whatever nobody knew of before is gone; what came meanwhile has its time.
        assert not lost & self._garbage(), sorted(lost & self._garbage())[:5]

    def _begin_client(self) -> None:
        if self._client is not None:
            self._client.end()
        self._numbers += 1_000
        self._client = RealClient(self.server, self._home, self.ledger, self._numbers)
        # It takes seconds to start; killed before its first version it would prove little.
        deadline = time.monotonic() + 300
        while not self._client.num_logged and time.monotonic() < deadline:
            if self._client.process.poll() is not None:
                break
            time.sleep(0.05)
        assert self._client.num_logged, f"the client logs nothing: {self._client.said()}"

    # What goes on meanwhile

    def _until_cut(self, what: Any, place: int, rng: random.Random) -> None:
        speaker = Speaker(self.server)
        try:
            while not self._stop.is_set():
                what(speaker, rng, place)
        except Unanswered:
            pass
        except Exception as error:  # noqa: BLE001 - the trial raises it
            self._failures.append(error)
        finally:
            speaker.close()
            self._doing.pop(place, None)

    def _log_small(self, speaker: Speaker, rng: random.Random, place: int) -> None:
        self._doing[place] = "upload or commit"
        # Some of the seeds are those of others: contents that are there, or are being deleted.
        seeds = [rng.randrange(200) for _ in range(rng.randint(1, 6))]
        files = {f"{n}.bin": bytes_of(seed) for n, seed in enumerate(seeds)}
        files["own"] = rng.randbytes(64)
        first = rng.random() < 0.3
        self.ledger.committed(speaker.log(f"small{place}", files, manifest_first=first))

    def _log_large(self, speaker: Speaker, rng: random.Random, place: int) -> None:
        self._doing[place] = "large commit"
        files = {**self._large, "own": rng.randbytes(64)}
        first = rng.random() < 0.3
        self.ledger.committed(speaker.log("large", files, manifest_first=first))

    def _delete(self, speaker: Speaker, rng: random.Random, place: int) -> None:
        self._doing[place] = "delete"
        standing = self.ledger.standing()
        # The first large version holds what all others share, and most small ones stay.
        choice = [v for v in standing[1:] if v.collection == "large"] + standing[-3:]
        if len(standing) < 10 or not choice:
            time.sleep(0.05)
            return
        version = rng.choice(choice)
        version.is_gone = True
        speaker.delete(version)
        self.num_deleted += 1
        time.sleep(rng.uniform(0.0, 0.4))

    def _collect(self, _speaker: Speaker, rng: random.Random, place: int) -> None:
        self._doing[place] = "gc"
        command = [*COMMAND, "gc", "--data", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        self.num_collections += done.returncode == 0
        self._doing.pop(place, None)
        time.sleep(rng.uniform(0.0, 0.2))

    # Looking

    def _look(self, num_compared: int | None) -> None:
        """Whether what was told is there, in a folder that nobody serves.

        Args:
            num_compared: Of so many versions every byte is read; None: of all.
        """
        connection = apsw.Connection(str(self.folder / FILE_NAME))
        assert check(connection) == []
        connection.close()
        assert (found := self._broken()) == [], found
        standing = self.ledger.standing()
        if num_compared is not None:
            newest = standing[-num_compared:]
            standing = newest + self.rng.sample(standing, min(num_compared, len(standing)))
        for version in standing:
            self._compare(version)
        self.num_compared += len(standing)

    def _broken(self) -> list[str]:
        """Of every committed version, told or not: contents that are not where they should be."""
        rows = _ask(
            self.folder,
            "SELECT c.blob, c.size_bytes FROM content c WHERE id IN (SELECT content_id "
            "FROM artifact_content ac JOIN artifact v ON v.id = ac.artifact_id)",
        )
        found = []
        for blob, size in rows:
            path = self.folder / "blobs" / blob
            if not path.is_file() or path.stat().st_size != size:
                found.append(f"{blob} should have {size} bytes")
        half = "SELECT v.id FROM artifact_member m JOIN artifact v ON v.id = m.artifact_id"
        found += [
            f"version {number} is half-way, and in a collection"
            for (number,) in _ask(self.folder, f"{half} WHERE v.state = 'pending'")
        ]
        return found

    def _compare(self, version: Version) -> None:
        def read(snapshot: Snapshot) -> dict[str, str]:
            entity = snapshot.accounts.entity(USER)
            assert entity is not None
            project = snapshot.projects.project(entity.id, PROJECT)
            assert project is not None
            collection = snapshot.artifacts.collection_by_name(project.id, version.collection)
            assert collection is not None
            member = snapshot.artifacts.member(collection.id, version.index)
            assert member is not None, f"{version.collection}:v{version.index} is lost"
            artifact = snapshot.artifacts.artifact(member.artifact_id)
            assert artifact is not None
            return self._read(snapshot, artifact)

        assert self.server.read(read) == version.md5s

    def _read(self, snapshot: Snapshot, artifact: Artifact) -> dict[str, str]:
        """What is on the disk of a version: the MD5 of every path's bytes."""
        assert artifact.manifest_id is not None
        entries = snapshot.artifacts.entries(artifact.manifest_id)
        assert entries is not None
        contents = snapshot.artifacts.contents(entries.md5s())
        found = {}
        for entry in entries:
            assert entry.md5 is not None
            assert snapshot.artifacts.refers_to(artifact.id, entry.md5)
            found[entry.path] = _md5(
                (self.folder / "blobs" / contents[entry.md5].blob).read_bytes()
            )
        return found

    def _garbage(self) -> set[str]:
        """Blobs without a record, contents that nobody refers to."""
        named = {blob for (blob,) in _ask(self.folder, "SELECT blob FROM content")}
        root = self.folder / "blobs"
        there = {path.relative_to(root).as_posix() for path in (root / "contents").rglob("*/*")}
        unneeded = _ask(
            self.folder,
            "SELECT blob FROM content WHERE id NOT IN (SELECT content_id FROM artifact_content)",
        )
        return (there - named) | {blob for (blob,) in unneeded}

    def _gc(self) -> None:
        command = [*COMMAND, "gc", "--data", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _finish(self) -> None:
        """Everything byte for byte; uploads that nobody goes on with are forgotten wholly."""
        self._look(num_compared=None)
        age(self.folder, contents_s=TWO_HOURS_S, pending_s=EIGHT_DAYS_S)
        self.server.start()
        self._gc()
        self.server.stop()
        self._look(num_compared=None)
        assert _ask(self.folder, "SELECT id FROM artifact WHERE state = 'pending'") == []
        assert (found := orphans(self.folder / FILE_NAME, self.folder / "blobs")) == [], found


def age(folder: Path, *, contents_s: int, pending_s: int = 0) -> None:
    """Makes what lies there older than it is: collections leave alone what is young."""
    connection = apsw.Connection(str(folder / FILE_NAME))
    with connection:
        connection.execute("UPDATE content SET created_at = created_at - ?", (contents_s * 10**6,))
        connection.execute(
            "UPDATE artifact SET updated_at = updated_at - ? WHERE state = 'pending'",
            (pending_s * 10**6,),
        )
    connection.close()
    for path in (folder / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, times=(time.time() - contents_s,) * 2)


def _ask(folder: Path, sql: str) -> list[Any]:
    connection = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(10_000)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def try_kills(folder: Path, num_trials: int, seed: int) -> str:
    """Runs the trials; returns what there is to say."""
    trials = Trials(folder, seed)
    began = time.monotonic()
    trials.run(num_trials)
    told = trials.ledger.versions
    of_real = sum(version.collection == "real" for version in told)
    return (
        f"{num_trials} kills (seed {seed}, {time.monotonic() - began:.0f} s): "
        + ", ".join(f"{what} {number}" for what, number in sorted(trials.kills.items()))
        + "; at that moment: "
        + ", ".join(f"{what} {number}" for what, number in sorted(trials.during.items()))
        + f". {len(told):,} versions were told to be committed, {of_real:,} by the real client; "
        f"{trials.num_deleted:,} were deleted; {trials.num_collections:,} collections ended beside "
        f"that. {trials.num_compared:,} versions were compared byte for byte: 0 bytes missing, "
        "0 orphans."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="runstone-kills-") as folder:
        print(try_kills(Path(folder), options.trials, seed), flush=True)


if __name__ == "__main__":
    main()
