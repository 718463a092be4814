"""What beginning a run imports on the thread that trains: little, and nothing that takes long."""

from __future__ import annotations

import ast

from tests.tracking.conftest import Desk

# The interpreter's own, and what regular expressions, JSON, paths and threads are made of.
ALLOWED = {
    "__future__",
    "_collections",
    "_functools",
    "_heapq",
    "_json",
    "_operator",
    "_pyrepl",
    "_queue",
    "_sre",
    "_struct",
    "_typing",
    "_weakrefset",
    "atexit",
    "collections",
    "contextlib",
    "copyreg",
    "enum",
    "errno",
    "fcntl",
    "fnmatch",
    "functools",
    "glob",
    "heapq",
    "importlib",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "mmap",
    "msvcrt",
    "ntpath",
    "operator",
    "pathlib",
    "posixpath",
    "queue",
    "re",
    "reprlib",
    "runstone",
    "struct",
    "threading",
    "types",
    "typing",
    "unicodedata",
    "urllib",
    "warnings",
    "zlib",
}

SCRIPT = """
import _thread, sys
trains = _thread.get_ident()
imported = []
class Watch:
    def find_spec(self, name, path=None, target=None):
        if _thread.get_ident() == trains:
            imported.append(name)
sys.meta_path.insert(0, Watch())
import runstone
run = runstone.init("imports", config={"lr": 0.1}, tags=["a"])
begun = {name for name in imported if name in sys.modules}
run.log({"loss": 0.5})
logged = set(imported) - begun
run.finish()
print([sorted(begun), sorted(logged), sorted(sys.modules)])
"""


def imported(desk: Desk, mode: str) -> list[set[str]]:
    """By the thread that trains until it has begun, and has logged; by the whole of the process."""
    out, _ = desk.run(SCRIPT, RUNSTONE_MODE=mode, RUNSTONE_CONSOLE="off")
    return [{name.partition(".")[0] for name in names} for names in ast.literal_eval(out)]


def test_a_run_begins_without_what_takes_long_to_import(desk: Desk) -> None:
    for mode in ("offline", "online"):
        begun, logged, ever = imported(desk, mode)
        assert begun - ALLOWED == set(), mode
        # msgspec comes in the background; whoever is faster than that imports it here.
        assert not logged & {"urllib3", "psutil", "numpy", "hashlib", "ssl"}, mode
        # Sending takes no more either (ADR 0028).
        assert not ever & {"urllib3", "http", "email", "ssl"}, mode
