"""wandb, offline: a core process of its own writes a transaction log.

Its server cannot be had here. The log is read back as its core frames it (blocks of 32 KiB, as
LevelDB's logs have) and with the client's own record classes.
"""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import wandb

_BLOCK_BYTES = 32_768
_HEAD = struct.Struct("<IHB")
_IDENT_BYTES = 7
_FULL, _LAST = 1, 4


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    settings = wandb.Settings(x_disable_stats=True)
    run = wandb.init(project=place.name, dir=place, mode="offline", settings=settings)
    return run.log


def finish() -> None:
    wandb.finish()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from wandb.proto.wandb_internal_pb2 import Record

    def read() -> dict[str, list[float]]:
        found: defaultdict[str, list[float]] = defaultdict(list)
        for path in place.glob("wandb/offline-run-*/run-*.wandb"):
            for payload in records(path.read_bytes()):
                for item in Record.FromString(payload).history.item:
                    key = item.key or ".".join(item.nested_key)
                    if not key.startswith("_"):
                        found[key].append(float(json.loads(item.value_json)))
        return found

    return read


def records(data: bytes) -> Iterator[bytes]:
    """The payloads of a log, up to the first that is not whole."""
    at, parts = _IDENT_BYTES, []
    while at + _HEAD.size <= len(data):
        if _BLOCK_BYTES - at % _BLOCK_BYTES < _HEAD.size:
            at += _BLOCK_BYTES - at % _BLOCK_BYTES
            continue
        _, size, kind = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if not kind or at + size > len(data):
            return
        parts.append(data[at : at + size])
        at += size
        if kind in (_FULL, _LAST):
            yield b"".join(parts)
            parts = []
