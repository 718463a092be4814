"""What every catalog must do with users, teams, organizations, keys and sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.access import Role
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Membership, Organization, User
from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.ids import ApiKeyId
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject, make_world

HOUR = timedelta(hours=1)


def _key(subject: Subject, user: User, secret: bytes = b"s" * 32, **options: Any) -> ApiKey:
    given: dict[str, Any] = {"name": "laptop", "hint": "runstone-12", "expires_at": None}
    given |= options
    return subject.write(lambda tx: tx.accounts.create_key(user.id, secret_hash=secret, **given))


class AccountsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.accounts` as tests."""

    def test_a_user_is_an_entity_of_the_same_id_and_name(self, subject: Subject) -> None:
        made = subject.user("Anna", is_admin=True)
        now = subject.clock.now
        assert made == User(made.id, "Anna", "Anna", "Anna@example.org", True, now)
        entity = Entity(made.id, "Anna", EntityKind.USER, None, now)
        found = subject.read(
            lambda s: (
                s.accounts.user(made.id),
                s.accounts.entity("Anna"),
                s.accounts.entity_by_id(made.id),
                s.accounts.users(),
                s.accounts.entities(),
                s.accounts.password_hash(made.id),
            )
        )
        assert found == (made, entity, entity, [made], [entity], None)

    def test_a_service_is_a_user_that_is_no_person(self, subject: Subject) -> None:
        made = subject.write(
            lambda tx: tx.accounts.create_user(
                "bot", full_name="The bot", email=None, is_admin=False, is_service=True
            )
        )
        now = subject.clock.now
        assert made == User(made.id, "bot", "The bot", None, False, now, is_service=True)
        assert subject.read(lambda s: (s.accounts.user(made.id), s.accounts.users())) == (
            made,
            [made],
        )

    def test_what_is_absent_is_none_or_empty(self, subject: Subject) -> None:
        found = subject.read(
            lambda s: (
                s.accounts.entity("nobody"),
                s.accounts.entity_by_id(LOST),
                s.accounts.user(LOST),
                s.accounts.password_hash(LOST),
                s.accounts.organization("nothing"),
                s.accounts.key_by_hash(b"x" * 32),
                s.accounts.session_user(b"x" * 32),
            )
        )
        assert found == (None,) * 7
        lists = subject.read(
            lambda s: (
                list(s.accounts.entities()),
                list(s.accounts.users()),
                list(s.accounts.organizations()),
                list(s.accounts.members(LOST)),
                list(s.accounts.teams_of(LOST)),
                list(s.accounts.organization_members(LOST)),
                list(s.accounts.keys()),
                list(s.accounts.keys(LOST)),
            )
        )
        assert lists == ([],) * 8

    def test_entity_names_are_compared_without_case_and_kept_as_given(
        self, subject: Subject
    ) -> None:
        made = subject.team("Vision-Lab")
        assert made == Entity(made.id, "Vision-Lab", EntityKind.TEAM, None, subject.clock.now)
        assert subject.read(lambda s: s.accounts.entity("vision-LAB")) == made
        assert subject.read(lambda s: s.accounts.user(made.id)) is None

    def test_users_and_teams_share_their_names(self, subject: Subject) -> None:
        subject.team("Vision")
        with pytest.raises(AlreadyExists):
            subject.user("vision")
        subject.user("anna")
        with pytest.raises(AlreadyExists):
            subject.team("ANNA")
        assert [u.username for u in subject.read(lambda s: s.accounts.users())] == ["anna"]

    def test_lists_are_ordered_by_name_whatever_the_case(self, subject: Subject) -> None:
        for name in ("carl", "Anna", "bert"):
            subject.user(name)
        for name in ("Zeta", "alpha"):
            subject.team(name)
            subject.write(lambda tx, name=name: tx.accounts.create_organization(name))  # type: ignore[misc]

        def names(s: Any) -> tuple[list[str], ...]:
            return (
                [e.name for e in s.accounts.entities()],
                [e.name for e in s.accounts.entities(EntityKind.TEAM)],
                [e.name for e in s.accounts.entities(EntityKind.USER)],
                [u.username for u in s.accounts.users()],
                [o.name for o in s.accounts.organizations()],
            )

        assert subject.read(names) == (
            ["alpha", "Anna", "bert", "carl", "Zeta"],
            ["alpha", "Zeta"],
            ["Anna", "bert", "carl"],
            ["Anna", "bert", "carl"],
            ["alpha", "Zeta"],
        )

    def test_ids_are_not_used_again(self, subject: Subject) -> None:
        user = subject.user()
        key = _key(subject, user)
        subject.write(lambda tx: tx.accounts.delete_key(key.id))
        assert _key(subject, user).id != key.id
        subject.write(lambda tx: tx.accounts.delete_entity(user.id))
        assert subject.user().id != user.id
        lab = subject.write(lambda tx: tx.accounts.create_organization("lab"))
        subject.write(lambda tx: tx.accounts.delete_organization(lab.id))
        assert subject.write(lambda tx: tx.accounts.create_organization("lab")).id != lab.id

    def test_passwords(self, subject: Subject) -> None:
        user = subject.user()
        subject.write(lambda tx: tx.accounts.set_password_hash(user.id, "$argon2id$…"))
        assert subject.read(lambda s: s.accounts.password_hash(user.id)) == "$argon2id$…"
        subject.write(lambda tx: tx.accounts.set_password_hash(user.id, None))
        assert subject.read(lambda s: s.accounts.password_hash(user.id)) is None

    def test_members_are_added_changed_and_removed(self, subject: Subject) -> None:
        team, bert, anna = subject.team(), subject.user("bert"), subject.user("Anna")
        subject.write(lambda tx: tx.accounts.set_member(team.id, bert.id, Role.ADMIN))
        subject.write(lambda tx: tx.accounts.set_member(team.id, anna.id, Role.VIEWER))
        subject.write(lambda tx: tx.accounts.set_member(team.id, anna.id, Role.MEMBER))
        assert subject.read(lambda s: list(s.accounts.members(team.id))) == [
            Membership(anna.id, "Anna", Role.MEMBER),
            Membership(bert.id, "bert", Role.ADMIN),
        ]
        assert subject.read(lambda s: list(s.accounts.teams_of(bert.id))) == [(team, Role.ADMIN)]
        subject.write(lambda tx: tx.accounts.remove_member(team.id, bert.id))
        subject.write(lambda tx: tx.accounts.remove_member(team.id, bert.id))
        assert subject.read(lambda s: list(s.accounts.teams_of(bert.id))) == []

    def test_teams_of_are_ordered_by_name(self, subject: Subject) -> None:
        user = subject.user()
        teams = [subject.team(name) for name in ("zeta", "Beta", "alpha")]
        for team in teams:
            subject.write(lambda tx, t=team: tx.accounts.set_member(t.id, user.id, Role.MEMBER))  # type: ignore[misc]
        found = subject.read(lambda s: s.accounts.teams_of(user.id))
        assert list(found) == [(team, Role.MEMBER) for team in reversed(teams)]

    def test_organizations_hold_teams_and_users(self, subject: Subject) -> None:
        made = subject.write(lambda tx: tx.accounts.create_organization("Uni"))
        assert made == Organization(made.id, "Uni", subject.clock.now)
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.accounts.create_organization("uni"))
        team = subject.write(lambda tx: tx.accounts.create_team("lab", made.id))
        user = subject.user()
        for role in (Role.MEMBER, Role.ADMIN):
            subject.write(
                lambda tx, role=role: tx.accounts.set_organization_member(made.id, user.id, role)  # type: ignore[misc]
            )
        members = subject.read(lambda s: list(s.accounts.organization_members(made.id)))
        assert members == [Membership(user.id, "anna", Role.ADMIN)]
        subject.write(lambda tx: tx.accounts.delete_organization(made.id))
        outside = Entity(team.id, "lab", EntityKind.TEAM, None, team.created_at)
        assert subject.read(lambda s: s.accounts.entity("lab")) == outside
        assert subject.read(lambda s: s.accounts.organization("uni")) is None
        assert subject.read(lambda s: list(s.accounts.organization_members(made.id))) == []

    def test_keys_are_found_by_hash_and_listed_newest_first(self, subject: Subject) -> None:
        anna, bert = subject.user("anna"), subject.user("bert")
        expires_at = subject.clock.now + HOUR
        first = _key(subject, anna, b"1" * 32, expires_at=expires_at)
        assert first == ApiKey(
            first.id, anna.id, "anna", "laptop", "runstone-12", subject.clock.now, None, expires_at
        )
        second = _key(subject, bert, b"2" * 32, name="é" * 10_000)
        subject.clock.advance()
        third = _key(subject, anna, b"3" * 32)
        found = subject.read(
            lambda s: (
                list(s.accounts.keys()),
                list(s.accounts.keys(anna.id)),
                s.accounts.key_by_hash(b"2" * 32),
            )
        )
        assert found == ([third, second, first], [third, first], second)

    def test_a_secret_is_registered_once(self, subject: Subject) -> None:
        key = _key(subject, subject.user("anna"))
        with pytest.raises(AlreadyExists):
            _key(subject, subject.user("bert"))
        assert list(subject.read(lambda s: s.accounts.keys())) == [key]

    def test_a_deleted_key_opens_nothing(self, subject: Subject) -> None:
        key = _key(subject, subject.user())
        subject.write(lambda tx: tx.accounts.delete_key(key.id))
        assert subject.read(lambda s: s.accounts.key_by_hash(b"s" * 32)) is None

    def test_a_used_key_says_when(self, subject: Subject) -> None:
        key = _key(subject, subject.user())
        used_at = subject.clock.advance()
        subject.write(lambda tx: tx.accounts.touch_key(key.id))
        subject.write(lambda tx: tx.accounts.touch_key(ApiKeyId(LOST)))
        (found,) = subject.read(lambda s: s.accounts.keys())
        assert found.last_used_at == used_at

    def test_sessions_end_when_they_expire_or_are_ended(self, subject: Subject) -> None:
        user = subject.user()
        expires_at = subject.clock.now + HOUR

        def owner(token: bytes) -> int | None:
            return subject.read(lambda s: s.accounts.session_user(token))

        for token in (b"a" * 32, b"b" * 32):
            subject.write(
                lambda tx, t=token: tx.accounts.create_session(user.id, t, expires_at)  # type: ignore[misc]
            )
        assert owner(b"a" * 32) == user.id
        subject.write(lambda tx: tx.accounts.delete_session(b"a" * 32))
        subject.write(lambda tx: tx.accounts.delete_session(b"a" * 32))
        assert (owner(b"a" * 32), owner(b"b" * 32)) == (None, user.id)
        subject.clock.advance(3599.999)
        assert owner(b"b" * 32) == user.id
        subject.clock.advance(0.001)
        assert owner(b"b" * 32) is None

    def test_ending_one_session_removes_those_that_have_expired(self, subject: Subject) -> None:
        user = subject.user()
        soon = subject.clock.now + HOUR
        subject.write(lambda tx: tx.accounts.create_session(user.id, b"a" * 32, soon))
        subject.clock.advance(7200)
        subject.write(lambda tx: tx.accounts.delete_session(b"z" * 32))
        subject.clock.advance(-7200)
        assert subject.read(lambda s: s.accounts.session_user(b"a" * 32)) is None

    def test_a_sign_in_link_works_once_and_in_time(self, subject: Subject) -> None:
        user = subject.user()
        expires_at = subject.clock.now + HOUR
        for token in (b"a" * 32, b"b" * 32):
            subject.write(
                lambda tx, t=token: tx.accounts.create_sign_in_link(user.id, t, expires_at)  # type: ignore[misc]
            )

        def use(token: bytes) -> int | None:
            return subject.write(lambda tx: tx.accounts.use_sign_in_link(token))

        assert [use(b"a" * 32), use(b"a" * 32), use(b"c" * 32)] == [user.id, None, None]
        subject.clock.advance(3600)
        assert use(b"b" * 32) is None

    def test_deleting_a_user_takes_all_that_opens_the_door(self, subject: Subject) -> None:
        user, team = subject.user(), subject.team()
        lab = subject.write(lambda tx: tx.accounts.create_organization("uni"))
        later = subject.clock.now + HOUR

        def settle_in(tx: Transaction) -> None:
            tx.accounts.set_member(team.id, user.id, Role.ADMIN)
            tx.accounts.set_organization_member(lab.id, user.id, Role.ADMIN)
            tx.accounts.create_session(user.id, b"s" * 32, later)
            tx.accounts.create_sign_in_link(user.id, b"l" * 32, later)

        subject.write(settle_in)
        _key(subject, user)
        subject.write(lambda tx: tx.accounts.delete_entity(user.id))
        found = subject.read(
            lambda s: (
                s.accounts.user(user.id),
                s.accounts.entity("anna"),
                s.accounts.session_user(b"s" * 32),
                s.accounts.key_by_hash(b"s" * 32),
                list(s.accounts.keys()),
                list(s.accounts.members(team.id)),
                list(s.accounts.organization_members(lab.id)),
            )
        )
        assert found == (None, None, None, None, [], [], [])
        assert subject.write(lambda tx: tx.accounts.use_sign_in_link(b"l" * 32)) is None

    def test_deleting_a_team_leaves_its_members(self, subject: Subject) -> None:
        user, team = subject.user(), subject.team()
        subject.write(lambda tx: tx.accounts.set_member(team.id, user.id, Role.ADMIN))
        subject.write(lambda tx: tx.accounts.delete_entity(team.id))
        assert subject.read(lambda s: list(s.accounts.teams_of(user.id))) == []
        assert subject.read(lambda s: s.accounts.user(user.id)) == user

    def test_an_owner_of_projects_is_not_deleted(self, subject: Subject) -> None:
        world = make_world(subject)
        with pytest.raises(Conflict) as caught:
            subject.write(lambda tx: tx.accounts.delete_entity(world.user.id))
        assert caught.value.details == {"num_projects": 1}
        assert subject.read(lambda s: s.accounts.user(world.user.id)) == world.user

    def test_a_user_with_runs_in_a_teams_project_is_not_deleted(self, subject: Subject) -> None:
        user, team = subject.user(), subject.team()
        run = subject.run(subject.project(team.id).id, user.id)
        with pytest.raises(Conflict) as caught:
            subject.write(lambda tx: tx.accounts.delete_entity(user.id))
        assert caught.value.details == {"num_runs": 1}
        subject.write(lambda tx: tx.runs.delete_run(run.id))
        subject.write(lambda tx: tx.accounts.delete_entity(user.id))

    @pytest.mark.parametrize(
        "change",
        [
            lambda tx: tx.accounts.create_team("lab", LOST),
            lambda tx: tx.accounts.delete_entity(LOST),
            lambda tx: tx.accounts.delete_organization(LOST),
            lambda tx: tx.accounts.set_password_hash(LOST, "x"),
            lambda tx: tx.accounts.set_member(LOST, LOST, Role.MEMBER),
            lambda tx: tx.accounts.set_organization_member(LOST, LOST, Role.MEMBER),
            lambda tx: tx.accounts.create_key(
                LOST, name="", secret_hash=b"0" * 32, hint="", expires_at=None
            ),
            lambda tx: tx.accounts.delete_key(LOST),
            lambda tx: tx.accounts.create_session(LOST, b"0" * 32, tx.now + HOUR),
            lambda tx: tx.accounts.create_sign_in_link(LOST, b"0" * 32, tx.now + HOUR),
        ],
    )
    def test_lost_ids_are_not_found(
        self, subject: Subject, change: Callable[[Transaction], object]
    ) -> None:
        with pytest.raises(NotFound):
            subject.write(change)

    def test_only_users_are_members(self, subject: Subject) -> None:
        team, other = subject.team("lab"), subject.team("other")
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.accounts.set_member(team.id, other.id, Role.MEMBER))
