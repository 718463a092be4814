"""Rows of an ended run as a file for clients that keep files by name and never ask again."""

from __future__ import annotations

from dataclasses import dataclass

from runstone.domain.ids import RunId, StreamId
from runstone.domain.run import Run


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """One file: always these rows of the run, whatever is logged later.

    Attributes:
        number: Its place among the files of its run.
        first_row: Of the stream.
        stop_row: The row behind the last one.
        blob: Its bytes; None until somebody has fetched it.
    """

    run_id: RunId
    number: int
    stream_id: StreamId
    first_row: int
    stop_row: int
    blob: str | None = None
    size_bytes: int = 0

    @property
    def rows(self) -> tuple[StreamId, int, int]:
        """What it holds."""
        return self.stream_id, self.first_row, self.stop_row


def kept_name(run: Run) -> str:
    """What clients keep the files of a run under, in capitals or not.

    Ambiguous as it is (`a_b/c` and `a/b_c` are one), since it is the client's way, and file
    systems that do not know capitals are some clients'.

    Source: wandb-core 0.31, `runhistoryreader`: `<entity>_<project>_<run>_<number>`.
    """
    return f"{run.entity}_{run.project}_{run.name}".lower()
