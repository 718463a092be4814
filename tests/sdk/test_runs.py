"""Runs by query: lazy, in order, as sequences are."""

from __future__ import annotations

import math

import pytest
from tests.sdk.lab import Lab

from runstone.errors import InvalidInput, NotFound
from runstone.sdk import Api, Other, Run, Runs


def ids(runs: object) -> list[str]:
    assert isinstance(runs, (list, Runs))
    return [run.id for run in runs]


def test_a_sequence(api: Api) -> None:
    runs = api.runs("ada/digits", sort="config.lr")
    assert len(runs) == 5
    assert ids(runs) == ["r4", "r3", "r2", "r1", "r0"]
    assert (runs[0].id, runs[-1].id, runs[-5].id) == ("r4", "r0", "r4")
    assert ids(runs[1:3]) == ["r3", "r2"]
    assert ids(runs[::-2]) == ["r0", "r2", "r4"]
    assert ids(runs[-2:]) == ["r1", "r0"]
    assert runs[1] in runs
    assert runs.index(runs[3]) == 3
    assert ids(list(reversed(runs))) == ["r0", "r1", "r2", "r3", "r4"]
    for beyond in (5, -6):
        with pytest.raises(IndexError, match=f"There are 5 runs, and none at {beyond}"):
            runs[beyond]
    assert repr(runs) == "<Runs: ada/digits, sort='config.lr'>"


def test_newest_first_unless_asked(api: Api) -> None:
    assert ids(api.runs("ada/digits")) == ["r4", "r3", "r2", "r1", "r0"]
    assert ids(api.runs("digits", search="TRY 2")) == ["r2"], "one's own project by its name"


def test_filters_add_up(api: Api) -> None:
    runs = api.runs("ada/digits", filter='"baseline" in tags or state == "failed"', sort="name")
    assert ids(runs) == ["r0", "r1", "r2", "r4"]
    narrower = runs.filter("config.lr < 0.5")
    assert ids(narrower) == ["r1", "r2", "r4"], "`or` does not reach out of its filter"
    assert ids(narrower.sort("-name")) == ["r4", "r2", "r1"]
    assert runs.filter(" ") is runs
    assert ids(api.runs("ada/digits", filter="summary.loss == nan")) == ["r3"]


def test_pages_are_fetched_as_they_are_looked_at(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runstone.sdk.runs._FIRST_PAGE", 2)
    monkeypatch.setattr("runstone.sdk.runs._PAGE", 2)
    asked = []
    with lab.api() as api:
        transport = api._transport
        get = transport.get
        monkeypatch.setattr(transport, "get", lambda *args: asked.append(args) or get(*args))
        runs = api.runs("ada/digits", sort="config.lr")
        assert asked == []
        assert (len(runs), runs[1].id, len(asked)) == (5, "r3", 1)
        assert (runs[3].id, len(asked)) == ("r1", 2)
        assert ids(runs) == ["r4", "r3", "r2", "r1", "r0"]
        assert ids(runs) == ["r4", "r3", "r2", "r1", "r0"]
        assert len(asked) == 3
        assert len(runs.refreshed()) == 5
        assert len(asked) == 4


def test_values_come_along(api: Api) -> None:
    columns = ["config.opt.name", 'summary["loss"]', "config.none"]
    runs = api.runs("ada/digits", sort="config.lr", columns=columns)
    assert dict(runs[4].values) == {"config.opt.name": "sgd", 'summary["loss"]': 0.0}
    assert math.isnan(runs[1].values['summary["loss"]'])
    assert dict(api.runs("ada/digits")[0].values) == {}


def test_what_is_not_understood_is_pointed_at(api: Api) -> None:
    with pytest.raises(InvalidInput) as caught:
        len(api.runs("ada/digits", filter="config.lr <"))
    assert caught.value.code == "bad-filter"
    assert caught.value.position == 11
    with pytest.raises(NotFound, match="ada/nothing"):
        len(api.runs("ada/nothing"))
    for path in ("", "/", "a/b/c", "ada/di?its"):
        with pytest.raises(InvalidInput):
            api.runs(path)


def test_a_text_where_names_are_wanted_is_one_name(lab: Lab, api: Api) -> None:
    runs = api.runs("ada/digits", columns="config.lr")
    assert runs[0].values == {"config.lr": runs[0].config["lr"]}
    (group,) = runs.group_by(aggregates="mean(config.lr)")
    assert list(group.figures) == ["mean(config.lr)"]
    lab.log("named", "texts")
    assert api.run("ada/texts/named").update(tags="baseline").tags == ("baseline",)
    assert [key.name for key in api.project("ada/digits").logged_keys("r1")]


def test_what_is_no_text_is_refused(api: Api) -> None:
    runs = api.runs("ada/digits")
    with pytest.raises(InvalidInput, match=r"A filter is a text such as .*, not \{'config\.lr': 1"):
        api.runs("ada/digits", filter={"config.lr": 1})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="A filter is a text"):
        runs.filter(3)  # type: ignore[arg-type]
    for sort in (api.runs, lambda path, sort: runs.sort(sort)):
        with pytest.raises(InvalidInput, match="one text with commas"):
            sort("ada/digits", sort=["-config.lr", "name"])  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="Name the keys one by one"):
        runs.group_by(["config.lr", "state"])  # type: ignore[arg-type]


