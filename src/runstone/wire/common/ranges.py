"""Parts of a file as HTTP asks for them.

Source: RFC 9110, section 14. Several ranges at once, and what is no range, are answered with the
whole, as is allowed.
"""

from __future__ import annotations

import re
from typing import Final

# No file is as long as 18 digits, and Python refuses to read numbers of thousands.
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class NotSatisfiable(Exception):
    """The file is shorter than what is asked for."""


def wanted_part(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that a `Range` header asks for; None for the whole.

    Raises:
        NotSatisfiable: There is no such part.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size if int(last) else 0
    if start >= end:
        raise NotSatisfiable
    return start, end
