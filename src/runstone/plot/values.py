"""Arrays of other libraries as lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def listed(values: Iterable[Any]) -> list[Any]:
    """The values as Python has them: arrays and tensors as nested lists, series as lists."""
    plain: Any = values
    for step in ("detach", "cpu"):
        if callable(method := getattr(plain, step, None)):
            plain = method()
    for name in ("tolist", "to_list"):
        if callable(method := getattr(plain, name, None)):
            return list(method())
    return [listed(value) if getattr(value, "ndim", False) else _plain(value) for value in plain]


def _plain(value: Any) -> Any:
    return value.item() if callable(getattr(value, "item", None)) else value
