"""Files of runs that are on the server, brought to this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_run_name
from runstone.sdk.api import Api
from runstone.sdk.saving import place_within
from runstone.tracking.active_runs import current

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun


_RESTORED: Final = "restored"


def restore(
    name: str,
    run_path: str | None = None,
    replace: bool = False,
    root: str | os.PathLike[str] | None = None,
    run: ActiveRun | None = None,
) -> TextIO:
    """Downloads a file of a run, and opens it; see `ActiveRun.restore`.

    Args:
        name: Its path among the run's files.
        run_path: Of the run; by default the one that was begun last.
        replace: Fetches it although a file of that name is there already.
        root: The folder; by default one in the run's own that is not sent, and where there is no
            run, the working directory.
        run: The one that was begun last, if left out.

    Raises:
        InvalidInput: There is no run, and no `run_path`.
        NotFound: There is no such run, or it has no such file.
        Unavailable: The server does not answer.
    """
    run = run or current()
    if run_path is None and (run is None or run.mode == "disabled"):
        raise InvalidInput(
            "restore() needs to know of which run: give run_path='entity/project/run', or call "
            "runstone.init() first."
        )
    if root is not None:
        folder = Path(root)
    elif run is None or run.folder is None:
        folder = Path()
    else:
        # Files of several runs may have one name.
        whose = (run_path or run.id).rstrip("/").rpartition("/")[2]
        folder = run.folder / _RESTORED / check_run_name(whose)
    place = place_within(folder, name)
    if replace or not place.is_file():
        uploader = None if run is None else run._uploader
        with Api(*(uploader.server if uploader is not None else (None, None))) as api:
            api.run(_path(run_path, run, api)).file(name).download(folder)
    return place.open(encoding="utf-8", errors="surrogateescape")


def _path(said: str | None, run: ActiveRun | None, api: Api) -> str:
    """`entity/project/run`, where what is left out is the run's."""
    if said is None:
        assert run is not None, "one of them is known"
        said = run.id
    parts = said.strip("/").split("/")
    if said.startswith(("http://", "https://")) or len(parts) > 2:
        return said
    if len(parts) == 1:
        if run is None:
            raise InvalidInput(f"{said!r} names no run: write entity/project/run.")
        parts = [run.project, *parts]
    entity = (None if run is None else run.entity) or api.user
    return "/".join((entity, *parts))
