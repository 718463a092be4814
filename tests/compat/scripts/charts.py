"""Custom charts, and the list of reports, in every line of the client. Word: the project."""

import json
import sys

import wandb

project = sys.argv[1]
api = wandb.Api()
entity = api.default_entity
SPEC = {"mark": "bar", "data": {"name": "wandb"}, "title": "é 🚀"}
facts = {}


def create(spec, **given):
    """Defines the chart `bars`, or says why it was refused."""
    values = {"entity": entity, "name": f"bars-{project}", "display_name": "Bars",
              "spec_type": "vega2", "access": "public", "spec": spec}  # fmt: skip
    try:
        return api.create_custom_chart(**{**values, **given})
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


if hasattr(api, "create_custom_chart"):
    facts["created"] = create(SPEC)
    facts["again"] = create(SPEC)
    facts["text"] = create(' {"mark" :"line"}', name=f"line-{project}", access="private")
    facts["changed"] = create({"mark": "line"})
    facts["broken"] = create('{"mark":', name="broken")
    facts["unknown_entity"] = create(SPEC, entity="nobody")
    facts["unknown_type"] = create(SPEC, name="other", spec_type="vega9")
    facts["unknown_access"] = create(SPEC, name="other", access="secret")
    with wandb.init(project=project, id="charted", settings=wandb.Settings(silent=True)) as run:
        table = wandb.Table(columns=["a", "b"], data=[[1, 2], [3, 4]])
        chart = wandb.plot_table(facts["created"], table, {"x": "a", "y": "b"})
        run.log({"chart": chart})

reports = list(api.reports(f"{entity}/{project}"))
facts["reports"] = [[r.name, r.display_name, r.description, r.spec, r.url] for r in reports]
facts["authors"] = [r._attrs["user"]["username"] for r in reports]  # 0.19 hides `user`
print("RESULT " + json.dumps(facts))
