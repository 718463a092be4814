"""The surroundings that a run was started in."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from runstone.domain.environment import Process
from runstone.domain.errors import NotFound
from runstone.domain.run import RunFile
from runstone.services import environment as services
from runstone.wire.rest.call import Call
from runstone.wire.rest.routes.files import run_file
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.environment import (
    Disk,
    Environment,
    GitState,
    Gpu,
    Package,
    ProcessEnvironment,
)

_MAX_BYTES = 4 * 1024 * 1024
"""Of each file that is read; what is beyond is not looked at."""


@route("GET", "/projects/{entity}/{project}/runs/{run}/environment", tag="Environment")
async def get_environment(call: Call[None, None]) -> Environment:
    """Get the surroundings of a run: command, machine, git, packages, saved code.

    Put together from what the client reported and from the files that it saved; what neither
    says is null.
    """
    found = await call.read(
        lambda s: services.find_surroundings(
            s, call.actor, call.path["entity"], call.path["project"], call.path["run"]
        )
    )
    contents = {name: await _content(call, file) for name, file in found.to_read.items()}
    described = await asyncio.to_thread(services.describe, found, contents)
    git = GitState(described.commit, described.remote, described.branch)
    return Environment(
        processes=[_process(process) for process in described.processes],
        git=git if git.commit or git.remote or git.branch else None,
        packages=[Package(package.name, package.version) for package in described.packages],
        client=described.client,
        code_files=[run_file(file) for file in found.code_files],
        diffs=[run_file(file) for file in found.diffs],
        has_diff=bool(found.diffs),
    )


async def _content(call: Call[None, None], file: RunFile) -> bytes:
    assert file.blob is not None, "listed files have bytes"
    end = min(file.size_bytes, _MAX_BYTES)
    try:
        return b"".join([chunk async for chunk in call.context.blobs.read(file.blob, end=end)])
    except NotFound:  # replaced or deleted since it was listed
        return b""


def _process(process: Process) -> ProcessEnvironment:
    fields = {
        **asdict(process),
        "arguments": list(process.arguments),
        "disks": [Disk(disk.path, disk.total_bytes, disk.used_bytes) for disk in process.disks],
        "gpus": [Gpu(**asdict(gpu)) for gpu in process.gpus],
        "slurm": dict(process.slurm),
    }
    return ProcessEnvironment(**fields)
