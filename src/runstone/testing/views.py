"""What every catalog must do with saved views and custom charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runstone.domain.custom_chart import ChartAccess, CustomChart
from runstone.domain.errors import AlreadyExists, InvalidInput, NotFound
from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.view import View, ViewUpdate
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

ODD_SPECS = ("{}", ' {"a" : 1.0,\n"a":2}\t', '{"é":"\\u0000","z":"🚀\u2028"}', "x" * 3_000_000)


def _make(
    subject: Subject, project: ProjectId, name: str = "v", *, spec: str = "{}", **given: Any
) -> View:
    values: dict[str, Any] = {
        "kind": "table", "display_name": f"the {name}", "description": "", "user": None, **given,
    }  # fmt: skip
    return subject.write(lambda tx: tx.views.create_view(project, name=name, spec=spec, **values))


class ViewsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.views` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_a_new_view_is_found_by_id_and_name(self, subject: Subject, world: World) -> None:
        made = _make(
            subject, world.project.id, "é 1", spec='{"a":"é"}', description="d", user=world.user.id
        )
        now = subject.clock.now
        assert made == View(
            made.id, world.project.id, "table", "é 1", "the é 1", "d", 10, world.user.id, now, now,
            revision=1, parent_id=None,
        )  # fmt: skip
        found = subject.read(
            lambda s: (
                s.views.view(made.id),
                s.views.view_by_name(world.project.id, "table", "é 1"),
                s.views.spec(made.id),
            )
        )
        assert found == (made, made, '{"a":"é"}')

    def test_what_is_absent_is_none(self, subject: Subject, world: World) -> None:
        project = world.project.id
        _make(subject, project)
        found = subject.read(
            lambda s: (
                s.views.view(LOST),
                s.views.view_by_name(project, "table", "V"),
                s.views.view_by_name(project, "report", "v"),
                s.views.view_by_name(LOST, "table", "v"),
                list(s.views.list_views(LOST, limit=9)),
                list(s.views.drafts_of(LOST)),
            )
        )
        assert found == (None, None, None, None, [], [])

    @pytest.mark.parametrize("spec", ODD_SPECS, ids=["empty", "spaced", "signs", "large"])
    def test_a_spec_is_kept_byte_for_byte(self, subject: Subject, world: World, spec: str) -> None:
        made = _make(subject, world.project.id, spec=spec)
        assert made.spec_bytes == len(spec.encode())
        assert subject.read(lambda s: s.views.spec(made.id)) == spec
        other = _make(subject, world.project.id, "w")
        changed = subject.write(lambda tx: tx.views.update_view(other.id, ViewUpdate(spec=spec)))
        assert changed.spec_bytes == len(spec.encode())
        assert subject.read(lambda s: s.views.spec(other.id)) == spec

    def test_an_update_changes_what_it_gives(self, subject: Subject, world: World) -> None:
        made = _make(subject, world.project.id, spec='{"a":1}')
        now = subject.clock.advance()
        touched = subject.write(lambda tx: tx.views.update_view(made.id, ViewUpdate()))
        assert touched == replace(made, updated_at=now, revision=2)
        later = subject.clock.advance()
        changed = subject.write(
            lambda tx: tx.views.update_view(
                made.id,
                ViewUpdate(kind="report", name="w", display_name="", description="d", spec="{}"),
            )
        )
        assert changed == replace(
            made, kind="report", name="w", display_name="", description="d", spec_bytes=2,
            updated_at=later, revision=3,
        )  # fmt: skip
        assert subject.read(lambda s: s.views.view(made.id)) == changed

    def test_a_name_is_used_once_for_each_kind(self, subject: Subject, world: World) -> None:
        project = world.project.id
        first = _make(subject, project, spec='{"a":1}')
        second = _make(subject, project, kind="report")
        _make(subject, make_world(subject, "bert").project.id)
        with pytest.raises(AlreadyExists):
            _make(subject, project)
        for update in (ViewUpdate(kind="table"), ViewUpdate(kind="table", name="v", spec="[]")):
            with pytest.raises(AlreadyExists):
                subject.write(lambda tx, u=update: tx.views.update_view(second.id, u))  # type: ignore[misc]
        same = ViewUpdate(kind="table", name="v")
        assert subject.write(lambda tx: tx.views.update_view(first.id, same)).revision == 2
        assert subject.read(lambda s: s.views.view(second.id)) == second

    def test_views_are_listed_the_newest_first(self, subject: Subject, world: World) -> None:
        project, user = world.project.id, world.user.id
        bert = make_world(subject, "bert")
        _make(subject, bert.project.id)
        views = [
            _make(subject, project, "a", user=user),
            _make(subject, project, "b", kind="report", user=user),
            _make(subject, project, "a", kind="report", user=bert.user.id),
            _make(subject, project, "c"),
        ]

        def names(**given: Any) -> list[int]:
            found = subject.read(lambda s: s.views.list_views(project, **{"limit": 9, **given}))
            return [views.index(view) for view in found]

        assert names() == [3, 2, 1, 0]
        assert names(limit=2) == [3, 2]
        assert names(limit=2, before=views[2].id) == [1, 0]
        assert names(before=views[0].id) == names(limit=0) == names(limit=-1) == []
        assert names(kind="report") == [2, 1]
        assert names(kind="report", limit=1, before=views[2].id) == [1]
        assert names(name="a") == [2, 0]
        assert names(user=user) == [1, 0]
        assert names(kind="report", name="a", user=user) == names(kind="%") == []

    def test_drafts_go_with_their_view(self, subject: Subject, world: World) -> None:
        project = world.project.id
        view, other = _make(subject, project, "a"), _make(subject, project, "b")
        drafts = [_make(subject, project, f"d{i}", parent=view.id) for i in range(2)]
        deep = _make(subject, project, "deep", parent=drafts[0].id)
        found = subject.read(lambda s: (s.views.drafts_of(view.id), s.views.drafts_of(other.id)))
        assert found == (drafts[::-1], [])
        assert deep.parent_id == drafts[0].id
        subject.write(lambda tx: tx.views.delete_view(drafts[1].id))
        subject.write(lambda tx: tx.views.delete_view(view.id))
        assert list(subject.read(lambda s: s.views.list_views(project, limit=9))) == [other]
        with pytest.raises(NotFound):
            subject.read(lambda s: s.views.spec(view.id))
        assert _make(subject, project, "a").id > deep.id, "no id is used again"

    def test_views_go_with_their_project(self, subject: Subject, world: World) -> None:
        project = subject.project(world.user.id, "other")
        view = _make(subject, project.id)
        draft = _make(subject, project.id, "d", parent=view.id)
        kept = _make(subject, world.project.id)
        subject.write(lambda tx: tx.projects.trash_project(project.id))
        assert subject.read(lambda s: s.views.view(view.id)) == view
        subject.write(lambda tx: tx.projects.delete_project(project.id))
        found = subject.read(
            lambda s: (s.views.view(view.id), s.views.view(draft.id), s.views.view(kept.id))
        )
        assert found == (None, None, kept)

    def test_a_view_stays_when_its_author_goes(self, subject: Subject, world: World) -> None:
        bert = subject.user("bert")
        view = _make(subject, world.project.id, user=bert.id)
        subject.write(lambda tx: tx.accounts.delete_entity(bert.id))
        assert subject.read(lambda s: s.views.view(view.id)) == replace(view, user_id=None)

    def test_half_a_character_is_refused(self, subject: Subject, world: World) -> None:
        project, half = world.project.id, "\ud800"
        for given in ({"spec": half}, {"name": half}, {"display_name": half}):
            with pytest.raises(InvalidInput) as caught:
                _make(subject, project, **given)
            assert caught.value.code == "invalid-text"
        view = _make(subject, project)
        with pytest.raises(InvalidInput):
            subject.write(lambda tx: tx.views.update_view(view.id, ViewUpdate(spec=half)))
        assert subject.read(lambda s: s.views.view(view.id)) == view

    @pytest.mark.parametrize(
        "unit",
        [
            lambda tx, project: tx.views.spec(LOST),
            lambda tx, project: tx.views.update_view(LOST, ViewUpdate()),
            lambda tx, project: tx.views.delete_view(LOST),
            lambda tx, project: _create(tx, LOST),
            lambda tx, project: _create(tx, project, parent=LOST),
            lambda tx, project: _create(tx, project, user=LOST),
        ],
    )
    def test_lost_ids_are_not_found(
        self, subject: Subject, world: World, unit: Callable[[Transaction, ProjectId], object]
    ) -> None:
        with pytest.raises(NotFound):
            subject.write(lambda tx: unit(tx, world.project.id))


def _create(tx: Transaction, project: ProjectId, **given: Any) -> View:
    values = {"user": None, "display_name": "", "description": "", "spec": "{}", **given}
    return tx.views.create_view(project, kind="k", name="n", **values)


def _chart(
    subject: Subject, entity: EntityId, name: str = "bars", user: EntityId | None = None
) -> CustomChart:
    return subject.write(
        lambda tx: tx.custom_charts.create_custom_chart(
            entity, name=name, display_name="Bars é", language="vega2",
            access=ChartAccess.PUBLIC, spec=' {"mark":"é"}', user=user,
        )
    )  # fmt: skip


class CustomChartsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.custom_charts` as tests."""

    def test_a_new_chart_is_found_by_name(self, subject: Subject) -> None:
        anna, lab = subject.user("Anna"), subject.team("Lab")
        made = _chart(subject, lab.id, user=anna.id)
        assert made == CustomChart(
            made.id, lab.id, "Lab", "bars", "Bars é", "vega2", ChartAccess.PUBLIC, ' {"mark":"é"}',
            anna.id, subject.clock.now,
        )  # fmt: skip
        found = subject.read(
            lambda s: (
                s.custom_charts.custom_chart(lab.id, "bars"),
                s.custom_charts.custom_chart(lab.id, "Bars"),
                s.custom_charts.custom_chart(anna.id, "bars"),
            )
        )
        assert found == (made, None, None)

    def test_charts_are_listed_by_name(self, subject: Subject) -> None:
        anna, bert = subject.user("anna"), subject.user("bert")
        made = {name: _chart(subject, anna.id, name) for name in ("b", "É", "a", "B")}
        _chart(subject, bert.id)
        found = subject.read(lambda s: s.custom_charts.custom_charts(anna.id))
        assert list(found) == [made[name] for name in ("B", "a", "b", "É")]
        assert list(subject.read(lambda s: s.custom_charts.custom_charts(LOST))) == []

    def test_an_entity_uses_a_name_once(self, subject: Subject) -> None:
        anna = subject.user()
        made = _chart(subject, anna.id)
        with pytest.raises(AlreadyExists):
            _chart(subject, anna.id)
        subject.write(lambda tx: tx.custom_charts.delete_custom_chart(made.id))
        assert subject.read(lambda s: s.custom_charts.custom_chart(anna.id, "bars")) is None
        assert _chart(subject, anna.id).id > made.id

    def test_charts_go_with_their_owner_and_outlive_their_author(self, subject: Subject) -> None:
        anna, bert, lab = subject.user("anna"), subject.user("bert"), subject.team()
        own, shared = _chart(subject, bert.id, user=bert.id), _chart(subject, lab.id, user=bert.id)
        kept = _chart(subject, lab.id, "z", user=anna.id)
        subject.write(lambda tx: tx.accounts.delete_entity(bert.id))
        found = subject.read(
            lambda s: (
                s.custom_charts.custom_chart(bert.id, own.name),
                list(s.custom_charts.custom_charts(lab.id)),
            )
        )
        assert found == (None, [replace(shared, user_id=None), kept])

    def test_lost_ids_are_not_found(self, subject: Subject) -> None:
        anna = subject.user()
        with pytest.raises(NotFound):
            _chart(subject, LOST)
        with pytest.raises(NotFound):
            _chart(subject, anna.id, user=LOST)
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.custom_charts.delete_custom_chart(LOST))
