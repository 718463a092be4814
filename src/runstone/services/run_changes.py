"""What a life of a run says of it: config, summary, definitions, and what it says once.

What is said once (other names, alerts) is numbered by whoever says it, so that `runstone sync` may
repeat it: what is recorded already is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.logged_chart import CHARTS_KEY
from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import AlertLevel, Run, RunUpdate
from runstone.ports.store import Transaction
from runstone.services import runs as services
from runstone.services.lives import JOINED_KEY, SAID_KEY, TOTALS_KEY, Document, object_of


@dataclass(frozen=True, slots=True)
class AlertSaid:
    """An alert, and when it was raised."""

    title: str
    text: str
    level: AlertLevel
    at: datetime
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Said:
    """What a process says once, in order: changes of the run's names, and alerts.

    Attributes:
        by: Who says it.
        first: Number of the first item, counted by them from 0.
    """

    by: str
    first: int
    items: Sequence[RunUpdate | AlertSaid]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a report changes in a run's documents and record.

    Attributes:
        config: Entries to set; others stay.
        summary: Likewise.
        removed: Keys that leave the summary.
        definitions: Metric definitions as documents; each replaces the one of its name.
        totals: By metric, how many values this life logged, and their sum.
        charts: By key, how the table of a custom chart is drawn.
        joins: Another process leads the run, and has the first word on the summary.
    """

    life: str = ""
    config: Document | None = None
    summary: Document | None = None
    removed: Sequence[str] = ()
    definitions: Sequence[Document] = ()
    totals: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    said: Said | None = None
    charts: Mapping[str, Document] = field(default_factory=dict)
    joins: bool = False


def change_run(tx: Transaction, actor: Actor, run: Run, changes: Changes) -> None:
    """Records what a life says of its run; may be repeated.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is not legal.
    """
    said = changes.said
    touches_info = changes.definitions or changes.totals or changes.charts or said is not None
    touches_summary = changes.summary is not None or changes.removed
    if touches_info or touches_summary or changes.config is not None:
        _change_documents(tx, actor, run, changes)
    if not run.state.is_live:
        tx.runs.put_summary_in_place(run.id)  # nobody waits for the next report


def _change_documents(tx: Transaction, actor: Actor, run: Run, changes: Changes) -> None:
    said = changes.said
    before = tx.runs.client_info(run.id)
    info = dict(before)
    update = RunUpdate()
    if changes.config is not None:
        update = replace(update, config=tx.runs.config(run.id) | changes.config)
    if changes.summary is not None or changes.removed:
        entries, joined = _beside_leader(tx, run, changes, info.get(JOINED_KEY))
        tx.runs.merge_summary(run.id, entries, changes.removed)
        if joined != info.get(JOINED_KEY, []):
            info[JOINED_KEY] = joined
    if changes.definitions:
        info[METRICS_KEY] = _with_definitions(info.get(METRICS_KEY), changes.definitions)
    if changes.totals:
        own: Document = {key: [num, total] for key, (num, total) in changes.totals.items()}
        totals = object_of(info.get(TOTALS_KEY))
        info[TOTALS_KEY] = totals | {changes.life: object_of(totals.get(changes.life)) | own}
    if changes.charts:
        info[CHARTS_KEY] = object_of(info.get(CHARTS_KEY)) | dict(changes.charts)
    if said is not None:
        info[SAID_KEY] = _say(tx, actor, run, said, object_of(info.get(SAID_KEY)))
    if info != before:
        update = replace(update, client_info=info)
    if update != RunUpdate():
        tx.runs.update_run(run.id, update)


def _beside_leader(
    tx: Transaction, run: Run, changes: Changes, known: JsonValue
) -> tuple[Document, list[JsonValue]]:
    """What counts of the summary's new entries; and the keys that only joined processes said.

    Args:
        known: Those that they said before.
    """
    said = changes.summary or {}
    joined = known if isinstance(known, list) else []
    if changes.joins:
        free = set(map(str, joined))
        if not free.issuperset(said):
            of_leader = tx.runs.summary(run.id)
            said = {k: v for k, v in said.items() if k in free or k not in of_leader}
        return said, joined + [key for key in said if key not in free]
    if joined:
        joined = [key for key in joined if key not in said]
    return said, joined


def _say(tx: Transaction, actor: Actor, run: Run, said: Said, counts: Document) -> Document:
    """Does what was not done yet; returns the counts as they then are."""
    num = counts.get(said.by)
    done = num if isinstance(num, int) else 0
    for item in said.items[max(0, done - said.first) :]:
        if isinstance(item, RunUpdate):
            services.update_run(tx, actor, run.id, item)
        else:
            services.raise_alert(
                tx,
                actor,
                run,
                title=item.title,
                text=item.text,
                level=item.level,
                wait=item.wait,
                at=item.at,
            )
    return counts | {said.by: max(done, said.first + len(said.items))}


def _with_definitions(before: JsonValue, new: Sequence[Document]) -> list[JsonValue]:
    def name(document: JsonValue) -> tuple[JsonValue, JsonValue]:
        said = object_of(document)
        return said.get("name"), said.get("glob")

    kept = {name(entry): entry for entry in before} if isinstance(before, list) else {}
    return list((kept | {name(entry): entry for entry in new}).values())
