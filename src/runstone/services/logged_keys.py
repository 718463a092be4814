"""Which keys runs have logged, remembered while they log nothing more.

A run may have a hundred thousand keys and more: to read them takes long, and whoever pages through
them, searches among them or opens another page of the project asks for the same again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias

from runstone.domain.history import KeyInfo, StreamInfo, StreamKind
from runstone.domain.ids import RunId
from runstone.ports.store import Snapshot

_MAX_ITEMS: Final = 500_000
"""Of some 200 bytes each."""

_Mark: TypeAlias = tuple[StreamInfo, ...]


class LoggedKeys:
    """Remembers lists of keys, each by how far the histories were that it was read from.

    Thread-safe. The least recently asked lists are forgotten above a limit; one that is longer
    than that by itself is read each time.
    """

    def __init__(self, *, max_items: int = _MAX_ITEMS) -> None:
        """Remembers nothing yet.

        Args:
            max_items: How many keys, and histories that they are of, are remembered at most.
        """
        self._max_items = max_items
        self._num_items = 0
        self._lists: OrderedDict[_Mark, Sequence[KeyInfo]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, snapshot: Snapshot, runs: Sequence[RunId], kind: StreamKind = StreamKind.HISTORY
    ) -> Sequence[KeyInfo]:
        """What those runs have logged, by name; the same list again while they log nothing."""
        mark = tuple(snapshot.history.streams(runs, kind))
        with self._lock:
            known = self._lists.get(mark)
            if known is not None:
                self._lists.move_to_end(mark)
                return known
        found = tuple(snapshot.history.keys(runs, kind))
        with self._lock:
            if mark not in self._lists and len(found) + len(mark) <= self._max_items:
                self._lists[mark] = found
                self._num_items += len(found) + len(mark)
            while self._num_items > self._max_items:
                oldest, keys = self._lists.popitem(last=False)
                self._num_items -= len(oldest) + len(keys)
        return found
