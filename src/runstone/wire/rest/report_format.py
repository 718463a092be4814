"""The body of a report: msgpack compressed with zstd, its columns as plain arrays.

Columns come as they are kept, so that taking them in costs no more than looking at their sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from msgspec import UNSET as LEFT_OUT

from runstone import __version__
from runstone.domain.documents import JsonValue, encode, loads
from runstone.domain.errors import InvalidInput, NotBuilt, QuotaExceeded
from runstone.domain.history import HistoryBatch, Numbers, Objects, RowIndex, ValueKind
from runstone.domain.run import UNSET, AlertLevel, ConsoleLine, RunUpdate
from runstone.services.ingest import Report
from runstone.services.lives import place_of_last
from runstone.services.run_changes import AlertSaid, Changes, Said
from runstone.wire.rest.structs import reports as structs

_DECODER: Final = msgspec.msgpack.Decoder(structs.Report)
_MAX_ROWS: Final = 1_000_000
_UNKNOWN: Final = re.compile(r"Object contains unknown field|Invalid value .* - at `.*\.type`")


def parse_report(body: bytes, *, max_bytes: int) -> structs.Report:
    """The report as it was sent.

    Raises:
        InvalidInput: It is none.
        NotBuilt: It says what this version does not know (code `newer-client`).
        QuotaExceeded: More than `max_bytes` when decompressed.
    """
    try:
        size = zstandard.frame_content_size(body)
        if size < 0:
            raise _malformed("its zstd frame does not say its size: compress it in one piece")
        if size > max_bytes:
            raise QuotaExceeded(
                f"The report has {size:,} bytes, at most {max_bytes:,} are taken: send fewer rows "
                "at once.",
                code="report-too-large",
            )
        unpacked = zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)
        return _DECODER.decode(unpacked)
    except (zstandard.ZstdError, msgspec.DecodeError, UnicodeDecodeError) as error:
        if isinstance(error, msgspec.ValidationError) and _UNKNOWN.match(str(error)):
            # Not as wrong: its client would set it aside, and a newer server would take it.
            raise NotBuilt(
                f"The report says what Runstone {__version__}, which this server is, does not "
                f"know ({error}): the client is a newer one. Update the server.",
                code="newer-client",
            ) from error
        raise InvalidInput(
            f"The report is not zstd-compressed msgpack as described: {error}.",
            code="malformed-report",
        ) from error


def to_domain(report: structs.Report) -> Report:
    """What the services take.

    Raises:
        InvalidInput: Arrays that do not fit each other.
    """
    return Report(
        writer=report.writer,
        history=None if report.history is None else _batch(report.history),
        system=None if report.system is None else _batch(report.system),
        is_preempting=report.preempting,
        console=[line for output in report.console for line in _lines(output)],
        exit_code=report.exit_code,
        joins=report.joins,
        life=report.life,
    )


def to_changes(report: structs.Report, history: HistoryBatch | None) -> Changes:
    """What changes in the run's documents and names.

    Args:
        history: The report's rows: the summary says where the last of them is.

    Raises:
        InvalidInput: A config or summary that is no JSON object, or a time that is none.
    """
    said = report.said
    return Changes(
        life=report.life,
        config=None if report.config is None else document(report.config),
        summary=_summary(report, history),
        removed=report.removed,
        definitions=[msgspec.to_builtins(metric) for metric in report.metrics],
        totals=report.totals,
        charts={key: document(text) for key, text in report.charts.items()},
        said=None if said is None else Said(said.by, said.first, [_said(i) for i in said.items]),
        joins=report.joins,
    )


def _summary(report: structs.Report, history: HistoryBatch | None) -> dict[str, JsonValue] | None:
    said = None if report.summary is None else document(report.summary)
    if history is None or not history.num_rows or report.joins:
        return said
    return (said or {}) | place_of_last(history)


def _said(item: structs.Renamed | structs.Alerted) -> RunUpdate | AlertSaid:
    if isinstance(item, structs.Renamed):
        return names_of(item)
    try:
        at = datetime.fromtimestamp(item.time, UTC)
        wait = timedelta(seconds=item.wait_s)
    except (ValueError, OverflowError, OSError) as error:
        raise _malformed(f"the time of an alert is none: {error}") from error
    return AlertSaid(item.title, item.text, AlertLevel(item.level), at, wait)


def names_of(said: structs.Renamed | structs.BeginRun) -> RunUpdate:
    """What people call the run."""
    return RunUpdate(
        display_name=UNSET if said.name is LEFT_OUT else said.name,
        group=UNSET if said.group is LEFT_OUT else said.group or None,
        job_type=UNSET if said.job_type is LEFT_OUT else said.job_type or None,
        notes=UNSET if said.notes is LEFT_OUT else said.notes,
        tags=UNSET if said.tags is LEFT_OUT else tuple(dict.fromkeys(said.tags)),
    )


def document(text: str) -> dict[str, JsonValue]:
    """A config or a summary.

    Raises:
        InvalidInput: It is no JSON object.
    """
    value = loads(text)
    if not isinstance(value, dict):
        raise _malformed("config and summary are JSON objects")
    return value


def _lines(output: structs.Output) -> Iterator[ConsoleLine]:
    for line in output.lines:
        yield ConsoleLine(
            output.writer,
            line.number,
            line.text,
            _instant(line.time),
            "error" if line.is_error else None,
            output.label,
        )


def _instant(seconds: float) -> str | None:
    try:
        instant = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds")


def _batch(report: structs.Rows) -> HistoryBatch:
    step = _array(report.steps, "<i8", "steps")
    if len(step) > _MAX_ROWS:
        raise _malformed(f"{len(step):,} rows; send at most {_MAX_ROWS:,} at once")
    time = _array(report.times, "<f8", "times")
    runtime = _array(report.runtimes, "<f8", "runtimes")
    if not len(time) == len(runtime) == len(step):
        raise _malformed("steps, times and runtimes are not equally many")
    numbers = {
        key: Numbers(values, rows, _kinds(kinds, len(values), key))
        for key, (places, packed, kinds) in report.numbers.items()
        for values in (_array(packed, "<f8", key),)
        for rows in (_rows(places, len(values), len(step), key),)
    }
    _check_integers(numbers)
    objects = {
        key: Objects([encode(loads(text)) for text in texts], rows)
        for key, (places, texts) in report.objects.items()
        for rows in (_rows(places, len(texts), len(step), key),)
    }
    return HistoryBatch(report.row0, step, time, runtime, numbers, objects)


def _array(data: bytes, dtype: str, what: str) -> Any:
    if len(data) % np.dtype(dtype).itemsize:
        raise _malformed(f"the array of {what[:80]!r} is cut off")
    return np.frombuffer(data, dtype).astype(dtype[1:], copy=False)


def _rows(places: bytes | None, num_values: int, num_rows: int, key: str) -> RowIndex | None:
    if places is None:
        if num_values != num_rows:
            raise _malformed(f"{key[:80]!r} has {num_values} values for {num_rows} rows")
        return None
    rows: RowIndex = _array(places, "<u4", key)
    if len(rows) != num_values or not num_values:
        raise _malformed(f"{key[:80]!r} has {num_values} values at {len(rows)} rows")
    if int(rows[-1]) >= num_rows or bool(np.any(rows[1:] <= rows[:-1])):
        raise _malformed(f"the rows of {key[:80]!r} do not ascend below {num_rows}")
    return rows


def _kinds(packed: bytes, num_values: int, key: str) -> Any:
    kinds = np.frombuffer(packed, np.uint8)
    if len(kinds) not in (1, num_values) or not len(kinds) or int(kinds.max()) > ValueKind.BOOL:
        raise _malformed(f"the kinds of {key[:80]!r} are not understood")
    return ValueKind(int(kinds[0])) if len(kinds) == 1 else kinds


def _check_integers(columns: Mapping[str, Numbers]) -> None:
    """All in one go: there may be a million columns of one value."""
    found = [part for column in columns.values() if len(part := _integers_of(column))]
    if found and not _are_whole(np.concatenate(found)):
        key = next(k for k, column in columns.items() if not _are_whole(_integers_of(column)))
        raise _malformed(f"what {key[:80]!r} gives as an integer is none")


def _integers_of(column: Numbers) -> Any:
    if isinstance(column.kinds, ValueKind):
        return column.values if column.kinds is ValueKind.INT else column.values[:0]
    return column.values[column.kinds == ValueKind.INT]


def _are_whole(values: Any) -> bool:
    return bool(np.all(np.isfinite(values) & (values == np.floor(values))))


def _malformed(what: str) -> InvalidInput:
    return InvalidInput(f"The report is malformed: {what}.", code="malformed-report")
