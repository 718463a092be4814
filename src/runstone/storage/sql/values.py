"""How domain values look in SQL columns, and back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def to_micros_or_none(instant: datetime | None) -> int | None:
    """As `to_micros`; None stays None."""
    return None if instant is None else to_micros(instant)


def from_micros(micros: int) -> datetime:
    """The instant, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def from_micros_or_none(micros: int | None) -> datetime | None:
    """As `from_micros`; None stays None."""
    return None if micros is None else from_micros(micros)


def like_pattern(text: str) -> str:
    r"""A LIKE pattern for "contains `text`", to be used with ESCAPE '\\'."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def past_prefix(prefix: str) -> str | None:
    """The smallest text above all that begin with `prefix`; None where there is none above."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following <= sys.maxunicode:
            # Surrogates are no characters and come in no text.
            is_surrogate = 0xD800 <= following <= 0xDFFF
            return prefix[: end - 1] + chr(0xE000 if is_surrogate else following)
    return None
