"""What the client makes of a value before it sends it, and how two values are compared.

The comparison knows no tolerance. Where the client itself changes a value, the change is written
down here as a function of what was logged, with its reason; "core" is `wandb-core`, the Go process
through which each line sends, whose bodies were read off the wire (0.31.0, 0.25.1, 0.19.11).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any

import numpy as np
import wandb

LINE = tuple(int(part) for part in wandb.__version__.split(".")[:2])
KEEPS_NARROW_NAN = LINE >= (0, 31)
"""Older lines log a NaN of np.float32 and the like as None (`util._numpy_generic_convert`)."""

_INT64 = 2**63
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: Go's texts hold only whole ones."""


class Expected:
    """A value that is known by its traits; see `media.py`."""

    def differences(self, found: Any) -> Iterator[str]:
        raise NotImplementedError


# What is sent


def logged(value: Any) -> Any:
    """A value of `run.log` or `run.summary` as core sends it."""
    if isinstance(value, Expected):
        return value
    if isinstance(value, dict):
        return {key: logged(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        if value.size == 1:  # util.json_friendly
            return logged(value.flatten()[0])
        if value.size > 32:  # util.maybe_compress_history
            return logged(wandb.Histogram(value, num_bins=32).to_json())
        return logged(value.tolist())
    if isinstance(value, np.generic) and not isinstance(value, float):
        narrow_nan = value.dtype.kind == "f" and math.isnan(value)
        if narrow_nan and not KEEPS_NARROW_NAN:
            return None
        return _number(float(value) if value.dtype.kind == "f" else value.item())
    if isinstance(value, Enum):  # 0.31 encodes with pydantic, which takes the value
        return value.value if LINE >= (0, 31) else value.name
    return _plain(value, logged)


def configured(value: Any) -> Any:
    """A value of `run.config` as core sends it (`util.json_friendly_val`, then core)."""
    if isinstance(value, dict):
        # Core keeps a tree of leaves, in which an empty branch leaves nothing.
        inner = {key: configured(child) for key, child in value.items()}
        return {key: child for key, child in inner.items() if child != {}}
    if isinstance(value, np.ndarray):
        # An array of one value gives a numpy scalar, which then is no built-in: its text.
        if value.size == 1 or value.size > 32:
            return str(value.flatten()[0] if value.size == 1 else value)
        return configured(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Enum):
        return value.name
    return _plain(value, configured)


def _plain(value: Any, inner: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, (list, tuple, set)):
        return [inner(element) for element in value]
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, date):
        return value.isoformat()
    return _number(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        # Core's integers have 64 bits; what is beyond becomes a double.
        return value if -_INT64 <= value < _INT64 else float(value)
    # Core writes doubles as Go's %g does: up to six digits without point or exponent, so that
    # 1.0 goes out as 1 and -0.0 as 0; 1e+06 says again that it is a float.
    if math.isfinite(value) and value == int(value) and abs(value) < 1e6:
        return int(value)
    return float(value)


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A history row with its nested dicts as dotted keys, as W&B answers.

    Core drops empty dicts; media are dicts that stay whole.
    """
    keys: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and "_type" not in value:
            keys |= flat(value, f"{prefix}{key}.")
        else:
            keys[prefix + key] = value
    return keys


# What is read


def as_json(value: Any) -> Any:
    """A value in an answer that is JSON: the client's names for what JSON cannot say.

    0.31 reads answers in Go, which refuses bare NaN and Infinity; `util.make_safe_for_json`.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [as_json(element) for element in value]
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    return value


def differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """Where two values differ: types, signs, NaN and order included.

    The order of the keys of a dict is not: core writes them in that of Go's maps, which is random.
    """
    if isinstance(expected, Expected):
        yield from (f"{where}: {said}" for said in expected.differences(found))
    elif type(expected) is not type(found):
        yield f"{where}: expected {_short(expected)}, found {_short(found)}"
    elif isinstance(expected, dict):
        if expected.keys() != found.keys():
            missing = sorted(expected.keys() - found.keys())
            more = sorted(found.keys() - expected.keys())
            yield f"{where}: missing keys {missing[:9]}, unexpected keys {more[:9]}"
        for key in expected.keys() & found.keys():
            yield from differences(expected[key], found[key], f"{where}[{key!r}]")
    elif isinstance(expected, list):
        if len(expected) != len(found):
            yield f"{where}: expected {len(expected)} elements, found {len(found)}"
        for index, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from differences(one, other, f"{where}[{index}]")
    elif isinstance(expected, float):
        same_sign = math.copysign(1, expected) == math.copysign(1, found)
        both_nan = math.isnan(expected) and math.isnan(found)
        if not both_nan and not (expected == found and same_sign):
            yield f"{where}: expected {expected!r}, found {found!r}"
    elif expected != found:
        yield f"{where}: expected {_short(expected)}, found {_short(found)}"


def _short(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) < 120 else text[:117] + '…'}"
