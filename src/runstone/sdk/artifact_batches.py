"""Small files travel together, on both ways: which are small, and which go with which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol, TypeVar

SMALL_BYTES: Final = 1 << 20
"""Up to here a file goes with others."""
_TOGETHER: Final = 500
_TOGETHER_BYTES: Final = 8 << 20


class Sized(Protocol):
    """What has a size."""

    @property
    def size_bytes(self) -> int:
        """Of its content."""


S = TypeVar("S", bound=Sized)


def batches(small: Iterable[S]) -> Iterator[list[S]]:
    """Small files as they go together, in their order."""
    batch: list[S] = []
    size = 0
    for one in small:
        if batch and (len(batch) == _TOGETHER or size + one.size_bytes > _TOGETHER_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size_bytes
    if batch:
        yield batch
