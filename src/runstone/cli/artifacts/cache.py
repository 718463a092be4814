"""`runstone artifact cache`: what is kept on this machine."""

from __future__ import annotations

import click

from runstone.cli.output import human_size, print_facts, print_json
from runstone.cli.reading.common import json_option
from runstone.sdk.artifact_cache import ArtifactCache
from runstone.sdk.settings import read_size


@click.group()
def cache() -> None:
    """What was downloaded and is kept for the next time."""


@cache.command("info")
@json_option
def cache_info(*, as_json: bool) -> None:
    """Say where it is, how much is kept and how much may be.

    RUNSTONE_CACHE_DIR and RUNSTONE_CACHE_SIZE say otherwise; a size of 0 keeps
    nothing.
    """
    state = ArtifactCache().state()
    if as_json:
        print_json(
            {
                "folder": str(state.folder),
                "num_files": state.num_files,
                "size_bytes": state.size_bytes,
                "limit_bytes": state.limit_bytes,
            }
        )
        return
    print_facts(
        {
            "folder": str(state.folder),
            "files": f"{state.num_files:,}",
            "size": human_size(state.size_bytes),
            "limit": human_size(state.limit_bytes),
        }
    )


@cache.command("clean")
@click.argument("size", default="0", metavar="[SIZE]")
def cache_clean(*, size: str) -> None:
    """Drop what was not needed for the longest time, down to SIZE.

    Without SIZE, all of it. 10GB, 512MiB or a number of bytes.
    """
    freed = ArtifactCache().clean(read_size(size))
    click.echo(f"Freed {human_size(freed)}.")
