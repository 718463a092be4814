"""Whether a run is there: tables without a foreign key ask for themselves."""

from __future__ import annotations

import apsw

from runstone.domain.errors import NotFound
from runstone.domain.ids import RunId


def require_run(connection: apsw.Connection, run: RunId) -> None:
    """Raises unless the run is there.

    Raises:
        NotFound: It is not, or not any more.
    """
    if connection.execute("SELECT 1 FROM run WHERE id = ?", (run,)).fetchone() is None:
        raise NotFound("The run is gone.")
