"""Values that are more than numbers and texts: their bytes lie in files of the run.

What is logged for one is a JSON document that names those files, in the form in which the wandb
client writes it, which is what the server and its pages know.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun


class RunValue(ABC):
    """A value that `log()` turns into a document, once its bytes are in the run's folder."""

    @abstractmethod
    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """Writes the value's bytes into the run's folder; returns what is logged for it.

        Called under the run's lock, once for each time that the value is logged: it must not call
        the run's public methods, and may be called again.

        Args:
            key: Under which it is logged; of a nested dictionary, all keys joined with dots.
            step: Of the row; `summary` for a value of the summary.

        Raises:
            InvalidInput: It cannot be logged: says why, and what to do.
            OSError: The bytes cannot be written.
        """

    def key_in_row(self, key: str) -> str:
        """Under which its document is, where it is logged under `key`."""
        return key

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """What is logged for several values of this class under one key."""
        return [value.bind(run, key, step) for value in values]
