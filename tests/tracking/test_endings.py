"""How a process with a run ends, and what it says then."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from tests.tracking.conftest import Desk

INTERRUPTED = """
import os, signal, time, runstone
runstone.init("ends", mode="offline")
os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""
FAILED = """
import runstone
with runstone.init("ends", mode="offline") as run:
    raise SystemExit(3)
"""
LEFT = """
import sys, runstone
run = runstone.init("ends", mode="offline")
{how}
"""
FORKED = """
import os, runstone
run = runstone.init("ends", mode="offline")
for number in range(3):
    child = os.fork()
    if child == 0:
        run.log({"number": number})
        os._exit(0)
    os.waitpid(child, 0)
"""
REMOVED = """
import os, shutil, sys, runstone
run = runstone.init("ends", mode="offline")
with open(os.path.join(run.dir, "kept.txt"), "w") as file:
    file.write("kept")
run.log({"loss": 1})
sys.stderr.isatty = lambda: True  # to whom it says how the metrics moved
while os.path.exists(run.folder):  # threads of the run still write there
    shutil.rmtree(run.folder, ignore_errors=True)
os.close(1)
run.finish()
print(run.is_finished, file=sys.stderr)
"""
TOLD_TWICE = """
import signal, runstone
run = runstone.init("ends", mode="offline")
num = 0
def look(*_):
    global num
    num += 1
    run.summary["loss"]
run.log({"loss": 1})
assert run.summary["loss"] == 1
signal.signal(signal.SIGVTALRM, look)
signal.setitimer(signal.ITIMER_VIRTUAL, 1e-4, 1e-4)
while num < 30:
    run.log({"loss": num})
    assert run.summary["loss"] <= num
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
"""
MISTAKEN = """
import runstone
run = runstone.init("ends", mode="offline")
for wrong in (None, [1, 2], "loss"):
    try:
        run.log(wrong)
    except TypeError as error:
        print(error)
run.log({"loss": 1}, step=2.5)
run.log({"loss": 1}, step="7")
print(run.step)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_process_as_it_would_without_a_run(desk: Desk) -> None:
    _, err = desk.run(INTERRUPTED, code=-signal.SIGINT)
    assert "was interrupted" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_sigterm_ends_the_run_where_the_script_has_it_do_so(desk: Desk) -> None:
    handler = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))"
    script = f"import sys\n{INTERRUPTED.replace('SIGINT', 'SIGTERM')}"
    script = script.replace("os.kill", f"{handler}\nos.kill")
    _, err = desk.run(script, code=143)
    assert "has failed (exit code 143)" in err, "as docs/logging.md says"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_waiting_for_a_server(desk: Desk) -> None:
    script = 'import runstone\nrunstone.init("ends", finish_timeout=float("inf")).log({"loss": 1})'
    process = desk.start(script, RUNSTONE_URL="http://127.0.0.1:9")
    assert process.stderr is not None
    # After three seconds, so that nobody wonders.
    while "Ctrl-C leaves it for later" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert "not everything is sent" in err
    assert "to send the rest: runstone sync runstone" in err
    assert "Traceback" not in err


def test_a_run_that_failed_is_not_called_finished(desk: Desk) -> None:
    _, err = desk.run(FAILED, code=3)
    assert "has failed (exit code 3)" in err
    assert "is finished" not in err


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("sys.exit('text')", 1, "has failed (exit code 1)"),
        ("exit(3)", 3, "has failed (exit code 3)"),
        ("quit()", 0, "is finished"),
    ],
)
def test_the_run_ends_as_its_script(desk: Desk, how: str, code: int, said: str) -> None:
    _, err = desk.run(LEFT.format(how=how), code=code)
    assert said in err


@pytest.mark.skipif(sys.platform == "win32", reason="what is open stays there")
def test_a_folder_and_a_stream_that_are_gone_end_no_script(desk: Desk) -> None:
    _, err = desk.run(REMOVED, RUNSTONE_CONSOLE="redirect")
    assert "Traceback" not in err
    assert "True" in err.splitlines(), "what a thread could not write may be said behind it"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers that send signals")
def test_a_signal_handler_reads_the_summary_that_is_being_read(desk: Desk) -> None:
    desk.run(TOLD_TWICE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_fork_soon_after_the_beginning_is_quiet(desk: Desk) -> None:
    _, err = desk.run(FORKED)
    assert "Error" not in err


def test_what_is_no_dictionary_or_no_step_is_said(desk: Desk) -> None:
    out, err = desk.run(MISTAKEN)
    *said, step = out.splitlines()
    assert len(said) == 3
    assert all(line.startswith("log() takes a dictionary of values by name") for line in said)
    # Both rows were counted on.
    assert step == "2"
    assert err.count("is no whole number") == 1
