"""A report of every kind of block and panel: saved, read back, changed, copied, listed, deleted.

Word: name of the project, which is made if it is missing.
"""

import json
import sys

import wandb
import wandb_workspaces.reports.v2 as wr
from wandb_workspaces.reports.v2 import interface, internal

project = sys.argv[1]
api = wandb.Api()
entity = api.default_entity
sent = []
execute = interface.execute_graphql


def recording(client, query, variables=None):
    """What goes out is noted: the test compares it with what is stored."""
    if "spec" in (variables or {}):
        sent.append(variables["spec"])
    return execute(client, query, variables)


interface.execute_graphql = recording


def fails(call):
    """The words of the error that a call ends with."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"
    return "nothing was wrong"


def dump(report):
    """A report as the client would write it."""
    return report._to_model().spec.model_dump_json(by_alias=True, exclude_none=True)


# The run sets of a report ask the server for their project.
missing = wr.Report(project=project, blocks=[wr.PanelGrid(runsets=[wr.Runset(entity, project)])])
facts = {"missing_project": fails(missing.save)}
api.create_project(project, entity)

TEXT = ["plain, ", wr.Link("a link", "https://example.org/?a=b&c"), " and ", wr.InlineCode("x = 1"),
        " and ", wr.InlineLatex("e^{i\\pi}")]  # fmt: skip
panels = [
    wr.LinePlot(title="Verlust 🚀", x="Step", y=["loss", "val/loss"], smoothing_factor=0.8,
                range_y=(0, 1), log_y=True, groupby="lr", groupby_aggfunc="mean",
                layout=wr.Layout(0, 0, 8, 6)),
    wr.LinePlot(metric_regex="val/.*", line_colors={"run-1:loss": "#ff0000"}),
    wr.ScatterPlot(title="s", x=wr.SummaryMetric("acc"), y=wr.Config("lr"), regression=True,
                   gradient=[wr.GradientPoint("#00ff00", 0), wr.GradientPoint("#ff0000", 100)]),
    wr.BarPlot(title="b", metrics=["acc"], orientation="v", max_bars_to_show=5),
    wr.ScalarChart(title="n", metric="acc", groupby_aggfunc="max"),
    wr.CodeComparer(diff="unified"),
    wr.ParallelCoordinatesPlot(columns=[
        wr.ParallelCoordinatesPlotColumn(wr.Config("lr"), log=True),
        wr.ParallelCoordinatesPlotColumn(wr.SummaryMetric("acc"), inverted=True)]),
    wr.ParameterImportancePlot(with_respect_to="acc"),
    wr.RunComparer(diff_only=True),
    wr.MediaBrowser(media_keys=["image"], num_columns=3),
    wr.MarkdownPanel(markdown="# *é*\n\n$x$"),
    wr.CustomChart(query={"summary": ["acc"]}, chart_name=f"{entity}/bars",
                   chart_fields={"x": "acc"}, chart_strings={"title": "t"}),
    wr.WeavePanelSummaryTable(table_name="table"),
    wr.WeavePanelArtifact(artifact="model"),
    wr.WeavePanelArtifactVersionedFile(artifact="model", version="v0", file="m.pt"),
]  # fmt: skip
runset = wr.Runset(
    entity, project, "baselines", query="sun", filters="Config('lr') > 0.1 and State = 'finished'",
    groupby=["lr"], order=[wr.OrderBy("acc", ascending=True)],
    run_settings={"run-1": wr.RunSettings(color="#123456", disabled=True)},
)  # fmt: skip
blocks = [
    wr.TableOfContents(),
    wr.H1("Über", collapsed_blocks=[wr.P("hidden"), wr.H3("deep")]),
    wr.H2("two"), wr.H3("three"), wr.P(TEXT), wr.P("Zeile\u2028 \"quoted\" \\ \t <b>"),
    wr.UnorderedList(["a", wr.Link("b", "https://example.org")]),
    wr.OrderedList(["a", TEXT]),
    wr.CheckedList([wr.CheckedListItem("done", checked=True), wr.CheckedListItem("todo")]),
    wr.BlockQuote("quoted"), wr.CodeBlock("print('é')", language="python"),
    wr.MarkdownBlock("# md"), wr.LatexBlock("\\frac{1}{2}"), wr.CalloutBlock("look"),
    wr.HorizontalRule(), wr.Image("https://example.org/x.png", caption="a picture"),
    wr.Video("https://www.youtube.com/watch?v=krWjJcW80_A"),
    wr.Gallery([interface.GalleryURL("https://example.org", "t", "d", "https://example.org/i.png")]),
    interface.Spotify("5cfUlsdrdUE4dLMK7R9CFd"), interface.SoundCloud("<iframe></iframe>"),
    interface.Twitter("<blockquote></blockquote>"),
    wr.WeaveBlockSummaryTable(entity, project, "table"),
    wr.WeaveBlockArtifact(entity, project, "model", "lineage"),
    wr.WeaveBlockArtifactVersionedFile(entity, project, "model", "v0", "m.pt"),
    wr.PanelGrid(runsets=[runset, wr.Runset(entity, project)], panels=panels, active_runset=1,
                 custom_run_colors={"run-1": "#00ff00"}),
]  # fmt: skip

report = wr.Report(project=project, title="Ein Bericht 50% -- 🚀", description="about é",
                   blocks=blocks)  # fmt: skip
report.save()
first_id, first_url = report.id, report.url
again = wr.Report.from_url(report.url)
model = wr.Report.from_url(report.url, as_model=True)
facts["url"] = report.url
facts["id"] = report.id
facts["blocks"] = [type(block).__name__ for block in again.blocks]
facts["panels"] = [type(panel).__name__ for panel in again.blocks[-1].panels]
facts["panels_wanted"] = [type(panel).__name__ for panel in panels]
facts["title"] = [again.title, again.description, again.entity, again.project]
facts["spec_from_url"] = interface._load_spec_from_url(report.url) == json.loads(sent[-1])
facts["round_trip"] = [json.loads(dump(again)), json.loads(dump(report))]
facts["times"] = [model.created_at.isoformat(), model.updated_at.isoformat()]
facts["by_bare_id"] = wr.Report.from_url(report.url.replace("=", "")).id

again.title, again.blocks[3] = "Changed", wr.H3("changed")
again.save()
facts["changed"] = [again.id, wr.Report.from_url(first_url).title,
                    wr.Report.from_url(first_url).blocks[3].text]  # fmt: skip
copy = again.save(clone=True)
facts["copy"] = copy.id
draft = wr.Report(project=project, title="Draft", blocks=[wr.P("x")]).save(draft=True)
facts["draft"] = draft.id


def reports(**options):
    """The reports that the public API lists."""
    return list(wandb.Api().reports(f"{entity}/{project}", **options))


listed = reports()
facts["listed"] = [[r.id, r.display_name, r.user["username"], r.url] for r in listed]
facts["listed_spec"] = listed[0].spec == json.loads(sent[-2])
facts["paged"] = [r.id for r in reports(per_page=1)]
facts["by_name"] = [r.id for r in reports(name=listed[1].name)]
facts["no_such_name"] = [r.id for r in reports(name="nothing")]
facts["no_project"] = fails(lambda: list(wandb.Api().reports(f"{entity}/nothing")))

facts["share_url"] = copy.get_share_url()
facts["share"] = fails(copy.enable_share_link)
facts["unshare"] = copy.disable_share_link()

moved = wr.Report.from_url(first_url)
moved.project = "elsewhere"
facts["moved"] = fails(moved.save)
facts["deleted"] = copy.delete()
facts["deleted_twice"] = fails(copy.delete)
facts["read_deleted"] = fails(lambda: wr.Report.from_url(copy.url))
facts["left"] = [r.id for r in reports()]
facts["unknown_id"] = fails(
    lambda: wr.Report.from_url(f"{first_url.rsplit('--', 1)[0]}--VmlldzoxMjM0NTY3ODk=")
)
facts["id_of_something_else"] = fails(
    lambda: wr.Report.from_url(f"{first_url.rsplit('--', 1)[0]}--VXNlcjox")
)
big = wr.Report(project=project, title="Big", blocks=[wr.P("x" * 50_000_000)])
facts["big"] = fails(big.save)[:300]
facts["sent"] = sent[:-1]
facts["version"] = internal.Spec().version
print("RESULT " + json.dumps(facts))
