"""What a run is called, what it says of itself once in a while, and how it is stopped."""

from __future__ import annotations

import sqlite3

import pytest
from tests.sdk.lab import Lab
from tests.server.processes import wait_until
from tests.tracking.conftest import Desk

from runstone.errors import NotFound
from runstone.sdk import Api

SAYS = """
import runstone
from datetime import timedelta
with runstone.init("named", id={id!r}, mode={mode!r}, name="before", tags="a,b") as run:
    run.name = "after"
    run.notes = "first"
    run.notes += " and more"
    run.tags += ("c",)
    run.group, run.job_type = "g", "train"
    run.alert("t", "once", level="WARN")
    run.alert("t", "too soon")
    run.alert("u", wait_duration=timedelta(seconds=5))
    runstone.alert("v", level="error")
    print(run.name, run.notes, run.tags, run.group, run.job_type, run.offline, run.disabled)
"""


def alerts(lab: Lab, run: str) -> list[tuple[str, str, str]]:
    with sqlite3.connect(lab.server.data / "runstone.db") as database:
        return database.execute(
            "SELECT title, body, level FROM alert JOIN run ON run.id = alert.run_id "
            "WHERE run.name = ? ORDER BY alert.id",
            (run,),
        ).fetchall()


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_names_and_alerts_are_recorded_once(desk: Desk, api: Api, lab: Lab, mode: str) -> None:
    name = f"named-{mode}"
    out, _ = desk.run(SAYS.format(id=name, mode=mode))
    said = f"after first and more ('a', 'b', 'c') g train {mode == 'offline'} False\n"
    assert out == said
    desk.runstone("sync")
    run = api.run(f"ada/named/{name}")
    assert (run.name, run.notes, tuple(run.tags)) == ("after", "first and more", ("a", "b", "c"))
    assert (run.group, run.job_type) == ("g", "train")
    run.update(name="by hand")
    for mark in desk.folder.glob("runstone/run-*/sent"):
        mark.unlink()
    desk.runstone("sync")
    assert api.run(f"ada/named/{name}").name == "by hand", "what is synced again says nothing new"
    assert alerts(lab, name) == [("t", "once", "WARN"), ("u", "", "INFO"), ("v", "", "ERROR")]


def test_where_a_run_is(desk: Desk) -> None:
    out, _ = desk.run(
        """
import runstone
run = runstone.init("where", id="r")
run._uploader.wait_for_begun(60)
print(run.entity, run.project, run.path, run.url, run.project_url, run.get_url() == run.url)
print(run.name, run.sweep_id, run.resumed, run.step, run.status().trouble, run.start_time > 1e9)
run.finish()
print(run.status().is_finished)
off = runstone.init("where", mode="disabled")
print(off.disabled, off.url, off.entity, off.path, off.sync_dir)
off.summary["a"] = 1
off.config.b = 2
off.log({"c": 3})
off.alert("nobody hears")
print(off.summary["a"], off.config["b"])
"""
    )
    url = desk.environ["RUNSTONE_URL"]
    first, second, *rest = out.splitlines()
    page = f"{url}/ada/where"
    assert first == f"ada where ada/where/r {page}/runs/r {page} True"
    name, _, others = second.partition(" ")
    assert "-" in name
    assert others == "None False 0 None True"
    assert rest == ["True", f"True None None where/{out.split()[-4].split('/')[-1]} None", "1 2"]


def test_what_makes_no_sense_is_said(desk: Desk) -> None:
    out, _ = desk.run(
        """
import runstone
run = runstone.init("p", mode="disabled")
for what in (
    lambda: setattr(run, "name", 3),
    lambda: setattr(run, "tags", "one"),
    lambda: run.alert("t", level="LOUD"),
    lambda: run.alert("t", wait_duration="soon"),
):
    try:
        what()
    except runstone.UsageError as error:
        print(error)
"""
    )
    name, tags, level, wait = out.splitlines()
    assert "name is 3" in name
    assert "write ('one',)" in tags
    assert "INFO, WARN, ERROR" in level
    assert "'soon'" in wait


def test_a_preempted_run_has_not_failed(desk: Desk, api: Api) -> None:
    script = 'import runstone, sys\nrun = runstone.init("taken", id="{}")\n{}sys.exit(3)'
    desk.run(script.format("warned", "run.mark_preempting()\n"), code=3)
    desk.run(script.format("failed", ""), code=3)
    assert api.run("ada/taken/warned").state == "preempted"
    assert api.run("ada/taken/failed").state == "failed"


STOPPED = """
import runstone, time
run = runstone.init("stopped", id={id!r})
try:
    i = 0
    while i < {num}:
        run.log({{"i": i}})
        if i == 0:
            print("began", flush=True)
        i += 1
        time.sleep(0.05)
except KeyboardInterrupt:
    print("stopped", flush=True)
    raise
"""


def test_a_stop_on_the_server_interrupts_the_script(desk: Desk, api: Api) -> None:
    process = desk.start(STOPPED.format(id="r", num=10**9))
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    _stop(api, "r")
    out, err = process.communicate(timeout=120)
    assert out == "stopped\n"
    assert process.returncode != 0
    assert err.count("somebody asked for the run to stop") == 1
    assert api.run("ada/stopped/r").state == "killed"


def test_a_script_may_go_on_all_the_same(desk: Desk, api: Api) -> None:
    process = desk.start(STOPPED.format(id="s", num=100), RUNSTONE_STOP_ON_REQUEST="off")
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    _stop(api, "s")
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (0, "")
    assert "it goes on" in err
    assert api.run("ada/stopped/s").state == "finished"


def _stop(api: Api, run: str) -> None:
    def is_there() -> bool:
        try:
            return api.run(f"ada/stopped/{run}").state == "running"
        except NotFound:
            return False

    wait_until(is_there)
    api.run(f"ada/stopped/{run}").stop()
