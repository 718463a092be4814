"""Which files hold a run's history, for clients that keep files by name and never ask again.

The wandb client (0.31) reads a run's rows from Parquet files where it is given any, and keeps each
as `<entity>_<project>_<run>_<number>` for ever. So a file is always the same rows:

- Ranges are fixed when the first file of a run is fetched: until then nobody can have kept one.
  Rows logged later make further files, once the run has ended again.
- Steps ascend within a file, since that is how the client searches in it; where they go back
  (another process, another life of the run) the next file begins.
- There are files of all rows or none: a run that goes on, one of which rows were ever taken back,
  and one whose name another run's files had before, are read by pages alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from runstone.domain.access import OPERATOR, not_found
from runstone.domain.errors import Conflict
from runstone.domain.history import StreamInfo, StreamKind
from runstone.domain.history_file import HistoryFile, kept_name
from runstone.domain.ids import RunId, StreamId
from runstone.domain.run import Run
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Transaction
from runstone.services.export import HistoryExport, plan_range

MAX_FILES: Final = 100
"""A run whose steps go back more often than that is read by pages."""


def files_of(snapshot: Snapshot, run: Run) -> Sequence[HistoryFile] | None:
    """The files that together hold all rows of a run, or None where it has to be read by pages."""
    owner = snapshot.history_files.owner_of(kept_name(run))
    if run.state.is_live or owner not in (None, run.id):
        return None
    streams = [s for s in snapshot.history.streams([run.id], StreamKind.HISTORY) if s.next_row]
    if any(stream.generation for stream in streams):
        return None
    files = list(snapshot.history_files.history_files(run.id))
    ends = {file.stream_id: file.stop_row for file in files}
    for stream in streams:
        for first, stop in _ascending(snapshot, stream, ends.get(stream.id, 0)):
            if len(files) == MAX_FILES:
                return None
            files.append(HistoryFile(run.id, len(files), stream.id, first, stop))
    return files


def open_file(
    tx: Transaction, run: RunId, number: int, rows: tuple[StreamId, int, int]
) -> HistoryFile:
    """A file that a signed URL names. From now on it is these rows: the client may keep it.

    Raises:
        NotFound: The run was deleted meanwhile.
        Conflict: By now the run goes on, or the file is to hold other rows (code
            `changed-meanwhile`).
    """
    owner = tx.runs.run_by_id(run)
    if owner is None or owner.deleted_at is not None:
        raise not_found("The run of this file")
    known = {file.number: file for file in tx.history_files.history_files(run)}
    if number not in known:
        files = files_of(tx, owner) or ()
        if number >= len(files) or files[number].rows != rows:
            raise _changed(owner)
        tx.history_files.add([file for file in files if file.number not in known])
        known[number] = files[number]
    # A run may have come to another project since, and to another name with it.
    tx.history_files.own(kept_name(owner), run)
    if known[number].rows != rows or tx.history_files.owner_of(kept_name(owner)) != run:
        raise _changed(owner)
    return known[number]


def rows_of(snapshot: Snapshot, file: HistoryFile) -> HistoryExport:
    """What to write into a file.

    Raises:
        NotFound: The run was deleted meanwhile.
        Conflict: Rows of it were taken back (code `changed-meanwhile`).
    """
    run = snapshot.runs.run_by_id(file.run_id)
    if run is None:
        raise not_found("The run of this file")
    streams = snapshot.history.streams([run.id], StreamKind.HISTORY)
    stream = next((s for s in streams if s.id == file.stream_id), None)
    if stream is None or stream.generation:
        raise _changed(run)
    return plan_range(snapshot, OPERATOR, run, stream, file.first_row, file.stop_row)


def file_made(tx: Transaction, file: HistoryFile, stored: StoredBlob) -> HistoryFile:
    """Notes a file's bytes; where somebody else was quicker, theirs are kept.

    Raises:
        NotFound: The run was deleted meanwhile.
    """
    known = {one.number: one for one in tx.history_files.history_files(file.run_id)}
    if file.number in known and known[file.number].blob is not None:
        return known[file.number]
    tx.history_files.made(file.run_id, file.number, blob=stored.key, size_bytes=stored.size_bytes)
    return HistoryFile(file.run_id, file.number, *file.rows, stored.key, stored.size_bytes)


def _ascending(snapshot: Snapshot, stream: StreamInfo, first: int) -> Iterator[tuple[int, int]]:
    """The rows from `first` on, in ranges within which steps never go back."""
    if first >= stream.next_row:
        return
    last_step: int | None = None
    row = first
    for batch in snapshot.history.scan(stream.id, keys=(), from_row=first):
        falls = np.flatnonzero(np.diff(batch.step) < 0) + 1
        if last_step is not None and batch.num_rows and batch.step[0] < last_step:
            falls = np.concatenate([[0], falls])
        for fall in falls.tolist():
            yield first, row + fall
            first = row + fall
        row += batch.num_rows
        last_step = int(batch.step[-1]) if batch.num_rows else last_step
    yield first, row


def _changed(run: Run) -> Conflict:
    return Conflict(
        f"The history of run {run.path} has changed since this link was made; read it again.",
        code="changed-meanwhile",
    )
