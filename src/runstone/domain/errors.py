"""Every way the core says no.

RunstoneError                    always: message (what and what to do), code (stable slug), details
  InvalidInput      NotFound      AlreadyExists      Conflict      PermissionDenied
  Unauthenticated   QuotaExceeded  Unavailable (retry_after in seconds)   CorruptData   NotBuilt

Domain errors carry no status code: each dialect has one table that says how it fails.
"""

from __future__ import annotations

from typing import Any, ClassVar


class RunstoneError(Exception):
    """Something was refused or went wrong, said so that its reader can act.

    Attributes:
        message: What happened and what to do, for people.
        code: Stable slug for programs, the same for every instance of a kind unless refined.
        details: Facts behind the message; never secrets.
    """

    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details = details


class InvalidInput(RunstoneError):
    """What was sent cannot be understood or is outside the limits; sending it again is useless."""

    default_code = "invalid-input"

    @property
    def position(self) -> int | None:
        """Where in a text of theirs (a filter, a sort, JSON) it went wrong; None if nowhere."""
        found = self.details.get("position")
        return found if isinstance(found, int) else None


class NotFound(RunstoneError):
    """The thing does not exist, or the actor may not know that it does."""

    default_code = "not-found"


class AlreadyExists(RunstoneError):
    """The name is taken."""

    default_code = "already-exists"


class Conflict(RunstoneError):
    """The request contradicts the present state (a gap in offsets, a lost race)."""

    default_code = "conflict"


class PermissionDenied(RunstoneError):
    """The actor is known and may not do this."""

    default_code = "permission-denied"


class Unauthenticated(RunstoneError):
    """No valid key, session or link came with the request."""

    default_code = "unauthenticated"


class QuotaExceeded(RunstoneError):
    """A limit of size or number would be passed."""

    default_code = "quota-exceeded"


class Unavailable(RunstoneError):
    """Not now: the same request may succeed later.

    Attributes:
        retry_after: Seconds after which trying again makes sense.
    """

    default_code = "unavailable"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float = 5.0, **details: Any
    ) -> None:
        super().__init__(message, code=code, **details)
        self.retry_after = retry_after


class CorruptData(RunstoneError):
    """Stored bytes are not what was written; nothing further is written over them."""

    default_code = "corrupt-data"


class NotBuilt(RunstoneError):
    """The protocol has this operation and this version of Runstone does not, yet."""

    default_code = "not-built"


def call_public(*kinds: type[RunstoneError]) -> None:
    """Has errors be called as people catch them, wherever they are written."""
    for kind in kinds:
        kind.__module__ = "runstone.errors"


call_public(RunstoneError, *RunstoneError.__subclasses__())
