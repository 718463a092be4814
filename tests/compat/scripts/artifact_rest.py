"""What artifacts.py leaves out: the words that few use, each once. Words: project."""

import http.server
import importlib
import json
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import wandb
from wandb.data_types import PartitionedTable
from wandb.sdk.artifacts.artifact_file_cache import get_artifact_file_cache

PROJECT, BUCKET, BOTO = sys.argv[1:]
sys.path.append(BOTO)
PATH = f"ada/{PROJECT}"
facts: dict[str, Any] = {}


def found(name: str) -> Any:
    return wandb.Api().artifact(f"{PATH}/{name}")


def said(action: Callable[[], Any]) -> str:
    """What a user is told."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


def tree(folder: str) -> dict[str, bytes]:
    paths = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def download(name: str, **how: Any) -> dict[str, bytes]:
    return tree(found(name).download(root=tempfile.mkdtemp(), **how))


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A server of somebody else."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        data = bytes(range(256)) if self.path == "/kept.bin" else None
        self.send_response(404 if data is None else 200)
        self.send_header("ETag", f'"{self.path}"')
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data or b"")

    def log_message(self, *_words: Any) -> None:
        pass


elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
there = f"http://127.0.0.1:{elsewhere.server_port}"

FILES = {
    f"{folder}/{number}.bin": random.Random(number).randbytes(10_000 * number)
    for folder in ("train", "train-old", "test")
    for number in range(3)
}
source = Path("files")
for name, data in FILES.items():
    (source / name).parent.mkdir(parents=True, exist_ok=True)
    (source / name).write_bytes(data)

run = wandb.init(project=PROJECT, config={"lr": 0.1})

# Tags, a path in the place of an artifact, parts of a download

draft = wandb.Artifact("files", "dataset")
draft.add_dir(str(source))
run.log_artifact(draft, tags=["raw", "to check"]).wait()
facts["tags"] = [sorted(draft.tags)]
version = found("files:v0")
version.tags.append("checked")
version.tags.remove("raw")
version.save()
facts["tags"].append(sorted(found("files:v0").tags))
facts["by tag"] = [
    [one.name for one in wandb.Api().artifacts("dataset", f"{PATH}/files", tags=[tag])]
    for tag in ("checked", "raw")
]
facts["whole"] = download("files:v0") == FILES
facts["prefix"] = sorted(download("files:v0", path_prefix="train/"))
facts["in parts"] = download("files:v0", multipart=True) == FILES
facts["nothing there"] = download("files:v0", path_prefix="none")
facts["listed"] = sorted(one.name for one in version.files()) == sorted(FILES)
facts["count"] = version.file_count
logged = run.log_artifact(str(source / "train"), name="by-path", type="dataset", aliases=["p"])
logged.wait()
facts["by path"] = sorted(download("by-path:p"))
logged = run.log_artifact(str(source / "test" / "2.bin"))
logged.wait()
facts["by default"] = [logged.name.replace(run.id, "ID"), logged.type]
name = logged.name
facts["one file"] = Path(found(name).file(tempfile.mkdtemp())).read_bytes() == FILES["test/2.bin"]
facts["many files"] = said(lambda: found("files:v0").file())

# What is in a folder, as it should be

root = found("files:v0").download(root=tempfile.mkdtemp())
extra = Path(root) / "extra.txt"
extra.write_text("not of the version")
facts["extra"] = said(lambda: found("files:v0").verify(root)).replace(root, "ROOT")
found("files:v0").checkout(root)
facts["checked out"] = [tree(root) == FILES, said(lambda: found("files:v0").verify(root))]
(Path(root) / "test/1.bin").write_bytes(b"changed")
facts["changed"] = said(lambda: found("files:v0").verify(root))

# References

refs = wandb.Artifact("refs", "dataset")
refs.add_reference(f"{there}/kept.bin")
Path("lost.bin").write_bytes(b"lost")
refs.add_reference(Path("lost.bin").absolute().as_uri(), name="a/lost.bin")
run.log_artifact(refs).wait()
facts["references"] = {name: data.hex() for name, data in download("refs:v0").items()}
facts["uri"] = found("refs:v0").get_entry("kept.bin").ref.replace(there, "THERE")
Path("lost.bin").unlink()
facts["reference lost"] = said(lambda: download("refs:v0"))
bucket = importlib.import_module("boto3").client(
    "s3", endpoint_url=os.environ["AWS_S3_ENDPOINT_URL"]
)
for key in ("kept.bin", "lost.bin"):
    bucket.put_object(Bucket=BUCKET, Key=f"refs/{key}", Body=key.encode())
cloud = wandb.Artifact("cloud", "dataset")
cloud.add_reference(f"s3://{BUCKET}/refs")
run.log_artifact(cloud).wait()
facts["bucket"] = {name: data.decode() for name, data in download("cloud:v0").items()}
bucket.delete_object(Bucket=BUCKET, Key="refs/lost.bin")
get_artifact_file_cache().cleanup(0)
facts["lost"] = said(lambda: download("cloud:v0"))
facts["without lost"] = sorted(download("cloud:v0", allow_missing_references=True))
far = wandb.Artifact("far", "dataset")
far.add_reference("nfs://disk/other", name="other")
run.log_artifact(far).wait()
facts["far"] = {name: one.ref for name, one in found("far:v0").manifest.entries.items()}

# Tables and media

parts = wandb.Artifact("parts", "tables")
for number in range(2):
    parts.add(wandb.Table(columns=["n"], data=[[number], [number + 10]]), f"parts/{number}")
parts.add(PartitionedTable("parts"), "all")
picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
parts.add(wandb.Image(picture, caption="c"), "picture")
parts.add(wandb.Html("<b>bold</b>"), "page")
parts.add(wandb.Table(columns=["p"], data=[[wandb.Image(picture)]]), "gallery")
run.log_artifact(parts).wait()
again = found("parts:latest")
facts["partitioned"] = [row for _, row in again.get("all").iterrows()]
facts["picture"] = bool((np.asarray(again.get("picture").image) == picture).all())
facts["page"] = "<b>bold</b>" in Path(again.get("page")._path).read_text()
inner = again.get("gallery").data[0][0]
facts["picture in table"] = bool((np.asarray(inner.image) == picture).all())
run.log({"shown": again.get("gallery")})
run.log({"plain": wandb.Table(columns=["a"], data=[["x"], ["y"]])})

# A version in the config is used by the run

run.config["data"] = found("files:v0")

# Code and jobs

Path("train.py").write_text("print('train')\n")
code = run.log_code(".", include_fn=lambda path: path.endswith("train.py"))
code.wait()
facts["code"] = [code.type, {k: v.decode() for k, v in download(code.name).items()}]
run._log_job_artifact_with_image("ghcr.io/lab/train:1", args=["--lr", "1"]).wait()
run.finish()

me = wandb.Api().run(f"{PATH}/{run.id}")
facts["inputs"] = sorted(one.name for one in me.used_artifacts())
facts["outputs"] = sorted(
    [one.name.replace(run.id, "ID"), one.type]
    for one in me.logged_artifacts()
    if one.type != "wandb-history"
)
facts["table"] = json.loads(download(f"run-{run.id}-plain:v0")["plain.table.json"])["data"]
facts["table in the summary"] = me.summary["plain"]["_type"]
job = next(one for one in me.logged_artifacts() if one.type == "job")
facts["job"] = json.loads(download(job.name)["wandb-job.json"])["source"]

# Lineage by hand

with wandb.init(project=PROJECT) as user:
    user.use_artifact(f"{PATH}/files:v0", type="dataset", use_as="train")
    facts["type refused"] = said(lambda: user.use_artifact("files:v0", type="model"))
    local = wandb.Artifact("local", "dataset")
    local.add_file("train.py")
    user.use_artifact(local)
    local.wait()
users = [one.id for one in found("files:v0").used_by()]
facts["used by"] = [run.id in users, user.id in users]
facts["not logged"] = [
    found("local:v0").logged_by() is None,
    [one.id == user.id for one in found("local:v0").used_by()],
]
me = wandb.Api().run(f"{PATH}/{user.id}")
me.use_artifact(found("refs:v0"))
facts["by api"] = sorted(one.name for one in me.used_artifacts())
me.log_artifact(found("far:v0"), aliases=["api"])
facts["logged by api"] = [sorted(found("far:api").aliases), far.digest == found("far:api").digest]

# Collections

api = wandb.Api()
facts["collections"] = sorted(one.name for one in api.artifact_type("dataset", PATH).collections())
collection = api.artifact_type("dataset", PATH).collection("files")
collection.type = "corpus"
collection.tags = ["public", "small"]
collection.description = "Numbers"
collection.save()
collection = wandb.Api().artifact_collection("corpus", f"{PATH}/files")
facts["retyped"] = [found("files:v0").type, sorted(collection.tags), collection.description]
collection.tags = ["small"]
collection.save()
collection = wandb.Api().artifact_collection("corpus", f"{PATH}/files")
facts["untagged"] = [list(collection.tags), [one.name for one in collection.artifacts()]]
facts["exists"] = [
    wandb.Api().artifact_collection_exists(f"{PATH}/{name}", "corpus") for name in ("files", "no")
]
collection.delete()
facts["deleted"] = said(lambda: found("files:v0"))
elsewhere.shutdown()
print("RESULT " + json.dumps(facts))
