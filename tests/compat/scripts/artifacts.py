"""Logs, uses, calls, links and deletes artifacts as people do. Words: project, then the step."""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import wandb

PROJECT = sys.argv[1]
PATH = f"ada/{PROJECT}"
IS_OLD = wandb.__version__.startswith("0.19.")
facts: dict[str, Any] = {}
WEIGHTS = bytes(range(256)) * 4_000


def fresh() -> Any:
    return wandb.Api()


def said(action: Any) -> str:
    """What a user is told."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


def tree(folder: str) -> dict[str, str]:
    """What a downloaded artifact holds."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().hex()[:60] for path in paths}


def download(name: str, **how: Any) -> dict[str, str]:
    return tree(fresh().artifact(f"{PATH}/{name}").download(root=tempfile.mkdtemp(), **how))


source = Path("source")
(source / "sub").mkdir(parents=True)
(source / "a.txt").write_text("hello")
(source / "sub" / "ä b.bin").write_bytes(WEIGHTS)
(source / "sub" / "twin.bin").write_bytes(WEIGHTS)
outside = Path("outside.txt").absolute()
outside.write_text("elsewhere")

run = wandb.init(project=PROJECT)
data = wandb.Artifact("data", "dataset", description="about", metadata={"n": 3, "x": [1, None]})
data.add_dir(str(source))
data.add_reference(outside.as_uri(), name="ref.txt")
run.log_artifact(data, aliases=["best"])
data.wait()
facts["logged"] = [data.version, sorted(data.aliases), data.state, data.size, data.description]
run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2.5, None]])})
run.log_code(root=str(source), include_fn=lambda path, *_: path.endswith(".txt"))
image = wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8))
both = wandb.Artifact("tables", "evalset")
both.add(wandb.Table(columns=["i", "image"], data=[[1, image]]), "t")
run.log_artifact(both)
both.wait()
link = wandb.Artifact("derived", "evalset")
link.add_reference(both.get_entry("t.table.json"), "other.table.json")
run.log_artifact(link)
with contextlib.suppress(TypeError):  # 0.19 knows none
    growing = wandb.Table(columns=["s"], log_mode="INCREMENTAL")
    for number in range(2):
        growing.add_data(number)
        run.log({"growing": growing})
run.finish()

found = fresh().artifact(f"{PATH}/data:best")
facts["read"] = [found.version, found.metadata, found.type, found.size, found.digest == data.digest]
facts["whole"] = download("data:latest")
facts["one"] = download("data:v0", path_prefix="a.t")
entry = fresh().artifact(f"{PATH}/data:v0").get_entry("sub/ä b.bin")
facts["entry"] = Path(entry.download(root=tempfile.mkdtemp())).read_bytes() == WEIGHTS
facts["files"] = [[f.name, f.size] for f in found.files(names=["a.txt"])]
checked = tempfile.mkdtemp()
facts["verify"] = said(lambda: found.verify(root=found.download(root=checked)))
table = fresh().artifact(f"{PATH}/tables:latest").get("t")
facts["table"] = [table.columns, table.data[0][0], type(table.data[0][1]).__name__]
facts["derived"] = list(download("derived:latest"))
logged = fresh().run(f"{PATH}/{run.id}").logged_artifacts()
facts["outputs"] = sorted(a.name.replace(run.id, "ID") for a in logged)
facts["growing"] = {
    a.version: len(a.manifest.entries) for a in logged if a.name.startswith(f"run-{run.id}-incr")
}

user = wandb.init(project=PROJECT)
used = user.use_artifact("data:latest")
draft = used.new_draft()
with draft.new_file("new.txt") as opened:
    opened.write("n")
draft.remove("a.txt")
user.log_artifact(draft, aliases=["best"])
draft.wait()
facts["draft"] = [draft.version, sorted(draft.aliases), sorted(draft.manifest.entries)]
again = wandb.Artifact("data", "dataset")
again.add_dir(str(source))
again.add_reference(outside.as_uri(), name="ref.txt")
user.log_artifact(again)
again.wait()
facts["same"] = [again.version, sorted(fresh().artifact(f"{PATH}/data:v0").aliases)]
user.log_model(str(source / "a.txt"), name="net", aliases=["m"])
user.link_artifact(draft, f"{PATH}/linked", aliases=["x"])
user.finish()
facts["inputs"] = [a.name for a in fresh().run(f"{PATH}/{user.id}").used_artifacts()]
origin = fresh().artifact(f"{PATH}/data:v0")
facts["lineage"] = [[r.id == user.id for r in origin.used_by()], origin.logged_by().id == run.id]
reader = wandb.init(project=PROJECT)
facts["model"] = Path(reader.use_model("net:m")).read_text()
reader.finish()

for number in range(2):
    part = Path(f"part{number}.txt")
    part.write_text(str(number))
    writer = wandb.init(project=PROJECT, group="several")
    shared = wandb.Artifact("shared", "dataset")
    shared.add_file(str(part))
    writer.upsert_artifact(shared, distributed_id="d1")
    writer.finish()
last = wandb.init(project=PROJECT, group="several")
last.finish_artifact(wandb.Artifact("shared", "dataset"), distributed_id="d1")
last.finish()
facts["shared"] = download("shared:latest")

edited = fresh().artifact(f"{PATH}/data:v1")
edited.aliases.append("prod")
edited.metadata["q"] = 1
edited.description = "other"
edited.save()
now = fresh().artifact(f"{PATH}/data:prod")
facts["edited"] = [now.version, now.metadata["q"], now.description, sorted(now.aliases)]
linked = fresh().artifact(f"{PATH}/linked:x")
facts["linked"] = [linked.source_name, linked.digest == draft.digest]

collection = fresh().artifact_collection("dataset", f"{PATH}/data")
collection.description = "all data"
collection.name = "renamed"
collection.save()
collection = fresh().artifact_collection("dataset", f"{PATH}/renamed")
facts["collection"] = [collection.description, sorted(collection.aliases)]
versions = fresh().artifacts("dataset", f"{PATH}/renamed")
facts["versions"] = [a.version for a in versions]
facts["types"] = sorted(t.name for t in fresh().artifact_types(PATH))
facts["absent"] = said(lambda: fresh().artifact(f"{PATH}/renamed:v9"))
facts["exists"] = [fresh().artifact_exists(f"{PATH}/renamed:{v}") for v in ("v0", "v9", "best")]
facts["kept"] = said(lambda: fresh().artifact(f"{PATH}/renamed:v1").delete())
fresh().artifact(f"{PATH}/renamed:v1").delete(delete_aliases=True)
facts["deleted"] = [fresh().artifact_exists(f"{PATH}/renamed:{v}") for v in ("v1", "latest")]
facts["left"] = fresh().artifact(f"{PATH}/renamed:latest").version
if not IS_OLD:
    fresh().artifact_collection("dataset", f"{PATH}/renamed").delete()
    facts["gone"] = fresh().artifact_exists(f"{PATH}/renamed:v0")
os.environ.pop("WANDB_SILENT", None)
print("RESULT " + json.dumps(facts))
