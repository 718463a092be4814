"""Hashing passwords away from the event loop and from the store's threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One at a time: a check takes 64 MiB and 50 ms, and guessing many at once must not take the
# machine from the runs that are being recorded.
_thread: Final = ThreadPoolExecutor(1, thread_name_prefix="runstone-password")


async def apart(hashing: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `hashing` on the thread for it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_thread, lambda: hashing(*args, **kwargs))
