"""How this dialect says no: RFC 9457 problem bodies, and one table from domain error to status."""

from __future__ import annotations

import logging
import re
import secrets
from http import HTTPStatus
from typing import Any, Final

import msgspec

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
from runstone.wire.common.asgi import Send, respond

_log = logging.getLogger(__name__)

PROBLEM_TYPE: Final = "application/problem+json"

STATUSES: Final[dict[type[RunstoneError], HTTPStatus]] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    PermissionDenied: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    AlreadyExists: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    QuotaExceeded: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    CorruptData: HTTPStatus.INTERNAL_SERVER_ERROR,
    NotBuilt: HTTPStatus.NOT_IMPLEMENTED,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_STATUS_OF_CODE: Final = {
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "view-changed": HTTPStatus.PRECONDITION_FAILED,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unsupported-encoding": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
"""HTTP's own ways of saying no, finer than the domain's."""

_MAX_DETAIL_CHARS: Final = 1_000
_POSITION: Final = re.compile(r"\(byte (\d+)\)")


class Problem(msgspec.Struct):
    """Why a request failed (RFC 9457). Further members are facts behind `detail`."""

    type: str
    title: str
    status: int
    detail: str
    code: str


def status_of(error: RunstoneError) -> HTTPStatus:
    """The status with which an error is answered."""
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem_body(error: RunstoneError) -> bytes:
    """The problem document of an error."""
    status = status_of(error)
    detail = error.message
    if len(detail) > _MAX_DETAIL_CHARS:
        detail = detail[: _MAX_DETAIL_CHARS - 1] + "…"
    members: dict[str, Any] = {
        "type": f"urn:runstone:problem:{error.code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": error.code,
    }
    for name, value in error.details.items():
        members.setdefault(name, value)
    if isinstance(error, Unavailable):
        members.setdefault("retry_after", error.retry_after)
    return msgspec.json.encode(members, enc_hook=str)


async def send_problem(
    send: Send, error: RunstoneError, *, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Answers with the problem document of an error."""
    if isinstance(error, Unavailable):
        headers += ((b"retry-after", str(max(1, round(error.retry_after))).encode()),)
    elif isinstance(error, Unauthenticated):
        # Not Basic, though it is understood: for that, browsers open a dialog of their own.
        headers += ((b"www-authenticate", b'Bearer realm="runstone"'),)
    await respond(
        send,
        status_of(error).value,
        problem_body(error),
        content_type=PROBLEM_TYPE.encode(),
        headers=headers,
    )


def unexpected(error: BaseException, *, where: str) -> RunstoneError:
    """Logs a fault of ours under a reference; returns what its client is told: only that."""
    reference = secrets.token_hex(6)
    _log.error("unexpected error reference=%s at=%s", reference, where, exc_info=error)
    return RunstoneError(
        f"Something went wrong in the server; its log has more under {reference}.",
        code="internal-error",
        reference=reference,
    )


def malformed_json(error: Exception) -> InvalidInput:
    """What a body that is no JSON, or no Unicode, is refused with: where it breaks."""
    text = str(error)
    found = _POSITION.search(text)
    position = int(found[1]) if found else getattr(error, "start", None)
    where = {} if position is None else {"position": position}
    return InvalidInput(f"Malformed JSON: {text}.", code="malformed-json", **where)
