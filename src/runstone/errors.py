"""Every way `runstone` says no, to be caught by name.

RunstoneError                    always: message (what and what to do), code (stable slug), details
  InvalidInput                     position: where in a filter or sort, if it is about one
  Unauthenticated  PermissionDenied  NotFound  AlreadyExists  Conflict  QuotaExceeded
  Unavailable                      no answer, or not now: retry_after in seconds
  CorruptData                      bytes are not those that were saved
  ServerError  NotBuilt            the server failed, or lacks this
  CannotWrite                      this machine's disk is full, or does not let us
  MissingPackage                   a package is not installed

Four of them have a second name, for scripts that catch what the wandb client raises: Error
(RunstoneError), UsageError (InvalidInput), CommError (Unavailable), AuthenticationError
(Unauthenticated).
"""

from runstone.domain.errors import (
    AlreadyExists,
    Conflict,
    CorruptData,
    InvalidInput,
    NotBuilt,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RunstoneError,
    Unauthenticated,
    Unavailable,
)
from runstone.sdk.errors import CannotWrite, MissingPackage, ServerError

# As scripts for the wandb client catch them.
Error = RunstoneError
UsageError = InvalidInput
CommError = Unavailable
AuthenticationError = Unauthenticated

__all__ = [
    "AlreadyExists",
    "AuthenticationError",
    "CannotWrite",
    "CommError",
    "Conflict",
    "CorruptData",
    "Error",
    "InvalidInput",
    "MissingPackage",
    "NotBuilt",
    "NotFound",
    "PermissionDenied",
    "QuotaExceeded",
    "RunstoneError",
    "ServerError",
    "Unauthenticated",
    "Unavailable",
    "UsageError",
]
