"""The surroundings a run was started in: machine, interpreter, code, packages.

Clients write them into `wandb-metadata.json` and, newer ones, into the run's record under the id
of each process. Their fields differ between lines; whatever is absent or of an unexpected kind is
None here.

Source: wandb `proto/wandb_internal.proto` (MetadataRequest, EnvironmentRecord) of 0.19 to 0.31:
numbers beyond 32 bits travel as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

_REQUIREMENT: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*===?\s*([^\s;#]+)")
_AT_URL: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*@\s*(\S+)")
_CONDA: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*)={1,2}([^=\s]+)(?:=\S+)?")
_MAX_PACKAGES: Final = 10_000
_USER_INFO: Final = re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s@]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gpu:
    """One accelerator."""

    index: int
    name: str | None
    memory_bytes: int | None = None
    uuid: str | None = None
    architecture: str | None = None
    cores: int | None = None


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted disk, as it was at the start."""

    path: str
    total_bytes: int | None
    used_bytes: int | None


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run and the machine it ran on.

    Attributes:
        writer: Which of several processes; None where the client does not say.
        program: The script or module that was started.
        command: Interpreter, program and arguments as they would be typed.
        code_path: The saved program, among the run's files below `code/`.
        cpu_threads: Logical processors.
    """

    writer: str | None = None
    program: str | None = None
    command: str | None = None
    arguments: Sequence[str] = ()
    code_path: str | None = None
    working_folder: str | None = None
    python: str | None = None
    executable: str | None = None
    os: str | None = None
    host: str | None = None
    user: str | None = None
    email: str | None = None
    started_at: str | None = None
    docker: str | None = None
    colab: str | None = None
    cpu_model: str | None = None
    cpu_cores: int | None = None
    cpu_threads: int | None = None
    memory_bytes: int | None = None
    disks: Sequence[Disk] = ()
    gpus: Sequence[Gpu] = ()
    tpu: str | None = None
    cuda: str | None = None
    slurm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package; its version is an address where it came from one."""

    name: str
    version: str


def read_process(metadata: Mapping[str, Any], *, writer: str | None = None) -> Process:
    """A process from what its client wrote of it."""
    cpu = _mapping(metadata.get("cpu"))
    apple = _mapping(metadata.get("apple"))
    arguments = [one for one in _sequence(metadata.get("args")) if isinstance(one, str)]
    program = _text(metadata.get("program"))
    executable = _text(metadata.get("executable"))
    return Process(
        writer=writer or _text(metadata.get("writerId")),
        program=program,
        command=_command(executable, program, arguments),
        arguments=arguments,
        code_path=_text(metadata.get("codePath")),
        working_folder=_text(metadata.get("root")),
        python=_text(metadata.get("python")),
        executable=executable,
        os=_text(metadata.get("os")),
        host=_text(metadata.get("host")),
        user=_text(metadata.get("username")),
        email=_text(metadata.get("email")),
        started_at=_text(metadata.get("startedAt")),
        docker=_text(metadata.get("docker")),
        colab=_text(metadata.get("colab")),
        cpu_model=_text(cpu.get("model")) or _text(apple.get("name")),
        cpu_cores=_count(metadata.get("cpu_count")) or _count(cpu.get("count")),
        cpu_threads=_count(metadata.get("cpu_count_logical")) or _count(cpu.get("countLogical")),
        memory_bytes=_count(_mapping(metadata.get("memory")).get("total")),
        disks=_disks(metadata.get("disk")),
        gpus=_gpus(metadata),
        tpu=_tpu(metadata),
        cuda=_text(metadata.get("cudaVersion")) or _text(metadata.get("cuda")),
        slurm={str(k): str(v) for k, v in _mapping(metadata.get("slurm")).items()},
    )


def read_git(metadata: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Commit, remote and branch that the client wrote down."""
    git = _mapping(metadata.get("git"))
    remote = _text(git.get("remote")) or _text(git.get("remoteUrl"))
    return _text(git.get("commit")), remote, _text(git.get("branch"))


def without_credentials(url: str) -> str:
    """An address without the user, password or token in it."""
    try:
        parts = urlsplit(url)
        if parts.scheme and "@" in parts.netloc and parts.scheme.lower() not in ("ssh", "git+ssh"):
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        if parts.scheme and parts.password is not None:
            user = parts.username or ""
            host = parts.netloc.rpartition("@")[2]
            return urlunsplit(parts._replace(netloc=f"{user}@{host}"))
    except ValueError:  # brackets that are no address
        return _USER_INFO.sub(r"\1", url)
    return url


def read_requirements(text: str) -> list[Package]:
    """The packages of a `requirements.txt` as `pip freeze` writes it, by name."""
    found = []
    for line in text.splitlines()[:_MAX_PACKAGES]:
        if pinned := _REQUIREMENT.match(line):
            found.append(Package(pinned[1], pinned[2]))
        elif located := _AT_URL.match(line):
            found.append(Package(located[1], without_credentials(located[2])))
    return sorted(found, key=lambda package: package.name.lower())


def read_conda(text: str) -> list[Package]:
    """The packages of a `conda-environment.yaml`, those of its `pip` part too, by name.

    Read line by line: the file is written by one program in one form, and a whole YAML parser
    would be a door for hostile files.
    """
    found = []
    for line in text.splitlines()[:_MAX_PACKAGES]:
        entry = line.strip()
        if entry.startswith("- ") and (package := _CONDA.fullmatch(entry[2:].strip())):
            found.append(Package(package[1], package[2]))
    return sorted(found, key=lambda package: package.name.lower())


def _command(executable: str | None, program: str | None, arguments: Sequence[str]) -> str | None:
    if program is None:
        return None
    words = [executable.rsplit("/", 1)[-1] if executable else "python", program, *arguments]
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word and re.fullmatch(r"[\w@%+=:,./-]+", word, re.ASCII):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _disks(value: Any) -> list[Disk]:
    return [
        Disk(str(path), _count(disk.get("total")), _count(disk.get("used")))
        for path, disk in _mapping(value).items()
        if isinstance(disk, dict)
    ]


def _gpus(metadata: Mapping[str, Any]) -> list[Gpu]:
    nvidia = [g for g in _sequence(metadata.get("gpu_nvidia")) if isinstance(g, dict)]
    if nvidia:
        return [
            Gpu(
                index,
                _text(gpu.get("name")),
                _count(gpu.get("memoryTotal")) or _count(gpu.get("memory_total")),
                _text(gpu.get("uuid")),
                _text(gpu.get("architecture")),
                _count(gpu.get("cudaCores")),
            )
            for index, gpu in enumerate(nvidia)
        ]
    amd = [g for g in _sequence(metadata.get("gpu_amd")) if isinstance(g, dict)]
    if amd:
        return [
            Gpu(
                index,
                _text(gpu.get("model")) or _text(gpu.get("series")),
                uuid=_text(gpu.get("uniqueId")),
            )
            for index, gpu in enumerate(amd)
        ]
    apple = _mapping(metadata.get("apple"))
    if cores := _count(apple.get("gpuCores")):
        return [Gpu(0, _text(apple.get("name")), cores=cores)]
    name, count = _text(metadata.get("gpu")), _count(metadata.get("gpu_count")) or 0
    return [Gpu(index, name) for index in range(min(count, 1_024) or (1 if name else 0))]


def _tpu(metadata: Mapping[str, Any]) -> str | None:
    tpu, trainium = _mapping(metadata.get("tpu")), _mapping(metadata.get("trainium"))
    return _text(tpu.get("name")) or _text(trainium.get("name"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    """A number that may travel as text."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value < 2**63 else None
