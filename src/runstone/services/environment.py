"""The surroundings of a run: what its processes say, and which of its files say more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runstone.domain.access import Actor
from runstone.domain.documents import loads
from runstone.domain.environment import (
    Package,
    Process,
    read_conda,
    read_git,
    read_process,
    read_requirements,
    without_credentials,
)
from runstone.domain.errors import InvalidInput
from runstone.domain.run import UNSET, Run, RunFile, RunUpdate
from runstone.domain.system_metrics import HOSTS_KEY
from runstone.ports.store import Snapshot, Transaction
from runstone.services.runs import find_reporting_run, find_run

METADATA: Final = "wandb-metadata.json"
REQUIREMENTS: Final = "requirements.txt"
CONDA: Final = "conda-environment.yaml"
_DIFF: Final = "diff.patch"
_CODE: Final = "code/"
_PROCESSES: Final = "e"
"""In what the client says of itself: one entry for each process, by its id."""
_CLIENT: Final = "client"
"""Likewise: name and version of a client that is not wandb's."""

MAX_CODE_FILES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run's records say, before its files are read.

    Attributes:
        to_read: Files that say more, by name, where they have come.
        code_files: The first 1,000 below `code/`.
        diffs: Files that hold what was changed and not committed.
    """

    run: Run
    client_info: Mapping[str, Any]
    to_read: Mapping[str, RunFile]
    code_files: Sequence[RunFile]
    diffs: Sequence[RunFile]


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of a run.

    Attributes:
        processes: The one, or each that reported to the run; never empty.
        client: Name and version of what logged it.
    """

    processes: Sequence[Process]
    commit: str | None
    remote: str | None
    branch: str | None
    packages: Sequence[Package]
    client: str | None


def record_environment(
    tx: Transaction,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    processes: Mapping[str, Mapping[str, Any]],
) -> None:
    """Notes what processes of a run say of their surroundings; the last word of each counts.

    Args:
        processes: By writer, an object as in `wandb-metadata.json`.

    Raises:
        NotFound: No such run, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    run = find_reporting_run(tx, actor, entity, project, name)
    info = dict(tx.runs.client_info(run.id))
    known, hosts = info.get(_PROCESSES), info.get(HOSTS_KEY)
    info[_PROCESSES] = {**(known if isinstance(known, dict) else {}), **processes}
    named = {writer: said["host"] for writer, said in processes.items() if "host" in said}
    info[HOSTS_KEY] = {**(hosts if isinstance(hosts, dict) else {}), **named}
    commit = remote = None
    for said in processes.values():
        if isinstance(client := said.get(_CLIENT), str):
            info[_CLIENT] = client
        of_process = read_git(said)
        commit, remote = commit or of_process[0], remote or of_process[1]
    tx.runs.update_run(
        run.id,
        RunUpdate(
            client_info=info,
            commit=commit or UNSET,
            remote=UNSET if remote is None else without_credentials(remote),
        ),
    )


def find_surroundings(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, name: str
) -> Surroundings:
    """What is recorded of a run's surroundings.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    run = find_run(snapshot, actor, entity, project, name)
    files = snapshot.files
    to_read = files.list_files(run.id, names=[METADATA, REQUIREMENTS, CONDA])
    diffs = files.list_files(run.id, prefix="diff", limit=10)
    upstream = files.list_files(run.id, prefix="upstream_diff_", limit=10)
    return Surroundings(
        run,
        snapshot.runs.client_info(run.id),
        {file.name: file for file in to_read},
        files.list_files(run.id, prefix=_CODE, limit=MAX_CODE_FILES),
        [file for file in (*diffs, *upstream) if file.name.endswith(".patch")],
    )


def describe(found: Surroundings, contents: Mapping[str, bytes]) -> Environment:
    """Puts records and files together; what cannot be read counts as absent.

    Args:
        contents: Of the files to read, by name.
    """
    metadata = _object(contents.get(METADATA, b""))
    commit, remote, branch = read_git(metadata)
    entries = found.client_info.get(_PROCESSES)
    by_writer = {
        str(writer): entry
        for writer, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict)
    }
    for entry in by_writer.values():
        of_entry = read_git(entry)
        commit, remote, branch = commit or of_entry[0], remote or of_entry[1], branch or of_entry[2]
    # The file may say more than the record of its process (it is written later).
    if by_writer:
        of_file = str(metadata.get("writerId"))
        first = of_file if of_file in by_writer else next(iter(by_writer))
        by_writer[first] = {**by_writer[first], **metadata}
        processes = [read_process(entry, writer=writer) for writer, entry in by_writer.items()]
    else:
        processes = [read_process(metadata)]
    remote = found.run.remote or remote
    packages = read_requirements(_text(contents.get(REQUIREMENTS, b"")))
    if not packages:
        packages = read_conda(_text(contents.get(CONDA, b"")))
    version, client = found.client_info.get("cli_version"), found.client_info.get(_CLIENT)
    if not isinstance(client, str):
        client = f"wandb {version}" if isinstance(version, str) else None
    return Environment(
        processes=processes,
        commit=found.run.commit or commit,
        remote=None if remote is None else without_credentials(remote),
        branch=branch,
        packages=packages,
        client=client,
    )


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        value = loads(content)
    except InvalidInput:
        return {}
    return value if isinstance(value, dict) else {}


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")
