"""Reports, workspaces and custom charts of the real clients: saved and read back unchanged."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import Client, of_line
from tests.compat.live import USER, LiveServer

from runstone.domain.custom_chart import ChartAccess
from runstone.ports.store import Snapshot

pytestmark = pytest.mark.compat

NOT_SEEN = "was not found, or you may not see it."
PROJECT = f"/projects/{USER}"


@pytest.fixture
def newest(server: LiveServer, tmp_path: Path) -> Client:
    """The line of the client that the package of reports and workspaces lies beside."""
    return of_line("0.31", server, tmp_path / "home")


def ask(
    server: LiveServer, method: str, path: str, body: Any = None, *, key: str | None = None
) -> Any:
    request = urllib.request.Request(
        f"{server.url}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "authorization": f"Bearer {key or server.key}",
            "content-type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def stored(server: LiveServer, project: str) -> list[tuple[str, str, str]]:
    """Kind, display name and spec of a project's views, the oldest first."""

    def unit(snapshot: Snapshot) -> list[tuple[str, str, str]]:
        entity = snapshot.accounts.entity(USER)
        assert entity is not None
        place = snapshot.projects.project(entity.id, project)
        assert place is not None
        found = snapshot.views.list_views(place.id, limit=99)
        return [(v.kind, v.display_name, snapshot.views.spec(v.id)) for v in reversed(found)]

    return server.read(unit)


def test_a_report_of_everything_comes_back_unchanged(newest: Client) -> None:
    project = "reported"
    facts = newest.run("report", project).facts
    # What is stored is, byte for byte, what was sent. The copy was deleted, the last refused.
    _first, changed, _copy, draft, _refused = facts["sent"]
    assert stored(newest.server, project) == [
        ("wandb/runs", "Changed", changed),
        ("wandb/runs/draft", "Draft", draft),
    ]
    assert re.fullmatch("Vmlldzo[A-Za-z0-9]+=*", facts["id"])
    url = f"{newest.server.url}/{USER}/{project}/reports/Ein-Bericht-50%----🚀--{facts['id']}"
    assert facts["url"] == url
    assert facts["by_bare_id"] == facts["id"]
    assert facts["title"] == ["Ein Bericht 50% -- 🚀", "about é", USER, project]
    assert facts["spec_from_url"]
    again, first = facts["round_trip"]
    assert again == first
    assert facts["panels"] == facts["panels_wanted"]
    assert "UnknownBlock" not in facts["blocks"]
    assert len(facts["blocks"]) == 25
    assert facts["times"][0] == facts["times"][1]

    assert facts["changed"] == [facts["id"], "Changed", "changed"]
    assert len({facts["id"], facts["copy"], facts["draft"]}) == 3
    short = [facts[name].replace("=", "") for name in ("copy", "id")]
    assert facts["listed"] == [
        [facts[name], "Changed", USER, f"{newest.server.url}/{USER}/{project}/reports/Changed--{s}"]
        for name, s in zip(("copy", "id"), short, strict=True)
    ]
    assert facts["listed_spec"]
    assert facts["paged"] == [facts["copy"], facts["id"]]
    assert facts["by_name"] == [facts["id"]]
    assert facts["no_such_name"] == []
    assert facts["deleted"] is True
    assert facts["left"] == [facts["id"]]


def test_what_cannot_be_done_with_a_report_says_why(newest: Client) -> None:
    facts = newest.run("report", "refused").facts
    assert "project 'ada/refused' not found" in facts["missing_project"]
    assert "Project nothing does not exist" in facts["no_project"]
    for name in ("deleted_twice", "read_deleted", "unknown_id"):
        assert NOT_SEEN in facts[name]
    assert "is not the id of a View" in facts["id_of_something_else"]
    assert "at most 8,388,608 are allowed" in facts["big"]
    assert "belongs to ada/refused and stays there" in facts["moved"]
    assert facts["share_url"] is None
    assert facts["unshare"] is False
    assert "not built yet in Runstone 0.1: nobody was given access" in facts["share"]


def test_a_report_of_the_older_form_comes_back_unchanged(newest: Client) -> None:
    facts = newest.run("report_v1", "older").facts
    assert facts["read"] == ["Alt: 50% é", "d", "fluid", True]
    assert facts["changed"] == [True, "Neu"]
    assert facts["copied"]
    assert facts["listed"] == ["Neu", "Neu"]


def test_a_workspace_comes_back_unchanged(newest: Client) -> None:
    project = "worked"
    facts = newest.run("workspace", project).facts
    _, changed, copy, _taken = facts["sent"]
    assert stored(newest.server, project) == [
        ("wandb/project-view", "Changed", changed),
        ("wandb/project-view", "A copy", copy),
    ]
    assert re.fullmatch(rf"{newest.server.url}/{USER}/{project}\?nw=[a-z0-9]{{11}}", facts["url"])
    again, first = facts["round_trip"]
    assert again == first
    assert facts["name"] == "Übersicht, alles"
    assert facts["sections"] == [["Verlust", 3, True, True], ["empty", 0, False, False]]
    query, filters = facts["filters"]
    assert query == "sun.*"
    assert "'ü'" in filters
    assert facts["changed"] == [facts["url"], "Changed", ["Verlust", "renamed"]]
    assert facts["copy"] != facts["url"]
    assert facts["names"] == ["Changed", "A copy"]
    assert facts["reports"] == 0, "a workspace is no report"

    assert NOT_SEEN in facts["missing_project"]
    assert "not found in project `worked`" in facts["unknown"]
    assert "choose another name" in facts["taken"]


