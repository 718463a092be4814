"""The surroundings of a run on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.wire.rest.structs.files import RunFile


class Gpu(Struct):
    """One accelerator."""

    index: int
    name: str | None
    memory_bytes: int | None
    uuid: str | None
    architecture: str | None
    cores: int | None


class Disk(Struct):
    """A mounted disk, as it was at the start."""

    path: str
    total_bytes: int | None
    used_bytes: int | None


class ProcessEnvironment(Struct, kw_only=True):
    """One process of a run and the machine it ran on; null is what its client did not say."""

    writer: Annotated[str | None, Meta(description="Which of several processes.")]
    program: str | None
    command: Annotated[str | None, Meta(description="As it would be typed.")]
    arguments: list[str]
    code_path: Annotated[str | None, Meta(description="Of the program in its repository.")]
    working_folder: str | None
    python: str | None
    executable: str | None
    os: str | None
    host: str | None
    user: str | None
    email: str | None
    started_at: Annotated[str | None, Meta(description="As the client wrote it, ISO 8601.")]
    docker: str | None
    colab: str | None
    cpu_model: str | None
    cpu_cores: int | None
    cpu_threads: Annotated[int | None, Meta(description="Logical processors.")]
    memory_bytes: int | None
    disks: list[Disk]
    gpus: list[Gpu]
    tpu: str | None
    cuda: str | None
    slurm: Annotated[dict[str, str], Meta(description="Variables of the Slurm job.")]


class GitState(Struct):
    """The state of the repository that a run was started in."""

    commit: str | None
    remote: Annotated[str | None, Meta(description="Without the credentials in it.")]
    branch: str | None


class Package(Struct):
    """An installed package."""

    name: str
    version: str


class Environment(Struct, kw_only=True):
    """Where and with what a run was started."""

    processes: Annotated[
        list[ProcessEnvironment],
        Meta(description="The one, or each that reported to the run; never empty."),
    ]
    git: GitState | None
    packages: Annotated[list[Package], Meta(description="By name.")]
    client: Annotated[str | None, Meta(description="What logged the run, such as `wandb 0.31`.")]
    code_files: Annotated[
        list[RunFile], Meta(description="Saved code, the first 1,000 files below `code/`.")
    ]
    diffs: Annotated[
        list[RunFile], Meta(description="Patches of what was changed and not committed.")
    ]
    has_diff: bool
