"""Small words of wandb's that scripts say: they do here what they are said for, and no more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, TypeAlias

from runstone.tracking.active import ActiveRun
from runstone.tracking.config import Config
from runstone.tracking.options import Settings
from runstone.tracking.terminal import say, warn

Point: TypeAlias = tuple[float, float, float]
Colour: TypeAlias = tuple[float, float, float]

_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class AlertLevel(StrEnum):
    """How bad it is; see `ActiveRun.alert`."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class util:  # noqa: N801 - a module there
    """What scripts take from `wandb.util`."""

    @staticmethod
    def generate_id(length: int = 8) -> str:
        """A new random id for a run: `runstone.init(id=runstone.util.generate_id())`."""
        return "".join(_ALPHABET[byte % 36] for byte in _even_bytes(length))


class wandb_run:  # noqa: N801 - a module there
    """What annotations take from `wandb.sdk.wandb_run`."""

    Run = ActiveRun


class wandb_config:  # noqa: N801 - a module there
    """What annotations take from `wandb.sdk.wandb_config`."""

    Config = Config


class wandb_settings:  # noqa: N801 - a module there
    """What annotations take from `wandb.sdk.wandb_settings`."""

    Settings = Settings


def box3d(
    *,
    center: Point,
    size: Point,
    orientation: Sequence[float],
    color: Colour,
    label: str | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    """A box for `Object3D.from_point_cloud`, where it may stand in any direction.

    Args:
        center: Its middle.
        size: Along its own axes.
        orientation: How it is turned: a quaternion (w, x, y, z) of any length but 0.
        color: Red, green and blue, from 0 to 1.
        label: Shown beside it.
        score: Of whoever found it.

    Raises:
        ValueError: The quaternion is 0, or has not four parts.
    """
    middle, sides = [float(part) for part in center], [float(part) for part in size]
    turned = [_turned(_corner(sides, number), orientation) for number in range(8)]
    box: dict[str, Any] = {
        "corners": [[m + p for m, p in zip(middle, corner, strict=True)] for corner in turned],
        "color": [float(part) for part in color],
    }
    if label is not None:
        box["label"] = label
    if score is not None:
        box["score"] = float(score)
    return box


def require(*_requirements: object, **_more: object) -> None:
    """Nothing: there is one client here, and all of it is on."""


def termlog(string: str = "", newline: bool = True, repeat: bool = True) -> None:
    """Says a line as Runstone says its own, on standard error."""
    say(string)


def termwarn(string: str, newline: bool = True, repeat: bool = True) -> None:
    """Says a warning; the same one once."""
    warn(string)


def termerror(string: str, newline: bool = True, repeat: bool = True) -> None:
    """As `termwarn`."""
    warn(string)


def _even_bytes(length: int) -> list[int]:
    """Random bytes of which each remainder of 36 is as likely as the others."""
    found: list[int] = []
    while len(found) < length:
        found += [byte for byte in os.urandom(length + 8) if byte < 252]
    return found[:length]


def _corner(sides: Sequence[float], number: int) -> list[float]:
    """Of a box around the origin: bit by bit, on which side of each axis."""
    return [side / 2 * (1 if number >> 2 - axis & 1 else -1) for axis, side in enumerate(sides)]


def _turned(point: Sequence[float], quaternion: Sequence[float]) -> list[float]:
    w, *axis = (float(part) for part in quaternion)
    if len(axis) != 3 or not (norm := w * w + sum(part * part for part in axis)):
        raise ValueError(f"orientation is {quaternion!r}; give four numbers that are not all 0.")
    # p + 2 (w (v × p) + v × (v × p)) / |q|²
    once = _cross(axis, point)
    twice = _cross(axis, once)
    return [p + 2 * (w * o + t) / norm for p, o, t in zip(point, once, twice, strict=True)]


def _cross(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
