"""`runstone projects`."""

from __future__ import annotations

import click

from runstone.cli.output import print_table
from runstone.cli.reading.common import Form, reads, with_form
from runstone.cli.reading.documents import instant, print_document, project_document
from runstone.sdk import Api
from runstone.sdk.row_table import RowTable


@click.command()
@click.argument("entity", required=False)
@with_form
@reads
def projects(api: Api, *, entity: str | None, form: Form) -> None:
    """List projects, the last active first.

    All that you may see, or those of the user or team ENTITY.
    """
    found = api.projects(entity)
    if form.is_json:
        print_document({"projects": [project_document(project) for project in found]})
        return
    if not form.is_for_people:
        form.write(RowTable(lambda: map(project_document, found)))
        return
    rows = [
        {
            "path": project.path,
            "runs": project.num_runs,
            "running": project.states.get("running", 0),
            "active": instant(project.last_activity_at),
            "description": project.description,
        }
        for project in found
    ]
    columns = {
        "path": "project",
        "runs": "runs",
        "running": "running",
        "active": "last active (UTC)",
        "description": "description",
    }
    print_table(rows, columns, nothing="There are no projects.", fits_terminal=True)
