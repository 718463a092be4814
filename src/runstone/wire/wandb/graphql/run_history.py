"""What runs logged: counts and tails for resuming, rows, sampled rows, console lines."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import orjson

from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.history import HistoryBatch, RowFilter, StreamInfo, StreamKind
from runstone.domain.run import ConsoleLine, Run
from runstone.ports.store import Snapshot
from runstone.services import history_files, ingest
from runstone.services.export import Words, json_rows
from runstone.wire.wandb.graphql.paging import connection, page_size
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.jsontext import JsonText, strict
from runstone.wire.wandb.rows import STEP, Row
from runstone.wire.wandb.rowtext import rows_of

_SAMPLES: Final = 500
_MAX_SAMPLES: Final = 100_000
_MAX_SPECS: Final = 1_000
_MAX_PAGE_ROWS: Final = 200_000


class SampleSpec(msgspec.Struct, rename="camel"):
    """One entry of `sampledHistory(specs:)`."""

    keys: list[str]
    samples: int = _SAMPLES
    min_step: float | None = None
    max_step: float | None = None

    @property
    def stop_step(self) -> int | None:
        """The first step behind what is asked for.

        wandb-core, through which newer clients scan (0.31), names the last step that it wants,
        asks for as many samples as there are steps from the first to that, and puts `_step` behind
        the user's keys. Older ones (0.19, 0.25) page in Python: their `max_step` is where the next
        page begins, and `samples` the size of any page. Answered inclusively, they repeat rows.
        """
        if self.max_step is None:
            return None
        last = int(self.max_step)
        steps = last - int(self.min_step or 0) + 1
        is_core = self.samples == steps and self.keys[-1:] == [STEP]
        return last + 1 if is_core else last


# Counts and tails


def _offsets(run: Run, info: Info) -> tuple[int, int, int]:
    return ingest.next_offsets(info.context.snapshot, run)


def _tail(run: Run, info: Info, kind: StreamKind) -> str:
    """The last row as JSON in JSON in JSON, which is how it is asked for."""
    stream = info.context.snapshot.history.stream(run.id, kind)
    row = None if stream is None else _last_row(info.context.snapshot, stream)
    return orjson.dumps([] if row is None else [strict(row)]).decode()


def _last_row(snapshot: Snapshot, stream: StreamInfo) -> Row | None:
    last: Row | None = None
    for batch in snapshot.history.scan(stream.id, from_row=max(0, stream.next_row - 1)):
        if batch.num_rows:
            last = rows_of(batch)[-1]
    return last


def _system_metrics(run: Run, info: Info) -> str | None:
    streams = info.context.runs.streams(run.id, StreamKind.SYSTEM)
    newest = max(streams, key=lambda stream: stream.last_time or 0.0, default=None)
    row = None if newest is None else _last_row(info.context.snapshot, newest)
    return None if row is None else strict(row)


def _num_rows(run: Run, info: Info) -> int:
    streams = info.context.runs.streams(run.id, StreamKind.HISTORY)
    return next((stream.next_row for stream in streams if stream.writer == ""), 0)


# Rows


def _history(run: Run, info: Info, **args: Any) -> list[str]:
    history = info.context.snapshot.history
    samples = _num_samples(args.get("samples"))
    lo, hi = args.get("minStep"), args.get("maxStep")
    if lo is None and hi is None:
        batch = history.sample(run.id, StreamKind.HISTORY, [], samples)
    else:
        limit = _page_limit(lo, hi, samples)
        batch = history.rows(run.id, RowFilter(min_step=lo, max_step=hi, limit=limit))
        _check_page(batch)
    return _lines(batch)


def _page_limit(lo: int | None, hi: int | None, samples: int) -> int:
    """How many rows may come of a range of steps: of a page all, though steps may repeat.

    A scan asks for at least as many samples as there are steps in the range; rows that it is not
    given it never asks for again.
    """
    is_page = lo is not None and hi is not None and hi - lo <= samples
    return _MAX_PAGE_ROWS + 1 if is_page else samples


def _check_page(batch: HistoryBatch) -> None:
    if batch.num_rows > _MAX_PAGE_ROWS:
        raise InvalidInput(
            f"More than {_MAX_PAGE_ROWS:,} rows have these steps: too many for one page. Ask for "
            "fewer steps (page_size), or export the history (docs/export.md)."
        )


def _events(run: Run, info: Info, **args: Any) -> list[str]:
    history = info.context.snapshot.history
    samples = _num_samples(args.get("samples"))
    return _lines(history.sample(run.id, StreamKind.SYSTEM, [], samples))


def _lines(batch: HistoryBatch) -> list[str]:
    # Rows are texts within the answer, in which all client lines read the bare words NaN and
    # Infinity (0.31: simplejsonext): so they come back as the floats that they were.
    return list(json_rows(batch, words=Words.BARE))


def _parquet_history(run: Run, info: Info, **_: Any) -> dict[str, JsonValue]:
    """Files with all rows, or none and every row by pages (ADR 0010).

    The live row says from which step on pages are to be asked for, and to
    `download_history_exports` that nothing is exported, rather than that nothing was logged.
    """
    if info.context.gives_history_files:
        files = history_files.files_of(info.context.snapshot, run)
        if files is not None:
            urls: list[JsonValue] = [info.context.history_file_url(file) for file in files]
            return {"parquetUrls": urls, "liveData": []}
    first = info.context.snapshot.history.rows(run.id, RowFilter(keys=[], limit=1))
    return {"parquetUrls": [], "liveData": [{STEP: int(step)} for step in first.step]}


def _sampled_history(run: Run, info: Info, specs: list[str]) -> list[list[Row]]:
    if len(specs) > _MAX_SPECS:
        raise InvalidInput(f"{len(specs):,} specs are too many; at most {_MAX_SPECS:,} at once.")
    snapshot = info.context.snapshot
    return [_sampled(snapshot, run, _spec(spec)) for spec in specs]


def _sampled(snapshot: Snapshot, run: Run, spec: SampleSpec) -> list[Row]:
    keys = [
        key for key in dict.fromkeys(spec.keys) if key not in ("_step", "_timestamp", "_runtime")
    ]
    samples = _num_samples(spec.samples)
    if spec.min_step is None and spec.max_step is None:
        batch = snapshot.history.sample(run.id, StreamKind.HISTORY, keys, samples)
    else:
        lo, hi = None if spec.min_step is None else int(spec.min_step), spec.stop_step
        limit = _page_limit(lo, hi, samples)
        where = RowFilter(keys=keys, require_all=True, min_step=lo, max_step=hi, limit=limit)
        batch = snapshot.history.rows(run.id, where)
        _check_page(batch)
    wanted = set(spec.keys)
    return [{k: v for k, v in row.items() if k in wanted} for row in rows_of(batch)]


def _spec(text: str) -> SampleSpec:
    try:
        return msgspec.json.decode(text, type=SampleSpec)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"A spec of sampledHistory is not understood: {error}.") from error


def _num_samples(given: int | None) -> int:
    samples = _SAMPLES if given is None else given
    if samples < 1:
        raise InvalidInput(f"samples is {samples}; it must be at least 1.")
    return min(samples, _MAX_SAMPLES)


def _history_keys(run: Run, info: Info) -> JsonText | None:
    request = info.context
    return request.history_keys.of(request.snapshot, request.runs, run)


# Console


def _log_lines(run: Run, info: Info, **args: Any) -> dict[str, Any]:
    console = info.context.snapshot.console
    if args.get("last") is not None:
        last = page_size({"first": args["last"]})
        lines = console.tail(run.id, last)
        return _line_page([(f":{line.number}", line) for line in lines], has_next=False)
    size = page_size(args)
    writer, after = _cursor(args.get("after"))
    lines = []
    for other in _writers(run, info):
        if other >= writer and len(lines) <= size:
            start = after if other == writer else -1
            wanted = size + 1 - len(lines)
            lines += console.lines(run.id, writer=other, after=start, limit=wanted)
    page = [(f"{line.writer}:{line.number}", line) for line in lines[:size]]
    return _line_page(page, has_next=len(lines) > size)


def _writers(run: Run, info: Info) -> list[str]:
    """Whose lines there are. Found by skipping from one writer to the next."""
    console = info.context.snapshot.console
    found = {line.writer for line in console.lines(run.id, limit=1)}
    if found and console.num_lines(run.id, writer=next(iter(found))) < _MAX_SAMPLES:
        found |= {line.writer for line in console.lines(run.id, limit=_MAX_SAMPLES)}
    return sorted(found)


def _cursor(after: str | None) -> tuple[str, int]:
    if not after:
        return "", -1
    writer, _, number = after.rpartition(":")
    try:
        return writer, int(number)
    except ValueError as error:
        raise InvalidInput(f"{after[:80]!r} is not a cursor of console lines.") from error


def _line_page(entries: list[tuple[str, ConsoleLine]], *, has_next: bool) -> dict[str, Any]:
    return connection(
        [
            (
                cursor,
                {
                    "number": line.number,
                    "timestamp": line.at,
                    "level": line.level,
                    "label": line.label,
                    "line": line.text,
                },
            )
            for cursor, line in entries
        ],
        has_next=has_next,
    )


RESOLVERS: Final[Resolvers] = {
    "Run": {
        "historyLineCount": _num_rows,
        "eventsLineCount": lambda run, info: _offsets(run, info)[1],
        "logLineCount": lambda run, info: _offsets(run, info)[2],
        "historyTail": lambda run, info: _tail(run, info, StreamKind.HISTORY),
        "eventsTail": lambda run, info: _tail(run, info, StreamKind.SYSTEM),
        "systemMetrics": _system_metrics,
        "historyKeys": _history_keys,
        "history": _history,
        "events": _events,
        "sampledHistory": _sampled_history,
        "parquetHistory": _parquet_history,
        "logLines": _log_lines,
    },
}
