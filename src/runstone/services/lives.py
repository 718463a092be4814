"""The lives of a run: a process begins it, a later one goes on with it, rewinds it or forks it.

Each process names its life when it announces the run. What is asked for (`must` be there, rewind to
a step) is done when a life is announced for the first time; announcing it again, as `runstone sync`
does, only tells how far it was. What a life says once (names, alerts) it numbers, likewise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from runstone.domain.access import Action, Actor
from runstone.domain.documents import JsonValue, decode
from runstone.domain.errors import AlreadyExists, InvalidInput, NotFound
from runstone.domain.history import HistoryBatch, Numbers, Objects, StreamKind, ValueKind
from runstone.domain.ids import RunId
from runstone.domain.metrics import METRICS_KEY, MetricDefinition, definition_of
from runstone.domain.names import check_display_name
from runstone.domain.run import Run, RunState, RunUpdate
from runstone.domain.summing import Aggregate, wants_aggregates
from runstone.ports.store import Snapshot, Transaction
from runstone.services import runs as services
from runstone.services.metrics import read_definitions
from runstone.services.projects import find_entity
from runstone.services.runs import BranchPoint

LIVES_KEY: Final = "lives"
"""Where in `RunDocuments.client_info` the lives are, by name."""
SAID_KEY: Final = "said"
"""Likewise, how much of what a life says once is recorded, by who says it."""
TOTALS_KEY: Final = "totals"
"""Likewise, by life and metric, how many values there were and their sum: for means."""
JOINED_KEY: Final = "joined"
"""Likewise, names in the summary that only processes have said that joined the run."""
REPLACED_KEY: Final = "replaced_writers"
"""Likewise, writers whose rows a rewind took back: what they send once more is not wanted."""
OURS: Final = (LIVES_KEY, SAID_KEY, TOTALS_KEY, JOINED_KEY, REPLACED_KEY)

_JUST_NOW: Final = timedelta(seconds=30)
"""A process that logs speaks more often than that."""
_RESUME_MUST: Final = 'resume="must"'

Document: TypeAlias = dict[str, JsonValue]


class Resume(StrEnum):
    """What a life expects to find."""

    ALLOW = "allow"
    MUST = "must"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a life wants to begin.

    Attributes:
        life: Its name; empty for a process that does not say, and whose wishes are done each time.
        rewind_to: The last step that stays of what the run has logged.
        fork: Whose history a new run begins with.
        joins: Another process leads the run: where that one ended it, it stays so.
    """

    life: str = ""
    resume: Resume = Resume.ALLOW
    rewind_to: int | None = None
    fork: BranchPoint | None = None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """How a life began.

    Attributes:
        first_step: Of its first row that names no step.
        earlier_s: What earlier lives took: the runtimes of this one go on from there.
        is_resumed: There was something to go on with.
        totals: By metric, how many values other lives logged, and their sum.
        replaced_writers: Whose rows are not wanted any more.
        also_on: Another machine, on which a process logs to the run now.
    """

    run: Run
    is_new: bool
    first_step: int
    is_resumed: bool
    earlier_s: float = 0.0
    totals: dict[str, tuple[int, float]] = field(default_factory=dict)
    replaced_writers: tuple[str, ...] = ()
    also_on: str | None = None


