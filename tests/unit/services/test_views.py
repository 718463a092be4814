"""Saved views: who may do what with them, what is refused, what asking again does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runstone.domain.access import OPERATOR, Actor, Role
from runstone.domain.errors import (
    AlreadyExists,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RunstoneError,
)
from runstone.domain.view import MAX_SPEC_BYTES, View, ViewUpdate
from runstone.services import views
from runstone.services.projects import delete_project, ensure_project, restore_project
from runstone.services.views import NewView
from runstone.testing.office import Office
from runstone.testing.subject import LOST

REPORT = NewView("wandb/runs", '{"a": 1}', "r", "Report", "about")


@pytest.fixture
def lab(office: Office) -> Office:
    """The office, with a project of its team."""
    office.write(lambda tx: ensure_project(tx, OPERATOR, "lab", "p"))
    return office


def save(office: Office, actor: Actor = OPERATOR, wanted: NewView = REPORT) -> View:
    view, _ = office.write(lambda tx: views.create_view(tx, actor, "lab", "p", wanted))
    return view


WAYS: dict[str, tuple[str, Callable[[Any, Actor, View], object]]] = {
    "find": ("read", lambda tx, actor, view: views.find_view(tx, actor, view.id)),
    "list": ("read", lambda tx, actor, view: views.list_views(tx, actor, "lab", "p", limit=9)),
    "create": (
        "write",
        lambda tx, actor, view: views.create_view(tx, actor, "lab", "p", NewView("k", "{}")),
    ),
    "update": (
        "write",
        lambda tx, actor, view: views.update_view(tx, actor, view.id, ViewUpdate(spec="{}")),
    ),
    "delete": ("write", lambda tx, actor, view: views.delete_view(tx, actor, view.id)),
}
MAY: dict[str, set[str]] = {
    "stranger": set(),
    "viewer": {"read"},
    "member": {"read", "write"},
    "administrator": {"read", "write"},
}


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize("way", WAYS)
def test_who_may_do_what_with_a_teams_views(lab: Office, who: str, way: str) -> None:
    view = save(lab)
    actor = {
        "stranger": lambda: lab.actor("bert"),
        "viewer": lambda: lab.join("bert", Role.VIEWER),
        "member": lambda: lab.join("bert", Role.MEMBER),
        "administrator": lambda: lab.actor("root"),
    }[who]()
    action, unit = WAYS[way]
    if action in MAY[who]:
        lab.write(lambda tx: unit(tx, actor, view))
        return
    expected: type[RunstoneError] = PermissionDenied if MAY[who] else NotFound
    with pytest.raises(expected) as hidden:
        lab.write(lambda tx: unit(tx, actor, view))
    if expected is NotFound and way in ("find", "update", "delete"):
        lab.write(lambda tx: views.delete_view(tx, OPERATOR, view.id))
        with pytest.raises(NotFound) as absent:
            lab.write(lambda tx: unit(tx, actor, view))
        assert str(hidden.value) == str(absent.value), "what is hidden and what is gone are alike"


def test_a_view_has_its_author_and_may_be_changed_by_others(lab: Office) -> None:
    anna, bert = lab.join("anna", Role.MEMBER), lab.join("bert", Role.MEMBER)
    made = save(lab, anna)
    assert (made.user_id, made.spec_bytes, made.revision) == (anna.user_id, 8, 1)
    assert save(lab, wanted=NewView("k", "{}")).user_id is None
    changed = lab.write(
        lambda tx: views.update_view(tx, bert, made.id, ViewUpdate(display_name="x\0y"))
    )
    assert (changed.user_id, changed.revision) == (anna.user_id, 2)
    assert changed.display_name == "x\ufffdy"


def test_asking_again_gives_what_was_saved(lab: Office) -> None:
    first = save(lab)
    lab.clock.advance()
    again = lab.write(lambda tx: views.create_view(tx, OPERATOR, "lab", "p", REPORT))
    assert again == (first, False)
    others = [
        NewView("wandb/runs", '{"a":1}', "r", "Report", "about"),
        NewView("wandb/runs", '{"a": 1}', "r", "Other", "about"),
        NewView("wandb/runs", '{"a": 1}', "r", "Report", "about", parent=first.id),
    ]
    for other in others:
        with pytest.raises(AlreadyExists, match="choose another name") as caught:
            save(lab, wanted=other)
        assert caught.value.code == "name-taken"
    with pytest.raises(AlreadyExists):
        save(lab, lab.actor("root"))
    second = save(lab, wanted=NewView("wandb/runs", "{}"))
    assert len(second.name) == 11
    for update in (ViewUpdate(name="r"), ViewUpdate(kind="wandb/runs", name="r")):
        with pytest.raises(AlreadyExists):
            lab.write(lambda tx, u=update: views.update_view(tx, OPERATOR, second.id, u))  # type: ignore[misc]


def test_a_change_can_be_tied_to_what_it_was_made_from(lab: Office) -> None:
    view = save(lab)

    def change(text: str, only_if: set[int] | None) -> View:
        update = ViewUpdate(description=text)
        return lab.write(
            lambda tx: views.update_view(tx, OPERATOR, view.id, update, only_if=only_if)
        )

    assert change("one", {1}).revision == 2
    for stale in ({1}, set(), {3}):
        with pytest.raises(Conflict, match="is at revision 2") as caught:
            change("two", stale)
        assert caught.value.code == "view-changed"
        assert caught.value.details == {"revision": 2}
    assert change("three", {7, 2}).description == "three"
    assert change("four", None).revision == 4
    with pytest.raises(Conflict):
        lab.write(lambda tx: views.delete_view(tx, OPERATOR, view.id, only_if={1}))
    lab.write(lambda tx: views.delete_view(tx, OPERATOR, view.id, only_if={4}))


def test_drafts_are_not_lost_by_mistake(lab: Office) -> None:
    view = save(lab)
    draft = save(lab, wanted=NewView("wandb/runs/draft", "{}", parent=view.id))
    with pytest.raises(Conflict, match=r"has 1 draft\(s\)") as caught:
        lab.write(lambda tx: views.delete_view(tx, OPERATOR, view.id))
    assert caught.value.details == {"drafts": [draft.id]}
    lab.write(lambda tx: views.delete_view(tx, OPERATOR, view.id, with_drafts=True))
    with pytest.raises(NotFound):
        lab.read(lambda s: views.find_view(s, OPERATOR, draft.id))


def test_a_draft_stays_in_its_project(lab: Office) -> None:
    lab.write(lambda tx: ensure_project(tx, OPERATOR, "lab", "q"))
    view = save(lab)
    for parent in (view.id, LOST):
        wanted = NewView("k", "{}", parent=parent)
        with pytest.raises(NotFound):
            lab.write(lambda tx, w=wanted: views.create_view(tx, OPERATOR, "lab", "q", w))  # type: ignore[misc]


def test_views_go_into_the_trash_with_their_project_and_come_back(lab: Office) -> None:
    view = save(lab)
    lab.write(lambda tx: delete_project(tx, OPERATOR, "lab", "p"))
    for unit in (
        lambda s: views.find_view(s, OPERATOR, view.id),
        lambda s: views.list_views(s, OPERATOR, "lab", "p", limit=9),
    ):
        with pytest.raises(NotFound):
            lab.read(unit)
    lab.write(lambda tx: restore_project(tx, OPERATOR, "lab", "p"))
    found, place = lab.read(lambda s: views.find_view(s, OPERATOR, view.id))
    assert (found, place.name) == (view, "p")


def test_pages(lab: Office) -> None:
    anna = lab.join("anna", Role.MEMBER)
    made = [save(lab, anna if i % 2 else OPERATOR, NewView(f"k{i % 3}", "{}")) for i in range(7)]

    def page(**given: Any) -> tuple[list[int], Any]:
        found = lab.read(lambda s: views.list_views(s, OPERATOR, "lab", "p", **given))
        return [made.index(view) for view in found.views], found.next_before

    assert page(limit=3) == ([6, 5, 4], made[4].id)
    assert page(limit=3, before=made[4].id) == ([3, 2, 1], made[1].id)
    assert page(limit=3, before=made[1].id) == ([0], None)
    assert page(limit=7)[1] is None
    assert page(limit=9, author="ANNA")[0] == [5, 3, 1]
    assert page(limit=9, author="nobody") == ([], None)
    assert page(limit=9, kind="k1")[0] == [4, 1]
    assert page(limit=9, name=made[2].name)[0] == [2]
    for limit in (0, -1, 1_001):
        with pytest.raises(InvalidInput, match="1 to 1,000"):
            page(limit=limit)


def test_a_page_of_large_views_ends_early(lab: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_PAGE_SPEC_BYTES", 20)
    made = [save(lab, wanted=NewView("k", f'{{"{"a" * size}":1}}')) for size in (50, 1, 2, 3)]
    pages, before = [], None
    while True:
        found = lab.read(
            lambda s, b=before: views.list_views(s, OPERATOR, "lab", "p", limit=9, before=b)  # type: ignore[misc]
        )
        pages.append([made.index(view) for view in found.views])
        before = found.next_before
        if before is None:
            break
    assert pages == [[3, 2], [1], [0]]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"spec": ""}, "malformed-spec"),
        ({"spec": '{"a":'}, "malformed-spec"),
        ({"spec": '{"a":NaN}'}, "malformed-spec"),
        ({"spec": "[]"}, "malformed-spec"),
        ({"spec": "null"}, "malformed-spec"),
        ({"spec": "[" * 100_000}, "malformed-spec"),
        ({"spec": '{"a":"\ud800"}'}, "invalid-text"),
        ({"kind": ""}, "invalid-kind"),
        ({"kind": "Runs"}, "invalid-kind"),
        ({"kind": "k" * 65}, "invalid-kind"),
        ({"name": ""}, "invalid-name"),
        ({"name": "a/b"}, "invalid-name"),
        ({"name": "x" * 129}, "invalid-name"),
        ({"display_name": "x" * 1_025}, "invalid-name"),
        ({"description": "x" * 65_537}, "invalid-input"),
    ],
)
def test_what_cannot_be_kept_is_refused(lab: Office, given: dict[str, str], error: str) -> None:
    view = save(lab)
    with pytest.raises(InvalidInput) as caught:
        save(lab, wanted=NewView(**{"kind": "k", "spec": "{}", **given}))
    assert caught.value.code == error
    with pytest.raises(InvalidInput) as caught:
        lab.write(lambda tx: views.update_view(tx, OPERATOR, view.id, ViewUpdate(**given)))
    assert caught.value.code == error
    assert lab.read(lambda s: views.find_view(s, OPERATOR, view.id))[0] == view


def test_a_spec_has_its_limit(lab: Office) -> None:
    def spec(size: int) -> str:
        return '{"é":"%s"}' % ("x" * (size - 9))

    assert save(lab, wanted=NewView("k", spec(MAX_SPEC_BYTES))).spec_bytes == MAX_SPEC_BYTES
    with pytest.raises(QuotaExceeded, match="at most 8,388,608") as caught:
        save(lab, wanted=NewView("k", spec(MAX_SPEC_BYTES + 1)))
    assert caught.value.code == "spec-too-large"
