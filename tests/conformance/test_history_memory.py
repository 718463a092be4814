from __future__ import annotations

from collections.abc import Sequence

import pytest

from runstone.domain.history import HistoryBatch
from runstone.domain.ids import StreamId
from runstone.testing.history import HistoryConformance
from runstone.testing.history_subject import HistorySubject, Settle
from runstone.testing.history_subjects import MemoryHistorySubject


class TestMemoryHistory(HistoryConformance):
    @pytest.fixture
    def subject(self) -> HistorySubject:
        return MemoryHistorySubject()

    @pytest.fixture
    def settle(self, subject: HistorySubject) -> Settle:
        """There is one state only: nothing here is ever packed."""

        def run(batches: Sequence[HistoryBatch]) -> StreamId:
            stream = subject.open()
            for batch in batches:
                subject.append(stream, batch)
            return stream

        return run
