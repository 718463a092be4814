from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

from runstone.storage.chunks.arrays import ArrayCodec
from runstone.storage.chunks.policy import SealPolicy
from runstone.testing.history_machine import HistoryMachine
from runstone.testing.history_subject import HistorySubject
from runstone.testing.history_subjects import TINY, SqliteHistorySubject


class SqliteMachine(HistoryMachine):
    policy = SealPolicy()
    codec = ArrayCodec()

    def make_subject(self) -> HistorySubject:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "h.db"
        self.opened = SqliteHistorySubject(path, policy=self.policy, codec=self.codec)
        return self.opened

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.opened.close()
            self.folder.cleanup()


class TinyMachine(SqliteMachine):
    policy = TINY


class WithoutPcoMachine(TinyMachine):
    codec = ArrayCodec(use_pco=False)


_FEW = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = _FEW
TestTinyMachine = TinyMachine.TestCase
TestTinyMachine.settings = _FEW
TestWithoutPcoMachine = WithoutPcoMachine.TestCase
TestWithoutPcoMachine.settings = _FEW
