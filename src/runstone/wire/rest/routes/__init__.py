"""The operations, one module per noun."""

from __future__ import annotations

from typing import Final

from runstone.wire.rest.routes import (
    alerts,
    api_keys,
    artifact_diff,
    artifact_lineage,
    artifact_metrics,
    artifact_uploads,
    artifacts,
    console,
    custom_charts,
    environment,
    events,
    export,
    files,
    logged_charts,
    media,
    organizations,
    projects,
    registries,
    registry_collections,
    reports,
    retention,
    run_artifacts,
    run_details,
    run_groups,
    runs,
    search,
    series,
    session,
    storage,
    system,
    teams,
    trash,
    users,
    views,
)
from runstone.wire.rest.routing import Route, routes_of

ROUTES: Final[tuple[Route, ...]] = tuple(
    declared
    for module in (
        session,
        projects,
        runs,
        reports,
        run_groups,
        run_artifacts,
        run_details,
        alerts,
        trash,
        storage,
        retention,
        views,
        custom_charts,
        logged_charts,
        search,
        series,
        system,
        console,
        media,
        files,
        artifacts,
        artifact_lineage,
        artifact_diff,
        artifact_metrics,
        artifact_uploads,
        registries,
        registry_collections,
        environment,
        export,
        events,
        users,
        teams,
        organizations,
        api_keys,
    )
    for declared in routes_of(module)
)
