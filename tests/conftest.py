"""The suites are in the package; their asserts should explain themselves like any test's."""

import pytest

pytest.register_assert_rewrite("runstone.testing")
