"""Projects, users, teams and keys, as users of the public API manage them. Word: project."""

import json
import sys
from typing import Any

import wandb

PROJECT = sys.argv[1]
TAG = sys.argv[2]
IS_OLD = wandb.__version__.startswith("0.19.")


def fresh(key: str | None = None) -> Any:
    return wandb.Api(api_key=key)


def said(action: Any) -> str:
    """What a user is told."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


facts: dict[str, Any] = {}
api = fresh()

# Projects

api.create_project(PROJECT, "ada")
api.create_project(PROJECT, "ada")
project = fresh().project(PROJECT, "ada")
facts["project"] = [project.name, project.entity, project.path, project.url]
facts["project id"] = project.id
facts["created"] = getattr(project, "created_at", None)  # 0.19 does not ask
facts["html"] = project.to_html()
listed = {p.name: p for p in fresh().projects("ada", per_page=1)}
facts["listed"] = PROJECT in listed
facts["owner"] = said(lambda: project.owner.username)
facts["sweeps"] = said(lambda: list(project.sweeps()))
facts["types"] = said(lambda: list(project.artifacts_types()))
facts["no project"] = said(lambda: fresh().project("nothere", "ada").id)
facts["bad project"] = said(lambda: fresh().create_project("a/b", "ada"))
facts["no entity"] = said(lambda: list(fresh().projects("nobody")))

# Users

facts["viewer"] = [api.viewer.username, api.viewer.email, api.viewer.admin, api.viewer.teams]
facts["default"] = api.default_entity
facts["keys"] = [len(name) for name in api.viewer.api_keys]
made = fresh().create_user(f"bob-{TAG}@example.com")
facts["made"] = [made.username if hasattr(made, "username") else None, made.email]
facts["user"] = fresh().user(f"bob-{TAG}").email
facts["by mail"] = fresh().user(f"bob-{TAG}@example.com").username
facts["users"] = [u.username for u in fresh().users(f"bob-{TAG}")]
facts["no user"] = said(lambda: fresh().user("nobody-here"))
twice = said(lambda: fresh().create_user(f"bob-{TAG}@example.com"))
facts["twice"] = twice

# Keys: 0.25 and 0.19 take the name of a key for the key, and cannot make another.

if wandb.__version__ >= "0.31":
    viewer = fresh().viewer
    before = set(viewer.api_keys)
    new = viewer.generate_api_key("from the test")
    facts["new key"] = len(new or "")
    facts["works"] = said(lambda: fresh(new).viewer.username)
    again = fresh().viewer
    hint = next(name for name in again.api_keys if name not in before)
    facts["is prefix"] = bool(new) and new.startswith(hint) and len(hint) < len(new)
    facts["revoked"] = again.delete_api_key(hint)
    facts["after"] = len(fresh().viewer.api_keys) == len(before)
    facts["revoked works"] = said(lambda: fresh(new).viewer.username)

# Teams

team = fresh().create_team(f"team-{TAG}")
facts["team"] = [team.name, [(m.username, m.account_type) for m in team.members]]
facts["invited"] = team.invite(f"bob-{TAG}")
facts["invited by mail"] = team.invite(f"bob-{TAG}@example.com")
facts["invited nobody"] = team.invite("nobody-here")
facts["members"] = sorted((m.username, m.account_type) for m in fresh().team(f"team-{TAG}").members)
service = fresh().team(f"team-{TAG}").create_service_account("CI runner")
facts["service"] = service and [service.name, service.account_type]
facts["with service"] = sorted(m.name for m in fresh().team(f"team-{TAG}").members)
bob = next(m for m in fresh().team(f"team-{TAG}").members if m.username == f"bob-{TAG}")
facts["removed"] = bob.delete()
facts["left"] = sorted(m.account_type for m in fresh().team(f"team-{TAG}").members)
facts["teams"] = fresh().viewer.teams
facts["team project"] = said(lambda: fresh().create_project("shared", f"team-{TAG}"))
facts["team projects"] = [p.name for p in fresh().projects(f"team-{TAG}")]
facts["no team"] = said(lambda: fresh().team("nobody-here"))
print("RESULT " + json.dumps(facts))
