"""A workspace: saved, read back by its URL, changed, saved as a new one. Word: the project."""

import json
import sys

import wandb
import wandb_workspaces.reports.v2 as wr
import wandb_workspaces.workspaces as ws
from wandb_workspaces import expr
from wandb_workspaces.workspaces import internal

project = sys.argv[1]
api = wandb.Api()
entity = api.default_entity
sent = []
execute = internal.execute_graphql


def recording(client, query, variables=None):
    """What goes out is noted: the test compares it with what is stored."""
    if "spec" in (variables or {}):
        sent.append(variables["spec"])
    return execute(client, query, variables)


internal.execute_graphql = recording


def fails(call):
    """The words of the error that a call ends with."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"
    return "nothing was wrong"


def dump(workspace):
    """A workspace as the client would write it."""
    return json.loads(workspace._to_model().spec.model_dump_json(by_alias=True, exclude_none=True))


facts = {"missing_project": fails(ws.Workspace(entity, project).save)}
api.create_project(project, entity)
workspace = ws.Workspace(
    entity, project, "Übersicht, alles",
    sections=[
        ws.Section("Verlust", panels=[
            wr.LinePlot(x="Step", y=["loss"], smoothing_factor=0.5, log_y=True),
            wr.ScalarChart(metric="acc"), wr.MarkdownPanel("# é 🚀")],
            is_open=True, pinned=True,
            layout_settings=ws.SectionLayoutSettings(columns=4, rows=1),
            panel_settings=ws.SectionPanelSettings(
                x_axis="epoch", smoothing_type="gaussian", smoothing_weight=3)),
        ws.Section("empty"),
    ],
    settings=ws.WorkspaceSettings(
        x_axis="epoch", x_min=0, x_max=75, smoothing_type="gaussian", smoothing_weight=20,
        ignore_outliers=True, max_runs=5, tooltip_number_of_runs="all_runs",
        remove_legends_from_panels=True, panel_search_query="loss"),
    runset_settings=ws.RunsetSettings(
        query="sun.*", regex_query=True,
        filters=[expr.Summary("acc") > 0.5, expr.Config("model").isin(["a", "ü"]),
                 expr.Metric("State") == "finished"],
        groupby=[expr.Config("lr")],
        order=[expr.Ordering(expr.Summary("acc"), ascending=True)],
        run_settings={"run-1": ws.RunSettings(color="#123456", disabled=True)},
        pinned_columns=["summary:acc", "config:lr"]),
)  # fmt: skip
workspace.save()
first_url = workspace.url
again = ws.Workspace.from_url(first_url)
facts["url"] = first_url
facts["name"] = again.name
facts["round_trip"] = [dump(again), dump(workspace)]
facts["sections"] = [[s.name, len(s.panels), s.is_open, s.pinned] for s in again.sections]
facts["filters"] = [again.runset_settings.query, str(again.runset_settings.filters)]

again.name, again.sections[1].name = "Changed", "renamed"
again.save()
changed = ws.Workspace.from_url(first_url)
facts["changed"] = [again.url, changed.name, [s.name for s in changed.sections]]
changed.name = "A copy"
changed.save_as_new_view()
facts["copy"] = changed.url
facts["names"] = [ws.Workspace.from_url(url).name for url in (first_url, changed.url)]
facts["reports"] = len(list(wandb.Api().reports(f"{entity}/{project}")))
facts["unknown"] = fails(lambda: ws.Workspace.from_url(f"{first_url}x"))
taken = ws.Workspace(entity, project, "Taken")
taken._internal_name = workspace._internal_name
facts["taken"] = fails(taken.save)
facts["sent"] = sent[1:]
print("RESULT " + json.dumps(facts))
