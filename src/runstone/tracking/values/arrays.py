"""Arrays of NumPy, PyTorch and the like; nothing is imported but where a value came from."""

from __future__ import annotations

import sys
from typing import Any

from runstone.domain.errors import InvalidInput


def as_numpy(value: Any) -> Any:
    """A value of an array library as an array of NumPy, on this machine's CPU.

    Raises:
        InvalidInput: It is no array, or there is no NumPy here.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise InvalidInput(
            f"{_kind(value)} needs NumPy here: pip install numpy, or give a file."
        ) from error
    if isinstance(value, np.ndarray):
        return value
    try:
        if is_tensor(value):
            value = value.detach().cpu()
            if str(value.dtype) in ("torch.bfloat16", "torch.float16"):
                value = value.float()
            return value.resolve_conj().numpy() if hasattr(value, "resolve_conj") else value.numpy()
        for step in ("detach", "cpu"):
            if callable(method := getattr(value, step, None)):
                value = method()
        if callable(numpy := getattr(value, "numpy", None)):
            return np.asarray(numpy())
        found = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InvalidInput(f"{_kind(value)} cannot be read as an array: {error}.") from error
    if found.dtype == object:
        raise InvalidInput(f"{_kind(value)} cannot be read as an array of numbers.")
    return found


def is_tensor(value: Any) -> bool:
    """Whether it is one of PyTorch, whose images have their channels first."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value: Any) -> bool:
    """Whether a value looks like an array, whosever."""
    return hasattr(value, "shape") and (hasattr(value, "__array__") or hasattr(value, "tolist"))


def _kind(value: Any) -> str:
    return f"A value of the type {type(value).__module__}.{type(value).__name__}"
