from __future__ import annotations

import pytest

from runstone.testing.history import HistoryConformance
from runstone.testing.history_subject import HistorySubject
from runstone.testing.history_subjects import MemoryHistorySubject


class TestMemoryHistory(HistoryConformance):
    @pytest.fixture
    def subject(self) -> HistorySubject:
        return MemoryHistorySubject()
