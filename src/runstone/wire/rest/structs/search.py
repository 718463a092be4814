"""Answers of a search."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from runstone.domain.run import RunState

Match: TypeAlias = Annotated[
    Literal["exact", "prefix", "word_prefix", "part"],
    Meta(description="The text is one of its names, begins one, begins a word of one, or none."),
]


class FoundProject(Struct):
    """A project that was found by its name or address."""

    entity: str
    name: str
    match: Match


class FoundRun(Struct):
    """A run that was found by its display name, id or a tag."""

    entity: str
    project: str
    id: str
    number: int
    display_name: str
    state: RunState
    tags: list[str]
    match: Match


class SearchAnswer(Struct):
    """What was found: the best first, then the newest."""

    projects: list[FoundProject]
    runs: list[FoundRun]
