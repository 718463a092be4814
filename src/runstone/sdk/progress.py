"""How far a transfer is, told from any thread."""

from __future__ import annotations

import threading

from runstone.sdk.frames import Progress


class Told:
    """Tells whoever wants to hear it; one call after the other.

    Args:
        progress: Called with the bytes so far and the share of all, from 0 to 1.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._total = 0
        self._so_far = 0

    def expect(self, num_bytes: int, *, so_far: int = 0) -> None:
        """So much is to come in all, and so much of it is there."""
        with self._lock:
            self._total, self._so_far = num_bytes, so_far

    def tell(self, num_bytes: int) -> None:
        """So much more has come; less than nothing for what is to come again."""
        if self._progress is None:
            return
        with self._lock:
            self._so_far += num_bytes
            self._progress(self._so_far, min(1.0, self._so_far / max(1, self._total)))
