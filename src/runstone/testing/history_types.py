"""What every history must know of the types of its values, and of rows that were taken back."""

from __future__ import annotations

import numpy as np

from runstone.domain.history import HistoryBatch, Numbers, Objects, ValueKind
from runstone.domain.ids import StreamId
from runstone.domain.value_types import ValueTypes
from runstone.testing.history_data import make_batch
from runstone.testing.history_subject import (
    HISTORY,
    OTHER,
    RUN,
    HistorySubject,
    HistorySuite,
    Settle,
)

_BEYOND_DOUBLES = 2**53 + 1


def typed_batch(row0: int) -> HistoryBatch:
    """Four rows with a key of every type, and one that has several."""
    rows = np.arange(row0, row0 + 4)
    ones = np.ones(4)
    kinds = np.array([ValueKind.INT, ValueKind.FLOAT, ValueKind.INT, ValueKind.FLOAT], np.uint8)
    first = np.array([0], np.uint32)
    return HistoryBatch(
        row0=row0,
        step=rows.astype(np.int64),
        time=1e9 + rows.astype(np.float64),
        runtime=rows.astype(np.float64),
        numbers={
            "float": Numbers(ones),
            "int": Numbers(ones, None, ValueKind.INT),
            "bool": Numbers(ones, None, ValueKind.BOOL),
            "both": Numbers(ones, None, kinds),
            "late": Numbers(np.ones(3), np.array([1, 2, 3], np.uint32)),
            "long": Numbers(np.array([float(_BEYOND_DOUBLES)]), first, ValueKind.INT),
        },
        objects={
            "long": Objects([str(_BEYOND_DOUBLES)], first),
            "huge": Objects([str(-(10**400))], first),
            "text": Objects(['"a"'] * 4),
            "null": Objects(["null"], first),
            "list": Objects(["[1]"], first),
            "image": Objects(['{"_type":"image-file"}'], first),
            "late": Objects(['"not yet"'], first),
        },
    )


class TypesConformance(HistorySuite):
    """The docstring of `HistoryReader.value_types` as tests."""

    def test_types_of_values(self, settle: Settle, subject: HistorySubject) -> None:
        t = ValueTypes
        stream = settle([typed_batch(0), typed_batch(4), make_batch(8, 5), typed_batch(13)])
        found = subject.read(lambda h: h.value_types([stream]))
        assert list(found) == sorted(found)
        assert found.pop("long") | t.INT == t.INT | t.LONG
        everything = {
            "accuracy": t.FLOAT,
            "bool": t.BOOL,
            "both": t.INT | t.FLOAT,
            "float": t.FLOAT,
            "huge": t.HUGE,
            "image": t.DOCUMENT,
            "int": t.INT,
            "late": t.FLOAT | t.TEXT,
            "list": t.DOCUMENT,
            "loss": t.FLOAT,
            "null": t.NULL,
            "text": t.TEXT,
        }
        assert found == everything
        some = subject.read(lambda h: h.value_types([stream], keys=["text", "both", "unknown"]))
        assert some == {key: everything[key] for key in ("both", "text")}
        assert subject.read(lambda h: h.value_types([stream], keys=[])) == {}

    def test_types_of_several_streams(self, subject: HistorySubject) -> None:
        one, other = subject.open(), subject.open(OTHER)
        subject.append(one, make_batch(0, 3, keys=("x",)))
        subject.append(other, typed_batch(0))
        subject.seal_run(OTHER)
        found = subject.read(lambda h: h.value_types([one, other, StreamId(99)]))
        assert found["x"] == found["float"] == ValueTypes.FLOAT
        assert set(subject.read(lambda h: h.value_types([one]))) == {"x"}
        assert subject.read(lambda h: h.value_types([])) == {}

    def test_the_largest_step_is_not_always_the_last(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        assert subject.read(lambda h: h.largest_step(RUN)) is None
        stream = settle([make_batch(0, 70, step0=100), make_batch(70, 70, step0=0)])
        assert subject.read(lambda h: h.largest_step(RUN)) == 169
        subject.append(stream, make_batch(140, 5, step0=300))
        subject.append(subject.open(writer="other"), make_batch(0, 5, step0=-9))
        subject.append(stream, make_batch(145, 5, step0=0))
        assert subject.read(lambda h: h.largest_step(RUN)) == 304
        assert subject.read(lambda h: h.largest_step(OTHER)) is None

    def test_rows_taken_back_show_in_the_generation(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        stream = settle([make_batch(0, 10), make_batch(10, 10)])
        before = _generation(subject)
        subject.write(lambda h: h.truncate(stream, 20))
        assert _generation(subject) == before
        subject.write(lambda h: h.truncate(stream, 15))
        subject.append(stream, make_batch(15, 20))
        assert _generation(subject) > before


def _generation(subject: HistorySubject) -> int:
    info = subject.read(lambda h: h.stream(RUN, HISTORY))
    assert info is not None
    return info.generation
