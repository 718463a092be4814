"""Saved views of a project: workspaces, reports and their drafts, tables.

What a view shows is its spec: a JSON text that belongs to whoever draws it, and is kept byte for
byte. The kind says what it is and in whose format the spec is written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.ids import EntityId, ProjectId, ViewId
from runstone.domain.names import MAX_DISPLAY_NAME_CHARS, clean_text

MAX_SPEC_BYTES: Final = 8 * 1024 * 1024
"""The largest reports that people write have some hundred kilobytes; pictures are no part."""
MAX_DESCRIPTION_CHARS: Final = 64 * 1024
_KIND: Final = re.compile(r"[a-z0-9][a-z0-9._/-]{0,63}")


@dataclass(frozen=True, slots=True)
class View:
    """A view without its spec, which may be large.

    Attributes:
        kind: What it is and in whose format, such as `table` or `wandb/project-view`.
        name: Its address: unique among the project's views of that kind.
        display_name: What people call it.
        spec_bytes: Size of the spec as UTF-8.
        user_id: Its author; None where that user is gone, or it was the operator.
        revision: 1 when it is made, one more with every change.
        parent_id: The view that this one is a draft of.
    """

    id: ViewId
    project_id: ProjectId
    kind: str
    name: str
    display_name: str
    description: str
    spec_bytes: int
    user_id: EntityId | None
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    parent_id: ViewId | None = None


@dataclass(frozen=True, slots=True)
class ViewUpdate:
    """What changes of a view; None leaves as it is."""

    kind: str | None = None
    name: str | None = None
    display_name: str | None = None
    description: str | None = None
    spec: str | None = None


def check_view_kind(kind: str) -> str:
    """Returns `kind` if a view may be of it.

    Raises:
        InvalidInput: Not 1–64 small letters, digits, `.`, `_`, `/`, `-`, beginning with a letter
            or digit.
    """
    if not _KIND.fullmatch(kind):
        raise InvalidInput(
            f"{kind[:80]!r} cannot be the kind of a view: use 1 to 64 small letters, digits, '.', "
            "'_', '/' or '-', beginning with a letter or digit, such as 'table'.",
            code="invalid-kind",
        )
    return kind


def check_title(display_name: str) -> str:
    """The display name as it is kept: any text of at most 1,024 characters.

    Raises:
        InvalidInput: It is longer.
    """
    if len(display_name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidInput(
            f"The display name has {len(display_name):,} characters; at most "
            f"{MAX_DISPLAY_NAME_CHARS:,} are allowed. Put the rest into the description.",
            code="invalid-name",
        )
    return clean_text(display_name)


def check_description(description: str) -> str:
    """The description as it is kept: any text of at most 65,536 characters.

    Raises:
        InvalidInput: It is longer.
    """
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidInput(
            f"The description has {len(description):,} characters; at most "
            f"{MAX_DESCRIPTION_CHARS:,} are allowed."
        )
    return clean_text(description)


def check_spec(spec: str, *, max_bytes: int = MAX_SPEC_BYTES) -> str:
    """Returns `spec`, unchanged, if it is an object as strict JSON.

    Raises:
        QuotaExceeded: It is too large.
        InvalidInput: It is no JSON (the message says where it breaks), or no object.
    """
    size = len(spec) if spec.isascii() else len(spec.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise QuotaExceeded(
            f"The spec has {size:,} bytes; at most {max_bytes:,} are allowed. Save pictures and "
            "data as files of a run, and refer to them.",
            code="spec-too-large",
            size_bytes=size,
            max_bytes=max_bytes,
        )
    try:
        value = json.loads(spec, parse_constant=_refuse)
    except RecursionError as error:
        raise _broken("it is nested too deeply") from error
    except ValueError as error:
        raise _broken(str(error)) from error
    if not isinstance(value, dict):
        raise _broken(f"it must be an object, not {spec.strip()[:40]!r}")
    return spec


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON; use null or a text")


def _broken(why: str) -> InvalidInput:
    return InvalidInput(f"The spec is not JSON that can be kept: {why}.", code="malformed-spec")
