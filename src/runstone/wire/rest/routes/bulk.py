"""One change to many runs."""

from __future__ import annotations

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_text import read_filter
from runstone.services import bulk, run_index
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.bulk import BulkChange, BulkOutcome
from runstone.wire.rest.structs.run_queries import ARCHIVED, Archived


@route("POST", "/projects/{entity}/{project}/runs/bulk", tag="Runs")
async def change_runs(call: Call[None, BulkChange]) -> BulkOutcome:
    """Do one thing to many runs at once.

    Runs that are named are changed in one transaction. Those that a filter finds are those of one
    instant, checked all together before the first is changed, and then changed 500 at a time, so
    that nobody else waits: should the server stop in between, or someone take a name that `move`
    needs, the rest is as it was, and the same request does the rest.
    """
    wanted = call.body
    change = bulk.Change(
        wanted.action, tuple(wanted.tags), wanted.group, wanted.to_entity, wanted.to_project
    )
    entity, project = call.path["entity"], call.path["project"]
    if wanted.filter is not None:
        return await _change_found_runs(call, change, wanted.filter)
    if wanted.dry_run or wanted.expect_count is not None or wanted.archived is not None:
        raise InvalidInput("dry_run, expect_count and archived go with a filter.")
    done = await call.write(
        lambda tx: bulk.change_runs(tx, call.actor, entity, project, wanted.runs, change)
    )
    num_changed, num_unchanged, num_unknown = map(len, (done.changed, done.unchanged, done.unknown))
    return BulkOutcome(
        done.changed,
        done.unchanged,
        done.unknown,
        num_changed,
        num_unchanged,
        num_unknown,
        num_changed + num_unchanged + num_unknown,
    )


async def _change_found_runs(
    call: Call[None, BulkChange], change: bulk.Change, text: str
) -> BulkOutcome:
    wanted = call.body
    entity, project = call.path["entity"], call.path["project"]
    if wanted.runs:
        raise InvalidInput("Give the runs' ids, or a filter that finds them, not both.")
    if not text.strip():
        raise InvalidInput("The filter is empty: write `true` if all runs are meant.")
    written = read_filter(text)
    default: Archived = "only" if change.action is bulk.BulkAction.UNARCHIVE else "exclude"
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: bulk.select_runs(
                snapshot,
                call.actor,
                call.context.run_index,
                entity,
                project,
                written.tree,
                change,
                archived=ARCHIVED[wanted.archived or default],
                expect_count=wanted.expect_count,
                is_trial=wanted.dry_run,
            ),
        )
    )
    done = bulk.BulkCounts()
    for part in () if wanted.dry_run else bulk.batches(found.runs):
        done += await call.write(
            lambda tx, part=part: bulk.change_selected(  # type: ignore[misc]
                tx, call.actor, entity, project, part, change
            )
        )
    counts = (done.num_changed, done.num_unchanged, done.num_unknown)
    warnings = translate.query_warnings(found.warnings, written)
    return BulkOutcome([], [], [], *counts, len(found.runs), warnings)
