"""What goes wrong on this side, and the server's refusals as errors of the same tree."""

from __future__ import annotations

import json
from typing import Any, Final

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
    call_public,
)


class ServerError(RunstoneError):
    """The server failed, or answered what no Runstone server answers."""

    default_code = "server-error"


class CannotWrite(RunstoneError):
    """A file on this machine cannot be written: no space, no permission, no such folder."""

    default_code = "cannot-write"


class MissingPackage(RunstoneError, ImportError):
    """A package is wanted that is not installed; the message says how to install it."""

    default_code = "missing-package"


call_public(ServerError, CannotWrite, MissingPackage)


_KINDS: Final[dict[int, type[RunstoneError]]] = {
    400: InvalidInput,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    413: QuotaExceeded,
    415: InvalidInput,
    501: NotBuilt,
}
_KIND_OF_CODE: Final[dict[str, type[RunstoneError]]] = {
    AlreadyExists.default_code: AlreadyExists,
    CorruptData.default_code: CorruptData,
}
_BUSY: Final = frozenset({429, 502, 503, 504})
_MEMBERS: Final = frozenset({"type", "title", "status", "detail", "code", "instance"})


def refusal(
    url: str,
    status: int,
    body: bytes,
    *,
    retry_after: str | None = None,
    location: str | None = None,
) -> RunstoneError:
    """What a status from 300 on means.

    Args:
        url: The server's, for messages.
        retry_after: The header, in seconds.
        location: The header: where a redirect leads.
    """
    if location is not None and status < 400:
        return ServerError(
            f"{url} redirects to {location}: give the address of the server itself.",
            code="redirected",
        )
    problem = _problem(body)
    detail = str(problem.get("detail") or "")
    code = problem.get("code")
    facts = {name: value for name, value in problem.items() if name not in _MEMBERS}
    if status in _BUSY:
        return Unavailable(
            detail or f"{url} has no time now (status {status}); try again.",
            code=code,
            **{"retry_after": _seconds(retry_after), **facts},
        )
    if not detail:
        return ServerError(
            f"{url} answered with status {status} and no reason: is it a Runstone server?",
            status=status,
        )
    kind = _KIND_OF_CODE.get(code or "") or _KINDS.get(status) or ServerError
    return kind(detail, code=code, **facts)


def no_answer(url: str, why: object) -> Unavailable:
    """What a request is told as that nobody answered.

    Args:
        why: In the system's words.
    """
    return Unavailable(
        f"No answer from {url} ({why}). Is a server running there?", code="no-answer"
    )


def untrusted(url: str, why: object) -> Unavailable:
    """What a server is told as whose certificate does not hold."""
    return Unavailable(f"{url} cannot be trusted: {why}.", code="untrusted")


def not_understood(url: str, error: Exception) -> ServerError:
    """What an answer is told as that is not what was asked for."""
    return ServerError(
        f"The answer of {url} is not understood ({error}): is it a Runstone server, and not a "
        "newer one than this client?"
    )


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    # Names that `RunstoneError` has words of its own for are not passed as facts.
    return {k: v for k, v in found.items() if k != "message"} if isinstance(found, dict) else {}


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 5.0
