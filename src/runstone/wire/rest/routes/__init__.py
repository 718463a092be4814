"""The operations, one module per noun."""

from __future__ import annotations

from typing import Final

from runstone.wire.rest.routes import (
    api_keys,
    events,
    organizations,
    projects,
    runs,
    series,
    session,
    system,
    teams,
    users,
)
from runstone.wire.rest.routing import Route, routes_of

ROUTES: Final[tuple[Route, ...]] = tuple(
    declared
    for module in (
        *(session, projects, runs, series, system),
        *(events, users, teams, organizations, api_keys),
    )
    for declared in routes_of(module)
)
