"""What was worked out last, kept within a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key; those that were not used for longest are let go of. Thread-safe."""

    def __init__(self, *, max_values: int, max_weight: int) -> None:
        """Begins empty.

        Args:
            max_weight: Of all values together, in whatever unit they are put with; a single one
                may be heavier.
        """
        self._lock = threading.Lock()
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._max_values = max_values
        self._max_weight = max_weight

    def get(self, key: K) -> V | None:
        """The value, if it is kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keeps a value."""
        with self._lock:
            self._kept[key] = (value, weight)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (
                len(self._kept) > self._max_values
                or sum(one for _, one in self._kept.values()) > self._max_weight
            ):
                self._kept.popitem(last=False)
