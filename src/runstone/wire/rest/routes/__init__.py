"""The operations, one module per noun."""

from __future__ import annotations

from typing import Final

from runstone.wire.rest.routes import (
    api_keys,
    console,
    custom_charts,
    environment,
    events,
    files,
    media,
    organizations,
    projects,
    runs,
    search,
    series,
    session,
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
        trash,
        views,
        custom_charts,
        search,
        series,
        system,
        console,
        media,
        files,
        environment,
        events,
        users,
        teams,
        organizations,
        api_keys,
    )
    for declared in routes_of(module)
)
