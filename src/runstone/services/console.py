"""Taking in console lines, whose numbers a client may count anew.

A client that announces its run anew continues where it was told to (resume), or counts from 0:
because it sends the same lines again (`wandb sync` of a run that is here already), or because the
run begins a second life under the same id. Lines carry no identity but their text, so what is
there already is recognised by it; what differs is a second life and goes after the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId
from runstone.domain.names import clean_text
from runstone.domain.run import ConsoleLine
from runstone.ports.store import Transaction
from runstone.ports.uploads import UploadCursor

_REPLAYING: Final = 1
"""As a cursor's shift (which is never positive here): the same lines are coming again."""


def record_lines(tx: Transaction, run: RunId, lines: Sequence[ConsoleLine]) -> None:
    """Stores lines; one whose number is there already replaces it (progress bars do that)."""
    for writer in dict.fromkeys(line.writer for line in lines):
        own = [replace(line, text=clean_text(line.text)) for line in lines if line.writer == writer]
        stream = tx.history.open_stream(run, StreamKind.CONSOLE, writer)
        cursor = tx.uploads.cursor(stream.id)
        if cursor.reopened:
            own, cursor = _after_reopening(tx, run, own, cursor)
            tx.uploads.set_cursor(stream.id, cursor)
        if cursor.shift < 0:
            own = [replace(line, number=line.number - cursor.shift) for line in own]
        if own:
            tx.console.put_lines(run, own)


def _after_reopening(
    tx: Transaction, run: RunId, lines: list[ConsoleLine], cursor: UploadCursor
) -> tuple[list[ConsoleLine], UploadCursor]:
    """The lines that are new, and how their numbers are to be read from now on."""
    writer, first = lines[0].writer, lines[0].number
    end = tx.console.num_lines(run, writer=writer)
    if cursor.shift != _REPLAYING:
        for shift in (cursor.shift, 0):
            # Continued, or the last line rewritten: the same life, or one that was resumed.
            if first - shift in (end, end - 1):
                return lines, UploadCursor(shift)
        if first > 0:
            return lines, UploadCursor(cursor.shift)
    stored = tx.console.lines(run, writer=writer, after=first - 1, limit=len(lines))
    texts = {line.number: line.text for line in stored}
    for index, line in enumerate(lines):
        if texts.get(line.number) == line.text:
            continue
        if line.number >= end - 1:
            return lines[index:], UploadCursor()  # all that was here came again
        return lines[index:], UploadCursor(shift=line.number - end)
    if lines[-1].number >= end - 1:
        return [], UploadCursor()
    return [], UploadCursor(_REPLAYING, reopened=True)
