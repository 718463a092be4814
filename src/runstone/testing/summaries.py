"""What every catalog must do with summaries that are said piece by piece."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runstone.domain.documents import JsonValue, decode
from runstone.domain.errors import NotFound
from runstone.domain.filters import Key, Source
from runstone.domain.run import RunUpdate
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

MANY = 6_000
"""Keys of a summary that no backend takes for a small one."""


class SummariesConformance(StoreFixtures):
    """The docstrings of `runstone.ports.runs` about `merge_summary` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_entries_are_set_and_taken_out(self, subject: Subject, world: World) -> None:
        run = world.run.id
        subject.write(lambda tx: tx.runs.merge_summary(run, {"a": 1, "b": {"c": 2}, "$d": 3}))
        subject.write(lambda tx: tx.runs.merge_summary(run, {"b": {"e": math.inf}}, ["a", "no"]))
        subject.write(lambda tx: tx.runs.merge_summary(run, {"x": 1}, ["x"]))
        assert _summary(subject, world) == {"b": {"e": math.inf}, "$d": 3}
        assert subject.read(lambda s: s.runs.documents(run)).config == {}
        assert subject.read(lambda s: s.runs.summary(run)) == _summary(subject, world)
        info = {"a": [1], "$b": math.inf}
        subject.update(world.run, config={"$lr": math.inf}, client_info=info)
        assert subject.read(lambda s: s.runs.config(run)) == {"$lr": math.inf}
        assert subject.read(lambda s: s.runs.client_info(run)) == info
        infos = subject.read(lambda s: s.runs.client_infos_of([run, LOST]))
        assert {run: decode(text) for run, text in infos.items()} == {run: info}

    @pytest.mark.parametrize("seed", range(4))
    def test_however_large_it_is_what_was_said_last_counts(
        self, subject: Subject, world: World, seed: int
    ) -> None:
        chance = np.random.default_rng(seed)
        run = world.run.id
        model: dict[str, JsonValue] = {f"key {i}": float(i) for i in range(MANY)}
        subject.update(world.run, summary=model)
        for turn in range(30):
            some = [f"key {i}" for i in chance.choice(MANY + 20, 20, replace=False)]
            entries: dict[str, JsonValue] = {
                key: [turn, math.nan] if turn % 3 else turn for key in some[:12]
            }
            gone = some[10:]
            if turn == 10:
                model = {f"other {i}": i for i in range(MANY)}
                subject.update(world.run, summary=model)
            if turn == 20:
                entries |= {f"key {i}": None for i in range(0, MANY, 2)}
            if turn % 7 == 6:
                subject.write(lambda tx: tx.runs.put_summary_in_place(run))
            subject.write(lambda tx, e=entries, g=gone: tx.runs.merge_summary(run, e, g))  # type: ignore[misc]
            model = {k: v for k, v in (model | entries).items() if k not in gone}
            assert repr(_summary(subject, world)) == repr(model), "in their order, too"
        assert repr(subject.read(lambda s: s.runs.summary(run))) == repr(model)
        texts = subject.read(lambda s: s.runs.texts_of([run]))
        assert repr(decode(texts[run].summary)) == repr(model)

    def test_columns_have_it_when_it_is_in_place(self, subject: Subject, world: World) -> None:
        run, key = world.run.id, Key(Source.SUMMARY, "loss")
        subject.update(world.run, summary={"loss": 1.0} | {f"key {i}": i for i in range(MANY)})
        subject.write(lambda tx: tx.runs.merge_summary(run, {"loss": 0.5}))
        seq = subject.read(lambda s: s.runs.last_change_seq())
        for _ in range(2):
            subject.write(lambda tx: tx.runs.put_summary_in_place(run))
            assert subject.read(lambda s: s.runs.unmerged_summaries()) == []
        found = subject.read(lambda s: s.run_columns.values(world.project.id, [key], after=0))
        assert [list(column) for column in found.columns] == [[0.5]]
        ((_, document),) = subject.read(
            lambda s: list(s.run_columns.documents(Source.SUMMARY, [run]))
        )
        assert document["loss"] == 0.5
        changed = subject.read(lambda s: s.runs.changed_since(world.project.id, seq, limit=9))
        assert len(changed) <= 1, "the second time there was nothing to do"

    def test_a_change_is_told_to_whoever_follows(self, subject: Subject, world: World) -> None:
        subject.update(world.run, summary={f"key {i}": i for i in range(MANY)})
        seq = subject.read(lambda s: s.runs.last_change_seq())
        subject.write(lambda tx: tx.runs.merge_summary(world.run.id, {"a": 1}))
        changed = subject.read(lambda s: s.runs.changed_since(world.project.id, seq, limit=9))
        assert [run.id for run in changed] == [world.run.id]

    def test_of_lost_runs(self, subject: Subject, world: World) -> None:
        subject.update(world.run, summary={f"key {i}": i for i in range(MANY)})
        subject.write(lambda tx: tx.runs.merge_summary(world.run.id, {"a": 1}))
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        assert subject.read(lambda s: s.runs.unmerged_summaries()) == []
        for run in (world.run.id, LOST):
            subject.write(lambda tx, r=run: tx.runs.put_summary_in_place(r))  # type: ignore[misc]
            with pytest.raises(NotFound):
                subject.write(lambda tx, r=run: tx.runs.merge_summary(r, {"a": 1}))  # type: ignore[misc]
            for read in ("config", "client_info", "summary"):
                with pytest.raises(NotFound):
                    subject.read(lambda s, r=run, n=read: getattr(s.runs, n)(r))  # type: ignore[misc]

    def test_a_unit_that_fails_leaves_none_of_it(self, subject: Subject, world: World) -> None:
        before: dict[str, JsonValue] = {f"key {i}": i for i in range(MANY)}
        subject.update(world.run, summary=before)

        def fail(tx: object) -> None:
            tx.runs.merge_summary(world.run.id, {"a": 1})  # type: ignore[attr-defined]
            tx.runs.update_run(LOST, RunUpdate())  # type: ignore[attr-defined]

        with pytest.raises(NotFound):
            subject.write(fail)
        assert _summary(subject, world) == before


def _summary(subject: Subject, world: World) -> dict[str, JsonValue]:
    return subject.read(lambda s: s.runs.documents(world.run.id)).summary
