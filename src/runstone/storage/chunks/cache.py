"""What all readers of one database share."""

from __future__ import annotations

from dataclasses import dataclass, field

from runstone.storage.chunks.memories import MemoryCache
from runstone.storage.chunks.tail import TailCache


@dataclass(frozen=True, slots=True)
class ReadCache:
    """Decoded journal tails, and what averages remember; each bounded in bytes.

    Only readers of committed snapshots may use it: rows of a transaction that is rolled back
    would stay in it.
    """

    tails: TailCache = field(default_factory=TailCache)
    memories: MemoryCache = field(default_factory=MemoryCache)
