"""JSON of users on the wire: whole documents, their parts, and cells of tables."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct

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


class DocumentPage(Struct):
    """A part of a run's config or summary: whole values of the first level, by name."""

    values: Document
    total: Annotated[int, Meta(description="Values of the first level in the whole document.")]
    num_found: Annotated[int, Meta(description="How many of those the search finds something in.")]
    num_before: Annotated[int, Meta(description="How many of those came with earlier pages.")]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
