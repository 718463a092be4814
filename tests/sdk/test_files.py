"""Files of runs: whole, checked, where they belong, resumed where they were cut."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.sdk.lab import Lab
from tests.sdk.scripted import answer, scripted

from runstone.errors import CannotWrite, CorruptData, InvalidInput, NotFound, Unavailable
from runstone.sdk import Api, Run, RunFile
from runstone.sdk.saving import place_within

MODEL = bytes(range(256)) * 2


@pytest.fixture
def run(api: Api) -> Run:
    return api.run("ada/digits/r1")


def test_files(run: Run) -> None:
    assert [file.name for file in run.files()] == ["model.bin", "notes/a b.txt"]
    assert [file.name for file in run.files("notes/")] == ["notes/a b.txt"]
    model = run.file("model.bin")
    assert (model.size_bytes, model.md5) == (512, hashlib.md5(MODEL).hexdigest())
    assert (model.read(), model.read(3, 5), model.read(510)) == (MODEL, b"\3\4", b"\xfe\xff")
    assert (model.read(512), model.read(7, 7)) == (b"", b"")
    for missing in ("model", "none.bin", "notes"):
        with pytest.raises(NotFound, match="has no file"):
            run.file(missing)


def test_many_files(lab: Lab, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.sdk.files._PAGE", 2)
    names = [f"{letter}.txt" for letter in "abcde"]
    lab.log("many", "files", files=dict.fromkeys(names, b"x"))
    assert [file.name for file in api.run("ada/files/many").files()] == names


def test_downloads(run: Run, tmp_path: Path) -> None:
    told: list[tuple[int, float | None]] = []
    place = run.file("model.bin").download(tmp_path / "new", progress=lambda *now: told.append(now))
    assert place == tmp_path / "new/model.bin"
    assert place.read_bytes() == MODEL
    assert told[-1] == (512, 1.0)
    assert run.file("notes/a b.txt").download(tmp_path).read_bytes() == b"text"
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a b.txt", "model.bin"]


def test_what_is_there_already_is_left(run: Run, tmp_path: Path) -> None:
    model = run.file("model.bin")
    place = model.download(tmp_path)
    before = place.stat()
    assert model.download(tmp_path).stat().st_ino == before.st_ino
    place.write_bytes(b"other")
    assert model.download(tmp_path).read_bytes() == MODEL


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a/\0"])
def test_never_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="has no place in"):
        place_within(tmp_path, name)


def test_never_through_a_link(run: Run, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "notes").symlink_to(outside)
    with pytest.raises(InvalidInput, match="through a link"):
        run.file("notes/a b.txt").download(folder)
    (outside / "kept").write_text("kept")
    (folder / "model.bin").symlink_to(outside / "kept")
    with pytest.raises(InvalidInput, match="through a link"):
        run.file("model.bin").download(folder)
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (outside / "kept").read_text() == "kept"


def test_no_such_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot be written"):
        run.file("model.bin").download(tmp_path / "file")


DETAIL = {
    "id": "r", "entity": "a", "project": "p", "number": 1, "display_name": "r",
    "state": "finished", "created_at": "2026-01-01T00:00:00Z",
    "heartbeat_at": "2026-01-01T00:00:00Z", "finished_at": None, "duration_s": 0,
    "username": "a", "group": None, "job_type": None, "tags": [], "num_rows": 0,
    "last_step": None, "notes": "", "host": None, "program": None, "git": None, "config": {},
    "summary": {}, "exit_code": None, "sweep": None,
}  # fmt: skip


def listed(data: bytes, name: str = "f") -> bytes:
    facts = {
        "name": name,
        "size_bytes": len(data),
        "mime_type": "text/plain",
        "md5": hashlib.md5(data).hexdigest(),
        "updated_at": "2026-01-01T00:00:00Z",
    }
    return answer(body=json.dumps({"files": [facts], "next_after": None}).encode())


def found(api: Api) -> RunFile:
    return api.run("a/p/r").file("f")


RUN = answer(body=json.dumps(DETAIL).encode())


def part(data: bytes, start: int) -> bytes:
    return answer(206, data[start:], f"Content-Range: bytes {start}-{len(data)}/{len(data)}")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def test_a_cut_download_goes_on(tmp_path: Path) -> None:
    script = (RUN, listed(MODEL), answer(body=MODEL[:100], length=512), part(MODEL, 100))
    with scripted(*script) as server, Api(server.url, "k") as api:
        assert found(api).download(tmp_path).read_bytes() == MODEL
    assert "range: bytes=100-" in server.requests[-1].lower()
    assert f'if-range: "{hashlib.md5(MODEL).hexdigest()}"' in server.requests[-1].lower()
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_later_call_goes_on(tmp_path: Path) -> None:
    cut = answer(body=MODEL[:100], length=512)
    nothing = answer(206, b"", length=412)
    with (
        scripted(RUN, listed(MODEL), cut, nothing) as server,
        Api(server.url, "k") as api,
        pytest.raises(Unavailable, match="was cut"),
    ):
        found(api).download(tmp_path)
    assert not (tmp_path / "f").exists()
    with scripted(RUN, listed(MODEL), part(MODEL, 100)) as server, Api(server.url, "k") as api:
        assert found(api).download(tmp_path).read_bytes() == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_file_that_changed_meanwhile_begins_anew(tmp_path: Path) -> None:
    script = (RUN, listed(MODEL), answer(body=MODEL[:100], length=512), answer(body=MODEL))
    with scripted(*script) as server, Api(server.url, "k") as api:
        assert found(api).download(tmp_path).read_bytes() == MODEL


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    script = (RUN, listed(MODEL), answer(body=MODEL[::-1]))
    with (
        scripted(*script) as server,
        Api(server.url, "k") as api,
        pytest.raises(CorruptData, match="MD5 differs"),
    ):
        found(api).download(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_of_a_hostile_server(tmp_path: Path) -> None:
    with scripted(RUN, listed(b"x", "../../evil")) as server, Api(server.url, "k") as api:
        (file,) = api.run("a/p/r").files()
        with pytest.raises(InvalidInput, match="has no place in"):
            file.download(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []
