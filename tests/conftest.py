"""The suites are in the package; their asserts should explain themselves like any test's."""

import pytest

pytest.register_assert_rewrite("runstone.testing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what needs a real S3 server: minutes for `make s3`, which brings one."""
    if "s3" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("s3")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
