"""What the client says, to whom, and when it is quiet."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.tracking.conftest import Desk

from runstone.tracking import terminal

TRAINING = """
import runstone
with runstone.init("seen", config={"lr": 0.1}) as run:
    for step in range(200):
        run.log({"loss": 1 / (step + 1), "accuracy": step / 200})
"""


CLEAR = "\r\x1b[K"
"""A bar that stands in the line is not to be part of it."""


class Tty(io.StringIO):
    """A terminal, as far as anybody asks."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if re.fullmatch(r"(RUNSTONE|WANDB)_(SILENT|QUIET)|NO_COLOR|TERM", name):
            monkeypatch.delenv(name)
    monkeypatch.setattr(terminal, "_said", set())
    monkeypatch.setattr(terminal, "_hushed", [])


@pytest.fixture
def tty() -> Tty:
    return Tty()


def test_lines_have_a_name_and_warnings_are_said_once(tty: Tty) -> None:
    with redirect_stderr(tty):
        terminal.say("one\ntwo")
        terminal.warn("wrong")
        terminal.warn("wrong")
    assert tty.getvalue() == (
        f"{CLEAR}\x1b[36mrunstone:\x1b[0m one\n          two\n"
        f"{CLEAR}\x1b[33mrunstone:\x1b[0m wrong\n"
    )


def test_warnings_without_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_said", set())
    with redirect_stderr(io.StringIO()) as said:
        for number in range(3_000):
            terminal.warn(f"step {number} went wrong")
    lines = said.getvalue().splitlines()
    assert len(lines) == 1_001
    assert "the others are not" in lines[-1]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RUNSTONE_QUIET", "1", ["wrong"]),
        ("WANDB_QUIET", "true", ["wrong"]),
        ("RUNSTONE_SILENT", "1", []),
        ("WANDB_SILENT", "True", []),
        ("WANDB_SILENT", "false", ["good", "wrong"]),
    ],
)
def test_who_wants_less_gets_less(
    tty: Tty, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    with redirect_stderr(tty):
        terminal.say("good")
        terminal.warn("wrong")
        assert terminal.is_watched() == ("good" in said)
    assert [line.split()[-1] for line in tty.getvalue().replace("\r", "").splitlines()] == said


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_left(
    tty: Tty, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with redirect_stderr(tty):
        terminal.say("plain")
    assert tty.getvalue() == "runstone: plain\n"


def test_a_terminal_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))
    terminal.say("a → b · ▁▅█ −1 … 한")
    assert raw.getvalue() == b"runstone: a -> b - _~# -1 ... ?\n"


@pytest.mark.parametrize("stream", [None, "closed", "broken"])
def test_no_stream_is_no_error(monkeypatch: pytest.MonkeyPatch, stream: str | None) -> None:
    if stream is None:
        monkeypatch.setattr(sys, "stderr", None)
    else:
        made = io.StringIO()
        if stream == "closed":
            made.close()
        else:
            monkeypatch.setattr(made, "flush", lambda: 1 / 0)
        monkeypatch.setattr(sys, "stderr", made)
    terminal.say("x")
    terminal.warn("y")
    assert not terminal.is_watched()


def test_progress_bars_are_cleared_and_drawn_anew(
    tty: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bars:
        _instances = (object(),)

        @staticmethod
        @contextmanager
        def external_write_mode(file: io.StringIO) -> Iterator[None]:
            file.write("[clear]")
            yield
            file.write("[draw]")

    monkeypatch.setitem(sys.modules, "tqdm.std", SimpleNamespace(tqdm=Bars))  # type: ignore[arg-type]
    with redirect_stderr(tty):
        terminal.say("x")
    assert tty.getvalue() == f"[clear]{CLEAR}\x1b[36mrunstone:\x1b[0m x\n[draw]"


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is of Unix")
def test_on_a_terminal_a_run_says_how_it_went(desk: Desk) -> None:
    import pty

    environ = desk.environ | {"RUNSTONE_MODE": "offline", "NO_COLOR": "1"}
    child, screen = pty.fork()
    if child == 0:
        os.chdir(desk.folder)
        os.execve(sys.executable, [sys.executable, "-c", TRAINING], environ)
    seen = b""
    while True:
        try:
            piece = os.read(screen, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    assert os.waitpid(child, 0)[1] == 0
    lines = seen.decode().splitlines()
    (folder,) = Path(desk.folder).glob("runstone/run-*")
    assert re.fullmatch(r"runstone: \S+ is kept in runstone/\S+", lines[0])
    assert re.fullmatch(r"runstone: \S+ is finished after \d+s", lines[1])
    assert [line.split()[0] for line in lines[2:4]] == ["loss", "accuracy"]
    assert lines[2].split()[2:] == ["0.005", "0.005", "…", "1"]
    assert "▁▁▁" in lines[2]
    assert lines[4].strip() == f"to send it: runstone sync runstone/{folder.name}"
    assert len(lines) == 5
    said = b"".join(path.read_bytes() for path in folder.glob("console/*.journal"))
    assert b"is finished" not in said, "the run's own console has what the script said"


def test_a_bar_in_a_file_keeps_its_line(desk: Desk) -> None:
    _, err = desk.run(
        """
import sys, runstone
from runstone.tracking import terminal
run = runstone.init("bars", mode="offline")
sys.stderr.write("\\r10%|#  |")
terminal.warn("one")
sys.stderr.write("\\r20%|## |")
print(file=sys.stderr)
terminal.warn("two")
"""
    )
    lines = [line for line in err.splitlines() if line]  # a pipe's text has \r as an end, too
    assert lines[1:5] == ["10%|#  |", "runstone: one", "20%|## |", "runstone: two"]


def test_elsewhere_a_line_is_enough(desk: Desk) -> None:
    out, err = desk.run(TRAINING, RUNSTONE_MODE="offline")
    assert out == ""
    assert [line.split()[0] for line in err.splitlines()] == ["runstone:", "runstone:", "to"]
    _, err = desk.run(TRAINING, RUNSTONE_MODE="offline", RUNSTONE_QUIET="1")
    assert err == ""
