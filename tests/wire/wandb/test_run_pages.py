"""Lists of runs and files a page at a time, and what may be done to runs from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.wire.wandb.conftest import Site

from runstone.domain.access import OPERATOR
from runstone.domain.run import RunTexts
from runstone.ports.store import Snapshot
from runstone.services.run_index.index import SnapshotTooOld
from runstone.services.runs import rewind_run
from runstone.wire.wandb.graphql import run_pages
from runstone.wire.wandb.graphql.history_keys import HistoryKeys
from runstone.wire.wandb.graphql.loading import RunLoader

LIST = """query Runs($f: JSONString, $o: String, $a: String, $n: Int) {
  project(name: "p") { runCount(filters: $f) runs(filters: $f, order: $o, after: $a, first: $n) {
    totalCount edges { cursor node { name %s } } pageInfo { endCursor hasNextPage } } } }"""
FULL = "config summaryMetrics systemMetrics historyKeys historyLineCount user { username }"
STATE = "mutation S($i: UpdateRunStateInput!) { updateRunState(input: $i) { success } }"


@pytest.fixture
def runs(site: Site) -> Site:
    """Runs r0 to r6; even ones have a loss and a row of history."""
    for number in range(7):
        name = f"r{number}"
        config = json.dumps({"n": {"value": number}})
        summary = json.dumps({"loss": 10 - number}) if number % 2 == 0 else None
        site.begin(name, config=config, summaryMetrics=summary, tags=[f"t{number % 2}"])
        if number % 2 == 0:
            rows = {"offset": 0, "content": ['{"_step": 0, "loss": 1}']}
            site.stream({"wandb-history.jsonl": rows}, name=name)
    return site


def page(site: Site, fields: str = "", **asked: Any) -> dict[str, Any]:
    if isinstance(asked.get("f"), dict):
        asked["f"] = json.dumps(asked["f"])
    found: dict[str, Any] = site.data(LIST % fields, **asked)["project"]
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in found["runs"]["edges"]]


def refused(site: Site, **asked: Any) -> tuple[str, str]:
    answer = site.graphql(LIST % "", **asked)
    assert answer.status_code in (200, 400)
    (error,) = answer.json()["errors"]
    return error["extensions"]["code"], error["message"]


def test_pages_follow_from_the_last_edge(runs: Site) -> None:
    asked: dict[str, Any] = {"f": {"config.n": {"$gt": 0}}, "o": "-summary_metrics.loss", "n": 2}
    seen: list[list[str]] = []
    after = None
    while True:
        found = page(runs, a=after, **asked)
        assert found["runCount"] == found["runs"]["totalCount"] == 6
        seen.append(names(found))
        after = found["runs"]["edges"][-1]["cursor"]
        assert found["runs"]["pageInfo"] == {
            "endCursor": after,
            "hasNextPage": after is not None,
        }
        if after is None:
            break
    assert seen == [["r2", "r4"], ["r6", "r5"], ["r3", "r1"]]


def test_a_run_that_is_made_or_deleted_between_pages(runs: Site) -> None:
    first = page(runs, n=3)
    delete = "mutation D($i: ID!) { deleteRun(input: {id: $i}) { clientMutationId } }"
    runs.data(delete, i=runs.begin("r2"))
    runs.begin("r7")
    rest = page(runs, n=10, a=first["runs"]["edges"][-1]["cursor"])
    assert names(first) + names(rest) == [f"r{i}" for i in range(8)], "none is skipped"
    assert names(page(runs)) == ["r0", "r1", "r3", "r4", "r5", "r6", "r7"]


def test_a_cursor_belongs_to_its_query(runs: Site) -> None:
    cursor = page(runs, n=2)["runs"]["edges"][-1]["cursor"]
    for other in ({"o": "-created_at"}, {"f": '{"tags": "t1"}'}):
        code, message = refused(runs, n=2, a=cursor, **other)
        assert code == "bad-cursor"
        assert "begin without one" in message
    assert refused(runs, a="Zm9v")[0] == "bad-cursor"


@pytest.mark.parametrize(("size", "num"), [(0, 0), (1, 1), (1_000_000, 7), (None, 7)])
def test_any_size_is_a_page(runs: Site, size: int | None, num: int) -> None:
    found = page(runs, n=size)
    assert (len(names(found)), found["runCount"]) == (num, 7)


def test_sizes_that_are_none(runs: Site) -> None:
    assert "must not be negative" in refused(runs, n=-1)[1]
    assert runs.graphql(LIST % "", n="many").status_code == 400


def test_documents_are_read_when_asked_for_and_at_once(
    runs: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    kind = type(runs.read(lambda snapshot: snapshot.runs))
    texts_of = kind.texts_of

    def noted(self: Any, wanted: Any) -> dict[Any, RunTexts]:
        asked.append(len(wanted))
        found: dict[Any, RunTexts] = texts_of(self, wanted)
        return found

    monkeypatch.setattr(kind, "texts_of", noted)
    page(runs, "displayName tags state historyLineCount user { username } readOnly")
    assert asked == []
    found = page(runs, FULL)
    assert asked == [7]
    nodes = [edge["node"] for edge in found["runs"]["edges"]]
    assert [json.loads(node["config"])["n"]["value"] for node in nodes] == list(range(7))
    assert [node["historyLineCount"] for node in nodes] == [1, 0, 1, 0, 1, 0, 1]
    assert [bool(node["historyKeys"]) for node in nodes] == [True, False] * 3 + [True]
    assert {node["user"]["username"] for node in nodes} == {"ada"}


def test_a_snapshot_that_was_overtaken_is_taken_anew(
    runs: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [SnapshotTooOld(), SnapshotTooOld()]
    query_runs = run_pages.query_runs

    def overtaken(snapshot: Snapshot, *args: Any) -> Any:
        if left:
            raise left.pop()
        return query_runs(snapshot, *args)

    monkeypatch.setattr(run_pages, "query_runs", overtaken)
    assert len(names(page(runs))) == 7
    assert not left


def test_lists_in_a_mutation_see_it_and_leave_nothing_behind(runs: Site) -> None:
    mutation = """mutation U($i: UpsertBucketInput!) { upsertBucket(input: $i) { bucket { project {
      runs(filters: "{\\"tags\\": \\"new\\"}") { edges { node { name } } } } } }
      %s }"""
    given = {"modelName": "p", "name": "n1", "tags": ["new"]}
    project = runs.data(mutation % "", i=given)["upsertBucket"]["bucket"]["project"]
    assert project["runs"]["edges"] == [{"node": {"name": "n1"}}]
    taken_back = 'stopRun(input: {id: "nonsense"}) { success }'
    answer = runs.graphql(mutation % taken_back, i={**given, "name": "n2"})
    assert "errors" in answer.json()
    assert names(page(runs, f={"tags": "new"})) == ["n1"]


def test_states_that_others_may_set(site: Site) -> None:
    run = site.begin()

    def become(state: str) -> int:
        return site.graphql(STATE, i={"id": run, "state": state}).status_code

    for state in ("pending", "pending", "failed", "failed", "pending"):
        assert become(state) == 200
        assert site.run().state == state
    assert site.run().finished_at is None
    for state in ("running", "finished", "crashed", "killed", "nonsense"):
        assert become(state) == 400
    site.begin()
    site.stream(complete=True, exitcode=0)
    answer = site.graphql(STATE, i={"id": run, "state": "pending"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert "Invalid state transition: ada/p/r1 is finished" in error["message"]
    assert site.run().state == "finished"


def test_a_deleted_project_takes_its_runs_along(runs: Site) -> None:
    node = runs.data('{ project(name: "p") { id } }')["project"]["id"]
    delete = "mutation D($i: String!) { deleteModel(input: {id: $i}) { success } }"
    assert runs.graphql(delete, i=node, user="bob").status_code == 404
    assert runs.data(delete, i=node) == {"deleteModel": {"success": True}}
    assert runs.data('{ project(name: "p") { id } }') == {"project": None}
    assert runs.graphql(delete, i=node).status_code == 404
    for nonsense in ("x", "UnVuOnYxOmE6cDphZGE="):
        assert runs.graphql(delete, i=nonsense).status_code == 400


def test_empty_text_clears_and_null_does_not(site: Site) -> None:
    run = site.begin(groupName="g", jobType="j", notes="n")
    update = "mutation U($i: UpsertBucketInput!) { upsertBucket(input: $i) { inserted } }"
    site.data(update, i={"id": run, "groupName": None, "jobType": None, "notes": None})
    found = site.run()
    assert (found.group, found.job_type, found.notes) == ("g", "j", "n")
    site.data(update, i={"id": run, "groupName": "", "jobType": "", "notes": ""})
    found = site.run()
    assert (found.group, found.job_type, found.notes) == (None, None, "")


def test_what_runs_logged_is_told_as_it_is_now(runs: Site) -> None:
    """Answers are kept while nothing changes that they depend on."""

    def keys() -> dict[str, Any]:
        found = page(runs, "name historyKeys")["runs"]["edges"]
        by_name = {edge["node"]["name"]: edge["node"]["historyKeys"] for edge in found}
        assert keys_of_one(runs, "r0") == by_name["r0"]
        return dict(by_name["r0"])

    def log(offset: int, step: int, **summary: Any) -> None:
        line = json.dumps({"_step": step, "_timestamp": 1.0, "fresh.x": 1})
        files: dict[str, Any] = {"wandb-history.jsonl": {"offset": offset, "content": [line]}}
        if summary:
            content = [json.dumps(summary)]
            files["wandb-summary.json"] = {"offset": 0, "content": content}
        assert runs.stream(files, name="r0").status_code == 200

    first = keys()
    assert keys() == first
    log(1, 40)
    told = keys()
    assert (told["lastStep"], told["keys"]["fresh.x"]["previousValue"]) == (40, None)
    log(2, 41, fresh={"x": float("nan")})
    assert keys()["keys"]["fresh.x"] == {
        "typeCounts": [{"type": "number", "count": 2}],
        "monotonic": False,
        "previousValue": "NaN",
    }
    run = runs.run("r0")
    runs.write(lambda tx: rewind_run(tx, OPERATOR, run, to_step=39))
    assert (keys()["lastStep"], "fresh.x" in keys()["keys"]) == (first["lastStep"], False)


def keys_of_one(runs: Site, name: str) -> Any:
    query = """query K($name: String!) { project(name: "p", entityName: "ada") {
        run(name: $name) { historyKeys } } }"""
    return runs.data(query, name=name)["project"]["run"]["historyKeys"]


def test_answers_that_are_kept_are_bounded(runs: Site) -> None:
    kept = HistoryKeys(max_bytes=400)
    found = {name: runs.run(name) for name in ("r0", "r2", "r4")}

    def ask(snapshot: Any) -> list[Any]:
        loader = RunLoader(snapshot, OPERATOR)
        wanted = [found[name] for name in ("r0", "r2", "r4", "r0")]
        return [kept.of(snapshot, loader, run) for run in wanted]

    told = runs.read(ask)
    assert [one.value()["lastStep"] for one in told] == [told[0].value()["lastStep"]] * 4
    assert told[0].text == told[3].text
    assert 0 < kept.num_bytes <= 400


def test_a_project_is_renamed_and_found_by_both_names(runs: Site) -> None:
    rename = """mutation R($i: RenameProjectInput!) {
        renameProject(input: $i) { project { name } inserted } }"""
    given = {"entityName": "ada", "oldProjectName": "p", "newProjectName": "q"}
    told = runs.data(rename, i=given)["renameProject"]
    assert told == {"project": {"name": "q"}, "inserted": False}
    assert sorted(names(page(runs, n=7))) == [f"r{number}" for number in range(7)]
    # What runs under the old name goes on.
    row = json.dumps({"_step": 5, "_timestamp": 1.0, "loss": 1})
    files = {"wandb-history.jsonl": {"offset": 1, "content": [row]}}
    assert runs.stream(files, name="r0").status_code == 200
    assert runs.run("r0", project="q").project == "q"
