"""How runs are asked for, and what may not have been meant."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

Archived: TypeAlias = Literal["exclude", "include", "only"]
ARCHIVED: Final[dict[Archived, bool | None]] = {"exclude": False, "include": None, "only": True}


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