def test_a_key_that_no_run_has_is_told_of(api: Api) -> None:
    (warning,) = api.runs("ada/digits", filter="config.learning_rate < 1").warnings
    assert "config.learning_rate" in warning
    assert api.runs("ada/digits").warnings == []


def test_many_at_once(lab: Lab, api: Api) -> None:
    for name in ("a", "b", "c"):
        lab.log(name, "bulk", tags=["old"])
    runs = api.runs("ada/bulk", sort="id")
    assert runs.filter('id != "c"').add_tags("new", "newer") == 2
    assert [run.tags for run in runs] == [("old", "new", "newer")] * 2 + [("old",)]
    assert runs.remove_tags("old") == 3
    assert runs.set_group("g") == 3
    assert runs.set_group("g") == 0
    assert [(run.tags, run.group) for run in runs.refreshed()][2] == ((), "g")
    gone = runs.filter('id == "a"')
    assert gone.delete() == 1
    assert ids(runs.refreshed()) == ["b", "c"]
    assert gone.restore() == 1
    assert ids(runs.refreshed()) == ["a", "b", "c"]


def test_moved_and_put_aside(lab: Lab, api: Api) -> None:
    for name in ("a", "b"):
        lab.log(name, "here")
    for project in ("there", "beyond"):
        lab.log("x", project)
    runs = api.runs("ada/here", 'id == "a"')
    assert runs.move("there") == 1
    assert ids(api.runs("ada/here")) == ["b"]
    assert ids(api.runs("ada/there", 'id == "a"').refreshed()) == ["a"]
    assert api.runs("ada/there", 'id == "a"').move("ada/beyond") == 1
    with pytest.raises(NotFound, match="ada/nowhere"):
        api.runs("ada/beyond").move("nowhere")
    with pytest.raises(InvalidInput, match="names a run"):
        api.runs("ada/beyond").move("ada/beyond/a")
    runs = api.runs("ada/beyond", sort="id")
    assert runs.set_archived(True) == 2
    assert runs.set_archived(True) == 0
    assert ids(runs.refreshed()) == []
    assert runs.set_archived(False) == 2
    assert ids(runs.refreshed()) == ["a", "x"]


def test_groups(api: Api) -> None:
    runs = api.runs("ada/digits", filter="config.lr < 0.5")
    best = "best(summary.acc, max)"
    aggregates = ["count()", "mean(summary.acc)", best]
    even, odd = runs.group_by("group", aggregates=aggregates, sort="group")
    assert dict(even.values) == {"group": "even"}
    assert even.figures["count()"] == even.num_runs == 2
    assert even.figures["mean(summary.acc)"] == pytest.approx(0.7)
    assert dict(even.runs_of) == {best: "r2"}
    assert odd.filter is not None
    assert sorted(ids(runs.filter(odd.filter))) == ["r1", "r3"]
    (everything,) = runs.group_by(aggregates=["count()"])
    assert everything.num_runs == 4
    values = api.runs("ada/digits").values_of("config.opt.name")
    assert [(value.value, value.num_runs) for value in values] == [("sgd", 3), ("adam", 2)]


def test_lists_and_objects_are_one_group(lab: Lab, api: Api) -> None:
    for name, size in {"pair": [1, 2], "object": {"a": 1}, "alike": {"$other": True}}.items():
        lab.log(name, "sizes", config={"size": size})
    lab.log("one", "sizes", config={"size": 1})
    groups = api.runs("ada/sizes").group_by("config.size")
    assert [(group.values["config.size"], group.num_runs) for group in groups] == [
        (1, 1),
        (Other.OTHER, 3),
    ]
    assert groups.warnings == []
    groups = api.runs("ada/sizes").group_by("config.sizes")
    assert groups.warnings == [
        "No run here has a value for config.sizes; did you mean config.size?"
    ]
    assert next(groups).num_runs == 4


def test_groups_as_data_frames(api: Api) -> None:
    groups = api.runs("ada/digits").group_by("config.opt.name", aggregates="mean(summary.acc)")
    rows = [
        {"config.opt.name": "adam", "num_runs": 2, "mean(summary.acc)": pytest.approx(0.8)},
        {"config.opt.name": "sgd", "num_runs": 3, "mean(summary.acc)": pytest.approx(0.8)},
    ]
    assert groups.to_dicts() == rows
    assert groups.to_polars().to_dicts() == rows
    assert groups.to_arrow().to_pylist() == rows
    assert groups.to_pandas().to_dict("records") == rows
    assert next(groups).num_runs == 2, "what is iterated over is not used up"


def test_a_doubtful_query_is_told_of_before_its_runs_are_changed(lab: Lab, api: Api) -> None:
    lab.log("one", "doubts", config={"done": True})
    runs = api.runs("ada/doubts", filter="not config.don == true")
    with pytest.warns(UserWarning, match="add_tags of 1 runs: No run here has a value"):
        assert runs.add_tags("x") == 1


def test_runs_are_equal_by_what_they_are(api: Api) -> None:
    one, again = api.run("ada/digits/r1"), api.runs("ada/digits", sort="id")[1]
    assert one == again
    assert len({one, again, api.run("ada/digits/r2")}) == 2
    assert one != "r1"
    assert isinstance(again, Run)
