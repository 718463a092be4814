"""Uploads, lists, reads and deletes files of a run as users of the public API do. Word: project."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import wandb

PATH = f"ada/{sys.argv[1]}"
IS_OLD = wandb.__version__.startswith("0.19.")
CONTENT = {
    "notes.txt": "some notes",
    "d/a_1.json": "[1, 2]",
    "d/ab1.json": "{}",
    "d/mit Leerzeichen, 100 % ✓.txt": "ä",
    "empty.bin": "",
    **{f"many/{i:03}.txt": str(i) for i in range(12)},
}


def fresh() -> Any:
    return wandb.Api()


def said(action: Any) -> str:
    """What a user is told."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


fresh().create_run(run_id="f1", project=sys.argv[1], entity="ada")
run = fresh().run(f"{PATH}/f1")
for name, content in CONTENT.items():
    path = Path("up") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    run.upload_file(str(path), root="up")
facts: dict[str, Any] = {}
files = fresh().run(f"{PATH}/f1").files(per_page=5)
facts["listed"] = {f.name: [f.size, f.md5, f.mimetype] for f in files}
facts["len"] = len(files)
if not IS_OLD:
    facts["like"] = [f.name for f in run.files(pattern="d/%.json")]
    facts["like one"] = [f.name for f in run.files(pattern="d/a_1.json")]
facts["named"] = [[f.name, bool(f.updated_at)] for f in run.files(["./notes.txt", "nothere"])]
read = {}
for file in run.files():
    with file.download(root="down", replace=True) as opened:
        read[file.name] = opened.read()
facts["read"] = read == CONTENT
facts["again"] = said(lambda: run.file("notes.txt").download(root="down"))
with contextlib.suppress(TypeError):
    facts["kept"] = run.file("notes.txt").download(root="down", exist_ok=True).read()
Path("up/notes.txt").write_text("others")
run.upload_file("up/notes.txt", root="up")
facts["replaced"] = run.file("notes.txt").download(root="down", replace=True).read()
run.file("notes.txt").delete()
facts["deleted"] = [f.name for f in run.files() if f.name == "notes.txt"]
run.file("d/a_1.json").delete()
facts["state"] = fresh().run(f"{PATH}/f1").state
with wandb.restore("d/ab1.json", run_path=f"{PATH}/f1", root="back") as opened:  # type: ignore[union-attr]
    facts["restored"] = opened.read()
facts["lost"] = said(lambda: wandb.restore("notes.txt", run_path=f"{PATH}/f1", root="back"))
print("RESULT " + json.dumps(facts))
