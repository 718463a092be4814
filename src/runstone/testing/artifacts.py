"""What every catalog must do with artifacts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.artifact import (
    Artifact,
    ArtifactState,
    ArtifactUpdate,
    Collection,
    CollectionKind,
    CollectionUpdate,
    ManifestKind,
    NewArtifact,
)
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import ArtifactId, ManifestId
from runstone.ports.artifacts import PackedText
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

A, B, C = (bytes([n]) * 16 for n in range(3))


def _collection(
    subject: Subject,
    world: World,
    name: str = "c",
    kind: CollectionKind = CollectionKind.SEQUENCE,
    *,
    type_name: str = "model",
) -> Collection:
    def make(tx: Transaction) -> Collection:
        types = {one.name: one for one in tx.artifacts.types(world.project.id)}
        its_type = types.get(type_name) or tx.artifacts.create_type(world.project.id, type_name)
        return tx.artifacts.create_collection(world.project.id, its_type.id, name, kind)

    return subject.write(make)


def _version(subject: Subject, collection: Collection, digest: str = "d", **given: Any) -> Artifact:
    def make(tx: Transaction) -> Artifact:
        new = tx.artifacts.create_artifact(collection.id, NewArtifact(digest, **given))
        tx.artifacts.add_member(collection.id, new.id)
        return tx.artifacts.update_artifact(new.id, ArtifactUpdate(state=ArtifactState.COMMITTED))

    return subject.write(make)


class ArtifactsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.artifacts` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    # Types and collections

    def test_types_are_listed_by_name(self, subject: Subject, world: World) -> None:
        project = world.project.id

        def make(tx: Transaction) -> None:
            for name in ("model", "code", "dataset"):
                tx.artifacts.create_type(project, name, description="é")

        subject.write(make)
        types = subject.read(lambda s: s.artifacts.types(project))
        assert [one.name for one in types] == ["code", "dataset", "model"]
        assert types[0].description == "é"
        assert types[0].created_at == subject.clock.now
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.artifacts.create_type(project, "code"))
        assert list(subject.read(lambda s: s.artifacts.types(LOST))) == []

    def test_a_collection_is_found_by_id_and_name(self, subject: Subject, world: World) -> None:
        made = _collection(subject, world, "é c")
        assert (made.type, made.kind, made.latest_index) == (
            "model",
            CollectionKind.SEQUENCE,
            None,
        )
        found = subject.read(
            lambda s: (
                s.artifacts.collection(made.id),
                s.artifacts.collection_by_name(world.project.id, "é c"),
                s.artifacts.collection(LOST),
                s.artifacts.collection_by_name(world.project.id, "É C"),
            )
        )
        assert found == (made, made, None, None)

    def test_collections_come_in_order_of_creation(self, subject: Subject, world: World) -> None:
        made = [
            _collection(subject, world, "z"),
            _collection(subject, world, "a", type_name="dataset"),
            _collection(subject, world, "m"),
        ]
        project = world.project.id
        assert subject.read(lambda s: s.artifacts.collections(project)) == made
        of_type = subject.read(lambda s: s.artifacts.collections(project, made[0].type_id))
        assert of_type == [made[0], made[2]]

    def test_a_name_is_taken_once(self, subject: Subject, world: World) -> None:
        made = _collection(subject, world)
        other = _collection(subject, world, "other")
        with pytest.raises(AlreadyExists):
            _collection(subject, world, kind=CollectionKind.PORTFOLIO)
        with pytest.raises(AlreadyExists):
            subject.write(
                lambda tx: tx.artifacts.update_collection(other.id, CollectionUpdate(name="c"))
            )
        same = CollectionUpdate(name="c")
        assert subject.write(lambda tx: tx.artifacts.update_collection(made.id, same)) == made

    def test_a_collection_is_changed(self, subject: Subject, world: World) -> None:
        made = _collection(subject, world)
        other = _collection(subject, world, "o", type_name="dataset")
        subject.clock.advance(5)
        update = CollectionUpdate("n", other.type_id, "about", ("t", "u"))
        changed = subject.write(lambda tx: tx.artifacts.update_collection(made.id, update))
        assert (changed.name, changed.type, changed.description, changed.tags) == (
            "n", "dataset", "about", ("t", "u"),
        )  # fmt: skip
        assert changed.updated_at == subject.clock.now
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.update_collection(LOST, update))

    # Versions and their places

    def test_a_new_version_is_pending_and_has_no_place(
        self, subject: Subject, world: World
    ) -> None:
        place = _collection(subject, world)
        new = NewArtifact(
            "d",
            "about",
            '{"a":1}',
            ("t",),
            60,
            7,
            world.run.id,
            world.user.id,
            "client",
            "dist",
            ("best",),
        )
        made = subject.write(lambda tx: tx.artifacts.create_artifact(place.id, new))
        now = subject.clock.now
        assert made == Artifact(
            made.id, place.id, ArtifactState.PENDING, "d", "about", '{"a":1}', ("t",), None, 0, 0,
            60, 7, world.run.id, world.user.id, "client", "dist", ("best",), now, now,
        )  # fmt: skip
        found = subject.read(
            lambda s: (
                s.artifacts.artifact(made.id),
                s.artifacts.artifact_by_client_id("client"),
                s.artifacts.pending_of(place.id, "dist"),
                s.artifacts.committed_with(place.id, "d"),
                list(s.artifacts.memberships_of(made.id)),
                s.artifacts.artifact_by_client_id("other"),
            )
        )
        assert found == (made, made, made, None, [], None)

    def test_a_pending_version_is_abandoned_after_a_while(
        self, subject: Subject, world: World
    ) -> None:
        place = _collection(subject, world)
        _version(subject, place)

        def begin() -> ArtifactId:
            new = NewArtifact("p")
            return subject.write(lambda tx: tx.artifacts.create_artifact(place.id, new)).id

        old = begin()
        subject.clock.advance(60)
        begin()
        now = subject.clock.now
        found = subject.read(
            lambda s: (
                list(s.artifacts.abandoned(before=now, limit=9)),
                list(s.artifacts.abandoned(before=now, limit=-1)),
            )
        )
        assert found == ([old], [])

    def test_a_version_is_changed(self, subject: Subject, world: World) -> None:
        place = _collection(subject, world)
        made = _version(subject, place, distributed_id="dist")
        subject.clock.advance(1)
        update = ArtifactUpdate(
            description="x",
            metadata="[]",
            tags=("q",),
            num_files=3,
            ttl_s=9,
            wanted_aliases=("best", "new"),
        )
        changed = subject.write(lambda tx: tx.artifacts.update_artifact(made.id, update))
        assert (changed.description, changed.metadata, changed.tags, changed.num_files) == (
            "x", "[]", ("q",), 3,
        )  # fmt: skip
        assert (changed.state, changed.ttl_s) == (ArtifactState.COMMITTED, 9)
        assert changed.wanted_aliases == ("best", "new")
        cleared = subject.write(
            lambda tx: tx.artifacts.update_artifact(made.id, ArtifactUpdate(ttl_s=None))
        )
        assert cleared.ttl_s is None
        assert subject.read(lambda s: s.artifacts.pending_of(place.id, "dist")) is None
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.update_artifact(LOST, update))

    def test_numbers_count_from_zero_and_are_never_given_again(
        self, subject: Subject, world: World
    ) -> None:
        place = _collection(subject, world)
        first, second = (_version(subject, place, d) for d in "ab")
        again = subject.write(lambda tx: tx.artifacts.add_member(place.id, second.id))
        assert again.index == 1
        subject.write(lambda tx: tx.artifacts.delete_artifact(second.id))
        third = _version(subject, place, "c")
        members = subject.read(lambda s: s.artifacts.members(place.id, limit=9))
        assert [(m.index, m.artifact_id) for m in members] == [(2, third.id), (0, first.id)]
        found = subject.read(
            lambda s: (
                s.artifacts.count_members(place.id),
                s.artifacts.member(place.id, 1),
                [m.index for m in s.artifacts.members(place.id, before=2, limit=9)],
                list(s.artifacts.members(place.id, limit=-1)),
            )
        )
        assert found == (2, None, [0], [])
        collection = subject.read(lambda s: s.artifacts.collection(place.id))
        assert collection is not None
        assert collection.latest_index == 2

    def test_the_newest_of_one_digest_is_found(self, subject: Subject, world: World) -> None:
        place = _collection(subject, world)
        _version(subject, place, "d")
        newer = _version(subject, place, "d")
        subject.write(lambda tx: tx.artifacts.create_artifact(place.id, NewArtifact("d")))
        found = subject.read(lambda s: s.artifacts.committed_with(place.id, "d"))
        assert found is not None
        assert found.id == newer.id

    def test_an_alias_stands_for_one_version(self, subject: Subject, world: World) -> None:
        place = _collection(subject, world)
        first, second = (_version(subject, place, d) for d in "ab")

        def call(alias: str, artifact: ArtifactId) -> None:
            subject.write(lambda tx: tx.artifacts.set_alias(place.id, alias, artifact))

        call("latest", first.id)
        call("best", first.id)
        call("latest", second.id)
        call("latest", second.id)
        found = subject.read(
            lambda s: (
                s.artifacts.aliases(place.id),
                s.artifacts.member_by_alias(place.id, "latest"),
                s.artifacts.member_by_alias(place.id, "Latest"),
                [m.aliases for m in s.artifacts.members(place.id, limit=9)],
            )
        )
        assert found[0] == {"best": first.id, "latest": second.id}
        assert found[1] is not None
        assert found[1].artifact_id == second.id
        assert found[2:] == (None, [("latest",), ("best",)])
        subject.write(lambda tx: tx.artifacts.remove_alias(place.id, "best"))
        subject.write(lambda tx: tx.artifacts.remove_alias(place.id, "best"))
        subject.write(lambda tx: tx.artifacts.delete_artifact(second.id))
        assert subject.read(lambda s: s.artifacts.aliases(place.id)) == {}

    def test_an_alias_of_a_version_elsewhere_is_refused(
        self, subject: Subject, world: World
    ) -> None:
        place, other = _collection(subject, world), _collection(subject, world, "other")
        version = _version(subject, other)
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.set_alias(place.id, "a", version.id))

    def test_a_linked_version_has_two_places(self, subject: Subject, world: World) -> None:
        home = _collection(subject, world)
        registry = _collection(subject, world, "best", CollectionKind.PORTFOLIO)
        version = _version(subject, home)

        def link(tx: Transaction) -> None:
            tx.artifacts.add_member(registry.id, version.id)
            tx.artifacts.set_alias(registry.id, "prod", version.id)

        subject.write(link)
        places = subject.read(lambda s: s.artifacts.memberships_of(version.id))
        assert [(p.collection_id, p.index, p.aliases) for p in places] == [
            (home.id, 0, ()),
            (registry.id, 0, ("prod",)),
        ]
        subject.write(lambda tx: tx.artifacts.delete_collection(registry.id))
        assert subject.read(lambda s: s.artifacts.artifact(version.id)) is not None
        subject.write(lambda tx: tx.artifacts.delete_collection(home.id))
        assert subject.read(lambda s: s.artifacts.artifact(version.id)) is None

    # What is in a version

    def test_a_manifest_arrives(self, subject: Subject, world: World) -> None:
        version = _version(subject, _collection(subject, world))
        made = subject.write(
            lambda tx: tx.artifacts.create_manifest(
                version.id, "m.json", ManifestKind.FULL, digest=""
            )
        )
        assert subject.read(lambda s: s.artifacts.manifest_text(made.id)) is None
        changed = subject.write(
            lambda tx: tx.artifacts.update_manifest(made.id, digest="x", base_id=version.id)
        )
        assert (changed.digest, changed.base_id, changed.has_arrived) == ("x", version.id, False)
        text = b'{"a":"' + b"\xc3\xa9" * 100_000 + b'"}'
        subject.write(lambda tx: tx.artifacts.put_manifest_text(made.id, PackedText.of(text)))
        assert subject.read(lambda s: s.artifacts.manifest_text(made.id)) == text
        (known,) = subject.read(lambda s: s.artifacts.manifests_of(version.id))
        assert known.has_arrived
        subject.write(lambda tx: tx.artifacts.update_manifest(made.id, digest="y", base_id=None))
        assert subject.read(lambda s: s.artifacts.manifest_text(made.id)) is None
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.put_manifest_text(LOST, PackedText.of(text)))

    def test_a_part_is_found_by_its_name(self, subject: Subject, world: World) -> None:
        version = _version(subject, _collection(subject, world))

        def announce(kind: ManifestKind) -> ManifestId:
            return subject.write(
                lambda tx: tx.artifacts.create_manifest(version.id, "mine", kind, digest="")
            ).id

        announce(ManifestKind.PATCH)
        newest = announce(ManifestKind.PATCH)
        announce(ManifestKind.FULL)
        found = subject.read(lambda s: s.artifacts.patch_named("mine"))
        assert found is not None
        assert (found.id, found.artifact_id) == (newest, version.id)
        assert subject.read(lambda s: s.artifacts.patch_named("Mine")) is None
        subject.write(lambda tx: tx.artifacts.delete_artifact(version.id))
        assert subject.read(lambda s: s.artifacts.patch_named("mine")) is None

    def test_a_content_is_kept_once(self, subject: Subject, world: World) -> None:
        first = subject.write(lambda tx: tx.artifacts.put_content(A, 5, "blob/1"))
        again = subject.write(lambda tx: tx.artifacts.put_content(A, 5, "blob/2"))
        assert first == again
        assert again.blob == "blob/1"
        assert subject.read(lambda s: s.artifacts.contents([A, B, A])) == {A: first}
        assert subject.read(lambda s: s.artifacts.stored_bytes()) == 5
        blobs = ["blob/1", "blob/2", "blob/1"]
        assert set(subject.read(lambda s: s.artifacts.blobs_with_content(blobs))) == {"blob/1"}

    def test_a_content_is_needed_while_a_version_refers_to_it(
        self, subject: Subject, world: World
    ) -> None:
        place = _collection(subject, world)
        one, two = (_version(subject, place, d) for d in "ab")

        def arrive(tx: Transaction) -> None:
            for md5 in (A, B, C):
                tx.artifacts.put_content(md5, 1, f"blob/{md5[0]}")

        subject.write(arrive)
        subject.write(lambda tx: tx.artifacts.add_contents(one.id, [A]))
        subject.write(lambda tx: tx.artifacts.add_contents(one.id, [B, B]))
        subject.write(lambda tx: tx.artifacts.add_contents(two.id, [A]))
        before = subject.read(lambda s: s.artifacts.mark_of_referred(one.id))
        assert subject.read(lambda s: s.artifacts.referred(one.id)) == {A: 1, B: 1}
        subject.write(lambda tx: tx.artifacts.remove_contents(one.id, [A, C]))
        assert subject.read(lambda s: s.artifacts.referred(one.id)) == {B: 1}
        assert subject.read(lambda s: s.artifacts.mark_of_referred(one.id)) != before
        later = subject.clock.now + timedelta(seconds=1)

        def unneeded() -> list[bytes]:
            found = subject.read(lambda s: s.artifacts.contents([A, B, C]))
            assert set(found) <= {A, B, C}
            return subject.write(
                lambda tx: [c.md5 for c in tx.artifacts.unneeded_contents(before=later, limit=9)]
            )

        assert unneeded() == [C]
        project = world.project.id
        inside = subject.read(lambda s: s.artifacts.contents_in_project(project, [A, B, C]))
        assert set(inside) == {A, B}
        found = subject.read(
            lambda s: (s.artifacts.refers_to(one.id, A), s.artifacts.refers_to(two.id, A))
        )
        assert found == (False, True)
        assert not subject.write(lambda tx: tx.artifacts.delete_content(A))
        assert subject.write(lambda tx: tx.artifacts.delete_content(C))
        assert not subject.write(lambda tx: tx.artifacts.delete_content(C))
        subject.write(lambda tx: tx.artifacts.delete_artifact(two.id))
        assert unneeded() == [A]
        subject.write(lambda tx: tx.artifacts.remove_contents(one.id, [B, A]))
        assert unneeded() == [A, B]
        young = subject.clock.now
        assert (
            subject.write(lambda tx: list(tx.artifacts.unneeded_contents(before=young, limit=9)))
            == []
        )

    def test_a_manifest_is_read(self, subject: Subject, world: World) -> None:
        version = _version(subject, _collection(subject, world))

        def announce(tx: Transaction) -> ManifestId:
            made = tx.artifacts.create_manifest(version.id, "m", ManifestKind.FULL, digest="")
            return made.id

        def put(path: str) -> None:
            entry = {"digest": "e", "ref": "s3://b", "size": 5}
            text = json.dumps({"version": 1, "contents": {path: entry}}).encode()

            def unit(tx: Transaction) -> None:
                tx.artifacts.update_manifest(made, digest=path, base_id=None)
                tx.artifacts.put_manifest_text(made, PackedText.of(text))

            subject.write(unit)

        def paths() -> list[str] | None:
            found = subject.read(lambda s: s.artifacts.entries(made))
            return None if found is None else [entry.path for entry in found]

        made = subject.write(announce)
        assert paths() is None
        for path in ("a", "b"):  # announced anew, another text comes
            put(path)
            assert paths() == [path]
        final = ArtifactUpdate(manifest_id=made)
        subject.write(lambda tx: tx.artifacts.update_artifact(version.id, final))
        assert paths() == paths() == ["b"]
        subject.write(lambda tx: tx.artifacts.delete_artifact(version.id))
        assert paths() is None

    def test_a_deleted_version_is_gone_before_it_is_erased(
        self, subject: Subject, world: World
    ) -> None:
        place = _collection(subject, world)
        gone, kept = (_version(subject, place, d) for d in "ab")

        def fill(tx: Transaction) -> list[ManifestId]:
            for md5 in (A, B, C):
                tx.artifacts.put_content(md5, 1, f"blob/{md5[0]}")
            tx.artifacts.add_contents(gone.id, [A, B, C])
            tx.artifacts.add_contents(kept.id, [C])
            made = []
            for name in ("m", "n"):
                known = tx.artifacts.create_manifest(gone.id, name, ManifestKind.FULL, digest="")
                tx.artifacts.put_manifest_text(known.id, PackedText.of(b"text"))
                made.append(known.id)
            return made

        manifests = subject.write(fill)
        subject.write(lambda tx: tx.artifacts.delete_artifact(gone.id))
        later, project = subject.clock.now + timedelta(seconds=1), world.project.id

        def seen() -> object:
            return subject.read(
                lambda s: (
                    [s.artifacts.manifest(one) for one in manifests],
                    [s.artifacts.manifest_text(one) for one in manifests],
                    list(s.artifacts.manifests_of(gone.id)),
                    dict(s.artifacts.referred(gone.id)),
                    s.artifacts.refers_to(gone.id, A),
                    set(s.artifacts.contents_in_project(project, [A, B, C])),
                    [c.md5 for c in s.artifacts.unneeded_contents(before=later, limit=9)],
                )
            )

        nothing: object = ([None, None], [None, None], [], {}, False, {C}, [A, B])
        assert seen() == nothing
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.add_contents(gone.id, [A]))
        with pytest.raises(NotFound):
            subject.write(
                lambda tx: tx.artifacts.create_manifest(gone.id, "o", ManifestKind.FULL, digest="")
            )
        assert set(subject.read(lambda s: s.garbage.removed_artifacts(limit=9))) <= {gone.id}
        while subject.write(lambda tx: tx.garbage.erase_artifacts(max_bytes=1)):
            assert seen() == nothing
        assert list(subject.read(lambda s: s.garbage.removed_artifacts(limit=9))) == []
        deleted = subject.write(lambda tx: [tx.artifacts.delete_content(c) for c in (A, B, C)])
        assert deleted == [True, True, False]

    # Lineage

    def test_lineage(self, subject: Subject, world: World) -> None:
        place = _collection(subject, world)
        one, two = (_version(subject, place, d, run_id=world.run.id) for d in "ab")
        pending = subject.write(lambda tx: tx.artifacts.create_artifact(place.id, NewArtifact("p")))
        run = world.run.id

        def note(tx: Transaction) -> None:
            tx.artifacts.add_input(run, two.id, used_as="data")
            tx.artifacts.add_input(run, one.id)
            tx.artifacts.add_input(run, two.id)
            for artifact in (two, pending, one):
                tx.artifacts.add_output(run, artifact.id)

        subject.write(note)
        found = subject.read(
            lambda s: (
                list(s.artifacts.inputs(run)),
                list(s.artifacts.outputs(run)),
                list(s.artifacts.used_by(two.id)),
            )
        )
        assert found == ([two.id, one.id], [two.id, one.id], [run])
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.artifacts.add_input(LOST, one.id))
        subject.write(lambda tx: tx.runs.delete_run(run))
        left = subject.read(lambda s: (s.artifacts.artifact(one.id), s.artifacts.used_by(two.id)))
        assert left[0] is not None
        assert left[0].run_id is None
        assert list(left[1]) == []

    def test_artifacts_go_with_their_project(self, subject: Subject, world: World) -> None:
        place = _collection(subject, world)
        version = _version(subject, place)
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        subject.write(lambda tx: tx.projects.delete_project(world.project.id))
        found = subject.read(
            lambda s: (
                s.artifacts.artifact(version.id),
                s.artifacts.collection(place.id),
                list(s.artifacts.types(world.project.id)),
            )
        )
        assert found == (None, None, [])
