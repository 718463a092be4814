"""What a run's own process says of it: Runstone's client speaks here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from msgspec import UNSET as LEFT_OUT

from runstone.domain.errors import QuotaExceeded
from runstone.domain.history import StreamKind
from runstone.domain.run import UNSET, RunUpdate
from runstone.ports.store import Transaction
from runstone.services import environment as environments
from runstone.services import ingest
from runstone.services import runs as services
from runstone.wire.rest.call import Call
from runstone.wire.rest.report_format import document, parse_report, to_domain
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.reports import BeginRun, BegunRun, Reported

_RUN: Final = "/projects/{entity}/{project}/runs/{run}"
_MAX_BODY_BYTES: Final = 64 * 1024 * 1024
_MAX_REPORT_BYTES: Final = 256 * 1024 * 1024
_PARSER: Final = ThreadPoolExecutor(1, thread_name_prefix="runstone-report")
"""One thread: parsing holds the interpreter's lock, and several would only take it in turns."""


@route("PUT", _RUN, tag="Runs")
async def begin_run(call: Call[None, BeginRun]) -> BegunRun:
    """Begin a run under an id of your own, or go on with it; may be repeated.

    Project and run are made where they are missing. The answer says which rows are here already.
    """
    path, wanted = call.path, call.body
    update = RunUpdate(
        display_name=UNSET if wanted.name is LEFT_OUT else wanted.name,
        group=UNSET if wanted.group is LEFT_OUT else wanted.group or None,
        job_type=UNSET if wanted.job_type is LEFT_OUT else wanted.job_type or None,
        notes=UNSET if wanted.notes is LEFT_OUT else wanted.notes,
        tags=UNSET if wanted.tags is LEFT_OUT else tuple(dict.fromkeys(wanted.tags)),
        host=UNSET if wanted.host is LEFT_OUT else wanted.host or None,
        program=UNSET if wanted.program is LEFT_OUT else wanted.program or None,
    )

    def begin(tx: Transaction) -> BegunRun:
        run, is_new = services.begin_run(
            tx,
            call.actor,
            path["entity"],
            path["project"],
            path["run"],
            update,
            reopens_uploads=False,
            joins=wanted.joins,
        )

        def durable(kind: StreamKind) -> dict[str, int]:
            return {s.writer: s.next_row for s in tx.history.streams([run.id], kind)}

        return BegunRun(
            entity=run.entity,
            project=run.project,
            id=run.name,
            name=run.display_name,
            path=f"/{run.entity}/{run.project}/runs/{run.name}",
            is_new=is_new,
            next_rows=durable(StreamKind.HISTORY),
            next_system_rows=durable(StreamKind.SYSTEM),
            next_lines={w.writer: w.num_lines for w in tx.console.writers(run.id)},
        )

    return await call.write(begin)


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
    sent = await loop.run_in_executor(
        _PARSER, lambda: parse_report(body, max_bytes=_MAX_REPORT_BYTES)
    )
    report = await loop.run_in_executor(_PARSER, lambda: to_domain(sent))
    config = None if sent.config is None else document(sent.config)
    environment = {writer: document(text) for writer, text in sent.environment.items()}

    def record(tx: Transaction) -> Reported:
        address = (path["entity"], path["project"], path["run"])
        acknowledged = ingest.record(tx, call.actor, *address, report)
        if config is not None:
            run = services.find_reporting_run(tx, call.actor, *address)
            tx.runs.update_run(run.id, RunUpdate(config=config))
        if environment:
            environments.record_environment(tx, call.actor, *address, environment)
        return Reported(stop_requested=acknowledged.stop_requested)

    return await call.write(record)


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
