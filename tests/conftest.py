"""The suites are in the package; their asserts should explain themselves like any test's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("runstone.testing")

# No test is judged by the clock: another process may have the processor just then.
settings.register_profile("runstone", deadline=None)
settings.load_profile("runstone")

_HERE: Final = Path(__file__).parent
_FIRST: Final = (
    "compat/test_troubles.py",
    "compat/test_lives.py",
    "compat/test_round_trip.py",
    "faults/test_kill_server_1.py",
    "faults/test_kill_server_2.py",
    "faults/test_kill_artifacts.py",
    "compat/test_trash.py",
    "compat/test_public_api.py",
    "e2e/test_hard_input.py",
    "e2e/test_charts.py",
    "e2e/test_axe.py",
    "compat/test_history_reading.py",
    "server/test_make_run.py",
    "e2e/test_live_run.py",
    "server/test_shutdown.py",
    "compat/test_artifacts.py",
    "compat/test_registry.py",
    "compat/test_views.py",
    "conformance/test_history_memory.py",
    "conformance/test_history_sqlite.py",
    "compat/test_everything.py",
    "compat/test_styles.py",
    "compat/test_reading.py",
    "cli/test_storage.py",
    "tracking/test_local.py",
    "faults/test_collection.py",
    "compat/test_blob_stores.py",
    "tracking/test_sync.py",
    "wire/wandb/test_documents.py",
)
"""Files that take longest, the longest first: a worker that begins one last is waited for alone.

They need not be exact: run the tests with `--durations=100` now and then.
"""


def pytest_configure() -> None:
    if missing := [name for name in _FIRST if not (_HERE / name).is_file()]:
        raise pytest.UsageError(f"tests/conftest.py names files that there are not: {missing}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts long files first, and leaves out what needs a real S3 server: `make s3` brings one."""
    ranks = {_HERE / name: rank for rank, name in enumerate(_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path, len(_FIRST)))
    if "s3" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("s3")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
