"""Exceptions that came into our code by chance: a signal's handler of the script raised them.

Whatever goes wrong in logging is kept from the script; what its own handlers raise (a timeout, a
wish to end) is not ours to keep.
"""

from __future__ import annotations


def is_of_handler(error: BaseException) -> bool:
    """Whether a signal's handler raised it in the midst of what the caller did.

    A handler, and nobody else, is given the very frame that it interrupted.
    """
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        before = frame.f_back
        if before is not None and before.f_code is not frame.f_code:
            for value in frame.f_locals.values():
                if value is before or (type(value) is tuple and any(v is before for v in value)):
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
