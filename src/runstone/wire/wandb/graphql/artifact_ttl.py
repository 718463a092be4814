"""Times to live as wandb clients write them: seconds, or a negative number that means something.

Source: wandb 0.31, sdk/artifacts/artifact.py, `_ttl_duration_seconds_to_gql`. What the server
answers is taken for "none" unless it is positive (`validate_ttl_duration_seconds`).
"""

from __future__ import annotations

from typing import Final

from runstone.domain.artifact import Artifact
from runstone.domain.errors import InvalidInput
from runstone.domain.retention import FOREVER, check_ttl
from runstone.domain.run import UNSET, Unset
from runstone.ports.store import Snapshot
from runstone.services.artifacts.expiry import ttl_of

INHERITED: Final = -1
DISABLED: Final = -2


def read_ttl(given: int | None) -> int | Unset | None:
    """What a client wants; `UNSET` where it says nothing.

    Raises:
        InvalidInput: A negative number without a meaning, or too long a time.
    """
    if given is None:
        return UNSET
    if given == INHERITED:
        return None
    if given == DISABLED:
        return FOREVER
    if given <= 0:
        raise InvalidInput(
            f"ttlDurationSeconds is {given}; it is a number of seconds, {INHERITED} to inherit, or "
            f"{DISABLED} for none.",
            code="bad-ttl",
        )
    return check_ttl(given)


def write_ttl(snapshot: Snapshot, artifact: Artifact) -> int:
    """What a client is told: the seconds that count, its own or inherited."""
    return ttl_of(snapshot, artifact).seconds or DISABLED
