"""The native API: everything under `/api/v1`, and the OpenAPI document that describes it.

Plain ASGI over msgspec structs (docs/adr/0003). A route is a function whose annotations say what
it takes and gives; the document is made from the same annotations.
"""

from __future__ import annotations

from typing import Any

from runstone.wire.rest.app import RestApp, create_app

__all__ = ["RestApp", "create_app", "openapi_document"]


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the native API; needs no server."""
    # Imported when asked for: a server starts without it.
    from runstone.wire.rest.openapi import build

    return build()
