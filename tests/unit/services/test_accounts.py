"""What administrators do, and what others may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.access import OPERATOR, Actor, Role
from runstone.domain.errors import (
    AlreadyExists,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from runstone.ports.store import Transaction
from runstone.services import accounts
from runstone.services.accounts import visible_entities
from runstone.storage.memory.store import MemoryStore
from runstone.testing.office import Office
from runstone.testing.subject import ManualClock

ADMIN_ONLY: dict[str, Callable[[Transaction, Actor], Any]] = {
    "create_user": lambda tx, a: accounts.create_user(tx, a, "new"),
    "delete_user": lambda tx, a: accounts.delete_user(tx, a, "bert"),
    "create_team": lambda tx, a: accounts.create_team(tx, a, "new"),
    "create_organization": lambda tx, a: accounts.create_organization(tx, a, "new"),
    "delete_organization": lambda tx, a: accounts.delete_organization(tx, a, "uni"),
    "add_organization_member": lambda tx, a: accounts.add_organization_member(
        tx, a, "uni", "bert", Role.MEMBER
    ),
    "create_key for others": lambda tx, a: accounts.create_key(tx, a, "bert"),
    "create_key of a chosen value": lambda tx, a: accounts.create_key(
        tx, a, a.username if a.user_id else "bert", secret="x" * 40
    ),
    "list_keys of others": lambda tx, a: accounts.list_keys(tx, a, "bert"),
}


@pytest.mark.parametrize("what", ADMIN_ONLY)
def test_only_administrators(office: Office, what: str) -> None:
    office.write(lambda tx: accounts.create_organization(tx, OPERATOR, "uni"))
    act = ADMIN_ONLY[what]
    for actor in (office.actor("anna"), office.join("anna", Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            office.write(lambda tx, a=actor: act(tx, a))  # type: ignore[misc]
    office.write(lambda tx: act(tx, office.actor("root")))


@pytest.mark.parametrize("what", ADMIN_ONLY)
def test_the_operator_administers_too(office: Office, what: str) -> None:
    office.write(lambda tx: accounts.create_organization(tx, OPERATOR, "uni"))
    office.write(lambda tx: ADMIN_ONLY[what](tx, OPERATOR))


def test_the_first_user_administers() -> None:
    store = MemoryStore(clock=ManualClock())
    first = store.write(lambda tx: accounts.create_first_user(tx, "root")).result()
    assert first is not None
    assert (first.username, first.is_admin) == ("root", True)
    assert store.write(lambda tx: accounts.create_first_user(tx, "evil")).result() is None


def test_users_are_seen_by_administrators_and_themselves(office: Office) -> None:
    def names(actor: Actor) -> list[str]:
        return [u.username for u in office.read(lambda s: accounts.list_users(s, actor))]

    assert names(office.actor("root")) == ["anna", "bert", "root"]
    assert names(office.actor("anna")) == ["anna"]


def test_illegal_and_taken_names(office: Office) -> None:
    for name in ("", "a b", "a/b", "x" * 10_000, "é"):
        for create in (accounts.create_user, accounts.create_team, accounts.create_organization):
            with pytest.raises(InvalidInput):
                office.write(lambda tx, c=create, n=name: c(tx, OPERATOR, n))  # type: ignore[misc]
    for name in ("ANNA", "Lab"):
        with pytest.raises(AlreadyExists):
            office.write(lambda tx, n=name: accounts.create_user(tx, OPERATOR, n))  # type: ignore[misc]
        with pytest.raises(AlreadyExists):
            office.write(lambda tx, n=name: accounts.create_team(tx, OPERATOR, n))  # type: ignore[misc]


def test_the_last_administrator_stays(office: Office) -> None:
    root = office.actor("root")
    with pytest.raises(Conflict):
        office.write(lambda tx: accounts.delete_user(tx, root, "root"))
    office.write(lambda tx: accounts.create_user(tx, root, "second", is_admin=True))
    office.write(lambda tx: accounts.delete_user(tx, root, "root"))
    for name in ("root", "lab"):
        with pytest.raises(NotFound):
            office.write(lambda tx, n=name: accounts.delete_user(tx, OPERATOR, n))  # type: ignore[misc]


def test_who_makes_a_team_administers_it_unless_another_is_named(office: Office) -> None:
    root = office.actor("root")
    office.write(lambda tx: accounts.create_team(tx, root, "mine"))
    office.write(lambda tx: accounts.create_team(tx, root, "hers", team_admin="Anna"))
    office.write(lambda tx: accounts.create_team(tx, OPERATOR, "nobodys"))

    def members(team: str) -> list[tuple[str, Role]]:
        found = office.read(lambda s: accounts.list_members(s, OPERATOR, team))
        return [(m.username, m.role) for m in found]

    assert members("mine") == [("root", Role.ADMIN)]
    assert members("hers") == [("anna", Role.ADMIN)]
    assert members("nobodys") == []
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.create_team(tx, root, "x", team_admin="nobody"))
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.create_team(tx, root, "x", organization="nothing"))
    assert office.read(lambda s: s.accounts.entity("x")) is None


def test_service_accounts_belong_to_those_who_administer_the_team(office: Office) -> None:
    boss = office.join("anna", Role.ADMIN)
    bert = office.join("bert", Role.MEMBER)
    made = office.write(lambda tx: accounts.create_service_account(tx, boss, "lab", "CI: runner!"))
    assert (made.username, made.full_name) == ("lab-ci-runner", "CI: runner!")
    assert made.is_service
    assert not made.is_admin
    again = office.write(lambda tx: accounts.create_service_account(tx, boss, "lab", "ci runner"))
    assert again.username == "lab-ci-runner-2"
    odd = office.write(lambda tx: accounts.create_service_account(tx, boss, "lab", "✓" * 500))
    assert odd.username == "lab-service"
    long = office.write(lambda tx: accounts.create_service_account(tx, boss, "lab", "x" * 500))
    assert len(long.username) <= 64
    for description in ("", "  "):
        with pytest.raises(InvalidInput):
            office.write(
                lambda tx, d=description: accounts.create_service_account(tx, boss, "lab", d)  # type: ignore[misc]
            )

    key, _secret = office.write(lambda tx: accounts.create_key(tx, boss, made.username))
    assert office.read(lambda s: accounts.list_keys(s, boss, made.username)) == [key]
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: accounts.create_service_account(tx, bert, "lab", "mine"))
    for act in (accounts.create_key, accounts.list_keys):
        with pytest.raises(PermissionDenied):
            office.write(lambda tx, act=act: act(tx, bert, made.username))  # type: ignore[misc]
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.delete_key(tx, bert, key.id))
    office.write(lambda tx: accounts.delete_key(tx, boss, key.id))
    assert office.read(lambda s: accounts.list_keys(s, OPERATOR, made.username)) == []


def test_nobody_takes_over_another_teams_service_account(office: Office) -> None:
    boss = office.join("anna", Role.ADMIN)
    made = office.write(lambda tx: accounts.create_service_account(tx, boss, "lab", "ci"))
    office.write(lambda tx: accounts.create_team(tx, OPERATOR, "others", team_admin="bert"))
    bert = office.actor("bert")
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: accounts.add_member(tx, bert, "others", made.username, Role.MEMBER))
    # An administrator may; then the keys are for those who administer both teams.
    office.write(lambda tx: accounts.add_member(tx, OPERATOR, "others", made.username, Role.MEMBER))
    office.write(lambda tx: accounts.add_member(tx, bert, "others", made.username, Role.VIEWER))
    for actor in (bert, boss):
        with pytest.raises(PermissionDenied):
            office.write(lambda tx, a=actor: accounts.create_key(tx, a, made.username))  # type: ignore[misc]
    office.write(lambda tx: accounts.remove_member(tx, OPERATOR, "lab", made.username))
    office.write(lambda tx: accounts.create_key(tx, bert, made.username))


def test_a_team_is_ruled_by_its_administrators(office: Office) -> None:
    boss = office.join("anna", Role.ADMIN)
    office.write(lambda tx: accounts.add_member(tx, boss, "LAB", "bert", Role.VIEWER))
    bert = office.actor("bert")
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: accounts.add_member(tx, bert, "lab", "bert", Role.ADMIN))
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: accounts.remove_member(tx, bert, "lab", "anna"))
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: accounts.delete_team(tx, bert, "lab"))
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.add_member(tx, boss, "lab", "nobody", Role.MEMBER))
    office.write(lambda tx: accounts.remove_member(tx, bert, "lab", "Bert"))  # leaves by himself
    assert office.actor("bert").roles == {}
    office.write(lambda tx: accounts.delete_team(tx, boss, "lab"))
    assert office.read(lambda s: s.accounts.entity("lab")) is None


def test_a_stranger_cannot_tell_a_team_from_none(office: Office) -> None:
    anna = office.actor("anna")
    attempts: list[Callable[[Transaction, str], object]] = [
        lambda tx, team: accounts.list_members(tx, anna, team),
        lambda tx, team: accounts.delete_team(tx, anna, team),
        lambda tx, team: accounts.add_member(tx, anna, team, "bert", Role.MEMBER),
        lambda tx, team: accounts.add_member(tx, anna, team, "nobody", Role.MEMBER),
        lambda tx, team: accounts.remove_member(tx, anna, team, "bert"),
        lambda tx, team: accounts.remove_member(tx, anna, team, "nobody"),
    ]
    for attempt in attempts:
        texts = []
        for team in ("lab", "zzz"):
            with pytest.raises(NotFound) as caught:
                office.write(lambda tx, t=team, a=attempt: a(tx, t))  # type: ignore[misc]
            texts.append(caught.value.message.replace(team, "…"))
        assert texts[0] == texts[1]


def test_teams_and_organizations_are_seen_from_inside(office: Office) -> None:
    root, anna = office.actor("root"), office.actor("anna")
    office.write(lambda tx: accounts.create_organization(tx, root, "Uni"))

    def seen(actor: Actor) -> tuple[list[str], list[str]]:
        return office.read(
            lambda s: (
                [t.name for t in accounts.list_teams(s, actor)],
                [o.name for o in accounts.list_organizations(s, actor)],
            )
        )

    assert (seen(root), seen(anna)) == ((["lab"], ["Uni"]), ([], []))
    office.write(lambda tx: accounts.add_organization_member(tx, root, "uni", "anna", Role.MEMBER))
    assert seen(office.join("anna", Role.VIEWER)) == (["lab"], ["Uni"])
    office.write(lambda tx: accounts.delete_organization(tx, root, "UNI"))
    assert seen(root) == (["lab"], [])


def test_keys_are_shown_once_and_listed_without_their_secret(office: Office) -> None:
    anna = office.actor("anna")
    key, secret = office.write(lambda tx: accounts.create_key(tx, anna, "ANNA", name="laptop"))
    assert len(secret.split("-", 1)[1]) == 40
    assert key.hint == secret[:13]
    assert secret not in repr(office.read(lambda s: accounts.list_keys(s, anna)))
    assert list(office.read(lambda s: accounts.list_keys(s, anna))) == [key]
    assert list(office.read(lambda s: accounts.list_keys(s, anna, "Anna"))) == [key]
    assert list(office.read(lambda s: accounts.list_keys(s, office.actor("bert")))) == []
    assert list(office.read(lambda s: accounts.list_keys(s, OPERATOR))) == [key]


def test_a_chosen_key_is_what_the_wandb_client_accepts(office: Office) -> None:
    for secret in ("a" * 40, "local-" + "b" * 40, "c" * 86, "A_b-" + "d" * 40):
        _, given = office.write(
            lambda tx, s=secret: accounts.create_key(tx, OPERATOR, "anna", secret=s)  # type: ignore[misc]
        )
        assert given == secret
    with pytest.raises(AlreadyExists):
        office.write(lambda tx: accounts.create_key(tx, OPERATOR, "bert", secret="a" * 40))
    for secret in ("", "a" * 39, "local-" + "b" * 39, "é" * 40, "a" * 40 + " ", "a" * 40 + "\n"):
        with pytest.raises(InvalidInput) as caught:
            office.write(
                lambda tx, s=secret: accounts.create_key(tx, OPERATOR, "anna", secret=s)  # type: ignore[misc]
            )
        assert caught.value.code == "weak-api-key"
        assert not secret or secret not in caught.value.message


def test_keys_are_revoked_by_their_owner_or_an_administrator(office: Office) -> None:
    anna, bert = office.actor("anna"), office.actor("bert")
    keys = [office.write(lambda tx: accounts.create_key(tx, anna, "anna"))[0] for _ in range(2)]
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.delete_key(tx, bert, keys[0].id))
    office.write(lambda tx: accounts.delete_key(tx, anna, keys[0].id))
    office.write(lambda tx: accounts.delete_key(tx, OPERATOR, keys[1].id))
    with pytest.raises(NotFound):
        office.write(lambda tx: accounts.delete_key(tx, anna, keys[1].id))


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta.max])
def test_a_lifetime_that_makes_no_sense(office: Office, lifetime: timedelta) -> None:
    with pytest.raises(InvalidInput):
        office.write(lambda tx: accounts.create_key(tx, OPERATOR, "anna", lifetime=lifetime))


def test_where_an_actor_may_put_projects(office: Office) -> None:
    def names(actor: Actor) -> list[str]:
        return [e.name for e in office.read(lambda s: accounts.entities_of(s, actor))]

    assert names(office.actor("anna")) == ["anna"]
    assert names(office.join("anna", Role.MEMBER)) == ["anna", "lab"]
    assert names(OPERATOR) == []
    assert office.read(lambda s: visible_entities(s, OPERATOR)) is None
    assert office.read(lambda s: visible_entities(s, office.actor("bert"))) == [office.ids["bert"]]
