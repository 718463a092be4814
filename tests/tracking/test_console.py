"""What a run's process prints: what is kept of it, and that the process notices nothing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.sdk import Api
from runstone.tracking.console import Console, console_mode
from runstone.tracking.console.terminal import MAX_LINE, Terminal
from runstone.tracking.journal import JournalReader
from runstone.tracking.records import Printed, decode


def shown(*written: str) -> list[str]:
    terminal = Terminal()
    for text in written:
        terminal.write(text)
    return [line.render() for line in terminal.take(everything=True)]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (["one\ntwo"], ["one", "two"]),
        (["a\n\nb\n"], ["a", "", "b"]),
        (["windows\r\n"], ["windows"]),
        (["long text\rshort"], ["shorttext"]),
        (["  0%|\r", " 50%|\r", "100%|"], ["100%|"]),
        (["bar\r   \rdone"], ["done"]),
        (["abc\b\bX"], ["aXc"]),
        (["abc\r\x1b[Kd"], ["d"]),
        (["ab\x1b[3Cc"], ["ab   c"]),
        # Two bars of tqdm: down, drawn, up again.
        (["0: 0%", "\n", "\r1: 0%", "\x1b[A", "\r0: 9%", "\n", "\r1: 5%"], ["0: 9%", "1: 5%"]),
        (["a\nb\nc\x1b[2A\rX\x1b[2B\rY"], ["X", "b", "Y"]),
        (["\x1b[31mred\x1b[0m plain"], ["\x1b[31mred\x1b[0m plain"]),
        (["\x1b[1;38;5;208mx\x1b[22m", "y\x1b[0m"],
         ["\x1b[38;5;208;1mx\x1b[0;38;5;208my\x1b[0m"]),
        (["\x1b[3", "1mred"], ["\x1b[31mred\x1b[0m"]),
        (["\x1b]0;title\x07text"], ["text"]),
        (["\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\"], ["link"]),
        (["one\n\x1b[2J\x1b[Htwo"], ["one", "two"]),
        (["a\x1b7b\x1b8c"], ["ac"]),
        (["bell\x07 nul\x00 tab\tend"], ["bell nul tab\tend"]),
        (["日本語 🎉"], ["日本語 🎉"]),
        (["x" * (MAX_LINE + 5)], ["x" * MAX_LINE, "x" * 5]),
        (["\x1b[999999999999A\x1b[;;;;mok\x1b[38;5m\x1b[38;2;1m"], ["ok"]),
    ],
)  # fmt: skip
def test_lines_are_those_of_a_terminal(written: list[str], lines: list[str]) -> None:
    assert shown(*written) == lines


def test_lines_far_above_are_fixed() -> None:
    terminal = Terminal()
    terminal.write("".join(f"{i}\n" for i in range(10_000)))
    assert len(terminal.take(everything=False)) == 10_000
    terminal.write("\x1b[10000A\rchanged")
    (line,) = terminal.take(everything=True)
    assert line.render() == "changed"


@pytest.mark.parametrize("text", [None, "auto", "WRAP"])
def test_modes(text: str | None) -> None:
    assert console_mode(text) == "wrap"


def test_an_unknown_mode_is_told() -> None:
    with pytest.raises(InvalidInput, match="auto, wrap, redirect or off"):
        console_mode("everything")


class Heard:
    """Lines of a console in this process, as they are now."""

    def __init__(self) -> None:
        self.lines: dict[int, tuple[str, bool]] = {}
        self.num_kept = 0
        self.on_keep: Callable[[], None] = lambda: None

    def keep(self, now: float, is_error: bool, lines: list[tuple[int, str]]) -> None:
        self.num_kept += 1
        self.lines.update({number: (text, is_error) for number, text in lines})
        self.on_keep()

    @property
    def texts(self) -> list[str]:
        return [text for _, (text, _) in sorted(self.lines.items())]


@contextmanager
def own_streams() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Streams like those of a process; what is written is in their buffers.

    Not a fixture: pytest puts streams of its own in place when a test begins.
    """
    out, err = (
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        yield out, err
    assert "write" not in vars(out) | vars(err), "streams are as they were"


def buffered(stream: io.TextIOWrapper) -> bytes:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()


def test_streams_stay_what_they_are() -> None:
    with own_streams() as (out, err):
        heard = Heard()
        console = Console(heard.keep, "wrap")
        print("one", 2, flush=True)
        print("\x1b[31mthree\x1b[0m", file=sys.stderr)
        assert sys.stdout.write("four") == 4
        sys.stdout.writelines([" five", "\n"])
        assert sys.stdout is out
        assert (out.encoding, out.isatty()) == ("utf-8", False)
        with pytest.raises(TypeError):
            sys.stdout.write(b"bytes")  # type: ignore[call-overload]
        console.stop()
        print("six")
        assert buffered(out) == b"one 2\nfour five\nsix\n"
        assert buffered(err) == b"\x1b[31mthree\x1b[0m\n"
        assert heard.texts == ["one 2", "\x1b[31mthree\x1b[0m", "four five"]
        assert [is_error for _, is_error in heard.lines.values()] == [False, True, False]


def test_an_ended_line_is_kept_before_print_returns() -> None:
    with own_streams():
        heard = Heard()
        console = Console(heard.keep, "wrap")
        for number in range(100):
            print("line", number)
            assert heard.texts[-1] == f"line {number}"
        assert heard.num_kept == 100
        console.stop()


def test_progress_bars_are_kept_now_and_then() -> None:
    with own_streams() as streams:
        heard = Heard()
        kept = threading.Event()
        heard.on_keep = kept.set
        console = Console(heard.keep, "wrap")
        console.start()
        for number in range(50_000):
            sys.stderr.write(f"\r{number / 50_000:8.2%}")
        assert kept.wait(60), "also where no line ever ends"
        console.stop()
        assert heard.texts == [f"{49_999 / 50_000:8.2%}"]
        assert heard.num_kept < 5_000
        assert buffered(streams[1]).count(b"\r") == 50_000


def test_what_was_printed_before_the_start_is_kept_after_it() -> None:
    with own_streams():
        heard = Heard()
        kept = threading.Event()
        heard.on_keep = kept.set
        console = Console(heard.keep, "wrap")
        sys.stdout.write("not ended")
        assert heard.texts == []
        console.start()
        assert kept.wait(60)
        assert heard.texts == ["not ended"]
        console.stop()


def test_runs_end_in_any_order() -> None:
    with own_streams():
        first, second = Heard(), Heard()
        one, two = Console(first.keep, "wrap"), Console(second.keep, "wrap")
        print("both")
        one.stop()
        one.stop()
        print("second")
        two.stop()
        print("nobody")
        assert (first.texts, second.texts) == (["both"], ["both", "second"])


def test_whoever_wraps_after_us_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    heard, again = Heard(), Heard()
    console = Console(heard.keep, "wrap")
    ours, theirs = stream.write, []

    def write(text: str) -> int:
        theirs.append(text)
        return ours(text)

    monkeypatch.setattr(stream, "write", write)
    print("a")
    console.stop()
    print("b")
    later = Console(again.keep, "wrap")
    print("c")
    later.stop()
    assert theirs == ["a", "\n", "b", "\n", "c", "\n"]
    assert stream.getvalue() == "a\nb\nc\n"
    assert (heard.texts, again.texts) == (["a"], ["c"])


def test_printing_while_a_line_is_kept() -> None:
    """As a signal handler, a finalizer or a warning of the journal does."""
    with own_streams():
        heard = Heard()

        def interrupt() -> None:
            heard.on_keep = lambda: None
            print("inner")
            assert heard.texts == ["outer"], "later: nothing waits for itself"

        heard.on_keep = interrupt
        console = Console(heard.keep, "wrap")
        print("outer")
        assert heard.texts == ["outer", "inner"]
        console.stop()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="POSIX")
