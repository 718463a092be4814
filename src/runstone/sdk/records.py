"""What the server tells of things, as values: frozen, typed, without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from msgspec import UNSET, Raw, Struct, UnsetType

from runstone.domain import documents

Document: TypeAlias = Mapping[str, Any]
"""A JSON object that is not to be changed."""

NOTHING: Final[Document] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """One key that runs have logged.

    Attributes:
        kind: `number`, `json` (text, lists, media), or `mixed`.
        x: The key it asks to be drawn over, by `define_metric`.
        hidden: It asked not to be drawn.
        better: Which values are the better ones: `lower` or `higher`, by `define_metric`.
    """

    name: str
    kind: str
    num_runs: int
    num_values: int
    x: str | None = None
    hidden: bool = False
    better: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a table of the runs may have.

    Attributes:
        name: As filters, sorts and `columns=` take it: `config.lr`.
        source: `run`, `config`, `summary` or `history`.
        path: The name without its source.
        type: `number`, `bool`, `text`, `time`, `tags`, `list`, `object` or `mixed`.
        num_runs: How many runs have a value there.
    """

    name: str
    source: str
    path: str
    type: str
    num_runs: int


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that a training script raised.

    Attributes:
        level: `INFO`, `WARN` or `ERROR`.
    """

    title: str
    text: str
    level: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AlertList:
    """As the server tells them."""

    alerts: list[Alert]
    total: int


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line of output.

    Attributes:
        position: Among the lines asked for.
        writer: Which of several processes; empty for the only one.
        number: In its writer's output, from 0.
        text: As printed, with ANSI codes.
        at: ISO 8601, as the client gave it.
        level: `error` for stderr.
        label: What the client calls its process, such as a rank.
    """

    position: int
    writer: str
    number: int
    text: str
    at: str | None
    level: str | None
    label: str | None


class Git(Struct, frozen=True):
    """The commit that a run was started from."""

    commit: str | None
    remote: str | None


class RunRow(Struct, frozen=True, kw_only=True):
    """A run as lists bring it."""

    id: str
    entity: str
    project: str
    number: int
    display_name: str
    state: str
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    duration_s: float
    username: str
    group: str | None
    job_type: str | None
    tags: tuple[str, ...]
    num_rows: int
    last_step: int | None
    values: Raw | UnsetType = UNSET


class RunDetail(RunRow, frozen=True, kw_only=True):
    """A run as it comes by itself."""

    notes: str
    host: str | None
    program: str | None
    git: Git | None
    config: Raw
    summary: Raw
    exit_code: int | None
    sweep: str | None


class QueryWarning(Struct, frozen=True):
    """What may not have been meant in a question that was answered."""

    message: str


class RunPage(Struct, frozen=True):
    """A page of runs."""

    runs: list[RunRow]
    next_cursor: str | None
    total: int
    warnings: list[QueryWarning] = []


def read_document(raw: Raw | UnsetType) -> Document:
    """A document as it was recorded, NaN and infinities included."""
    return NOTHING if raw is UNSET else MappingProxyType(documents.decode(bytes(raw)))
