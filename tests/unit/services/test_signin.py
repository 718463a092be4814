"""Proving who someone is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from runstone.domain.access import Actor, Role
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied, Unauthenticated
from runstone.services import accounts, signin
from runstone.testing.office import Office


def _make_key(office: Office, name: str, lifetime: timedelta | None = None) -> tuple[int, str]:
    actor = office.actor(name)
    key, secret = office.write(lambda tx: accounts.create_key(tx, actor, name, lifetime=lifetime))
    return key.id, secret


def test_a_key_stands_for_its_user_with_the_roles_of_today(office: Office) -> None:
    key, secret = _make_key(office, "anna")
    office.join("anna", Role.VIEWER)
    actor = office.read(lambda s: signin.actor_for_key(s, secret))
    assert actor == Actor(office.ids["anna"], "anna", False, {office.ids["lab"]: Role.VIEWER}, key)  # type: ignore[arg-type]


@pytest.mark.parametrize("secret", ["", "x", "runstone-" + "0" * 48, "\ud800", "x" * 10_000])
def test_an_unknown_key(office: Office, secret: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        office.read(lambda s: signin.actor_for_key(s, secret))
    assert caught.value.code == "invalid-api-key"
    assert not secret or secret not in caught.value.message


def test_a_key_expires_to_the_instant(office: Office) -> None:
    _, secret = _make_key(office, "anna", timedelta(hours=1))
    office.clock.advance(3599)
    office.read(lambda s: signin.actor_for_key(s, secret))
    office.clock.advance(1)
    with pytest.raises(Unauthenticated) as caught:
        office.read(lambda s: signin.actor_for_key(s, secret))
    assert caught.value.code == "expired-api-key"
    assert secret not in caught.value.message


def test_a_link_signs_in_once(office: Office) -> None:
    root = office.actor("root")
    token = office.write(lambda tx: signin.create_sign_in_link(tx, root, "anna"))
    session = office.write(lambda tx: signin.sign_in_by_link(tx, token))
    actor = office.read(lambda s: signin.actor_for_session(s, session))
    assert actor == office.actor("anna")
    with pytest.raises(Unauthenticated) as caught:
        office.write(lambda tx: signin.sign_in_by_link(tx, token))
    assert caught.value.code == "link-used"


def test_a_link_is_good_for_a_day(office: Office) -> None:
    anna = office.actor("anna")
    token = office.write(lambda tx: signin.create_sign_in_link(tx, anna, "ANNA"))
    office.clock.advance(24 * 3600)
    with pytest.raises(Unauthenticated):
        office.write(lambda tx: signin.sign_in_by_link(tx, token))


def test_links_for_others_and_for_nobody(office: Office) -> None:
    anna, root = office.actor("anna"), office.actor("root")
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: signin.create_sign_in_link(tx, anna, "bert"))
    for name in ("nobody", "lab"):
        with pytest.raises(NotFound):
            office.write(lambda tx, n=name: signin.create_sign_in_link(tx, root, n))  # type: ignore[misc]


def test_a_key_opens_a_session_that_ends(office: Office) -> None:
    _, secret = _make_key(office, "anna")
    sessions = [office.write(lambda tx: signin.sign_in_by_key(tx, secret)) for _ in range(2)]
    assert sessions[0] != sessions[1]
    office.write(lambda tx: signin.sign_out(tx, sessions[0]))
    office.write(lambda tx: signin.sign_out(tx, "never was"))
    office.read(lambda s: signin.actor_for_session(s, sessions[1]))
    with pytest.raises(Unauthenticated) as caught:
        office.read(lambda s: signin.actor_for_session(s, sessions[0]))
    assert caught.value.code == "session-expired"
    office.clock.advance(30 * 24 * 3600)
    with pytest.raises(Unauthenticated):
        office.read(lambda s: signin.actor_for_session(s, sessions[1]))


def test_deleting_the_user_ends_keys_and_sessions(office: Office) -> None:
    _, secret = _make_key(office, "anna")
    session = office.write(lambda tx: signin.sign_in_by_key(tx, secret))
    root = office.actor("root")
    office.write(lambda tx: accounts.delete_user(tx, root, "anna"))
    with pytest.raises(Unauthenticated):
        office.read(lambda s: signin.actor_for_key(s, secret))
    with pytest.raises(Unauthenticated):
        office.read(lambda s: signin.actor_for_session(s, session))
    with pytest.raises(Unauthenticated) as caught:
        office.read(lambda s: signin.actor_for_user(s, office.ids["anna"]))
    assert caught.value.code == "user-gone"


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real ones take a tenth of a second each, on purpose."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(signin, "_hasher", lambda: quick)
    signin._hash_of_nothing.cache_clear()
    yield
    signin._hash_of_nothing.cache_clear()


@pytest.mark.usefixtures("quick_hashes")
def test_passwords(office: Office) -> None:
    anna = office.actor("anna")
    hashed = signin.hash_password("correct horse \ud800")
    assert "correct" not in hashed
    office.write(lambda tx: signin.set_password_hash(tx, anna, "Anna", hashed))
    stored = office.read(lambda s: signin.find_password(s, "ANNA"))
    assert signin.check_password(stored, "correct horse \ud800") == office.ids["anna"]
    nobody = [office.read(lambda s, n=n: signin.find_password(s, n)) for n in ("bert", "zz", "lab")]  # type: ignore[misc]
    messages = set()
    for found in (stored, *nobody):
        with pytest.raises(Unauthenticated) as caught:
            signin.check_password(found, "wrong \udfff")
        messages.add((caught.value.message, caught.value.code))
    assert len(messages) == 1, "one text for all, so that nobody learns who exists"


def test_who_may_set_a_password(office: Office) -> None:
    anna, root = office.actor("anna"), office.actor("root")
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: signin.set_password_hash(tx, anna, "bert", "h"))
    office.write(lambda tx: signin.set_password_hash(tx, root, "bert", "h"))
    for name in ("nobody", "lab"):
        with pytest.raises(NotFound):
            office.write(lambda tx, n=name: signin.set_password_hash(tx, root, n, "h"))  # type: ignore[misc]
    with pytest.raises(InvalidInput):
        signin.hash_password("too short")
