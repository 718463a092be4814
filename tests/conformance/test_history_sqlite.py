from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.storage.chunks.arrays import ArrayCodec
from runstone.storage.chunks.policy import SealPolicy
from runstone.testing.history import HistoryConformance
from runstone.testing.history_subject import HistorySubject
from runstone.testing.history_subjects import TINY, SqliteHistorySubject


class TestSqliteHistory(HistoryConformance):
    policy = SealPolicy()
    codec = ArrayCodec()

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Iterator[HistorySubject]:
        subject = SqliteHistorySubject(tmp_path / "h.db", policy=self.policy, codec=self.codec)
        yield subject
        subject.close()


class TestSqliteHistorySealingAllTheTime(TestSqliteHistory):
    policy = TINY


class TestSqliteHistoryWithoutPco(TestSqliteHistory):
    policy = TINY
    codec = ArrayCodec(use_pco=False)
