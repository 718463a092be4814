"""One change to many runs on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.services import bulk
from runstone.wire.rest.structs.run_queries import Archived, QueryWarning


class BulkChange(Struct, forbid_unknown_fields=True):
    """One thing to do to many runs: to those in `runs`, or to all that `filter` finds."""

    action: bulk.BulkAction
    runs: Annotated[
        list[str], Meta(description="Ids of runs; not with `filter`.", max_length=bulk.MAX_RUNS)
    ] = []
    filter: Annotated[
        str | None,
        Meta(
            description="As of `list_runs`; `true` for all runs. Of `restore`, among those in the "
            "trash."
        ),
    ] = None
    archived: Annotated[
        Archived | None,
        Meta(
            description="Of `filter`. If left out, `only` for `unarchive`, else `exclude`, as "
            "lists show."
        ),
    ] = None
    dry_run: Annotated[
        bool, Meta(description="Of `filter`: says how many runs it finds, and changes nothing.")
    ] = False
    expect_count: Annotated[
        int | None,
        Meta(
            description="Of `filter`: how many runs you saw it find. If it finds another number by "
            "now, nothing is changed, and the answer is a 409 `count-differs`."
        ),
    ] = None
    tags: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=256)]],
        Meta(description="For `add_tags` and `remove_tags`.", max_length=1_000),
    ] = []
    group: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(description="For `set_group`; null takes the runs out of their group."),
    ] = None
    to_entity: Annotated[
        str | None, Meta(description="For `move`: whose project it is; the same, if left out.")
    ] = None
    to_project: Annotated[str | None, Meta(description="For `move`: where the runs go.")] = None


class BulkOutcome(Struct):
    """What became of the runs: each id that was named is in one of the three lists.

    Of runs that a filter found there are numbers alone.
    """

    changed: list[str]
    unchanged: Annotated[
        list[str],
        Meta(description="They were so already; of `stop`: no process is behind them."),
    ]
    unknown: Annotated[
        list[str], Meta(description="There is no such run; of `restore`: not in the trash.")
    ]
    num_changed: int = 0
    num_unchanged: int = 0
    num_unknown: Annotated[
        int, Meta(description="Of a filter: they were deleted or moved meanwhile.")
    ] = 0
    num_found: Annotated[int, Meta(description="How many runs were named, or found.")] = 0
    warnings: Annotated[
        list[QueryWarning],
        Meta(
            description="Of a filter: what may not have been meant. One that has some deletes "
            "nothing (a 409 `doubtful-filter`) unless `expect_count` says that you saw it find so "
            "many runs."
        ),
    ] = []