def begin_life(
    tx: Transaction,
    actor: Actor,
    entity: str | None,
    project: str,
    name: str,
    update: RunUpdate,
    beginning: Beginning,
) -> Life:
    """A process announces a run: begins it or goes on with it, as it wishes.

    What a rewind takes back is kept, in an archived run of its own.

    Raises:
        NotFound: No such entity; or the run to go on with, or to fork, is not there (code
            `no-run-to-resume`, `no-run-to-fork`).
        AlreadyExists: The run is there, and must not be (code `run-exists`).
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is not legal, or wishes that exclude each other.
        Conflict: The run is in the trash (code `run-in-trash`).
    """
    if beginning.rewind_to is not None and beginning.fork is not None:
        raise InvalidInput("A run is rewound or forked, not both at once.", code="bad-beginning")
    before = _find(tx, actor, entity, project, name)
    info = tx.runs.client_info(before.id) if before else {}
    known = object_of(info.get(LIVES_KEY)).get(beginning.life) if beginning.life else None
    if before is not None and isinstance(known, dict):
        # Said before: names that were changed since, by whomever, stay; and that it has ended.
        run, _ = services.begin_run(
            tx, actor, entity, project, name, RunUpdate(), reopens_uploads=False, joins=True
        )
        return _life(run, beginning.life, known, info, is_new=False)
    _check(before, beginning, f"{project}/{name}")
    run, is_new = services.begin_run(
        tx,
        actor,
        entity,
        project,
        name,
        update,
        branch_point=beginning.fork,
        reopens_uploads=False,
        joins=beginning.joins,
    )
    if beginning.rewind_to is not None:
        run = rewind(tx, actor, run, to_step=beginning.rewind_to)
    elif beginning.fork is not None:
        _inherit(tx, run, beginning.fork)
    info = dict(tx.runs.client_info(run.id))
    largest = tx.history.largest_step(run.id)
    if beginning.rewind_to is not None:
        step = beginning.rewind_to + 1
    elif beginning.fork is not None:
        step = beginning.fork.step + 1
    else:
        step = 0 if largest is None else largest + 1
    entry: Document = {
        "step": step,
        "resumed": before is not None,
        "earlier_s": _earlier_s(tx, run.id, info, beginning),
    }
    if beginning.life:
        info[LIVES_KEY] = object_of(info.get(LIVES_KEY)) | {beginning.life: entry}
        run = tx.runs.update_run(run.id, RunUpdate(client_info=info))
    life = _life(run, beginning.life, entry, info, is_new=is_new)
    return life if beginning.joins else replace(life, also_on=_other_machine(tx, before, run))


def is_overtaken(tx: Snapshot, run: Run, life: str) -> bool:
    """Whether another life of the run has begun since."""
    lives = object_of(tx.runs.client_info(run.id).get(LIVES_KEY))
    return life in lives and life != next(reversed(lives))


def _earlier_s(tx: Snapshot, run: RunId, info: Document, beginning: Beginning) -> float:
    """What the lives before this one took, as far as their rows say."""
    if beginning.joins:
        # Its leader goes on from there, whatever that one has logged in the meantime.
        lives = [object_of(life) for life in object_of(info.get(LIVES_KEY)).values()]
        return _seconds_of(lives[-1]) if lives else 0.0
    # A run that is cut off at a row goes on from that row; another one from when it was last seen.
    is_cut = beginning.rewind_to is not None or beginning.fork is not None
    runtimes = [0.0]
    for stream in tx.history.streams([run], StreamKind.HISTORY if is_cut else None):
        if stream.next_row:
            for batch in tx.history.scan(stream.id, keys=(), from_row=stream.next_row - 1):
                runtimes += filter(math.isfinite, batch.runtime.tolist())
    return max(runtimes)


def _seconds_of(entry: Document) -> float:
    earlier_s = entry.get("earlier_s")
    return float(earlier_s) if isinstance(earlier_s, (int, float)) else 0.0


def _other_machine(tx: Transaction, before: Run | None, run: Run) -> str | None:
    """Where a process speaks for the run that nobody told of this one."""
    if before is None or before.state is not RunState.RUNNING or before.host == run.host:
        return None
    return before.host if tx.now - before.heartbeat_at < _JUST_NOW else None


