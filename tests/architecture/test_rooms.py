"""The rules of ARCHITECTURE.md that a machine can check."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "runstone"
MAX_LINES = 600

# Services that nobody acts in: they prove who someone is, or the server does them by itself.
WITHOUT_ACTOR = {
    "accounts.create_first_user": "the first start: there is nobody yet",
    "console.record_lines": "of a run that was found for an actor",
    "files.file_arrived": "a signed URL carries the permission",
    "files.signed_file": "a signed URL carries the permission",
    "history_files.file_made": "a signed URL carries the permission",
    "history_files.files_of": "of a run that was found for an actor",
    "history_files.open_file": "a signed URL carries the permission",
    "history_files.rows_of": "a signed URL carries the permission",
    "ingest.next_offsets": "of a run that was found for an actor",
    "lives.is_overtaken": "of a run that was found for an actor",
    "run_list.overview_of": "of a run that was found for an actor",
    "run_list.progress_of": "of runs that were found for an actor",
    "runs.mark_silent_runs": "a background job",
    "run_values.encode_cells": "writes what was read for an actor",
    "run_values.values_of": "of runs that were found for an actor",
    "runs.in_trash": "words about a run that was found for an actor",
    "trash.remove_old": "a background job",
    "signin.actor_for_key": "proves identity",
    "signin.actor_for_session": "proves identity",
    "signin.actor_for_user": "proves identity",
    "signin.find_password": "proves identity",
    "signin.open_session": "after identity was proved",
    "signin.sign_in_by_link": "proves identity",
    "signin.sign_in_by_key": "proves identity",
    "signin.sign_out": "the session itself is the permission",
}


def modules() -> Iterator[Path]:
    yield from sorted(SOURCES.rglob("*.py"))


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCES.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_file_is_too_long() -> None:
    places = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    lengths = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in places}
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [dotted(p) for p in modules() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


@pytest.mark.parametrize("path", [p for p in modules() if "__all__" in p.read_text()], ids=dotted)
def test_public_names_equal_all(path: Path) -> None:
    """What a module offers is what it lists: nothing forgotten, nothing that is not there."""
    module = import_module(dotted(path))
    names = list(module.__all__)
    assert names == sorted(names)
    assert [name for name in names if not hasattr(module, name)] == []
    imported = {
        alias.asname or alias.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("runstone")
        for alias in node.names
    }
    if path.name == "__init__.py":
        assert {name for name in imported if not name.startswith("_")} <= set(names)


def test_packages_that_offer_names_list_them() -> None:
    """An `__init__` that imports names of ours (not modules) does so in order to offer them."""
    unlisted = []
    for path in SOURCES.rglob("__init__.py"):
        if "__all__" in path.read_text():
            continue
        module = import_module(dotted(path))
        unlisted += [
            f"{dotted(path)}: {alias.name}"
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.ImportFrom) and node.module == module.__name__
            for alias in node.names
            if not inspect.ismodule(getattr(module, alias.asname or alias.name))
        ]
    assert unlisted == []


def service_functions() -> Iterator[tuple[str, FunctionType]]:
    for path in sorted((SOURCES / "services").glob("[!_]*.py")):
        module = import_module(dotted(path))
        for name, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and not name.startswith("_"):
                yield f"{path.stem}.{name}", value


def _works_on_the_store(function: FunctionType) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.annotation in ("Transaction", "Snapshot")


def test_every_service_takes_its_actor() -> None:
    """First the unit of work, then who acts: nothing is open by mistake."""
    without = {
        name
        for name, function in service_functions()
        if _works_on_the_store(function)
        and list(inspect.signature(function).parameters)[1:2] != ["actor"]
    }
    assert without - set(WITHOUT_ACTOR) == set()


def test_exceptions_are_still_needed() -> None:
    known = dict(service_functions())
    assert set(WITHOUT_ACTOR) - set(known) == set()


def test_nothing_but_the_settings_reads_the_environment() -> None:
    """`os.environ` and `getenv` stand at the edge alone; either client has one place."""
    reading = {
        dotted(path) for path in modules() if re.search(r"\b(environ|getenv)\b", path.read_text())
    }
    assert {
        name for name in reading if not name.startswith(("runstone.cli", "runstone.server"))
    } == {"runstone.sdk.settings", "runstone.tracking.settings"}
