"""Media and tables on the wire."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct

from runstone.domain.media import MediaKind

JsonValue: TypeAlias = Annotated[
    Raw,
    Meta(
        description='Any JSON, in which `{"$float": "NaN" | "Infinity" | "-Infinity"}` is a float '
        "that JSON lacks.",
        extra_json_schema={},
    ),
]


class MediaKey(Struct):
    """A key under which a run logs media."""

    key: str
    kind: Annotated[MediaKind, Meta(description="Of its last value.")]
    num_values: int
    first_step: int
    last_step: int


class MediaKeys(Struct):
    """Keys by name."""

    keys: list[MediaKey]


class MediaFile(Struct):
    """What is known of the file behind a medium."""

    name: str
    size_bytes: int
    md5: str | None


class Overlay(Struct):
    """Boxes or a mask over an image."""

    name: Annotated[str, Meta(description="Of the group, such as `predictions`.")]
    path: Annotated[
        str | None,
        Meta(
            description="File of the run. Boxes: JSON `{box_data: [{position, class_id, "
            "box_caption?, scores?, domain?}], class_labels?}`. Mask: a picture whose pixels are "
            "numbers of classes."
        ),
    ]
    class_labels: Annotated[dict[str, str], Meta(description="Names of classes by number.")]


class MediaItem(Struct, kw_only=True):
    """One picture, sound or film, or whatever else is a file."""

    path: Annotated[
        str | None, Meta(description="Name of the run's file; null where there is none.")
    ]
    file: Annotated[
        MediaFile | None,
        Meta(description="Null where the bytes have not come to this server (yet)."),
    ]
    artifact_path: Annotated[
        str | None, Meta(description="Reference to the artifact that holds it, as logged.")
    ]
    caption: str | None
    format: str | None
    width: int | None
    height: int | None
    size_bytes: int | None
    sha256: str | None
    duration_s: float | None
    sample_rate: float | None
    grouping: Annotated[
        int | None, Meta(description="Of how many pictures side by side this one is made.")
    ]
    boxes: list[Overlay]
    masks: list[Overlay]


class Histogram(Struct):
    """Counts between edges; one edge more than counts."""

    edges: list[float]
    counts: list[float]


class Media(Struct, kw_only=True):
    """A logged value, recognised."""

    kind: MediaKind
    type: Annotated[str, Meta(description="The client's word, such as `images/separated`.")]
    items: list[MediaItem]
    histogram: Histogram | None
    num_rows: Annotated[int | None, Meta(description="Of a table.")]
    num_columns: Annotated[int | None, Meta(description="Of a table.")]
    increment: Annotated[
        int | None, Meta(description="Which part of a growing table this is, from 0.")
    ]
    raw: Annotated[
        JsonValue | None, Meta(description="The value itself, of kinds `unknown` and `trace`.")
    ]


class MediaValue(Struct):
    """What was logged under a key at a step."""

    index: Annotated[int, Meta(description="Among all of the key's values in the range, from 0.")]
    step: int
    time: Annotated[float, Meta(description="Seconds since 1970 UTC.")]
    media: Media


class MediaSeries(Struct):
    """Values of one key."""

    key: str
    values: list[MediaValue]
    total: Annotated[int, Meta(description="Values in the range, shown or not.")]
    next_offset: Annotated[
        int | None, Meta(description="Pass as `offset` for the next values; null at the end.")
    ]
    steps: Annotated[
        list[int],
        Meta(
            description="Steps of all values in the range, for a slider; evenly thinned to at "
            "most 2,000, the first and last among them. Value i of `total` is at `offset=i`."
        ),
    ]


class MediaValues(Struct):
    """Values of several keys, in the order asked."""

    series: list[MediaSeries]


class ProjectMediaKey(Struct):
    """A key under which runs of a project log media."""

    key: str
    kind: Annotated[
        MediaKind, Meta(description="Of the last value of the newest run that logged it.")
    ]


class ProjectMediaKeys(Struct):
    """Keys by name."""

    keys: list[ProjectMediaKey]


class RunMedia(Struct):
    """What a run shows under a key at a step."""

    run: str
    value: Annotated[
        MediaValue | None,
        Meta(description="The last one logged up to the step; null where the run began later."),
    ]
    total: Annotated[int, Meta(description="Values of all steps.")]
    steps: Annotated[
        list[int],
        Meta(description="Of all values, for a slider; evenly thinned to at most 2,000."),
    ]


class RunsMedia(Struct):
    """What several runs show under a key, in the order asked."""

    runs: list[RunMedia]
    num_runs: Annotated[
        int, Meta(description="Of those asked for, how many logged something under the key.")
    ]


class HistogramAtStep(Struct):
    """One histogram of a series."""

    step: int
    time: Annotated[float, Meta(description="Seconds since 1970 UTC.")]
    edges: list[float]
    counts: list[float]


class HistogramSeries(Struct):
    """Histograms of a key over steps."""

    key: str
    total: Annotated[int, Meta(description="Histograms in the range; evenly thinned to `limit`.")]
    histograms: list[HistogramAtStep]


class TableColumn(Struct):
    """A column of a table."""

    name: str
    type: Annotated[
        str,
        Meta(
            description="Of its first 1,000 cells: `number`, `string`, `boolean`, `list`, "
            "`object`, `null`, a kind of media, or `mixed`."
        ),
    ]


class TableCell(Struct):
    """A cell that holds media."""

    row: Annotated[int, Meta(description="In the table, from 0.")]
    column: Annotated[int, Meta(description="From 0.")]
    media: Media


class TablePage(Struct):
    """Rows of a table."""

    columns: list[TableColumn]
    rows: Annotated[list[list[JsonValue]], Meta(description="A cell for each column.")]
    offset: int
    total_rows: int
    media: Annotated[list[TableCell], Meta(description="Cells of this page that hold media.")]
