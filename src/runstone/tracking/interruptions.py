"""Exceptions that came into our code by chance: a signal's handler of the script raised them.

Whatever goes wrong in logging is kept from the script; what its own handlers raise (a timeout, a
wish to end) is not ours to keep.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType


def is_of_handler(error: BaseException) -> bool:
    """Whether a signal's handler raised it in the midst of what the caller did.

    A handler, and nobody else, is called with a number and the very frame that it interrupted.
    """
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        before = frame.f_back
        if before is not None:
            values = tuple(frame.f_locals.values())
            if any(_are_handed(v, before) for v in (values, *values) if type(v) is tuple):
                return True
        trace = trace.tb_next
    return False


def pass_on(error: BaseException) -> None:
    """Raises it again where a signal's handler did.

    Args:
        error: What the caller has caught, and would keep from the script.
    """
    if is_of_handler(error):
        raise error


def _are_handed(values: Iterable[object], interrupted: FrameType) -> bool:
    number: object = None
    for value in values:
        if value is interrupted and isinstance(number, int):
            return True
        number = value
    return False