def test_signal_handlers_print() -> None:
    with own_streams():
        heard = Heard()
        console = Console(heard.keep, "wrap")
        # By the console alone: Python's own streams refuse to be entered twice.
        count = 0

        def on_alarm(*_: object) -> None:
            nonlocal count
            count += 1
            console.write_error(f"alarm {count}\n")

        before = signal.signal(signal.SIGALRM, on_alarm)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        try:
            number = 0
            while count < 20:
                console.write_error(f"line {number}\n")
                number += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        console.stop()
        texts = heard.texts
        # A signal may come while another one's handler prints: its line is first, then.
        alarms = [t for t in texts if t.startswith("alarm")]
        assert sorted(alarms, key=lambda t: int(t[6:])) == [f"alarm {i + 1}" for i in range(count)]
        assert [t for t in texts if t.startswith("line")] == [f"line {i}" for i in range(number)]


def test_threads_lose_nothing() -> None:
    with own_streams():
        heard = Heard()
        console = Console(heard.keep, "wrap")

        def work(name: int) -> None:
            for number in range(500):
                sys.stdout.write(f"{name}-{number}\n")

        threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        console.stop()
        assert sorted(heard.texts) == sorted(f"{n}-{i}" for n in range(4) for i in range(500))


def test_a_process_without_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    heard = Heard()
    console = Console(heard.keep, "wrap")
    console.write_error("said anyway\n")
    console.stop()
    assert heard.texts == ["said anyway"]


def test_half_characters_can_be_kept() -> None:
    heard = Heard()
    console = Console(heard.keep, "wrap")
    console.write_error("a\ud800b\n")
    console.stop()
    assert heard.texts[-1] == r"a\ud800b"


