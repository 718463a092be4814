"""Makes a registry, links to it, looks through it, shares it: as people of three roles do.

Words: project, names of the registry and a team, keys of a viewer, a member, and someone who is in
nothing.
"""

import json
import os
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import wandb

PROJECT, NAME, TEAM, VIEWER, MEMBER, OUTSIDER = sys.argv[1:]
OWN = os.environ["WANDB_API_KEY"]
FULL = f"wandb-registry-{NAME}"
IS_OLD = wandb.__version__.startswith("0.19.")
IS_NEW = wandb.__version__.startswith("0.31.")
facts: dict[str, Any] = {}


def api(key: str | None = None) -> Any:
    return wandb.Api(api_key=key) if key else wandb.Api()


def said(action: Callable[[], Any]) -> str:
    """What a user is told, causes too."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        words, cause = [f"{type(error).__name__}: {error}"], error.__cause__
        while cause is not None:
            words.append(str(cause))
            cause = cause.__cause__
        return " <- ".join(words)


def content(artifact: Any) -> dict[str, str]:
    root = Path(artifact.download(root=tempfile.mkdtemp()))
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def names(versions: Iterable[Any]) -> list[str]:
    return sorted(f"{one.name} {','.join(sorted(one.aliases))}" for one in versions)


def protect(alias: str) -> None:
    """In the web app, or so: the client has no word for it."""
    url = f"{os.environ['WANDB_BASE_URL']}/api/v1/registries/home/{NAME}/protected-aliases/{alias}"
    request = urllib.request.Request(url, method="PUT", headers={"Authorization": f"Bearer {OWN}"})
    urllib.request.urlopen(request).close()


def log_as(key: str, *, link: bool) -> None:
    """Logs a model to a project of somebody's own, and links it."""
    wandb.teardown()
    os.environ["WANDB_API_KEY"] = key
    with wandb.init(project="own") as run:
        mine = wandb.Artifact("mine", "model")
        with mine.new_file("weights.txt") as file:
            file.write("of their own")
        run.log_artifact(mine).wait()
        if link:
            run.link_artifact(mine, f"{FULL}/My Nets", aliases=["from-owner"])
    wandb.teardown()
    os.environ["WANDB_API_KEY"] = OWN


# A registry of one type

made = api().create_registry(
    NAME, visibility="restricted", description="first", artifact_types=["model"]
)
facts["made"] = [made.name, made.visibility, made.description, made.allow_all_artifact_types]
facts["types"] = list(made.artifact_types)
facts["taken"] = said(
    lambda: api().create_registry(
        NAME, visibility="restricted", description="first", artifact_types=["model"]
    )
)
made.description = "what we ship"
made.artifact_types.append("dataset")
made.save()
found = api().registry(NAME)
facts["saved"] = [found.description, sorted(found.artifact_types), found.organization]

# Linking from a run, and from elsewhere

run = wandb.init(project=PROJECT)
for number in range(2):
    model = wandb.Artifact("net", "model", metadata={"acc": 0.5 + number / 10})
    with model.new_file("weights.txt") as file:
        file.write(f"weights {number}")
    run.log_artifact(model)
    model.wait()
    run.link_artifact(model, f"{FULL}/My Nets", aliases=["staging"] if number else ["first"])
refused = wandb.Artifact("notes", "text")
with refused.new_file("a.txt") as file:
    file.write("a")
run.log_artifact(refused)
refused.wait()
facts["type refused"] = said(lambda: api().artifact(refused.qualified_name).link(f"{FULL}/x"))
facts["bad alias"] = said(
    lambda: api().artifact(model.qualified_name).link(f"{FULL}/x", aliases=["v7"])
)
facts["no registry"] = said(
    lambda: api().artifact(model.qualified_name).link("wandb-registry-nowhere/x")
)
path = Path("model.txt")
path.write_text("a model file")
logged = run.link_model(str(path), "registered", name="by-path")
used = run.use_artifact(f"{FULL}/My Nets:staging")
facts["used"] = [used.name, content(used)]
run.finish()

linked = api().artifact(f"{FULL}/My Nets:first")
facts["linked"] = [linked.name, linked.project, sorted(linked.aliases), content(linked)]
facts["source"] = [linked.source_name, linked.source_project]
if IS_NEW:
    facts["is link"] = [linked.is_link, linked.source_artifact.name]
    facts["all links"] = [one.name for one in linked.source_artifact.linked_artifacts]
facts["model registry"] = api().artifact("ada/model-registry/registered:v0").type

# Aliases of the linked version