def rewind(tx: Transaction, actor: Actor, run: Run, *, to_step: int) -> Run:
    """Takes back what the run logged after a step; what is taken back is kept in another run.

    The summary becomes what it was at that step.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    _keep_branch(tx, actor, run, after_step=to_step)
    writers: list[JsonValue] = [
        stream.writer for stream in tx.history.streams([run.id], StreamKind.HISTORY)
    ]
    run = services.rewind_run(tx, actor, run, to_step=to_step)
    info = dict(tx.runs.client_info(run.id))
    summary, totals = _summed_up(tx, run.id, read_definitions(info))
    replaced = info.get(REPLACED_KEY)
    before = replaced if isinstance(replaced, list) else []
    info[REPLACED_KEY] = list(dict.fromkeys(before + writers))
    info[TOTALS_KEY] = {"": totals}
    info["branch_point"] = {"run_id": run.name, "step": to_step}
    return tx.runs.update_run(run.id, RunUpdate(client_info=info, summary=summary))


def _keep_branch(tx: Transaction, actor: Actor, run: Run, *, after_step: int) -> Run | None:
    """A copy of the run as it is, archived: what stands to be taken back from it stays there.

    Returns:
        The copy; None where the run has nothing after that step.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    services.find_run_by_id(tx, actor, run.id, Action.WRITE)
    largest = tx.history.largest_step(run.id)
    if largest is None or largest <= after_step:
        return None
    number = 1
    while tx.runs.run(run.project_id, _branch_name(run, number)) or tx.runs.trashed_run(
        run.project_id, _branch_name(run, number)
    ):
        number += 1
    display_name = check_display_name(f"{run.display_name[:80]} (replaced after step {after_step})")
    kept = tx.runs.create_run(
        run.project_id, _branch_name(run, number), user=run.user_id, display_name=display_name
    )
    for kind in (StreamKind.HISTORY, StreamKind.SYSTEM):
        for source in tx.history.streams([run.id], kind):
            target = tx.history.open_stream(kept.id, kind, source.writer)
            for batch in tx.history.scan(source.id):
                tx.history.append(target.id, batch)
    documents = tx.runs.documents(run.id)
    info = {key: value for key, value in documents.client_info.items() if key not in OURS}
    return tx.runs.update_run(
        kept.id,
        RunUpdate(
            state=run.state if run.finished_at else RunState.CRASHED,
            heartbeat_at=run.heartbeat_at,
            finished_at=run.finished_at or run.heartbeat_at,
            group=run.group,
            job_type=run.job_type,
            tags=run.tags,
            notes=f"What {run.name} had logged before it was rewound to step {after_step}.",
            host=run.host,
            program=run.program,
            commit=run.commit,
            remote=run.remote,
            exit_code=run.exit_code,
            archived=True,
            config=documents.config,
            summary=documents.summary,
            client_info=info | {"branch_point": {"run_id": run.name, "step": after_step}},
        ),
    )


def _find(tx: Transaction, actor: Actor, entity: str | None, project: str, name: str) -> Run | None:
    owner = find_entity(tx, actor, entity, Action.WRITE)
    place = tx.projects.project(owner.id, project)
    return None if place is None else tx.runs.run(place.id, name)


def _check(before: Run | None, beginning: Beginning, path: str) -> None:
    if before is None:
        if beginning.resume is Resume.MUST or beginning.rewind_to is not None:
            what = "rewind" if beginning.rewind_to is not None else "resume"
            raise NotFound(
                f"There is no run {path} to {what}. Look at the id, or begin it without "
                f"{'resume_from' if what == 'rewind' else _RESUME_MUST}.",
                code="no-run-to-resume",
            )
        return
    if beginning.resume is Resume.NEVER:
        raise AlreadyExists(
            f'The run {before.path} is there already, and resume="never" was asked for. Choose '
            "another id.",
            code="run-exists",
        )
    if beginning.fork is not None:
        raise AlreadyExists(
            f"The run {before.path} is there already: a fork is a new run. Choose another id, or "
            "leave it out.",
            code="run-exists",
        )


def _life(run: Run, life: str, entry: Document, info: Document, *, is_new: bool) -> Life:
    step = entry.get("step")
    totals: dict[str, tuple[int, float]] = {}
    for name, own in object_of(info.get(TOTALS_KEY)).items():
        if name == life and life:
            continue
        for key, pair in object_of(own).items():
            if isinstance(pair, list) and len(pair) == 2:
                num, total = totals.get(key, (0, 0.0))
                totals[key] = (num + int(pair[0]), total + float(pair[1]))
    replaced = info.get(REPLACED_KEY)
    return Life(
        run=run,
        is_new=is_new,
        first_step=step if isinstance(step, int) else 0,
        is_resumed=entry.get("resumed") is True,
        earlier_s=_seconds_of(entry),
        totals=totals,
        replaced_writers=tuple(map(str, replaced)) if isinstance(replaced, list) else (),
    )


