"""System metrics of a run."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from runstone.services import system_metrics as services
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.system import SystemHost, SystemMetric, SystemMetrics


@route("GET", "/projects/{entity}/{project}/runs/{run}/system", tag="Runs")
async def list_system_metrics(call: Call[None, None]) -> SystemMetrics:
    """List what a run's machines measured: hosts, devices, units and the newest values.

    The curves themselves are read with `POST /series`.
    """
    entity, project, run = call.path["entity"], call.path["project"], call.path["run"]
    found = await call.read(
        lambda snapshot: services.read_system_metrics(snapshot, call.actor, entity, project, run)
    )
    return SystemMetrics(
        [SystemHost(host.writer, host.label, host.hostname) for host in found.hosts],
        [_metric(metric) for metric in found.metrics],
    )


def _metric(metric: services.Measured) -> SystemMetric:
    parts = metric.parts
    return SystemMetric(
        host=metric.host,
        key=metric.key,
        kind=parts.kind,
        device=parts.device,
        name=parts.name,
        unit=parts.unit,
        is_total=parts.is_total,
        num_values=metric.num_values,
        last=metric.last if math.isfinite(metric.last) else None,
        last_at=_instant(metric.last_at),
    )


def _instant(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None  # a client may log any number as time