def test_custom_charts_and_lists_of_reports_of_every_line(client: Client) -> None:
    project = f"charted-{client.line}"
    ask(client.server, "POST", "/projects", {"name": project, "entity": USER})
    spec = {"blocks": [{"é": "🚀"}], "n": 1.0}
    view = {"kind": "wandb/runs", "name": "r", "display_name": "My report", "spec": spec}
    ask(client.server, "POST", f"{PROJECT}/{project}/views", view)
    ask(client.server, "POST", f"{PROJECT}/{project}/views", {"kind": "table", "spec": {}})

    facts = client.run("charts", project).facts
    ((name, title, description, read, url),) = facts["reports"]
    assert (name, title, description, read) == ("r", "My report", "", spec)
    assert url.startswith(f"{client.server.url}/{USER}/{project}/reports/My-report--Vmlldzo")
    assert facts["authors"] == [USER]
    if not client.is_modern:
        return  # it cannot define charts

    assert facts["created"] == facts["again"] == f"{USER}/bars-{project}"
    assert "Choose another name" in facts["changed"]
    assert "not JSON that can be kept" in facts["broken"]
    assert NOT_SEEN in facts["unknown_entity"]
    assert "'vega9'; possible: vega2" in facts["unknown_type"]
    assert "one of private, public" in facts["unknown_access"]

    chart = ask(client.server, "GET", f"/charts/{facts['text']}")
    assert (chart["display_name"], chart["access"], chart["spec"]) == (
        "Bars", "private", {"mark": "line"},
    )  # fmt: skip

    def texts(snapshot: Snapshot) -> dict[str, tuple[ChartAccess, str]]:
        entity = snapshot.accounts.entity(USER)
        assert entity is not None
        found = snapshot.custom_charts.custom_charts(entity.id)
        return {c.name: (c.access, c.spec) for c in found if c.name.endswith(project)}

    kept = client.server.read(texts)
    assert kept[f"line-{project}"] == (ChartAccess.PRIVATE, ' {"mark" :"line"}')
    assert json.loads(kept[f"bars-{project}"][1])["title"] == "é 🚀"
    run = client.server.run(project, "charted")
    assert facts["created"] in json.dumps(run.documents.client_info), "the run names it"


def test_another_persons_report_is_not_there(newest: Client, tmp_path: Path) -> None:
    facts = newest.run("report", "private").facts
    newest.server.admin("user", "create", "eve")
    key = newest.server.admin("key", "create", "--user", "eve", "--quiet")
    script = tmp_path / "peek.py"
    script.write_text(
        "import sys, wandb, wandb_workspaces.reports.v2 as wr\nwr.Report.from_url(sys.argv[1])\n",
    )
    process = newest.start(str(script.with_suffix("")), facts["url"], WANDB_API_KEY=key)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert NOT_SEEN in output
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(newest.server, "GET", f"{PROJECT}/private/views", key=key)
    assert caught.value.code == 404
    caught.value.close()


def test_charts_that_every_line_logs(client: Client) -> None:
    project = f"presets-{client.line}"
    client.run("presets", project)
    place = f"{PROJECT}/{project}"
    charts = ask(client.server, "GET", f"{place}/logged-charts?run=drawn")["charts"]
    assert all(one["runs"] == ["drawn"] for one in charts)
    assert {one["key"]: (one["spec"], one["fields"]) for one in charts} == {
        "line": ("wandb/line/v0", {"x": "x", "y": "y", "stroke": "kind"}),
        "scatter": ("wandb/scatter/v0", {"x": "x", "y": "y"}),
        "bar": ("wandb/bar/v0", {"label": "kind", "value": "y"}),
        "histogram": ("wandb/histogram/v0", {"value": "y"}),
        "series": (
            "wandb/lineseries/v0",
            {"step": "step", "lineKey": "lineKey", "lineVal": "lineVal"},
        ),
        "val/pr": (
            "wandb/area-under-curve/v0",
            {"x": "recall", "y": "precision", "class": "class"},
        ),
        "confusion": (
            "wandb/confusion_matrix/v1",
            {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "nPredictions"},
        ),
        "apart": ("wandb/line/v0", {"x": "x", "y": "y"}),
        "own": ("team/spiral", {"angle": "x", "radius": "y"}),
        "residuals": ("wandb/residuals_plot/v1", {}),
    }
    titles = {one["key"]: one["texts"].get("title") for one in charts}
    assert (titles["line"], titles["series"]) == ("Lines", "Two")

    def columns(key: str, *names: str, step: int | None = None) -> Any:
        (chart,) = [one for one in charts if one["key"] == key]
        asked = {"key": chart["table"], "columns": names, "runs": ["drawn"], "step": step}
        (found,) = ask(client.server, "POST", f"{place}/table-columns", asked)["tables"]
        assert (found["problem"], found["steps"]) == (None, [0, 1])
        return found["columns"]

    assert columns("line", "x", "y") == [list(range(10)), list(range(0, 20, 2))]
    assert columns("line", "y", step=0) == [list(range(10))]
    assert columns("apart", "x", "y") == columns("line", "x", "y")
    assert columns("series", "lineVal") == [[1, 2, 3, 3, 2, 1]]
    assert columns("confusion", "nPredictions") == [[2, 0, 0, 1, 1, 0, 0, 1, 1]]
    assert columns("residuals", "kind") == [[*"ababababab"]]
