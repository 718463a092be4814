"""Folders of runs to a server, after the fact: `runstone sync`."""

from __future__ import annotations

import os
from enum import StrEnum

from runstone.sdk.transport import Transport
from runstone.tracking.folder import RunFolder
from runstone.tracking.sending import Sender


class Outcome(StrEnum):
    """What became of a folder."""

    SENT = "sent"
    WAS_SENT = "was sent before"
    LIVE = "is still being written"


def sync(folder: RunFolder, transport: Transport) -> Outcome:
    """Sends what the server lacks of a run that no process writes any more.

    May be repeated, and cut at any time: what is there already is not sent again.

    Raises:
        InvalidInput: It is no folder of a run.
        RunstoneError: The server says no, or nothing.
    """
    if folder.is_sent():
        return Outcome.WAS_SENT
    folder.identity()
    hold = folder.hold()
    if hold is None:
        return Outcome.LIVE
    try:
        Sender(folder, transport).finish(is_over=True)
    finally:
        os.close(hold)
    return Outcome.SENT