PRINTS = """
import os, sys, runstone
run = runstone.init("prints")
print("\\x1b[32mgreen\\x1b[0m 日本語", flush=True)
for i in range(1000):
    sys.stderr.write(f"\\r{i + 1}/1000")
sys.stderr.write("\\n")
if os.fork() == 0:
    print("of the child", flush=True)
    os._exit(0)
os.wait()
os.write(1, b"by the descriptor\\n")
os.system("echo by a program")
print("no end", end="", flush=True)
with run:
    raise ValueError("went wrong")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX")
def test_lines_on_the_server(desk: Desk, api: Api) -> None:
    out, err = desk.run(PRINTS, code=1)
    assert "\x1b[32mgreen\x1b[0m 日本語\n" in out
    assert err.count("/1000\n") == 1_000  # each \r is a line's end to whoever reads text
    assert err.count("ValueError: went wrong") == 1
    (run,) = api.runs("ada/prints")
    lines = [(line.writer, line.text, line.level) for line in run.console()]
    own = [line for line in lines if line[0] == ""]
    assert own[:2] == [
        ("", "\x1b[32mgreen\x1b[0m 日本語", None),
        ("", "1000/1000", "error"),
    ]
    assert ("", "no end", None) in own
    assert own[-1] == ("", "ValueError: went wrong", "error")
    assert [line[1] for line in lines if line[0].startswith("pid-")] == ["of the child"]
    texts = [text for _, text, _ in lines]
    assert not {"by the descriptor", "by a program"} & set(texts)


def test_redirected(desk: Desk, api: Api) -> None:
    script = PRINTS.replace('"prints"', '"redirected"')
    out, err = desk.run(script, code=1, RUNSTONE_CONSOLE="redirect", PYTHONIOENCODING="utf-8")
    for said in ("日本語\n", "of the child\n", "by the descriptor\n", "by a program\n", "no end"):
        assert said in out
    assert err.count("/1000\n") == 1_000  # each \r is a line's end to whoever reads text
    (run,) = api.runs("ada/redirected")
    texts = [line.text for line in run.console()]
    assert {"of the child", "by the descriptor", "by a program", "no end"} <= set(texts)
    assert "\x1b[32mgreen\x1b[0m 日本語" in texts
    assert "1000/1000" in texts
    assert {line.writer for line in run.console()} == {""}


def test_off(desk: Desk, api: Api) -> None:
    script = 'import runstone\nwith runstone.init("silent"):\n    print("hello")\n'
    desk.run(script, RUNSTONE_CONSOLE="off")
    (run,) = api.runs("ada/silent")
    assert list(run.console()) == []


KILLED = """
import os, signal, runstone
run = runstone.init("killed-console")
for i in range(3000):
    print("line", i)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
def test_what_was_printed_survives_a_kill(desk: Desk, api: Api) -> None:
    out, _ = desk.run(KILLED, code=-signal.SIGKILL, RUNSTONE_MODE="offline", PYTHONUNBUFFERED="1")
    assert out.count("\n") == 3_000
    desk.runstone("sync")
    (run,) = api.runs("ada/killed-console")
    assert [line.text for line in run.console()] == [f"line {i}" for i in range(3_000)]
    # Sent again, by one who does not know that it was.
    (mark,) = desk.folder.glob("runstone/run-*/sent")
    mark.unlink()
    desk.runstone("sync")
    assert len(list(run.console())) == 3_000


TERMINAL = """
import os, sys, runstone
with runstone.init("terminal"):
    print(os.isatty(1), sys.stdout.isatty(), os.get_terminal_size(1), flush=True)
    os.system("test -t 1 && echo a program sees a terminal")
    os.write(1, b"raw\\n")
print("after", os.isatty(1), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_redirected_terminals_stay_terminals(desk: Desk, api: Api) -> None:
    import pty  # Windows has none

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", TERMINAL],
        cwd=desk.folder,
        env=desk.environ | {"RUNSTONE_CONSOLE": "redirect"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            data = os.read(ours, 4_096)
        except OSError:  # nobody writes any more
            break
        if not data:
            break
        seen += data
    os.close(ours)
    assert process.wait(60) == 0
    first, *rest = seen.decode().split("\r\n")
    assert first.startswith("True True os.terminal_size(")
    assert rest == ["a program sees a terminal", "raw", "after True", ""]
    (run,) = api.runs("ada/terminal")
    assert [line.text for line in run.console()] == [first, *rest[:2]]


CELLS = [
    "import runstone\nrun = runstone.init('cells')\nprint('first cell')",
    "import sys\nprint('second cell', file=sys.stderr)",
    "print('third cell')",
    "print(run.folder.absolute())\nrun.finish()\nprint('not of the run')",
]


def test_cells_of_a_notebook(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython sets `write` anew with every cell."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    for name, value in (desk.environ | {"RUNSTONE_MODE": "offline"}).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    resources = {"metadata": {"path": str(desk.folder)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    printed = [o["text"] for cell in notebook.cells for o in cell.outputs if "text" in o]
    assert printed[:3] == ["first cell\n", "second cell\n", "third cell\n"]
    (folder,) = desk.folder.glob("runstone/run-*")
    records = [decode(r)[1] for r in JournalReader(folder / "console", "").records()]
    lines = {n: text for r in records if isinstance(r, Printed) for n, text in r.lines}
    assert list(lines.values()) == ["first cell", "second cell", "third cell", str(folder)]


def test_text_of_another_kind_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[object] = []

    class Odd:
        def write(self, text: object) -> int:
            printed.append(text)
            return 1

    odd = Odd()
    monkeypatch.setattr(sys, "stdout", odd)
    console = Console(lambda *_: None, "wrap")
    odd.write(b"bytes")
    odd.write(7)
    console.stop()
    assert printed == [b"bytes", 7]
