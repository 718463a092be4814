"""Files saved with runs."""

from __future__ import annotations

import pytest

from runstone.domain.access import Role
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied
from runstone.domain.ids import RunId
from runstone.domain.run import RunFile, RunUpdate
from runstone.ports.blobs import StoredBlob
from runstone.services import files, runs
from runstone.testing.office import Office


def test_a_file_is_announced_then_arrives_then_is_found(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")
    names = office.write(
        lambda tx: files.announce_files(tx, anna, run, ["./a//b.png", "c\\d.bin", "x.unknown"])
    )
    assert names == ["a/b.png", "c/d.bin", "x.unknown"]
    with pytest.raises(NotFound):
        office.read(lambda s: files.find_file(s, anna, run, "a/b.png"))
    stored = StoredBlob("k1", 3, b"\0" * 16)
    assert office.write(lambda tx: files.file_arrived(tx, run.id, "a/b.png", stored)) is None
    found = office.read(lambda s: files.find_file(s, anna, run, "a//./b.png"))
    md5 = "AAAAAAAAAAAAAAAAAAAAAA=="
    assert found == RunFile(run.id, "a/b.png", "k1", 3, md5, "image/png", office.clock.now)
    # The client repeats its upload with the same signed URL, then uploads a newer version.
    assert office.write(lambda tx: files.file_arrived(tx, run.id, "a/b.png", stored)) is None
    newer = StoredBlob("k2", 4, b"\1" * 16)
    assert office.write(lambda tx: files.file_arrived(tx, run.id, "a/b.png", newer)) == "k1"
    assert office.write(lambda tx: files.file_arrived(tx, run.id, "x.unknown", newer)) is None
    unknown = office.read(lambda s: files.find_file(s, anna, run, "x.unknown"))
    assert unknown.mime_type == "application/octet-stream"
    assert office.write(lambda tx: files.delete_file(tx, anna, run.id, "a/b.png")) == "k2"
    assert office.write(lambda tx: files.delete_file(tx, anna, run.id, "a/b.png")) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", "a\0", "x" * 10_000])
def test_names_that_climb_out_announce_nothing(office: Office, name: str) -> None:
    run, anna = office.begin(), office.actor("anna")
    with pytest.raises(InvalidInput):
        office.write(lambda tx: files.announce_files(tx, anna, run, ["fine.txt", name]))
    assert office.read(lambda s: s.files.file(run.id, "fine.txt")) is None
    with pytest.raises(InvalidInput):
        office.read(lambda s: files.find_file(s, anna, run, name))


def test_an_upload_to_a_run_deleted_meanwhile(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")
    stored = StoredBlob("k", 0, b"\0" * 16)
    office.write(lambda tx: runs.delete_run(tx, anna, run.id))
    office.write(lambda tx: files.announce_files(tx, anna, run, ["a"]))
    office.write(lambda tx: files.file_arrived(tx, run.id, "a", stored))
    with pytest.raises(NotFound):
        office.read(lambda s: files.signed_file(s, run.id, "a"))
    office.write(lambda tx: tx.runs.restore_run(run.id))
    assert office.read(lambda s: files.signed_file(s, run.id, "a")).blob == "k"
    office.write(lambda tx: tx.runs.delete_run(run.id))
    with pytest.raises(NotFound):
        office.write(lambda tx: files.file_arrived(tx, run.id, "a", stored))


def test_who_may_read_and_write_files(office: Office) -> None:
    member = office.join("anna", Role.MEMBER)
    run, _ = office.write(lambda tx: runs.begin_run(tx, member, "lab", "p", "r", RunUpdate()))
    stored = StoredBlob("k", 0, b"\0" * 16)
    office.write(lambda tx: files.file_arrived(tx, run.id, "a", stored))
    with pytest.raises(NotFound):
        office.read(lambda s: files.find_file(s, office.actor("bert"), run, "a"))
    viewer = office.join("bert", Role.VIEWER)
    assert office.read(lambda s: files.find_file(s, viewer, run, "a")).blob == "k"
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: files.announce_files(tx, viewer, run, ["b"]))
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: files.delete_file(tx, viewer, run.id, "a"))


def test_blob_keys_are_ours_and_new_each_time() -> None:
    keys = {files.new_blob_key(RunId(7)) for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith("runs/7/") and key[7:].isalnum() for key in keys)
