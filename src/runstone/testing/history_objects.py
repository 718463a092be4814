"""What every history must do with values that are no doubles, read by key."""

from __future__ import annotations

from typing import Any

import numpy as np

from runstone.domain.history import HistoryBatch, Numbers, ObjectQuery, Objects
from runstone.testing.history_subject import OTHER, RUN, HistorySubject, HistorySuite, Settle


def media_batch(row0: int, num_rows: int, every: int) -> HistoryBatch:
    """Rows with a number each, and with an object under `media` in every so-many-th row."""
    rows = np.arange(row0, row0 + num_rows)
    having = np.flatnonzero(rows % every == 0)
    objects = {"media": Objects([f'"{row}"' for row in rows[having]], having.astype(np.uint32))}
    return HistoryBatch(
        row0=row0,
        step=10 * rows.astype(np.int64),
        time=1e9 + rows.astype(np.float64),
        runtime=rows.astype(np.float64),
        numbers={"loss": Numbers(rows.astype(np.float64))},
        objects=objects if len(having) else {},
    )


def read(subject: HistorySubject, **options: Any) -> tuple[list[int], list[int], list[str]]:
    """All steps, chosen positions and texts of `media`."""
    query = ObjectQuery([options.pop("key", "media")], **options)
    (found,) = subject.read(lambda h: h.objects(RUN, query))
    assert [str(time) for time in found.times] == [
        str(1e9 + float(text.strip('"'))) for text in found.texts
    ]
    return found.all_steps.tolist(), found.positions.tolist(), list(found.texts)


class ObjectsConformance(HistorySuite):
    """The docstring of `HistoryReader.objects` as tests."""

    def test_objects_of_a_key_by_place(self, settle: Settle, subject: HistorySubject) -> None:
        settle([media_batch(0, 100, 7), media_batch(100, 40, 7), media_batch(140, 5, 1_000)])
        rows = list(range(0, 140, 7))
        steps = [10 * row for row in rows]
        assert read(subject) == (steps, list(range(20)), [f'"{row}"' for row in rows])
        assert read(subject, offset=3, limit=2) == (steps, [3, 4], ['"21"', '"28"'])
        assert read(subject, offset=19, limit=5) == (steps, [19], ['"133"'])
        assert read(subject, offset=20) == read(subject, limit=0) == (steps, [], [])
        assert read(subject, limit=-1) == (steps, [], [])

    def test_objects_in_a_range_of_steps(self, settle: Settle, subject: HistorySubject) -> None:
        settle([media_batch(0, 60, 7), media_batch(60, 60, 7)])
        found = read(subject, min_step=70, max_step=210)
        assert found == ([70, 140], [0, 1], ['"7"', '"14"'])
        assert read(subject, min_step=71, max_step=140) == ([], [], [])
        assert read(subject, min_step=71, limit=1) == ([*range(140, 1_200, 70)], [0], ['"14"'])

    def test_a_sample_keeps_the_ends(self, settle: Settle, subject: HistorySubject) -> None:
        settle([media_batch(0, 100, 5), media_batch(100, 1, 5)])
        steps = list(range(0, 1_001, 50))
        assert read(subject, limit=3, is_sample=True) == (
            steps, [0, 10, 20], ['"0"', '"50"', '"100"'],
        )  # fmt: skip
        assert read(subject, limit=1, is_sample=True)[1] == [0]
        assert read(subject, limit=99, is_sample=True)[1] == list(range(21))
        assert read(subject, limit=0, is_sample=True)[1] == []

    def test_objects_of_several_writers_are_ordered(self, subject: HistorySubject) -> None:
        for writer, every in (("a", 2), ("b", 3)):
            subject.append(subject.open(writer=writer), media_batch(0, 7, every))
            subject.seal_run(RUN)
        steps, _, texts = read(subject)
        assert steps == [0, 0, 20, 30, 40, 60, 60]
        assert texts == ['"0"', '"0"', '"2"', '"3"', '"4"', '"6"', '"6"']

    def test_numbers_and_other_keys_are_no_objects_of_it(
        self, settle: Settle, subject: HistorySubject
    ) -> None:
        settle([media_batch(0, 30, 4), media_batch(30, 30, 4)])
        nothing: tuple[list[int], list[int], list[str]] = ([], [], [])
        assert read(subject, key="loss") == read(subject, key="never") == nothing
        (found,) = subject.read(lambda h: h.objects(OTHER, ObjectQuery(["media"])))
        assert (len(found.all_steps), found.texts) == (0, [])
        keys = ["never", "media", "loss", "media"]
        several = subject.read(lambda h: h.objects(RUN, ObjectQuery(keys)))
        assert [len(one.all_steps) for one in several] == [0, 15, 0, 15]
