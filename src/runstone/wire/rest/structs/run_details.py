"""Several runs with their documents on the wire."""

from __future__ import annotations

from msgspec import Struct

from runstone.wire.rest.structs.runs import RunDetail


class RunDetails(Struct):
    """Runs in the order asked for."""

    runs: list[RunDetail]
