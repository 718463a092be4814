"""tensorboardX: event files, written by a thread; read by TensorBoard's own reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from tensorboardX import SummaryWriter

_LIVE: list[SummaryWriter] = []


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    writer = SummaryWriter(str(place))
    _LIVE.append(writer)
    add_scalar, steps = writer.add_scalar, count()

    def log(values: Mapping[str, float]) -> None:
        step = next(steps)
        for key, value in values.items():
            add_scalar(key, value, step)

    return log


def finish() -> None:
    _LIVE.pop().close()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def read() -> dict[str, list[float]]:
        events = EventAccumulator(str(place), size_guidance={"scalars": 0})
        events.Reload()
        return {key: [e.value for e in events.Scalars(key)] for key in events.Tags()["scalars"]}

    return read
