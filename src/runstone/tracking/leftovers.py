"""What a process that was killed left of a run: sent before the run goes on."""

from __future__ import annotations

from runstone.tracking.folder import folders_beside
from runstone.tracking.syncing import Outcome, Sync
from runstone.tracking.terminal import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runstone.tracking.folder import RunFolder
    from runstone.tracking.http import HttpClient


def send_leftovers(own: RunFolder, client: HttpClient, *, takes_local: bool) -> None:
    """Sends what lies beside our folder of earlier processes of the run, which are gone.

    Steps, config and summary then go on from there, as if nobody had been killed. What cannot be
    sent stays for `runstone sync`.

    Args:
        takes_local: Also what was meant for a data folder.
    """
    wanted = own.identity()
    for folder in folders_beside(own, wanted.run):
        found = folder.identity()
        if (found.entity, found.project) != (wanted.entity, wanted.project):
            continue
        if Sync(folder, client, takes_local=takes_local).step() is Outcome.SENT:
            say(f"what an earlier process of this run left in {folder.path} is sent")
