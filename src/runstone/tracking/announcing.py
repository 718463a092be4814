"""How a run is announced: the request with which its sending begins."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

    from runstone.tracking.identity import Identity

    Announcement: TypeAlias = tuple[str, tuple[str, ...], dict[str, Any]]

_NAMES: Final = ("name", "group", "job_type", "notes", "tags", "host", "program")


def announcement(identity: Identity) -> Announcement:
    """Method, path and body of the request."""
    # Without an entity: whose the API key is.
    of = ("projects", identity.entity) if identity.entity else ("me", "projects")
    path = (*of, identity.project, "runs", identity.run)
    names = {key: getattr(identity, key) for key in _NAMES}
    said = {key: value for key, value in names.items() if value is not None}
    return "PUT", path, {"joins": True} if identity.joins else said | _wishes(identity)


def _wishes(identity: Identity) -> dict[str, Any]:
    """How the run is to begin, as the server takes it."""
    wishes: dict[str, Any] = {"life": identity.life}
    if identity.resume is not None:
        wishes["resume"] = identity.resume
    if identity.rewind_to is not None:
        wishes["rewind_to"] = identity.rewind_to
    if identity.fork_of is not None:
        run, step = identity.fork_of
        wishes["fork_of"] = {"run": run, "step": step}
    # A run that began in this folder has nothing that the folder does not hold.
    wishes["tells"] = bool(identity.writer or identity.fork_of)
    return wishes
