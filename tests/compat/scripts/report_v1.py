"""A report in the older form of the package: saved, read back, changed, copied. Word: project."""

import json
import sys

import wandb
import wandb_workspaces.reports.v1 as wr

project = sys.argv[1]
api = wandb.Api()
entity = api.default_entity
report = wr.Report(
    project=project, entity=entity, title="Alt: 50% é", description="d", width="fluid",
    blocks=[
        wr.H1("Über"),
        wr.P(["text ", wr.Link("a", "https://example.org")]),
        wr.CodeBlock(["print('é')"]),
        wr.PanelGrid(
            runsets=[wr.Runset(entity=entity, project=project)],
            panels=[wr.LinePlot(title="l", x="Step", y=["loss"]), wr.ScalarChart(metric="acc")],
        ),
    ],
)  # fmt: skip
report.save()
again = wr.Report.from_url(report.url)
facts = {"read": [again.title, again.description, again.width, again.spec == report.spec]}
again.title = "Neu"
again.save()
facts["changed"] = [again.id == report.id, wr.Report.from_url(report.url).title]
facts["copied"] = again.save(clone=True).id != report.id
facts["listed"] = [r.display_name for r in wandb.Api().reports(f"{entity}/{project}")]
print("RESULT " + json.dumps(facts))
