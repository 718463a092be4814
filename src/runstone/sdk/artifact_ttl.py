"""How long a version is kept, in the words of scripts."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Final, TypeAlias

from runstone.domain.errors import InvalidInput


class ArtifactTTL(Enum):
    """What a version's time to live can be beside a duration and None, which is for ever."""

    INHERIT = 0
    """As long as its project or entity says."""


TimeToLive: TypeAlias = timedelta | ArtifactTTL | None
_SHORTEST: Final = timedelta(seconds=1)


def seconds_of(ttl: TimeToLive) -> int | None:
    """As the server takes it: 0 for ever, None for what is inherited.

    Raises:
        InvalidInput: Neither, nor a duration that can be.
    """
    if ttl is ArtifactTTL.INHERIT:
        return None
    if ttl is None:
        return 0
    given: object = ttl  # scripts are not checked
    if not isinstance(given, timedelta) or (given and given < _SHORTEST):
        raise InvalidInput(
            f"{given!r} is no time to live: give a timedelta of a second or more, None for ever, "
            "or ArtifactTTL.INHERIT for what the project says.",
            code="bad-ttl",
        )
    return int(given.total_seconds())


def ttl_of(seconds: int | None) -> TimeToLive:
    """What `seconds_of` was given."""
    if seconds is None:
        return ArtifactTTL.INHERIT
    return timedelta(seconds=seconds) if seconds else None
