"""One run: its facts, its output, its media, its changes."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime

import pytest
from tests.sdk.lab import Lab

from runstone.errors import InvalidInput, NotFound
from runstone.sdk import Api, Histogram, MediaItem


def test_facts(lab: Lab, api: Api) -> None:
    run = api.run("ada/digits/r1")
    assert (run.id, run.entity, run.project, run.path) == ("r1", "ada", "digits", "ada/digits/r1")
    assert (run.name, run.number, run.state, run.exit_code) == ("try 1", 2, "finished", 0)
    assert (run.user, run.group, run.tags, run.job_type) == ("ada", "odd", ("baseline",), None)
    assert (run.num_rows, run.last_step, run.sweep, run.commit) == (4, 3, None, None)
    assert run.url == f"{lab.url}/ada/digits/runs/r1"
    assert run.created_at.tzinfo is not None
    assert abs((datetime.now(UTC) - run.created_at).total_seconds()) < 3_600
    assert run.finished_at is not None
    assert run.duration_s == (run.finished_at - run.created_at).total_seconds()
    assert api.run(run.url) == run
    assert api.run("digits/r1") == run
    with pytest.raises(InvalidInput, match="names a project"):
        api.run("ada/digits")
    assert repr(run) == "<Run: ada/digits/r1 'try 1' finished>"


def test_documents_are_as_logged_and_read_only(api: Api) -> None:
    run = api.run("ada/digits/r3")
    assert dict(run.config) == {"lr": 0.001, "opt": {"name": "adam"}}
    assert math.isnan(run.summary["loss"])
    with pytest.raises(TypeError):
        run.config["lr"] = 1  # type: ignore[index]


def test_what_a_list_did_not_bring_is_read_when_it_is_looked_at(api: Api) -> None:
    (run,) = api.runs("ada/digits", filter='id == "r2"')
    assert run.config["lr"] == 0.01
    assert run.notes == ""


def test_what_a_list_did_not_bring_is_read_for_many_at_once(
    lab: Lab, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        lab.log(f"r{number}", "together", config={"n": number})
    monkeypatch.setattr("runstone.sdk.runs._TOGETHER", 2)
    runs = list(api.runs("ada/together", sort="config.n", columns=["config.n"]))
    api.run("ada/together/r3").delete()
    asked: list[object] = []
    get = api._transport.get
    monkeypatch.setattr(api._transport, "get", lambda *args: asked.append(args) or get(*args))
    assert [run.config["n"] for run in runs if run.id != "r3"] == [0, 1, 2, 4]
    assert len(asked) == 3
    with pytest.raises(NotFound):
        _ = runs[3].config
    assert [run.values["config.n"] for run in runs] == [0, 1, 2, 3, 4]


def test_changes(lab: Lab, api: Api) -> None:
    lab.log("one", "changes", tags=["a"])
    run = api.run("ada/changes/one")
    same = run.update(name="new", notes="Why.", tags=["a", "b"], group="g", job_type="eval")
    assert same is run
    again = api.run("ada/changes/one")
    for seen in (run, again):
        facts = (seen.name, seen.notes, seen.tags, seen.group, seen.job_type)
        assert facts == ("new", "Why.", ("a", "b"), "g", "eval")
    run.update(group=None, tags=[])
    assert (run.group, run.tags, run.job_type) == (None, (), "eval")
    with pytest.raises(InvalidInput, match="cannot be without a name"):
        run.update(name=" ")
    assert again.group == "g"
    assert again.reload().group is None


def test_deleting_is_undone(lab: Lab, api: Api) -> None:
    lab.log("gone", "trash", rows=[{"loss": 1}])
    run = api.run("ada/trash/gone")
    run.delete()
    with pytest.raises(NotFound):
        api.run("ada/trash/gone")
    (trashed,) = api.project("ada/trash").trash()
    assert trashed == run
    assert trashed.restore().num_rows == 1
    assert list(api.project("ada/trash").trash()) == []


def test_keys(api: Api) -> None:
    run = api.run("ada/digits/r1")
    assert [(key.name, key.kind, key.num_values) for key in run.logged_keys()] == [
        ("loss", "number", 4),
        ("note", "json", 1),
    ]
    assert [key.name for key in run.logged_keys(system=True)] == ["system.cpu"]


def test_keys_of_more_than_one_page(lab: Lab, api: Api) -> None:
    names = [f"weight_{number:05}" for number in range(10_001)]
    lab.log("many", "weights", rows=[dict.fromkeys(names, 1.0)])
    assert [key.name for key in api.run("ada/weights/many").logged_keys()] == names
    assert [key.name for key in api.project("ada/weights").logged_keys()] == names


def test_console(api: Api) -> None:
    console = api.run("ada/digits/r1").console()
    assert [line.text for line in console] == ["hello from 1", "\x1b[31mred\x1b[0m", "bye"]
    assert console.text() == "hello from 1\nred\nbye\n"
    assert [line.text for line in console.tail(1)] == ["bye"]
    assert console.tail(0) == []
    assert [line.number for line in console.search("HELLO")] == [0]
    assert list(console.search("HELLO", case=True)) == []
    assert [line.number for line in console.search("^b.e$", regex=True)] == [2]
    with pytest.raises(InvalidInput):
        list(console.search("(", regex=True))


def test_long_console(lab: Lab, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.sdk.console._LINES_AT_ONCE", 2)
    monkeypatch.setattr("runstone.sdk.console._MATCHES_AT_ONCE", 1)
    lines = [f"line {i}" for i in range(7)]
    lab.log("long", "console", console=lines)
    console = api.run("ada/console/long").console()
    assert [line.text for line in console] == lines
    assert [line.text for line in console.search("line")] == lines


def test_following_a_live_run(lab: Lab, api: Api) -> None:
    lab.log("live", "console", console=["one", "two"], exit_code=None)
    run = api.run("ada/console/live")
    ended = threading.Event()
    seen = []
    for line in run.console().follow(tail=1, every_s=0.01, until=ended.is_set):
        seen.append(line.text)
        if line.text == "two":
            lab.more_console("live", "console", 2, ["three", "four"])
        elif line.text == "four":
            ended.set()
    assert seen == ["two", "three", "four"]


def test_media(lab: Lab, api: Api) -> None:
    picture = {
        "_type": "image-file",
        "path": "media/images/x_0.png",
        "format": "png",
        "width": 2,
        "height": 3,
        "size": 4,
        "sha256": "0" * 64,
        "caption": "a cat",
    }
    histogram = {"_type": "histogram", "bins": [0, 1, 2], "values": [3, 4]}
    lab.log("one", "media", rows=[{"x": picture, "h": histogram}, {}, {"h": histogram}])
    run = api.run("ada/media/one")
    keys = [(k.key, k.kind, k.num_values, k.first_step, k.last_step) for k in run.media()]
    assert keys == [("h", "histogram", 2, 0, 2), ("x", "image", 1, 0, 0)]
    (value,) = run.media_values("x")
    assert (value.step, value.kind, value.histogram) == (0, "image", None)
    (item,) = value.items
    assert item == MediaItem(
        "media/images/x_0.png", "a cat", "png", 2, 3, size_bytes=4, sha256="0" * 64
    )
    assert [value.histogram for value in run.media_values("h")] == [
        Histogram((0.0, 1.0, 2.0), (3.0, 4.0))
    ] * 2
    assert [value.step for value in run.media_values("h", min_step=1)] == [2]


def test_projects(lab: Lab, api: Api) -> None:
    assert api.user == "ada"
    assert "ada/digits" in [project.path for project in api.projects()]
    assert api.projects("ada") != []
    project = api.project("digits")
    assert (project.path, project.num_runs) == ("ada/digits", 5)
    assert dict(project.states) == {"failed": 1, "finished": 4}
    assert project.url == f"{lab.url}/ada/digits"
    assert project.run("r1") == api.run("ada/digits/r1")
    assert project.runs(sort="name")[0].id == "r0"
    assert [key.name for key in project.logged_keys()] == ["loss", "note"]
    assert [key.num_runs for key in project.logged_keys(["r1", "r2"])] == [2, 2]
    columns = {column.name: column for column in project.columns("lr")}
    assert columns["config.lr"].num_runs == 5
    assert columns["config.lr"].type == "number"


def test_projects_change(lab: Lab, api: Api) -> None:
    lab.log("one", "short-lived")
    project = api.project("ada/short-lived")
    assert project.update(description="What it is.").description == "What it is."
    project.delete(with_runs=True)
    with pytest.raises(NotFound):
        api.project("ada/short-lived")
    assert project.restore().num_runs == 1
