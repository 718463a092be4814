"""What a run's own process says of it: Runstone's client speaks here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from msgspec import UNSET as LEFT_OUT

from runstone.domain.documents import JsonValue
from runstone.domain.errors import QuotaExceeded
from runstone.domain.history import StreamKind
from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import UNSET, Run
from runstone.ports.store import Transaction
from runstone.services import environment as environments
from runstone.services import ingest
from runstone.services import runs as services
from runstone.services.lives import Beginning, Resume, begin_life
from runstone.services.run_changes import Changes, change_run
from runstone.services.runs import BranchPoint
from runstone.wire.rest.call import Call
from runstone.wire.rest.report_format import document, names_of, parse_report, to_changes, to_domain
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.reports import BeginRun, BegunRun, Reported, Resumed

_RUN: Final = "/projects/{entity}/{project}/runs/{run}"
_MAX_BODY_BYTES: Final = 64 * 1024 * 1024
_MAX_REPORT_BYTES: Final = 256 * 1024 * 1024
_PARSER: Final = ThreadPoolExecutor(1, thread_name_prefix="runstone-report")
"""One thread: parsing holds the interpreter's lock, and several would only take it in turns."""


@route("PUT", _RUN, tag="Runs")
async def begin_run(call: Call[None, BeginRun]) -> BegunRun:
    """Begin a run under an id of your own, go on with it, rewind or fork it; may be repeated.

    Project and run are made where they are missing. The answer says which rows are here already.
    Codes of refusals: `run-exists`, `no-run-to-resume`, `run-in-trash`.
    """
    return await _begun(call)


@route("PUT", "/me/projects/{project}/runs/{run}", tag="Runs")
async def begin_own_run(call: Call[None, BeginRun]) -> BegunRun:
    """Begin a run, or go on with it, in a project of your own: whose the API key is.

    As under the project's whole address, for clients that were not told whose it is.
    """
    return await _begun(call)


async def _begun(call: Call[None, BeginRun]) -> BegunRun:
    path, wanted = call.path, call.body
    update = replace(
        names_of(wanted),
        host=UNSET if wanted.host is LEFT_OUT else wanted.host or None,
        program=UNSET if wanted.program is LEFT_OUT else wanted.program or None,
    )

    fork = wanted.fork_of
    beginning = Beginning(
        life=wanted.life,
        resume=Resume(wanted.resume),
        rewind_to=wanted.rewind_to,
        joins=wanted.joins,
        fork=None if fork is None else BranchPoint(fork.run, fork.step),
    )

    def begin(tx: Transaction) -> BegunRun:
        life = begin_life(
            tx, call.actor, path.get("entity"), path["project"], path["run"], update, beginning
        )
        run = life.run

        def durable(kind: StreamKind) -> dict[str, int]:
            return {s.writer: s.next_row for s in tx.history.streams([run.id], kind)}

        return BegunRun(
            entity=run.entity,
            project=run.project,
            id=run.name,
            name=run.display_name,
            path=f"/{run.entity}/{run.project}/runs/{run.name}",
            is_new=life.is_new,
            is_resumed=life.is_resumed,
            first_step=life.first_step,
            earlier_s=life.earlier_s,
            totals=life.totals,
            replaced_writers=list(life.replaced_writers),
            also_on=life.also_on,
            next_rows=durable(StreamKind.HISTORY),
            next_system_rows=durable(StreamKind.SYSTEM),
            next_lines={w.writer: w.num_lines for w in tx.console.writers(run.id)},
            resumed=_resumed(tx, run) if wanted.tells else None,
        )

    return await call.write(begin)


def _resumed(tx: Transaction, run: Run) -> Resumed:
    documents = tx.runs.documents(run.id)
    return Resumed(
        config=json.dumps(documents.config, ensure_ascii=False),
        summary=json.dumps(documents.summary, ensure_ascii=False),
        tags=list(run.tags),
        notes=run.notes,
        group=run.group,
        job_type=run.job_type,
        metrics=json.dumps(documents.client_info.get(METRICS_KEY) or [], ensure_ascii=False),
    )


@route(
    "POST",
    _RUN + "/report",
    tag="Runs",
    consumes="application/octet-stream",
    max_body_bytes=_MAX_BODY_BYTES,
)
async def report_run(call: Call[None, AsyncIterator[bytes]]) -> Reported:
    """Report rows, output, config, summary or the end of a run: msgpack, compressed with zstd.

    Rows are numbered by their writer from 0; those that are here already are dropped, a gap is
    refused (code `offset-gap`). Everything in it is durable when this is answered.
    """
    path = call.path
    body = await _whole(call.body)
    loop = asyncio.get_running_loop()
    report, changes, environment = await loop.run_in_executor(_PARSER, _parsed, body)

    def record(tx: Transaction) -> Reported:
        address = (path["entity"], path["project"], path["run"])
        acknowledged = ingest.record(tx, call.actor, *address, report)
        run = services.find_reporting_run(tx, call.actor, *address)
        change_run(tx, call.actor, run, changes)
        if environment:
            environments.record_environment(tx, call.actor, *address, environment)
        return Reported(stop_requested=acknowledged.stop_requested)

    return await call.write(record)


def _parsed(body: bytes) -> tuple[ingest.Report, Changes, dict[str, dict[str, JsonValue]]]:
    sent = parse_report(body, max_bytes=_MAX_REPORT_BYTES)
    report = to_domain(sent)
    environment = {writer: document(text) for writer, text in sent.environment.items()}
    return report, to_changes(sent, report.history), environment


async def _whole(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise QuotaExceeded(
                f"The report has more than {_MAX_BODY_BYTES:,} bytes: send fewer rows at once.",
                code="report-too-large",
            )
    return bytes(body)
