"""What other systems lack is taken away, in a process of its own: the ways around it work here."""

from __future__ import annotations

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.tracking import locks

WITHOUT = {
    "posix_fallocate": "import os\ndel os.posix_fallocate\n",  # macOS, Windows
    "register_at_fork": "import os\ndel os.register_at_fork, os.fork, os.uname\n",  # Windows
    "fcntl": "import sys\nsys.modules['fcntl'] = None\n",
    "flock": (  # a file system that knows no locks
        "import errno, fcntl\n"
        "def refuse(*args): raise OSError(errno.ENOTSUP, 'not here')\n"
        "fcntl.flock = refuse\n"
    ),
}
LOGS = """
import runstone
for mode in ("online", "offline"):
    with runstone.init("{project}", mode=mode) as run:
        for i in range(3_000):
            run.log({{"i": i, "text": "x" * 400}})
"""


@pytest.mark.parametrize("missing", list(WITHOUT))
def test_logging_and_sync_do_without(desk: Desk, api: Api, missing: str) -> None:
    project = missing.replace(" ", "-")
    desk.run(WITHOUT[missing] + LOGS.format(project=project))
    sync = f"{WITHOUT[missing]}\nfrom runstone.cli.root import run\nraise SystemExit(run(['sync']))"
    out, _ = desk.run(sync)
    assert out.count(": sent") == 1
    runs = api.runs(f"ada/{project}")
    assert [run.state for run in runs] == ["finished"] * 2
    for run in runs:
        rows = run.history(keys=["i"]).to_arrow().column("i").to_pylist()
        assert rows == list(range(3_000))


def test_all_of_it_at_once(desk: Desk, api: Api) -> None:
    most = "".join(WITHOUT[name] for name in ("posix_fallocate", "register_at_fork"))
    desk.run(most + LOGS.format(project="windows"))
    desk.runstone("sync")
    assert [run.state for run in api.runs("ada/windows")] == ["finished"] * 2


def test_the_lock_of_windows_is_taken_far_behind_the_text(desk: Desk) -> None:
    """`msvcrt` as its documentation says it is: a byte range of one process, refused to others."""
    script = """
import fcntl, sys, types
msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK = 2
places = []
def locking(descriptor, mode, size):
    import os
    assert (mode, size) == (2, 1)
    places.append(os.lseek(descriptor, 0, os.SEEK_CUR))
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
msvcrt.locking = locking
sys.modules["msvcrt"] = msvcrt
import importlib.util, pathlib
real, sys.platform = sys.platform, "win32"
spec = importlib.util.spec_from_file_location("windows_locks", PATH)
locks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(locks)
sys.platform = real
path = pathlib.Path("lock")
held = locks.take(path)
assert held is not None and locks.is_taken(path) and locks.take(path) is None
assert locks.hold_at(path)
locks.release(held)
assert not locks.is_taken(path)
assert set(places) == {1 << 20}
"""
    desk.run(script.replace("PATH", repr(locks.__file__)))
