"""Projects, runs and keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from runstone.domain.filters import Source
from runstone.domain.metrics import Better
from runstone.domain.run import RunState
from runstone.services import bulk

Document: TypeAlias = Annotated[
    Raw,
    Meta(
        description='JSON object, in which `{"$float": "NaN" | "Infinity" | "-Infinity"}` is a '
        "float that JSON lacks, and a key of the user's that begins with `$` has one `$` more.",
        extra_json_schema={"type": "object", "additionalProperties": True},
    ),
]


Cells: TypeAlias = Annotated[
    Raw,
    Meta(
        description="By column as it was asked for, the run's value; columns without one are left "
        "out. Times are ISO 8601. Texts beyond 1,000 characters are cut and end in `…`; lists and "
        'objects beyond come as `{"$cut": <their size in characters>}`. Floats that JSON lacks '
        'are `{"$float": "NaN" | "Infinity" | "-Infinity"}`.',
        extra_json_schema={"type": "object", "additionalProperties": True},
    ),
]


Archived: TypeAlias = Literal["exclude", "include", "only"]
ARCHIVED: Final[dict[Archived, bool | None]] = {"exclude": False, "include": None, "only": True}


class Project(Struct):
    """A named set of runs."""

    entity: str
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    num_runs: int
    states: Annotated[
        dict[str, int], Meta(description="How many runs are in each state; none is left out.")
    ]


class ProjectList(Struct):
    """Projects, the most recently active first."""

    projects: list[Project]


class CreateProject(Struct, forbid_unknown_fields=True):
    """A project to be."""

    name: str
    entity: Annotated[str | None, Meta(description="Your own, if left out.")] = None
    description: Annotated[str, Meta(max_length=65_536)] = ""


class UpdateProject(Struct, forbid_unknown_fields=True):
    """What to change in a project; what is left out stays."""

    name: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=128,
                description="Another name. The old one leads to the project, in addresses and for "
                "whoever logs to it, until somebody makes a project of that name.",
            ),
        ]
        | UnsetType
    ) = UNSET
    description: Annotated[str, Meta(max_length=65_536)] | UnsetType = UNSET


class RunRow(Struct, kw_only=True):
    """What a list of runs shows of one."""

    id: Annotated[str, Meta(description="Unique in the project; part of the run's URL.")]
    entity: str
    project: str
    number: Annotated[
        int, Meta(description="The n-th run of its project, from 1; never given to another.")
    ]
    display_name: str
    state: RunState
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    duration_s: Annotated[
        float, Meta(description="From creation to the end or to the last sign of life.")
    ]
    username: str
    group: str | None
    job_type: str | None
    tags: list[str]
    num_rows: Annotated[int, Meta(description="Rows of history, of all its writers.")]
    last_step: int | None
    seq: Annotated[int, Meta(description="Number of its last change; grows over the server.")]
    archived: Annotated[
        bool, Meta(description="Lists leave it out unless they are asked for it.")
    ] = False
    values: Cells | UnsetType = UNSET


class Git(Struct):
    """The commit that a run was started from."""

    commit: str | None
    remote: str | None


class RunDetail(RunRow, kw_only=True):
    """All that is recorded of a run, but for what it logged over time."""

    notes: str
    host: str | None
    program: str | None
    git: Git | None
    config: Document
    summary: Document
    exit_code: int | None
    sweep: str | None


class QueryWarning(Struct):
    """What may not have been meant in a question, which was answered as it was asked."""

    message: Annotated[
        str,
        Meta(
            description="Such as `No run here has a value for config.l; did you mean config.lr?`."
        ),
    ]
    position: Annotated[
        int | None,
        Meta(description="Where in the text of the filter, in characters; null elsewhere."),
    ] = None
    end: Annotated[int | None, Meta(description="Where it ends.")] = None
    meant: Annotated[
        str | None, Meta(description="What may be written there instead; null for no idea.")
    ] = None


class RunList(Struct):
    """A page of runs, in the order asked for; with `since_seq`, those that changed since."""

    runs: list[RunRow]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Runs of the project under the same filter and search.")]
    seq: Annotated[int, Meta(description="Pass as `since_seq` to hear what changed after this.")]
    deleted: Annotated[
        list[str],
        Meta(
            description="Of `since_seq`: ids of runs that went to the trash since, or that "
            "`archived` leaves out."
        ),
    ] = []
    warnings: Annotated[
        list[QueryWarning],
        Meta(
            description="What may not have been meant: a key that no run has, a text that is "
            "compared with numbers. Of `columns`, with the first page."
        ),
    ] = []


class UpdateRun(Struct, forbid_unknown_fields=True):
    """What to change in a run; what is left out stays."""

    display_name: str | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=1_000_000)] | UnsetType = UNSET
    tags: (
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=256)]], Meta(max_length=1_000)]
        | UnsetType
    ) = UNSET
    group: Annotated[str, Meta(max_length=1_024)] | UnsetType | None = UNSET
    job_type: Annotated[str, Meta(max_length=1_024)] | UnsetType | None = UNSET
    notes_before: Annotated[
        Annotated[str, Meta(max_length=1_000_000)] | UnsetType,
        Meta(
            description="The notes as you saw them. If they are others by now, someone else has "
            "edited them: nothing is changed, and the answer is a 409 `edited-meanwhile`."
        ),
    ] = UNSET


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


class Column(Struct):
    """One column that a table of the runs may have."""

    name: Annotated[
        str,
        Meta(
            description="As `columns`, `sort` and `filter` take it: `config.lr`. Of a metric it is "
            "`last(history.loss)`, and `min`, `max`, `mean`, `first` and `count` are there as well."
        ),
    ]
    source: Source
    path: Annotated[str, Meta(description="The name without its source, for people: `lr`.")]
    type: Literal["number", "bool", "text", "time", "tags", "list", "object", "mixed"]
    num_runs: Annotated[
        int,
        Meta(description="How many runs have a value there; of metrics, of the newest hundred."),
    ]


class ColumnList(Struct):
    """Columns: of the run itself, then config, summary and history, each by name."""

    columns: list[Column]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Columns under the same search.")]


class RecentRuns(Struct):
    """Runs of all projects that one may see, the most recently active first."""

    runs: list[RunRow]
    seq: Annotated[int, Meta(description="All changes up to this number are in here.")]


KeyKind: TypeAlias = Literal["number", "json", "mixed"]


class KeyInfo(Struct):
    """One key that runs have logged."""

    name: str
    kind: KeyKind
    num_runs: int
    num_values: int
    x: Annotated[
        str | None, Meta(description="The key it asks to be drawn over, by define_metric.")
    ]
    hidden: Annotated[bool, Meta(description="It asked not to be drawn, by define_metric.")]
    better: Annotated[
        Better | None,
        Meta(description="Which values are the better ones, by define_metric."),
    ] = None


class KeyList(Struct):
    """Keys by name."""

    keys: list[KeyInfo]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]


class KeyManner(Struct, frozen=True):
    """How keys that are alike ask to be drawn."""

    kind: KeyKind
    x: Annotated[
        str | None, Meta(description="The key they ask to be drawn over, by define_metric.")
    ]
    hidden: Annotated[bool, Meta(description="They asked not to be drawn, by define_metric.")]
    better: Annotated[
        Better | None,
        Meta(description="Which values are the better ones, by define_metric."),
    ]


class KeyNames(Struct):
    """The names of keys, in columns: a hundred thousand are read in a moment."""

    names: Annotated[list[str], Meta(description="In the order of their code points.")]
    manners: Annotated[list[KeyManner], Meta(description="Each once that any of the keys has.")]
    manner_of: Annotated[
        list[int],
        Meta(
            description="For each name the position in `manners` of how it is drawn; empty where "
            "all are drawn alike."
        ),
    ]


class DocumentPage(Struct):
    """A part of a run's config or summary: whole values of the first level, by name."""

    values: Document
    total: Annotated[int, Meta(description="Values of the first level in the whole document.")]
    num_found: Annotated[int, Meta(description="How many of those the search finds something in.")]
    num_before: Annotated[int, Meta(description="How many of those came with earlier pages.")]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]


class ChangedRun(Struct):
    """The address of a run that changed."""

    entity: str
    project: str
    run: str


class HelloEvent(Struct):
    """Data of the event `hello`: the change number from which this stream goes on."""

    seq: int
    gap: Annotated[
        bool,
        Meta(
            description="What happened since your `Last-Event-ID` is not all known any more: "
            "fetch again what you show."
        ),
    ] = False


class RunsEvent(Struct):
    """Data of the event `runs`: these runs are new or changed, up to that change number."""

    seq: int
    runs: list[ChangedRun]
    deleted: Annotated[
        list[ChangedRun],
        Meta(description="These went to the trash. One that is restored comes among `runs`."),
    ]
    gap: Annotated[
        bool,
        Meta(description="A run was removed for good before it could be told: fetch again."),
    ] = False
