"""What every catalog must do with runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.documents import decode
from runstone.domain.errors import AlreadyExists, InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import (
    Alert,
    AlertLevel,
    Run,
    RunChange,
    RunDocuments,
    RunState,
    RunUpdate,
)
from runstone.ports.runs import RunPage
from runstone.ports.store import Transaction
from runstone.testing.projects import ODD_NAMES
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

ODD_DOCUMENT = {
    "lr": 1e-3,
    "loss": math.inf,
    "worst": -math.inf,
    "$float": {"$float": "NaN", "$$": 1},
    "seed": 2**80,
    "text": "half \ud83d and \0 and 🚀",
    "list": [1, 1.0, True, None, {"a": []}],
}


def _change(run: Run) -> RunChange:
    return RunChange(run.id, run.project_id, run.entity, run.project, run.name, run.change_seq)


class RunsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.runs` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_a_new_run_is_pending_and_empty(self, subject: Subject, world: World) -> None:
        now = subject.clock.now
        run = world.run
        assert run == Run(
            id=run.id,
            project_id=world.project.id,
            entity="anna",
            project="digits",
            name="r1",
            number=1,
            display_name="the r1",
            state=RunState.PENDING,
            created_at=now,
            heartbeat_at=now,
            finished_at=None,
            user_id=world.user.id,
            username="anna",
            group=None,
            job_type=None,
            tags=(),
            notes="",
            host=None,
            program=None,
            commit=None,
            remote=None,
            sweep=None,
            exit_code=None,
            stop_requested=False,
            change_seq=run.change_seq,
        )
        found = subject.read(
            lambda s: (
                s.runs.run(world.project.id, "r1"),
                s.runs.run_by_id(run.id),
                s.runs.documents(run.id),
            )
        )
        assert found == (run, run, RunDocuments({}, {}, {}))

    def test_what_is_absent_is_none_or_empty(self, subject: Subject, world: World) -> None:
        found = subject.read(
            lambda s: (
                s.runs.run(world.project.id, "R1"),
                s.runs.run(LOST, "r1"),
                s.runs.run_by_id(LOST),
                s.runs.run_ids(world.project.id, ["zz"]),
                s.runs.list_runs(LOST, limit=5),
                s.runs.count_runs(LOST),
                list(s.runs.changed_since(LOST, 0, limit=5)),
                s.runs.num_runs_ever(LOST),
                list(s.runs.alerts(LOST)),
            )
        )
        assert found == (None, None, None, {}, RunPage([], None), 0, [], 0, [])

    def test_a_new_run_updates_its_project(self, subject: Subject, world: World) -> None:
        now = subject.clock.advance()
        subject.run(world.project.id, world.user.id, "r2")
        found = subject.read(lambda s: s.projects.project_by_id(world.project.id))
        assert found == replace(world.project, updated_at=now)

    def test_a_project_uses_a_name_once_and_exactly(self, subject: Subject, world: World) -> None:
        with pytest.raises(AlreadyExists):
            subject.run(world.project.id, world.user.id)
        upper = subject.run(world.project.id, world.user.id, "R1")
        found = subject.read(lambda s: s.runs.run_ids(world.project.id, ["R1", "r1", "zz", "r1"]))
        assert found == {"R1": upper.id, "r1": world.run.id}
        other = subject.project(world.user.id, "other")
        assert subject.run(other.id, world.user.id).name == "r1"

    def test_odd_names_and_texts_are_kept(self, subject: Subject, world: World) -> None:
        for name in ODD_NAMES:
            run = subject.run(world.project.id, world.user.id, name)
            run = subject.update(
                run, display_name=name, notes=name, group=name, tags=(name, "", ","), host=name
            )
            expected = (name, name, name, name, (name, "", ","), name)
            assert (
                run.name, run.display_name, run.notes, run.group, run.tags, run.host
            ) == expected  # fmt: skip
            found = subject.read(lambda s, n=name: s.runs.run(world.project.id, n))  # type: ignore[misc]
            assert found == run

    def test_an_update_changes_what_it_names(self, subject: Subject, world: World) -> None:
        at = subject.clock.advance()
        values: dict[str, Any] = {
            "display_name": "new",
            "state": RunState.FAILED,
            "heartbeat_at": at,
            "finished_at": at,
            "group": "g",
            "job_type": "train",
            "tags": ("b", "a", "b"),
            "notes": "n",
            "host": "h",
            "program": "p.py",
            "commit": "c0ffee",
            "remote": "git@x",
            "sweep": "s",
            "exit_code": -9,
            "stop_requested": True,
        }
        changed = subject.update(world.run, **values)
        seq = changed.change_seq
        assert changed == replace(world.run, **values, change_seq=seq)
        assert subject.run_now(world.run) == changed
        cleared: dict[str, Any] = dict.fromkeys(
            ("finished_at", "group", "job_type", "host", "program", "commit", "remote", "sweep",
             "exit_code")
        )  # fmt: skip
        again = subject.update(world.run, **cleared, tags=(), stop_requested=False)
        assert again == replace(
            changed, **cleared, tags=(), stop_requested=False, change_seq=again.change_seq
        )
        same = subject.update(world.run)
        assert same == replace(again, change_seq=same.change_seq)

    def test_documents_are_replaced_whole_and_kept_to_the_bit(
        self, subject: Subject, world: World
    ) -> None:
        subject.update(world.run, config={"a": 1, "b": 2}, summary={"loss": 0.5})
        subject.update(world.run, config=ODD_DOCUMENT)
        found = subject.read(lambda s: s.runs.documents(world.run.id))
        assert found == RunDocuments(ODD_DOCUMENT, {}, {"loss": 0.5})
        assert list(found.config) == list(ODD_DOCUMENT), "keys keep their order"
        subject.update(world.run, client_info={"nan": math.nan}, summary={})
        found = subject.read(lambda s: s.runs.documents(world.run.id))
        assert math.isnan(found.client_info.pop("nan"))
        assert found == RunDocuments(ODD_DOCUMENT, {}, {})

    def test_texts_of_many_are_the_documents_of_each(self, subject: Subject, world: World) -> None:
        other = subject.run(world.project.id, world.user.id, "other")
        subject.update(world.run, config=ODD_DOCUMENT, client_info={"t": 1})
        subject.update(other, summary={"loss": math.inf})
        both = [world.run.id, other.id]
        texts = subject.read(lambda s: s.runs.texts_of([*both, LOST, other.id]))
        found = {
            run: RunDocuments(decode(said.config), decode(said.client_info), decode(said.summary))
            for run, said in texts.items()
        }
        assert found == subject.read(lambda s: {run: s.runs.documents(run) for run in both})
        assert subject.read(lambda s: s.runs.texts_of([])) == {}

    def test_documents_belong_to_the_caller(self, subject: Subject, world: World) -> None:
        config = {"a": [1]}
        subject.update(world.run, config=config)
        config["a"].append(2)
        subject.read(lambda s: s.runs.documents(world.run.id)).config["a"].append(3)
        found = subject.read(lambda s: s.runs.documents(world.run.id))
        assert found == RunDocuments({"a": [1]}, {}, {})

    def test_a_beat_sets_the_heartbeat_and_nothing_else(
        self, subject: Subject, world: World
    ) -> None:
        now = subject.clock.advance()
        subject.write(lambda tx: tx.runs.beat(world.run.id))
        found = subject.run_now(world.run)
        assert found is not None
        assert found == replace(world.run, heartbeat_at=now, change_seq=found.change_seq)

    def test_pages_run_from_the_newest_to_the_oldest(self, subject: Subject, world: World) -> None:
        runs = [world.run]
        runs += [subject.run(world.project.id, world.user.id, f"n{i}") for i in range(4)]
        other = subject.project(world.user.id, "other")
        subject.run(other.id, world.user.id, "elsewhere")
        subject.update(runs[0], notes="changed last, created first")
        runs = [r for run in reversed(runs) if (r := subject.run_now(run))]

        def page(limit: int, before: RunId | None = None) -> RunPage:
            return subject.read(
                lambda s: s.runs.list_runs(world.project.id, limit=limit, before=before)
            )

        assert page(2) == RunPage(runs[:2], runs[1].id)
        assert page(2, runs[1].id) == RunPage(runs[2:4], runs[3].id)
        assert page(2, runs[3].id) == RunPage(runs[4:], None)
        assert page(5) == RunPage(runs, None)
        assert page(0) == page(-7) == RunPage([], None)
        assert subject.read(lambda s: s.runs.count_runs(world.project.id)) == 5

    def test_a_search_is_a_substring_and_no_pattern(self, subject: Subject, world: World) -> None:
        user, project = world.user, world.project
        texts = ("100%_done\\", "100x", "Über", "quo'te", "rocket 🚀")
        for i, text in enumerate(texts):
            run = subject.run(project.id, user.id, f"id-{i}")
            subject.update(run, **{"group" if i % 2 else "display_name": text})

        def names(search: str) -> set[str]:
            found = subject.read(lambda s: s.runs.list_runs(project.id, limit=100, search=search))
            count = subject.read(lambda s: s.runs.count_runs(project.id, search=search))
            assert count == len(found.runs)
            return {run.name for run in found.runs}

        assert names("100%") == names("%_done\\") == {"id-0"}
        assert names("100") == {"id-0", "id-1"}
        assert names("BER") == {"id-2"}
        assert names("'") == {"id-3"}
        assert names("🚀") == {"id-4"}
        assert names("R1") == {"r1"}
        assert names("%") == {"id-0"}
        assert names("nowhere") == set()
        assert len(names("")) == 6
        assert names("x" * 1_024) == set()
        with pytest.raises(InvalidInput):
            names("x" * 1_025)

    def test_a_search_is_paged(self, subject: Subject, world: World) -> None:
        made = [subject.run(world.project.id, world.user.id, f"x{i}") for i in range(3)]
        page = subject.read(
            lambda s: s.runs.list_runs(world.project.id, limit=2, search="X", before=made[2].id)
        )
        assert page == RunPage([made[1], made[0]], None)

    def test_changes_come_in_order_and_page_without_loss(
        self, subject: Subject, world: World
    ) -> None:
        runs = [subject.run(world.project.id, world.user.id, f"n{i}") for i in range(5)]

        def crash(tx: Transaction) -> list[Run]:
            update = RunUpdate(state=RunState.CRASHED)
            return [tx.runs.update_run(runs[i].id, update) for i in (3, 0, 4)]

        before = subject.read(lambda s: s.runs.last_change_seq())
        crashed = subject.write(crash)
        assert len({run.change_seq for run in crashed}) == 3, "no two runs share a number"
        assert min(run.change_seq for run in crashed) > before

        def page(after: int, limit: int = 1) -> list[Run]:
            found = subject.read(
                lambda s: s.runs.changed_since(world.project.id, after, limit=limit)
            )
            return list(found)

        seen: list[Run] = []
        while found := page(seen[-1].change_seq if seen else before):
            seen += found
        assert seen == crashed
        assert subject.read(lambda s: s.runs.last_change_seq()) == crashed[-1].change_seq
        assert page(0, 99) == [world.run, runs[1], runs[2], *crashed]
        assert page(0, 0) == page(0, -1) == []

    def test_changes_of_entities(self, subject: Subject, world: World) -> None:
        bert = make_world(subject, "bert")
        team = subject.team()
        shared = subject.run(subject.project(team.id).id, bert.user.id, "s")
        subject.update(world.run, notes="again")
        first = subject.run_now(world.run)
        assert first is not None
        expected = [_change(run) for run in (bert.run, shared, first)]

        def changes(*args: Any, limit: int = 99) -> list[RunChange]:
            return list(subject.read(lambda s: s.runs.changes_since(*args, limit=limit)))

        assert changes(None, 0) == expected
        assert changes(None, 0, limit=2) == expected[:2]
        assert changes(None, bert.run.change_seq) == expected[1:]
        assert changes([world.user.id, team.id], 0) == expected[1:]
        assert changes([world.user.id], 0, limit=1) == expected[2:]
        assert changes([], 0) == changes(None, 0, limit=0) == changes(None, 0, limit=-1) == []

    @pytest.mark.parametrize(
        "change",
        [
            lambda tx, run: tx.runs.update_run(run, RunUpdate(notes="n")),
            lambda tx, run: tx.runs.update_run(run, RunUpdate(summary={"a": 1})),
            lambda tx, run: tx.runs.beat(run),
            lambda tx, run: tx.runs.add_alert(run, title="t", text="", level=AlertLevel.INFO),
        ],
    )
    def test_each_change_gives_a_new_number(
        self, subject: Subject, world: World, change: Callable[[Transaction, RunId], object]
    ) -> None:
        subject.run(world.project.id, world.user.id, "newer")
        before = subject.read(lambda s: s.runs.last_change_seq())
        subject.write(lambda tx: change(tx, world.run.id))
        after = subject.read(lambda s: s.runs.last_change_seq())
        found = subject.run_now(world.run)
        assert found is not None
        assert found.change_seq == after > before

    def test_an_alert_is_of_now_or_of_when_it_was_raised(
        self, subject: Subject, world: World
    ) -> None:
        run, now = world.run.id, subject.clock.advance()
        before = now - timedelta(days=2)

        def raise_two(tx: Transaction) -> None:
            tx.runs.add_alert(run, title="now", text="", level=AlertLevel.INFO)
            tx.runs.add_alert(run, title="then", text="x", level=AlertLevel.ERROR, at=before)

        subject.write(raise_two)
        assert subject.read(lambda s: list(s.runs.alerts(run))) == [
            Alert(run, "now", "", AlertLevel.INFO, now),
            Alert(run, "then", "x", AlertLevel.ERROR, before),
        ]

    def test_an_empty_catalog_has_no_change(self, subject: Subject) -> None:
        subject.user()
        assert subject.read(lambda s: s.runs.last_change_seq()) == 0

    def test_runs_ever_counts_deleted_ones(self, subject: Subject, world: World) -> None:
        second = subject.run(world.project.id, world.user.id, "r2")
        before = subject.read(lambda s: s.runs.last_change_seq())
        subject.write(lambda tx: tx.runs.delete_run(second.id))
        assert subject.read(lambda s: s.runs.last_change_seq()) > before
        assert subject.read(lambda s: s.runs.num_runs_ever(world.project.id)) == 2
        third = subject.run(world.project.id, world.user.id, "r2")
        assert third.id > second.id, "ids rise, and none is used again"

    def test_a_deleted_run_is_found_by_nobody(self, subject: Subject, world: World) -> None:
        run = world.run.id
        subject.write(lambda tx: tx.runs.add_alert(run, title="t", text="x", level=AlertLevel.WARN))
        subject.write(lambda tx: tx.runs.delete_run(run))
        found = subject.read(
            lambda s: (
                s.runs.run_by_id(run),
                s.runs.run(world.project.id, "r1"),
                s.runs.count_runs(world.project.id),
                list(s.runs.alerts(run)),
                list(s.runs.changes_since(None, 0, limit=9)),
            )
        )
        assert found == (None, None, 0, [], [])
        with pytest.raises(NotFound):
            subject.read(lambda s: s.runs.documents(run))

    def test_silent_runs_are_live_ones_that_have_not_spoken(
        self, subject: Subject, world: World
    ) -> None:
        runs = [subject.run(world.project.id, world.user.id, state.value) for state in RunState]
        runs = [subject.update(run, state=state) for run, state in zip(runs, RunState, strict=True)]
        spoke_at = subject.clock.now

        def silent(after: float) -> list[Run]:
            return list(
                subject.read(lambda s: s.runs.silent_since(spoke_at + timedelta(seconds=after)))
            )

        assert silent(0.000001) == [run for run in runs if run.state.is_live]
        assert silent(0) == []

    def test_alerts_are_listed_oldest_first(self, subject: Subject, world: World) -> None:
        first = subject.clock.now
        run = world.run.id
        subject.write(
            lambda tx: tx.runs.add_alert(run, title="a", text="1", level=AlertLevel.ERROR)
        )
        second = subject.clock.advance()
        subject.write(lambda tx: tx.runs.add_alert(run, title="a", text="2", level=AlertLevel.INFO))
        assert list(subject.read(lambda s: s.runs.alerts(run))) == [
            Alert(run, "a", "1", AlertLevel.ERROR, first),
            Alert(run, "a", "2", AlertLevel.INFO, second),
        ]

    @pytest.mark.parametrize(
        "unit",
        [
            lambda tx: tx.runs.create_run(LOST, "x", user=LOST, display_name="x"),
            lambda tx: tx.runs.update_run(LOST, RunUpdate(config={})),
            lambda tx: tx.runs.beat(LOST),
            lambda tx: tx.runs.delete_run(LOST),
            lambda tx: tx.runs.add_alert(LOST, title="", text="", level=AlertLevel.INFO),
            lambda tx: tx.runs.documents(LOST),
        ],
    )
    def test_lost_ids_are_not_found(
        self, subject: Subject, unit: Callable[[Transaction], object]
    ) -> None:
        with pytest.raises(NotFound):
            subject.write(unit)

    def test_half_a_character_is_refused_whole(self, subject: Subject, world: World) -> None:
        for values in ({"notes": "\ud800"}, {"group": "a\udfff"}):
            with pytest.raises(InvalidInput) as caught:
                subject.update(world.run, **values)
            assert caught.value.code == "invalid-text"
        assert subject.run_now(world.run) == world.run
