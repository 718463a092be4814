"""The one table of how this protocol fails: domain error to status, and the bodies that say why.

The statuses decide what a client does next (protocol/wandb.md section 3): 400, 401, 403, 404,
409, 410, 413, 422 and 501 end what it was doing; 429, 5xx and everything else is tried again for
up to a week. So whatever sending again cannot mend is 4xx, and what may pass is 503.
"""

from __future__ import annotations

import logging
import math
import secrets
from typing import Any, Final

import orjson

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
from runstone.domain.names import clean_text
from runstone.wire.common.asgi import Send, respond

_log = logging.getLogger(__name__)

STATUSES: Final[dict[type[RunstoneError], int]] = {
    InvalidInput: 400,
    Unauthenticated: 401,
    PermissionDenied: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
    QuotaExceeded: 413,
    # No 501: the core takes it for final, but what Python sends itself (0.19, 0.25) is tried again
    # for half a minute.
    NotBuilt: 400,
    # Kept by the client and sent again: nothing is lost while an operator frees the disk or
    # brings a backup back.
    Unavailable: 503,
    CorruptData: 503,
}
_STATUS_OF_CODE: Final = {"run-in-trash": 400}
"""The core sends `UpsertBucket` again after a 409, and Python (0.19, 0.25) after a 410."""
_CORRUPT_RETRY_S: Final = 60.0
_MAX_MESSAGE_CHARS: Final = 1_000


def status_of(error: RunstoneError) -> int:
    """The HTTP status for a domain error."""
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def headers_of(error: RunstoneError) -> tuple[tuple[bytes, bytes], ...]:
    """What else to say in headers: when to come back, how to sign in."""
    if isinstance(error, Unavailable):
        return ((b"retry-after", _seconds(error.retry_after)),)
    if isinstance(error, CorruptData):
        return ((b"retry-after", _seconds(_CORRUPT_RETRY_S)),)
    if isinstance(error, Unauthenticated):
        return ((b"www-authenticate", b'Basic realm="Runstone"'),)
    return ()


def graphql_entry(error: RunstoneError) -> dict[str, Any]:
    """An entry of `errors`: clients show the message."""
    return {"message": _shown(error.message), "extensions": {"code": error.code}}


def graphql_body(error: RunstoneError) -> bytes:
    """The answer of `/graphql` where nothing could be executed."""
    return orjson.dumps({"data": None, "errors": [graphql_entry(error)]})


def plain_body(error: RunstoneError) -> bytes:
    """The answer of every other path: file_stream, uploads and downloads read `error`."""
    return orjson.dumps({"error": _shown(error.message), "code": error.code})


def unexpected(error: BaseException) -> RunstoneError:
    """Logs an error that nobody foresaw, and gives what may be said of it outside.

    Its status is 500, which clients try again: nothing of theirs is lost to a fault of ours.
    """
    reference = secrets.token_hex(4)
    _log.error("unexpected error %s", reference, exc_info=error)
    return RunstoneError(
        f"Runstone made a mistake (reference {reference}); its log says more.", code="internal"
    )


async def answer(send: Send, error: RunstoneError, *, is_graphql: bool) -> None:
    """Sends the answer for an error."""
    body = graphql_body(error) if is_graphql else plain_body(error)
    await respond(send, status_of(error), body, headers=headers_of(error))


def _shown(message: str) -> str:
    """What goes out of a message that may quote whatever was sent: not all of it, and Unicode."""
    if len(message) > _MAX_MESSAGE_CHARS:
        message = message[: _MAX_MESSAGE_CHARS - 1] + "…"
    return clean_text(message)


def _seconds(seconds: float) -> bytes:
    return str(max(1, math.ceil(seconds))).encode()
