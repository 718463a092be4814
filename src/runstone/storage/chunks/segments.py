"""A range of rows as it is sealed: axes once, one chunk per key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from runstone.domain.errors import CorruptData
from runstone.domain.history import BLOCK_ROWS, Axis, Floats, HistoryBatch, Numbers, Objects
from runstone.domain.ids import StreamId
from runstone.storage.chunks.arrays import ArrayCodec, decode, decode_floats
from runstone.storage.chunks.batches import Parts, num_alone
from runstone.storage.chunks.columns import (
    ROLL_MIN_ROWS,
    EncodedColumn,
    decode_numbers,
    decode_objects,
    encode_numbers,
    encode_objects,
)
from runstone.storage.chunks.source import Extent, Segment, Source, StreamState
from runstone.storage.chunks.tail import extent_of, relative

_LOGGED: Final = 0
_TIME_MINUS_CONSTANT: Final = 1
_ABSENT: Final = 2
_MICROSECONDS: Final = 3
"""Time minus a constant, both rounded to six decimals."""


@dataclass(frozen=True, slots=True)
class EncodedAxes:
    """A segment row to be stored, without its columns."""

    row0: int
    num_rows: int
    extents: Mapping[Axis, Extent]
    rolls: Mapping[Axis, bytes | None]
    step: bytes
    time: bytes
    runtime: bytes

    @property
    def nbytes(self) -> int:
        """Bytes of all blobs."""
        rolls = sum([len(roll) for roll in self.rolls.values() if roll is not None])
        return rolls + len(self.step) + len(self.time) + len(self.runtime)


def encode_axes(codec: ArrayCodec, batch: HistoryBatch, first_time: float | None) -> EncodedAxes:
    """Packs the axes of a range of rows.

    Args:
        codec: How arrays are packed.
        batch: The rows; its columns do not matter.
        first_time: Of the stream, which relative time counts from.
    """
    x = {
        Axis.STEP: batch.step.astype(np.float64),
        Axis.TIME: batch.time,
        Axis.RELATIVE: relative(batch.runtime, batch.time, first_time),
    }
    extents = {axis: extent_of(found) for axis, found in x.items()}
    return EncodedAxes(
        row0=batch.row0,
        num_rows=batch.num_rows,
        extents=extents,
        rolls={
            axis: _encode_axis_roll(codec, found)
            if extents[axis].ascending and len(found) >= ROLL_MIN_ROWS
            else None
            for axis, found in x.items()
        },
        step=codec.encode(batch.step),
        time=_encode_time(codec, batch.time),
        runtime=encode_runtime(codec, batch.runtime, batch.time),
    )


def _encode_time(codec: ArrayCodec, time: Floats) -> bytes:
    # Neighbouring times differ by few bits: as integers their differences pack best.
    return codec.encode(np.ascontiguousarray(time).view(np.int64))


def decode_time(blob: bytes, start: int = 0, stop: int | None = None) -> Floats:
    """What was packed, or a part of it, bit for bit."""
    return decode(blob, start, stop).view(np.float64)


def encode_runtime(codec: ArrayCodec, runtime: Floats, time: Floats) -> bytes:
    """Packs runtimes, in no space at all where they are time minus a constant, or absent.

    The first are clients that take both from one clock reading, some of which round to
    microseconds; the second are clients that send none. Each form is used only if it gives back
    every bit.
    """
    raw = runtime.tobytes()
    if len(runtime):
        for form, begin in _candidates(time, runtime):
            if _from_time(form, time, begin).tobytes() == raw:
                return bytes([form]) + codec.encode(np.array([begin]))
        if np.full(len(runtime), np.nan).tobytes() == raw:
            return bytes([_ABSENT])
    return bytes([_LOGGED]) + codec.encode(np.ascontiguousarray(runtime).view(np.int64))


def _candidates(time: Floats, runtime: Floats) -> list[tuple[int, float]]:
    with np.errstate(all="ignore"):
        begin = float(time[0] - runtime[0])
        rounded = float(np.round(begin, 6))
    if not np.isfinite(rounded):
        return []
    return [(_TIME_MINUS_CONSTANT, begin), (_MICROSECONDS, rounded)]


def _from_time(form: int, time: Floats, begin: float) -> Floats:
    with np.errstate(all="ignore"):
        since = time - begin
        return since if form == _TIME_MINUS_CONSTANT else np.round(since, 6)


def decode_runtime(blob: bytes, time: Floats, start: int = 0, stop: int | None = None) -> Floats:
    """What `encode_runtime` was given, or a part of it; `time` is of the same part."""
    form = blob[0] if blob else -1
    if form in (_TIME_MINUS_CONSTANT, _MICROSECONDS):
        return _from_time(form, time, float(decode(blob[1:])[0]))
    if form == _ABSENT:
        return np.full(len(time), np.nan)
    if form == _LOGGED:
        return decode(blob[1:], start, stop).view(np.float64)
    raise CorruptData("runtimes in an unknown form")


def _encode_axis_roll(codec: ArrayCodec, x: Floats) -> bytes:
    firsts = x[::BLOCK_ROWS]
    lasts = np.append(x[BLOCK_ROWS - 1 : -1 : BLOCK_ROWS], x[-1])
    return codec.encode_floats(np.concatenate([firsts, lasts]))


def encode_columns(codec: ArrayCodec, parts: Parts) -> Iterator[EncodedColumn]:
    """Packs the columns, one after the other, so that they need not all be in memory."""
    for key in parts.numbers:
        yield encode_numbers(codec, key, parts.numbers_of(key), parts.num_rows)
    for key in parts.objects:
        texts = parts.objects_of(key)
        numbers = parts.numbers_of(key) if key in parts.numbers else None
        yield encode_objects(codec, key, texts, num_alone(numbers, texts, parts.num_rows))


def read_axes(
    source: Source,
    segments: Sequence[Segment],
    states: Mapping[StreamId, StreamState],
    axes: Sequence[str],
    parts: Mapping[int, tuple[int, int]] | None = None,
    *,
    as_positions: bool = False,
) -> dict[int, list[Any]]:
    """Decoded axes, by segment, in the order asked (`runtime` only after `time`).

    Args:
        source: Where they are.
        segments: Which.
        states: Of the segments' streams.
        axes: Of `step`, `time`, `runtime`.
        parts: Rows (from, to) of those segments that are not wanted whole.
        as_positions: Steps as floats, not integers.
    """
    if not segments:
        return {}
    found = source.axis_data([segment.id for segment in segments], axes)
    decoded: dict[int, list[Any]] = {}
    for segment in segments:
        start, stop = (parts or {}).get(segment.id, (0, segment.num_rows))
        with damage_named(states[segment.stream_id], segment):
            arrays: dict[str, Any] = {}
            for name, blob in zip(axes, found[segment.id], strict=True):
                if name == "step":
                    # A position on an axis is a float: decoded as one, it is not copied again.
                    unpack = decode_floats if as_positions else decode
                    arrays[name] = unpack(blob, start, stop)
                elif name == "time":
                    arrays[name] = decode_time(blob, start, stop)
                else:
                    arrays[name] = decode_runtime(blob, arrays["time"], start, stop)
                if len(arrays[name]) != stop - start:
                    raise CorruptData("an axis of another length")
            decoded[segment.id] = [arrays[name] for name in axes]
    return decoded


def read_segment(
    source: Source,
    segment: Segment,
    state: StreamState,
    keys: Sequence[str] | None = None,
    part: tuple[int, int] | None = None,
) -> HistoryBatch:
    """Rows of a segment, with all keys or these.

    Args:
        source: Where they are.
        segment: Which.
        state: Of its stream.
        keys: None means all.
        part: From which row of the segment to which; None means all of it.

    Raises:
        CorruptData: Stored bytes are damaged.
    """
    start, stop = part or (0, segment.num_rows)
    names = ("step", "time", "runtime")
    axes = read_axes(source, [segment], {state.id: state}, names, {segment.id: (start, stop)})
    ids = None if keys is None else list(source.key_ids(keys).values())
    chunks = source.chunks([segment.id], ids, objects=True) if ids != [] else []
    key_names = source.key_names([chunk.key_id for chunk in chunks])
    numbers: dict[str, Numbers] = {}
    objects: dict[str, Objects] = {}
    for chunk in chunks:
        name = key_names[chunk.key_id]
        with damage_named(state, segment, name):
            if chunk.is_object:
                if (texts := decode_objects(chunk).slice(start, stop)).texts:
                    objects[name] = texts
            elif len((column := decode_numbers(chunk, (start, stop))).values):
                numbers[name] = column
    step, time, runtime = axes[segment.id]
    return HistoryBatch(segment.row0 + start, step, time, runtime, numbers, objects)


@contextmanager
def damage_named(state: StreamState, segment: Segment, key: str | None = None) -> Iterator[None]:
    """Says of damage where it is."""
    try:
        yield
    except CorruptData as error:
        raise damaged(
            state, segment.row0, segment.row0 + segment.num_rows, key, error.message
        ) from error


def damaged(
    state: StreamState, start: int, stop: int, key: str | None, finding: str
) -> CorruptData:
    """The error that names the place of damage."""
    what = f"the {state.kind} history of run {state.run_id}"
    if state.writer:
        what += f", writer {state.writer!r}"
    if key is not None:
        what += f", key {key!r}"
    return CorruptData(
        f"Stored bytes of {what}, rows {start} to {stop - 1}, are damaged ({finding}). Other rows "
        "and runs are not affected; restore a backup, or truncate or delete this run.",
        code="damaged-history",
        run=state.run_id,
        stream=state.id,
        first_row=start,
        last_row=stop - 1,
        key=key,
    )
