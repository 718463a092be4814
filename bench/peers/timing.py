"""How long questions take; standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

_WARM_UPS = 8
"""As many as to meet each of a server's workers."""
_ENOUGH_S = 20.0
_LEAST = 3


def measured(questions: dict[str, Callable[[], Any]], repeats: int) -> dict[str, Any]:
    """By question its milliseconds and its last answer; it is asked before it is measured.

    A question that takes long is asked less often: until 20 seconds are full, thrice at least.
    """
    answers: dict[str, Any] = {}
    for name, question in questions.items():
        for _ in rounds(_WARM_UPS, least=1):
            question()
        times = []
        for _ in rounds(repeats, least=_LEAST):
            begin = time.perf_counter()
            answer = question()
            times.append((time.perf_counter() - begin) * 1e3)
        answers[name] = {"ms": times, "answer": answer}
    return answers


def rounds(most: int, *, least: int) -> Iterator[int]:
    """Counts to `most`, or until the time is full."""
    end = time.perf_counter() + _ENOUGH_S
    for count in range(most):
        if count >= least and time.perf_counter() > end:
            return
        yield count
