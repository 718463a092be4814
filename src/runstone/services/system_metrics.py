"""System metrics of one run: the machines that reported, and what each measured of what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.history import Axis, PointSeries, Series, SeriesQuery, StreamKind
from runstone.domain.run import Run
from runstone.domain.system_metrics import HOSTS_KEY, DeviceKind, SystemKey, parse_key
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run

_KINDS: Final = {kind: position for position, kind in enumerate(DeviceKind)}


@dataclass(frozen=True, slots=True)
class Host:
    """One process that measured its machine.

    Attributes:
        writer: Which of the run's writers; empty for the only one.
        label: What the user called it; None where nobody did.
        hostname: Of the machine; None where the client did not say.
    """

    writer: str
    label: str | None
    hostname: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One curve of system metrics.

    Attributes:
        host: Position in the list of hosts.
        num_values: Numbers that were measured.
        last: The newest of them, whatever it is.
        last_at: When that was, in seconds since 1970 UTC.
    """

    host: int
    key: str
    parts: SystemKey
    num_values: int
    last: float
    last_at: float


@dataclass(frozen=True, slots=True)
class SystemMetrics:
    """Hosts ordered by label and writer; metrics by host, kind of device, device and name."""

    hosts: list[Host]
    metrics: list[Measured]


def read_system_metrics(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, name: str
) -> SystemMetrics:
    """What a run's machines measured.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    run = find_run(snapshot, actor, entity, project, name)
    streams = snapshot.history.streams([run.id], StreamKind.SYSTEM)
    hostnames = _hostnames(snapshot, run, [stream.writer for stream in streams])
    found = [
        (Host(stream.writer, parts.label, hostnames.get(stream.writer)), parts, series)
        for stream in streams
        for parts, series in _curves(snapshot, run, stream.writer)
    ]
    hosts = sorted({host for host, _, _ in found}, key=_in_order)
    positions = {host: position for position, host in enumerate(hosts)}
    metrics = [_measured(positions[host], parts, series) for host, parts, series in found]
    metrics.sort(key=_by_device)
    return SystemMetrics(hosts, metrics)


def _curves(snapshot: Snapshot, run: Run, writer: str) -> Iterator[tuple[SystemKey, Series]]:
    keys = snapshot.history.keys([run.id], StreamKind.SYSTEM, writer=writer)
    # Two buckets tell the number of values and the last one, from rollups where there are any.
    query = SeriesQuery(
        runs=[run.id],
        keys=[key.name for key in keys if key.num_numbers],
        kind=StreamKind.SYSTEM,
        axis=Axis.TIME,
        buckets=2,
        writer=writer,
    )
    for series in snapshot.history.series(query):
        if not isinstance(series, PointSeries) or len(series.x):
            yield parse_key(series.key), series


def _measured(host: int, parts: SystemKey, series: Series) -> Measured:
    if isinstance(series, PointSeries):
        count, last, at = len(series.x), series.y[-1], series.x[-1]
    else:
        count, last, at = series.num_rows, series.last[-1], series.x1[-1]
    return Measured(host, series.key, parts, count, float(last), float(at))


def _hostnames(snapshot: Snapshot, run: Run, writers: list[str]) -> dict[str, str]:
    said = snapshot.runs.client_info(run.id).get(HOSTS_KEY)
    known = said if isinstance(said, dict) else {}
    names = {writer: name for writer, name in known.items() if isinstance(name, str)}
    if run.host and len(writers) == 1:
        names.setdefault(writers[0], run.host)
    return names


def _in_order(host: Host) -> tuple[object, ...]:
    return _natural(host.label), host.hostname or "", host.writer


def _by_device(metric: Measured) -> tuple[object, ...]:
    parts = metric.parts
    return (
        *(metric.host, _KINDS[parts.kind], parts.device is not None),
        *(_natural(parts.device), parts.name, metric.key),
    )


def _natural(text: str | None) -> tuple[str | int, ...]:
    """Numbers in a name by size: GPU 2 before GPU 10."""
    parts = _NUMBER.split(text or "")
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts))


_NUMBER: Final = re.compile(r"([0-9]{1,18})")
