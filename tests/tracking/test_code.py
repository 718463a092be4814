"""Code of a run: its program, what git says, what scripts save."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.tracking.surroundings import repository
from runstone.tracking.surroundings.code import may_be_in_a_repository
from runstone.tracking.surroundings.repository import Repository, find_repository

AUTHOR = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull,
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | AUTHOR, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A commit that was pushed, one that was not, a change, and files that git does not know."""
    git(tmp_path, "init", "-q", "--bare", "up.git")
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "model.py").write_text("one\n")
    (folder / ".gitignore").write_text("runstone/\nignored.py\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    git(folder, "remote", "add", "origin", str(tmp_path / "up.git"))
    git(folder, "push", "-q", "origin", "main")
    git(folder, "remote", "set-url", "origin", "https://me:secret@example.com/me/project.git")
    (folder / "model.py").write_text("one\ntwo\n")
    git(folder, "commit", "-qam", "two")
    (folder / "model.py").write_text("one\ntwo\nthree\n")
    (folder / "new.py").write_text("new\n")
    (folder / "ignored.py").write_text("ignored\n")
    (folder / "data.bin").write_bytes(bytes(10))
    return folder


def found(folder: Path) -> Repository:
    repo = find_repository(folder)
    assert repo is not None
    return repo


def test_a_repository(project: Path) -> None:
    repo = found(project)
    assert repo.as_metadata() == {
        "remote": "https://example.com/me/project.git",
        "commit": git(project, "rev-parse", "HEAD"),
        "branch": "main",
    }
    assert b"+three" in repo.diff()
    assert b"+two" not in repo.diff()
    unpushed = repo.unpushed()
    assert unpushed is not None
    assert unpushed[0] == git(project, "rev-parse", "HEAD~1")
    assert b"+two" in unpushed[1]
    assert b"+three" in unpushed[1]
    assert repo.untracked(("*.py",)) == [repo.root / "new.py"]


def test_a_diff_can_be_applied(project: Path, tmp_path: Path) -> None:
    unpushed = found(project).unpushed()
    assert unpushed is not None
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "-b", "main", str(tmp_path / "up.git"), str(other))
    (tmp_path / "diff.patch").write_bytes(unpushed[1])
    git(other, "apply", str(tmp_path / "diff.patch"))
    assert (other / "model.py").read_text() == "one\ntwo\nthree\n"


def test_git_is_not_changed_and_runs_nothing(project: Path) -> None:
    """The index stays as it is; what a repository has set up to be run is not."""
    trap = project / "trap.sh"
    trap.write_text("#!/bin/sh\ntouch trapped\n")
    trap.chmod(0o755)
    git(project, "config", "core.fsmonitor", str(trap))
    git(project, "config", "diff.external", str(trap))
    os.utime(project / "model.py", (1, 1))
    index = (project / ".git/index").read_bytes()
    repo = found(project)
    assert b"+three" in repo.diff()
    repo.unpushed()
    assert (project / ".git/index").read_bytes() == index
    assert not (project / "trapped").exists()


def test_long_diffs_are_cut_between_files(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "MAX_DIFF_BYTES", 2_000)
    (project / "big.py").write_text("x\n")
    git(project, "add", "big.py")
    git(project, "commit", "-qm", "big")
    (project / "big.py").write_text("long\n" * 10_000)
    (project / ".gitignore").write_text("runstone/\n")
    diff = found(project).diff()
    assert diff.startswith(b"# The diff has 6")
    assert b"ignored.py" in diff
    assert b"big.py" not in diff
    (project.parent / "cut.patch").write_bytes(diff)
    git(project, "checkout", "-q", ".")
    git(project, "apply", str(project.parent / "cut.patch"))


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert find_repository(tmp_path) is None
    git(tmp_path, "init", "-q")
    empty = found(tmp_path)
    assert (empty.commit, empty.diff(), empty.unpushed()) == (None, b"", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_repository(tmp_path) is None, "no git"


def test_git_is_asked_where_it_may_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "tree" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.delenv("GIT_DIR", raising=False)
    assert not may_be_in_a_repository(inner)
    (tmp_path / "tree" / ".git").write_text("gitdir: elsewhere")  # a worktree, a submodule
    assert may_be_in_a_repository(inner)
    assert not may_be_in_a_repository(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(inner))
    assert may_be_in_a_repository(tmp_path)


TRAIN = """
import time, runstone
with runstone.init("code") as run:
    began = time.monotonic()
    while not (run.folder / "files/wandb-metadata.json").exists():
        assert time.monotonic() < began + 60
        time.sleep(0.01)
"""


def test_code_of_a_run(desk: Desk, api: Api, project: Path) -> None:
    (project / "src").mkdir()
    (project / "src/train.py").write_text(TRAIN)
    desk.folder = project
    desk.run("import runpy; runpy.run_path('src/train.py', run_name='__main__')")
    (typed,) = api.runs("ada/code")
    assert typed.commit == git(project, "rev-parse", "HEAD")
    assert typed.remote == "https://example.com/me/project.git"
    names = {file.name for file in typed.files()}
    base = git(project, "rev-parse", "HEAD~1")
    assert {"diff.patch", f"upstream_diff_{base}.patch", "code/new.py"} <= names
    assert not {"code/ignored.py", "code/model.py", "code/data.bin"} & names
    assert b"+three" in typed.file("diff.patch").read()


def test_the_program_is_saved(desk: Desk, api: Api) -> None:
    (desk.folder / "train.py").write_text(TRAIN.replace('"code"', '"program"'))
    for words, more in (([], {}), (["again"], {"RUNSTONE_DISABLE_CODE": "true"})):
        subprocess.run(
            [sys.executable, "train.py", *words],
            cwd=desk.folder,
            env=desk.environ | {"GIT_CEILING_DIRECTORIES": str(desk.folder.parent)} | more,
            check=True,
            capture_output=True,
        )
    first, second = sorted(api.runs("ada/program"), key=lambda run: run.created_at)
    assert first.file("code/train.py").read().decode() == TRAIN.replace('"code"', '"program"')
    assert first.program == "train.py"
    assert [file.name for file in second.files() if file.name.startswith("code/")] == []


LOG_CODE = """
import os, runstone
os.makedirs("lib/deep"); os.makedirs("wandb"); os.makedirs(".hidden")
for name in ("main.py", "lib/deep/a.py", "lib/notes.txt", "wandb/b.py", ".hidden/c.py"):
    open(name, "w").write(name)
with runstone.init("log-code") as run:
    logged = run.log_code(".", exclude_fn=lambda path: path.endswith("main.py"))
    assert logged.type == "code"
    logged.wait()
    assert run.log_code("lib", "texts", lambda path, root: path.endswith(".txt")) is not None
    assert run.log_code("lib", "nothing", lambda path: False) is None
"""


def test_log_code(desk: Desk, api: Api) -> None:
    desk.run(LOG_CODE)
    (run,) = api.runs("ada/log-code")
    code = {file.name for file in run.files("code/")}
    assert code == {"code/lib/deep/a.py", "code/notes.txt"}
    assert {version.collection for version in run.logged_artifacts()} >= {"texts"}