linked.aliases.append("candidate")
linked.save()
facts["called"] = sorted(api().artifact(f"{FULL}/My Nets:v0").aliases)
again = api().artifact(f"{FULL}/My Nets:v0")
again.aliases.remove("candidate")
again.save()
facts["uncalled"] = sorted(api().artifact(f"{FULL}/My Nets:v0").aliases)
facts["home untouched"] = sorted(api().artifact(f"ada/{PROJECT}/net:v0").aliases)

# Looking through registries

mine = {"name": NAME}
facts["registries"] = [one.name for one in api().registries(filter=mine)]
facts["by pattern"] = [
    one.name for one in api().registries(filter={"name": {"$regex": f"{NAME}$"}})
]
collections = api().registries(filter=mine).collections()
facts["collections"] = [[one.name, one.type] for one in collections]
facts["no collections"] = [
    one.name for one in api().registries(filter=mine).collections(filter={"name": "none"})
]
facts["versions"] = names(api().registries(filter=mine).versions())
facts["staged"] = names(
    api()
    .registries(filter=mine)
    .collections(filter={"name": "My Nets"})
    .versions(filter={"alias": "staging"})
)
facts["of one"] = names(api().registry(NAME).versions())
facts["of its collections"] = names(api().registry(NAME).collections().versions())
if IS_NEW:
    in_order = api().registry(NAME).versions(order="-linked_at")
    facts["in order"] = [one.name for one in in_order]
    facts["good ones"] = names(
        api().registry(NAME).versions(filter={"metadata.acc": {"$gt": 0.55}})
    )
    ordered = api().registries(filter=mine, order="-created_at").collections().versions()
    facts["chained"] = names(ordered)

# Sharing it

facts["hidden"] = said(lambda: api(VIEWER).registry(NAME))
if not IS_OLD:
    registry = api().registry(NAME)
    viewer, member = (api(key).viewer for key in (VIEWER, MEMBER))
    registry.add_members(viewer, member, api().team(TEAM))
    registry.update_member(member, "member")
    registry.update_member(api().team(TEAM), "restricted_viewer")
    facts["members"] = sorted([one.user.username, one.role] for one in registry.user_members())
    facts["teams"] = [[one.team.name, one.role] for one in registry.team_members()]
    facts["role refused"] = said(lambda: registry.update_member(member, "king"))
    # Of a project that they cannot see.
    target = f"home/{FULL}/My Nets"
    facts["home hidden"] = said(lambda: api(VIEWER).artifact(f"ada/{PROJECT}/net:v0"))
    facts["viewer reads"] = content(api(VIEWER).artifact(f"{target}:staging"))

    def call(key: str, alias: str) -> None:
        version = api(key).artifact(f"{target}:v0")
        version.aliases.append(alias)
        version.save()

    facts["viewer calls"] = said(lambda: call(VIEWER, "mine"))
    facts["member calls"] = said(lambda: call(MEMBER, "checked"))
    facts["member administers"] = said(
        lambda: api(MEMBER).registry(NAME, organization="home").delete()
    )
    protect("production")
    facts["protected"] = said(lambda: call(MEMBER, "production"))
    facts["by administrator"] = said(lambda: call("", "production"))
    facts["kept"] = said(lambda: api(MEMBER).artifact(f"{target}:v0").unlink())
    facts["outsider"] = said(lambda: api(OUTSIDER).registry(NAME, organization="home"))
    # From projects of their own, which the others cannot see.
    log_as(VIEWER, link=False)
    facts["viewer links"] = said(
        lambda: api(VIEWER).artifact("own/mine:v0").link(target, aliases=["from-vera"])
    )
    log_as(MEMBER, link=True)
    facts["member links"] = content(api(VIEWER).artifact(f"{target}:from-owner"))
    registry = api().registry(NAME)
    registry.remove_members(api(VIEWER).viewer, api().team(TEAM))
    facts["left"] = [one.user.username for one in registry.user_members()]
    facts["hidden again"] = said(lambda: api(VIEWER).artifact(f"{target}:staging"))

# Taking things away

api().artifact(f"{FULL}/My Nets:staging").unlink()
facts["unlinked"] = names(api().artifacts("model", f"home-org/{FULL}/My Nets"))
facts["still there"] = content(api().artifact(f"ada/{PROJECT}/net:v1"))
renamed = api().registry(NAME)
renamed.name = f"{NAME}-2"
renamed.save()
facts["renamed"] = [api().registry(f"{NAME}-2").name, said(lambda: api().registry(NAME))]
api().registry(f"{NAME}-2").delete()
facts["deleted"] = said(lambda: api().registry(f"{NAME}-2"))
facts["source stays"] = content(api().artifact(f"ada/{PROJECT}/net:v0"))
print("RESULT", json.dumps(facts))