def _inherit(tx: Transaction, run: Run, fork: BranchPoint) -> None:
    """A fork begins with its parent's config and definitions, and its summary at that step."""
    parent = tx.runs.run(run.project_id, fork.parent)
    if parent is None:
        return
    largest = tx.history.largest_step(parent.id)
    if largest is None or fork.step > largest:
        reached = "has logged nothing" if largest is None else f"has logged up to step {largest}"
        raise InvalidInput(
            f"{parent.path} {reached}: it cannot be forked at step {fork.step}.",
            code="no-such-step",
        )
    documents, own = tx.runs.documents(parent.id), tx.runs.documents(run.id)
    definitions = documents.client_info.get(METRICS_KEY)
    summary, totals = _summed_up(tx, run.id, read_definitions(documents.client_info))
    info = dict(own.client_info)
    info["branch_point"] = {"run_id": parent.name, "step": fork.step}
    info[TOTALS_KEY] = {"": totals}
    if definitions:
        info[METRICS_KEY] = definitions
    # The parent's writers and the fork's own are different processes.
    info[REPLACED_KEY] = [s.writer for s in tx.history.streams([run.id], StreamKind.HISTORY)]
    tx.runs.update_run(
        run.id,
        RunUpdate(config=documents.config | own.config, client_info=info, summary=summary),
    )


def _summed_up(
    tx: Snapshot, run: RunId, definitions: Sequence[MetricDefinition]
) -> tuple[Document, Document]:
    """The summary that the run's rows make, and the totals behind its means."""
    last: Document = {}
    aggregates: dict[str, Aggregate] = {}
    wanted: dict[str, MetricDefinition] = {}
    for stream in tx.history.streams([run], StreamKind.HISTORY):
        for batch in tx.history.scan(stream.id):
            if batch.num_rows:
                last |= place_of_last(batch)
            for key in (*batch.numbers, *batch.objects):
                if key not in wanted:
                    wanted[key] = definition_of(key, definitions) or MetricDefinition(key)
                summary = wanted[key].summary
                if wants_aggregates(summary):
                    if key in batch.numbers:
                        aggregate = aggregates.setdefault(key, Aggregate())
                        for value in _values(batch.numbers[key]):
                            aggregate.see(value)
                elif "none" not in summary:
                    last[key] = _last_value(batch, key)
    for key, aggregate in aggregates.items():
        last[key] = aggregate.kept(wanted[key])
    return last, {key: [one.num, one.total] for key, one in aggregates.items()}


def place_of_last(batch: HistoryBatch) -> Document:
    """Where the last of some rows is, as the wandb client puts it into a run's summary."""
    return {
        "_step": int(batch.step[-1]),
        "_timestamp": float(batch.time[-1]),
        "_runtime": float(batch.runtime[-1]),
    }


def _values(numbers: Numbers) -> list[float]:
    values: list[float] = numbers.values.tolist()
    return list(map(int, values)) if numbers.kinds is ValueKind.INT else values


def _last_value(batch: HistoryBatch, key: str) -> JsonValue:
    """Of a key that has one in the batch."""
    numbers, objects = batch.numbers.get(key), batch.objects.get(key)

    def row(column: Numbers | Objects | None, num: int) -> int:
        if column is None:
            return -1
        return num - 1 if column.rows is None else int(column.rows[-1])

    if objects is not None and row(objects, batch.num_rows) >= row(numbers, batch.num_rows):
        return decode(objects.texts[-1])
    assert numbers is not None
    value = float(numbers.values[-1])
    kind = numbers.kinds if isinstance(numbers.kinds, ValueKind) else numbers.kinds[-1]
    if kind == ValueKind.BOOL:
        return bool(value)
    return int(value) if kind == ValueKind.INT and value.is_integer() else value


def _branch_name(run: Run, number: int) -> str:
    return f"{run.name[:100]}-replaced-{number}"


def object_of(value: JsonValue) -> Document:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
