"""Manifests as they were read, so that a page of files or a range of one does not parse all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from runstone.domain.ids import ManifestId
from runstone.domain.manifest import Entries

_MAX_BYTES: Final = 128 << 20


class ManifestCache:
    """The manifests of committed versions that were read last; thread-safe.

    The one that was read last stays however large it is, else each of its pages would parse it.
    """

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._known: OrderedDict[ManifestId, Entries] = OrderedDict()
        self._num_bytes = 0

    def get(self, manifest: ManifestId, read: Callable[[], Entries | None]) -> Entries | None:
        """The entries of a manifest; `read` is called where they are not known."""
        found = self._find(manifest)
        if found is not None:
            return found
        # One after the other: reading a large one takes several times its length for a while, and
        # whoever waited for the same one finds it here.
        with self._reading:
            found = self._find(manifest)
            if found is None:
                found = read()
                if found is not None:
                    self._keep(manifest, found)
        return found

    def _find(self, manifest: ManifestId) -> Entries | None:
        with self._lock:
            found = self._known.get(manifest)
            if found is not None:
                self._known.move_to_end(manifest)
            return found

    def _keep(self, manifest: ManifestId, entries: Entries) -> None:
        with self._lock:
            self._known[manifest] = entries
            self._num_bytes += entries.num_bytes
            while self._num_bytes > self._max_bytes and len(self._known) > 1:
                _, oldest = self._known.popitem(last=False)
                self._num_bytes -= oldest.num_bytes
