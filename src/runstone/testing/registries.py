"""What every catalog must do with registries."""

from __future__ import annotations

from typing import Any

import pytest

from runstone.domain.accounts import Organization
from runstone.domain.artifact import CollectionKind
from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.registry import (
    PREFIX,
    NewRegistryChange,
    Registry,
    RegistryChangeKind,
    RegistryMember,
    RegistryRole,
    RegistryUpdate,
    RegistryVisibility,
)
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject

OPEN = RegistryVisibility.ORGANIZATION


def _organization(subject: Subject, name: str = "uni") -> Organization:
    def make(tx: Transaction) -> Organization:
        made = tx.accounts.create_organization(name)
        tx.accounts.create_organization_entity(made.id, f"{name}-org")
        return made

    return subject.write(make)


def _registry(
    subject: Subject, organization: Organization, name: str = "models", **given: Any
) -> Registry:
    def make(tx: Transaction) -> Registry:
        owner = tx.accounts.organization_entity(organization.id)
        assert owner is not None
        project = tx.projects.create_project(owner.id, PREFIX + name, description="é")
        values: dict[str, Any] = {"visibility": OPEN, "allows_any_type": True, "user": None}
        return tx.registries.create_registry(project.id, **{**values, **given})

    return subject.write(make)


class RegistriesConformance(StoreFixtures):
    """The docstrings of `runstone.ports.registry` as tests."""

    @pytest.fixture
    def uni(self, subject: Subject) -> Organization:
        """An organization with an entity that stands for it."""
        return _organization(subject)

    def test_an_organization_has_one_entity(self, subject: Subject, uni: Organization) -> None:
        own = subject.read(lambda s: s.accounts.organization_entity(uni.id))
        assert own is not None
        assert (own.name, own.organization_id) == ("uni-org", uni.id)
        for name in ("other", "uni-org"):
            with pytest.raises(AlreadyExists):
                subject.write(
                    lambda tx, name=name: tx.accounts.create_organization_entity(uni.id, name)  # type: ignore[misc]
                )
        assert subject.read(lambda s: s.accounts.organization_entity(LOST)) is None

    def test_a_registry_is_a_project_of_it(self, subject: Subject, uni: Organization) -> None:
        user = subject.user()
        made = _registry(subject, uni, user=user.id, visibility=RegistryVisibility.RESTRICTED)
        assert made == Registry(
            made.id,
            made.entity_id,
            "uni-org",
            uni.id,
            "uni",
            "models",
            "é",
            RegistryVisibility.RESTRICTED,
            True,
            user.id,
            subject.clock.now,
            subject.clock.now,
        )
        project = subject.read(lambda s: s.projects.project_by_id(made.id))
        assert project is not None
        assert project.name == made.project_name == "wandb-registry-models"
        found = subject.read(
            lambda s: (
                s.registries.registry(made.id),
                s.registries.registry_by_name(uni.id, "models"),
                s.registries.registry_by_name(uni.id, "Models"),
                s.registries.registry_by_name(LOST, "models"),
                s.registries.registry(LOST),
            )
        )
        assert found == (made, made, None, None, None)

    def test_other_projects_are_none(self, subject: Subject, uni: Organization) -> None:
        project = subject.project(subject.user().id)
        made = _registry(subject, uni)
        assert subject.read(lambda s: s.registries.registry(project.id)) is None

        def make(tx: Transaction, of: Any) -> None:
            tx.registries.create_registry(of, visibility=OPEN, allows_any_type=True, user=None)

        for lost in (project.id, LOST):
            with pytest.raises(NotFound):
                subject.write(lambda tx, lost=lost: make(tx, lost))  # type: ignore[misc]
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: make(tx, made.id))

    def test_registries_come_in_order_of_creation(
        self, subject: Subject, uni: Organization
    ) -> None:
        other = _organization(subject, "other")
        made = [
            _registry(subject, uni, "z"),
            _registry(subject, other, "m"),
            _registry(subject, uni, "a"),
        ]
        assert subject.read(lambda s: s.registries.registries()) == made
        assert subject.read(lambda s: s.registries.registries(uni.id)) == [made[0], made[2]]
        assert list(subject.read(lambda s: s.registries.registries(LOST))) == []

    def test_a_registry_is_changed(self, subject: Subject, uni: Organization) -> None:
        made = _registry(subject, uni)
        other = _registry(subject, uni, "other")
        subject.clock.advance()
        update = RegistryUpdate(name="nets", allows_any_type=False)
        changed = subject.write(lambda tx: tx.registries.update_registry(made.id, update))
        assert (changed.name, changed.description, changed.visibility) == ("nets", "é", OPEN)
        assert changed.allows_any_type is False
        assert changed.updated_at == subject.clock.now
        again = RegistryUpdate(description="x", visibility=RegistryVisibility.RESTRICTED)
        changed = subject.write(lambda tx: tx.registries.update_registry(made.id, again))
        assert (changed.name, changed.description) == ("nets", "x")
        assert changed.visibility is RegistryVisibility.RESTRICTED
        taken = RegistryUpdate(name=other.name)
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.registries.update_registry(made.id, taken))
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.registries.update_registry(LOST, update))

    def test_members_are_users_then_teams(self, subject: Subject, uni: Organization) -> None:
        made = _registry(subject, uni)
        zoe, anna = subject.user("zoe"), subject.user("Anna")
        lab = subject.team("alpha")

        def add(tx: Transaction) -> None:
            for entity in (lab.id, zoe.id, anna.id):
                tx.registries.set_member(made.id, entity, RegistryRole.VIEWER)
            tx.registries.set_member(made.id, zoe.id, RegistryRole.ADMIN)

        subject.write(add)
        expected = [
            RegistryMember(anna.id, "Anna", False, RegistryRole.VIEWER),
            RegistryMember(zoe.id, "zoe", False, RegistryRole.ADMIN),
            RegistryMember(lab.id, "alpha", True, RegistryRole.VIEWER),
        ]
        assert subject.read(lambda s: s.registries.members(made.id)) == expected
        for _ in range(2):
            subject.write(lambda tx: tx.registries.remove_member(made.id, anna.id))
        subject.write(lambda tx: tx.accounts.delete_entity(lab.id))
        assert subject.read(lambda s: s.registries.members(made.id)) == expected[1:2]
        for registry, entity in ((LOST, zoe.id), (made.id, LOST)):
            with pytest.raises(NotFound):
                subject.write(
                    lambda tx, r=registry, e=entity: tx.registries.set_member(  # type: ignore[misc]
                        r, e, RegistryRole.ADMIN
                    )
                )

    def test_aliases_are_protected(self, subject: Subject, uni: Organization) -> None:
        made, other = _registry(subject, uni), _registry(subject, uni, "other")

        def protect(tx: Transaction) -> None:
            for alias in ("staging", "production", "production"):
                tx.registries.protect_alias(made.id, alias)

        subject.write(protect)
        found = subject.read(lambda s: s.registries.protected_aliases(made.id))
        assert found == ["production", "staging"]
        assert list(subject.read(lambda s: s.registries.protected_aliases(other.id))) == []
        for _ in range(2):
            subject.write(lambda tx: tx.registries.unprotect_alias(made.id, "staging"))
        assert subject.read(lambda s: s.registries.protected_aliases(made.id)) == ["production"]
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.registries.protect_alias(LOST, "a"))

    def test_changes_are_paged_and_outlive_the_registry(
        self, subject: Subject, uni: Organization
    ) -> None:
        made, other = _registry(subject, uni), _registry(subject, uni, "other")
        changes = [
            NewRegistryChange(RegistryChangeKind.CREATED),
            NewRegistryChange(
                RegistryChangeKind.ALIAS_MOVED,
                collection="é",
                version=2,
                before=0,
                alias="production",
            ),
            NewRegistryChange(
                RegistryChangeKind.LINKED, collection="c", version=0, source="a/b/c:v1", detail="x"
            ),
            NewRegistryChange(RegistryChangeKind.MEMBER_ADDED, member="zoe", detail="viewer"),
        ]
        for change in changes:
            subject.clock.advance()
            subject.write(lambda tx, c=change: tx.registries.add_change(made.id, "anna", c))  # type: ignore[misc]
        last = NewRegistryChange(RegistryChangeKind.DELETED)
        subject.write(lambda tx: tx.registries.add_change(other.id, "zoe", last))

        newest = subject.read(lambda s: s.registries.changes(uni.id, made.id, limit=3))
        assert [one.change for one in newest] == changes[:0:-1]
        assert {(one.registry, one.registry_id, one.username) for one in newest} == {
            ("models", made.id, "anna")
        }
        assert newest[0].at == subject.clock.now
        before = newest[-1].id
        rest = subject.read(lambda s: s.registries.changes(uni.id, made.id, before=before, limit=3))
        assert [one.change for one in rest] == changes[:1]
        subject.write(lambda tx: tx.projects.delete_project(made.id))
        every = subject.read(lambda s: s.registries.changes(uni.id, limit=9))
        assert [one.change for one in every] == [last, *reversed(changes)]
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.registries.add_change(made.id, "anna", last))

    def test_a_registry_goes_with_its_project(self, subject: Subject, uni: Organization) -> None:
        made = _registry(subject, uni)
        user = subject.user()

        def fill(tx: Transaction) -> None:
            its_type = tx.artifacts.create_type(made.id, "model")
            tx.artifacts.create_collection(made.id, its_type.id, "c", CollectionKind.PORTFOLIO)
            tx.registries.set_member(made.id, user.id, RegistryRole.ADMIN)
            tx.registries.protect_alias(made.id, "production")

        subject.write(fill)
        with pytest.raises(Conflict):
            subject.write(lambda tx: tx.accounts.delete_organization(uni.id))
        subject.write(lambda tx: tx.projects.delete_project(made.id))
        found = subject.read(
            lambda s: (
                s.registries.registry(made.id),
                list(s.registries.members(made.id)),
                list(s.registries.protected_aliases(made.id)),
            )
        )
        assert found == (None, [], [])
        subject.write(lambda tx: tx.accounts.delete_organization(uni.id))
        assert subject.read(lambda s: s.accounts.entity("uni-org")) is None
        assert list(subject.read(lambda s: s.registries.changes(uni.id, limit=9))) == []

    def test_a_registry_outlives_its_maker(self, subject: Subject, uni: Organization) -> None:
        user = subject.user()
        made = _registry(subject, uni, user=user.id)
        subject.write(lambda tx: tx.accounts.delete_entity(user.id))
        left = subject.read(lambda s: s.registries.registry(made.id))
        assert left is not None
        assert left.user_id is None
