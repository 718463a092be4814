"""How long questions take; standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_WARM_UPS = 8
"""As many as to meet each of a server's workers."""


def measured(questions: dict[str, Callable[[], Any]], repeats: int) -> dict[str, Any]:
    """By question its milliseconds and its last answer; it is asked before it is measured.

    `everything` takes long, and is asked less often.
    """
    answers: dict[str, Any] = {}
    for name, question in questions.items():
        is_long = name == "everything"
        for _ in range(_WARM_UPS // 4 if is_long else _WARM_UPS):
            question()
        times = []
        for _ in range(max(3, repeats // 10) if is_long else repeats):
            begin = time.perf_counter()
            answer = question()
            times.append((time.perf_counter() - begin) * 1e3)
        answers[name] = {"ms": times, "answer": answer}
    return answers
