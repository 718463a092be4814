"""What interrupts a script in the midst of ours: its own signal handlers, Ctrl-C while files are
copied. What was raised reaches the script, and its run ends as what it is."""

from __future__ import annotations

import functools
import signal
import sys
from collections.abc import Callable

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api, Run
from runstone.tracking.interruptions import is_of_handler

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

TOO_LATE = """
import signal, runstone
class TooLate(TimeoutError):  # an OSError, as a full disk is one
    pass
def late(signum, frame):
    if is_awaited:
        raise TooLate
is_awaited = False
run = runstone.init("too-late", id="too-late")
run.log({"number": 0}, step=0, commit=True)
signal.signal(signal.SIGVTALRM, late)
signal.setitimer(signal.ITIMER_VIRTUAL, 2e-4, 2e-4)
num_raised, returned, number = 0, [], 0
while num_raised < 100:
    number += 1
    value = number if number % 2 else [number, {number}]
    try:
        is_awaited = True
        run.log({"number": value}, step=number, commit=True)
        is_awaited = False
        returned.append(number)
    except TooLate:
        is_awaited = False
        num_raised += 1
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
run.finish()
print(*returned)
"""
RAISED_WITHIN = """
import os, signal, runstone
class TooLate(Exception):
    pass
def late(signum, frame):
    raise TooLate
class Slow:
    def __str__(self):
        os.kill(os.getpid(), signal.SIGVTALRM)
        return "slow"
signal.signal(signal.SIGVTALRM, late)
run = runstone.init("too-late", mode="offline")
for say in (run.log, run.config.update, run.summary.update):
    try:
        say({"value": Slow()})
    except TooLate:
        print("raised")
"""
COPYING = """
import os, signal, sys, runstone
left = 1
def interrupt(event, args):
    global left
    if event == "{event}" and is_armed and left:
        left -= 1
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
is_armed = False
run = runstone.init("copies", id="{id}")
with open("weights.bin", "w") as file:
    file.write("first")
run.save("weights.bin", policy="end")
with open(os.path.join(run.dir, "notes.txt"), "w") as file:
    file.write("kept")
run.log({{"loss": 1}})
with open("new.bin", "w") as file:
    file.write("second")
os.replace("new.bin", "weights.bin")
is_armed = True
{then}
"""

GIVEN_UP = """
import os, signal, socket, threading, runstone
server = socket.create_server(("127.0.0.1", 0))  # takes connections, and answers nothing
def interrupt():
    kept.append(server.accept())
    os.kill(os.getpid(), signal.SIGINT)
kept = []
threading.Thread(target=interrupt).start()
try:
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    runstone.init("given-up", id="given-up", resume="allow", url=url, api_key="key")
except KeyboardInterrupt:
    print(runstone.run, [name for name in os.listdir("runstone") if name != ".gitignore"])
for connection, _ in kept:
    connection.close()
server.close()
for thread in threading.enumerate():
    if thread.name == "runstone-uploader":
        thread.join()
"""


def look(api: Api, name: str) -> tuple[Run, set[str]]:
    run = api.run(f"ada/copies/{name}")
    assert run.history().to_arrow().num_rows == 1
    return run, {file.name for file in run.files()}


def test_what_a_handler_raises_reaches_the_script_and_no_row_is_there_twice(
    desk: Desk, api: Api
) -> None:
    out, err = desk.run(TOO_LATE)
    assert "lost" not in err
    assert "cannot be written" not in err
    steps = api.run("ada/too-late/too-late").history().to_arrow().column("_step").to_pylist()
    assert len(steps) == len(set(steps))
    assert not {int(number) for number in out.split()} - set(steps)


def test_what_a_handler_raises_while_a_value_is_looked_at_reaches_the_script(desk: Desk) -> None:
    out, _ = desk.run(RAISED_WITHIN)
    assert out.split() == ["raised"] * 3


def test_ctrl_c_while_a_file_is_copied_ends_the_run(desk: Desk, api: Api) -> None:
    then = 'run.save("weights.bin", policy="now")'
    script = COPYING.format(id="saving", event="shutil.copyfile", then=then)
    desk.run(script, code=-signal.SIGINT)
    run, files = look(api, "saving")
    assert (run.state, run.exit_code) == ("killed", 255)
    assert {"weights.bin", "notes.txt"} <= files


@pytest.mark.parametrize(
    ("then", "code", "said"),
    [
        ("run.finish()", -signal.SIGINT, ("killed", 255)),
        ("with run: pass", -signal.SIGINT, ("killed", 255)),
        ("", 0, ("finished", 0)),  # the script had ended, and well
    ],
)
def test_ctrl_c_while_the_end_copies_files_ends_the_run(
    desk: Desk, api: Api, then: str, code: int, said: tuple[str, int]
) -> None:
    name = f"ending-{len(then)}"
    desk.run(COPYING.format(id=name, event="os.link", then=then), code=code)
    run, files = look(api, name)
    assert (run.state, run.exit_code) == said
    assert {"weights.bin", "notes.txt"} <= files


def test_a_second_ctrl_c_leaves_at_once_and_the_rest_is_sent_later(desk: Desk, api: Api) -> None:
    script = COPYING.format(id="twice", event="os.link", then="run.finish()")
    process = desk.start(script, RUNSTONE_URL="http://127.0.0.1:9", RUNSTONE_FINISH_TIMEOUT="inf")
    assert process.stderr is not None
    while "Ctrl-C leaves it for later" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGINT
    assert "to send the rest: runstone sync runstone" in err
    desk.runstone("sync", "runstone")
    run, files = look(api, "twice")
    assert (run.state, run.exit_code) == ("killed", 255)
    assert {"weights.bin", "notes.txt"} <= files


class Handlers:
    """As people write them: each raises."""

    def method(self, signum: int, frame: object) -> None:
        raise TimeoutError

    def __call__(self, *told: object) -> None:
        raise LookupError


def handle(_: str, signum: int, frame: object) -> None:
    Handlers().method(1, None)


@pytest.mark.parametrize(
    "handler",
    [Handlers().method, Handlers(), functools.partial(handle, "given"), lambda *_: 1 / 0],
)
def test_whose_exception_it_is(handler: Callable[[int, object], object]) -> None:
    before = signal.signal(signal.SIGVTALRM, handler)
    try:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each its own
            signal.raise_signal(signal.SIGVTALRM)
    finally:
        signal.signal(signal.SIGVTALRM, before)
    assert is_of_handler(caught.value)


def test_an_error_of_whoever_looks_at_frames_is_no_handlers() -> None:
    def look(frame: object, depth: int = 1) -> None:
        raise ValueError(frame, depth)

    with pytest.raises(ValueError, match="frame") as caught:
        look(sys._getframe())
    assert not is_of_handler(caught.value)


def test_ctrl_c_while_init_waits_for_the_server_leaves_no_run_behind(desk: Desk) -> None:
    out, err = desk.run(GIVEN_UP)
    assert out == "None []\n"
    assert err == ""
