"""System metrics of a run: hosts, and what each measured."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.system_metrics import DeviceKind, Unit


class SystemHost(Struct):
    """One process that measured its machine.

    `label` is what the user called it; `hostname` is null where the client did not say. A run
    with one process has one host, whose writer is empty.
    """

    writer: Annotated[str, Meta(description="For `writer` of a series request.")]
    label: str | None
    hostname: str | None


class SystemMetric(Struct):
    """One curve, for a series request with `stream: "system"`, `keys: [key]` and its host's writer.

    Curves of one `kind` and `name` measure the same of different devices. `last` is null where it
    is no finite number.
    """

    host: Annotated[int, Meta(description="Position in `hosts`.")]
    key: str
    kind: DeviceKind
    device: Annotated[
        str | None,
        Meta(description="Such as `0`, `/data`, `nvme0n1`; null where there is one only."),
    ]
    name: Annotated[
        str,
        Meta(
            description="Without the device, such as `powerWatts`; begins with `process.` for "
            "what the process itself uses of a GPU."
        ),
    ]
    unit: Annotated[Unit | None, Meta(description="Null where it is not known.")]
    is_total: Annotated[
        bool, Meta(description="Grows from the beginning of the run, as bytes sent do.")
    ]
    num_values: int
    last: float | None
    last_at: Annotated[datetime | None, Meta(description="Null for a time that no calendar has.")]


class SystemMetrics(Struct):
    """What a run's machines measured, ordered by host, kind, device and name."""

    hosts: list[SystemHost]
    metrics: list[SystemMetric]
