"""The data folder: one holder, private files, clear words."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from runstone.domain.errors import Conflict, CorruptData, NotFound, Unavailable
from runstone.server.folder import Serving, hold, probe, read_secret

SERVING = Serving(pid=os.getpid(), url="http://127.0.0.1:1", version="0", started_at="now")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_made_private(tmp_path: Path) -> None:
    with hold(tmp_path / "a" / "b") as folder:
        folder.secret()
        folder.announce(SERVING)
        assert mode(folder.path) == 0o700
        names = sorted(path.name for path in folder.path.iterdir())
        assert names == ["lock", "secret", "server.json"]
        assert {mode(folder.path / name) for name in names} == {0o600}


def test_secret_is_made_once(tmp_path: Path) -> None:
    with hold(tmp_path) as folder:
        secret = folder.secret()
        assert len(secret) == 64
        assert folder.secret() == secret
    with hold(tmp_path) as folder:
        assert folder.secret() == secret
    assert read_secret(tmp_path) == secret


def test_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc")
    with hold(tmp_path) as folder, pytest.raises(CorruptData, match=r"is damaged\. Restore it"):
        folder.secret()


def test_second_holder_hears_who_serves(tmp_path: Path) -> None:
    with hold(tmp_path) as folder:
        with pytest.raises(Conflict, match=f"in use by process {os.getpid()}"):
            hold(tmp_path)
        folder.announce(SERVING)
        said = f"served already: process {os.getpid()}, at http://127.0.0.1:1"
        with pytest.raises(Conflict, match=said):
            hold(tmp_path)
    hold(tmp_path).close()


def test_probe(tmp_path: Path) -> None:
    assert probe(tmp_path) is None
    with hold(tmp_path) as folder:
        held = probe(tmp_path)
        assert held is not None
        assert (held.pid, held.serving) == (os.getpid(), None)
        folder.announce(SERVING)
        held = probe(tmp_path)
        assert held is not None
        assert held.serving == SERVING
    assert probe(tmp_path) is None
    assert not (tmp_path / "server.json").exists()


def test_leftovers_of_a_crash_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n")
    (tmp_path / "server.json").write_text('{"pid": 1}')
    assert probe(tmp_path) is None
    hold(tmp_path).close()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"There is no data folder .*gone"):
        probe(tmp_path / "gone")
    with pytest.raises(NotFound):
        hold(tmp_path / "gone", create=False)
    assert not (tmp_path / "gone").exists()


def test_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="there is a file in its place"):
        hold(tmp_path / "file")
    with pytest.raises(Unavailable, match="there is a file in its place"):
        hold(tmp_path / "file" / "below")
