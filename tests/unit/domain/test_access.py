"""Who may do what: the whole matrix."""

from __future__ import annotations

import itertools

import pytest

from runstone.domain.access import (
    OPERATOR,
    Action,
    Actor,
    Role,
    is_own_name,
    may,
    not_found,
    require,
    require_admin,
)
from runstone.domain.errors import NotFound, PermissionDenied
from runstone.domain.ids import EntityId

OWN, TEAM, OTHER = EntityId(1), EntityId(2), EntityId(3)
READ, WRITE, ADMINISTER = Action.READ, Action.WRITE, Action.ADMINISTER
EVERYTHING, NOTHING = {READ, WRITE, ADMINISTER}, set[Action]()


def member(role: Role) -> Actor:
    return Actor(OWN, "anna", roles={TEAM: role})


ACTORS = {
    "stranger": Actor(OWN, "anna"),
    "viewer": member(Role.VIEWER),
    "member": member(Role.MEMBER),
    "admin of the team": member(Role.ADMIN),
    "administrator": Actor(OWN, "root", is_admin=True),
    "operator": OPERATOR,
}
ALLOWED = {
    ("stranger", OWN): EVERYTHING,
    ("stranger", TEAM): NOTHING,
    ("stranger", OTHER): NOTHING,
    ("viewer", OWN): EVERYTHING,
    ("viewer", TEAM): {READ},
    ("viewer", OTHER): NOTHING,
    ("member", OWN): EVERYTHING,
    ("member", TEAM): {READ, WRITE},
    ("member", OTHER): NOTHING,
    ("admin of the team", OWN): EVERYTHING,
    ("admin of the team", TEAM): EVERYTHING,
    ("admin of the team", OTHER): NOTHING,
    ("administrator", OWN): EVERYTHING,
    ("administrator", TEAM): EVERYTHING,
    ("administrator", OTHER): EVERYTHING,
    ("operator", OWN): EVERYTHING,
    ("operator", TEAM): EVERYTHING,
    ("operator", OTHER): EVERYTHING,
}


def test_the_matrix_is_whole() -> None:
    assert set(ALLOWED) == set(itertools.product(ACTORS, (OWN, TEAM, OTHER)))


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("entity", [OWN, TEAM, OTHER])
@pytest.mark.parametrize("action", Action)
def test_the_matrix(who: str, entity: EntityId, action: Action) -> None:
    actor, allowed = ACTORS[who], ALLOWED[who, entity]
    assert may(actor, action, entity) is (action in allowed)
    if action in allowed:
        require(actor, action, entity, what="project lab/digits")
        return
    # Who may not read must not learn that there is something.
    expected: type[Exception] = PermissionDenied if READ in allowed else NotFound
    with pytest.raises(expected, match="project lab/digits") as caught:
        require(actor, action, entity, what="project lab/digits")
    if READ not in allowed:
        assert str(caught.value) == str(not_found("project lab/digits"))


@pytest.mark.parametrize("who", ACTORS)
def test_only_administrators_administer_the_server(who: str) -> None:
    actor = ACTORS[who]
    if actor.is_admin:
        require_admin(actor, doing="create users")
    else:
        with pytest.raises(PermissionDenied, match="create users"):
            require_admin(actor, doing="create users")


def test_names_of_users_are_compared_without_case() -> None:
    anna = Actor(OWN, "Anna")
    assert is_own_name(anna, "anna")
    assert not is_own_name(anna, "ann")
    assert not is_own_name(OPERATOR, "operator"), "the operator is no user"
