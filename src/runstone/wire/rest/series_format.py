"""The binary answer of `POST /series`: `application/vnd.runstone.series`.

    bytes 0–3    `RSS1`
    bytes 4–7    L, uint32 little-endian
    8 … 8+L      SeriesHeader as UTF-8 JSON, padded with spaces so that 8+L is a multiple of 8
    then         arrays, little-endian, each beginning at a multiple of 8

Offsets in the header count from its end. Nothing is done per point: arrays are sent as the
history engine made them, but for `mean` (sum over n) and counts narrowed to 32 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from runstone.domain.history import Floats, Ints, PointSeries, Series
from runstone.wire.rest.structs.series import (
    ArrayRef,
    SeriesArrays,
    SeriesEntry,
    SeriesError,
    SeriesHeader,
)

MEDIA_TYPE: Final = "application/vnd.runstone.series"
MAGIC: Final = b"RSS1"

_F64: Final = np.dtype("<f8")
_U32: Final = np.dtype("<u4")
_CHUNK_BYTES: Final = 256 * 1024
_PADDING: Final = bytes(4)


@dataclass(frozen=True, slots=True)
class EncodedSeries:
    """An answer that is laid out and not yet copied together.

    Attributes:
        head: Magic, length and header.
        parts: The arrays and their padding, in order.
        size_bytes: Of all.
    """

    head: bytes
    parts: Sequence[Any]
    size_bytes: int

    def chunks(self) -> Iterator[bytes]:
        """The answer in pieces of some 256 KiB: 60 MB at once would cost more in page faults."""
        gathered: list[Any] = [self.head]
        size = len(self.head)
        for part in self.parts:
            gathered.append(part)
            size += len(part) if isinstance(part, bytes) else part.nbytes
            if size >= _CHUNK_BYTES:
                yield b"".join(gathered)
                gathered, size = [], 0
        if gathered:
            yield b"".join(gathered)


def encode_series(
    found: Iterable[tuple[int, str, Series]], errors: Sequence[SeriesError] = ()
) -> EncodedSeries:
    """Lays out curves, each with its request's position in the batch and its run's name."""
    layout = _Layout()
    # An empty bucket has no mean (0 / 0), a sum may have overflown.
    with np.errstate(all="ignore"):
        entries = [layout.add(request, run, series) for request, run, series in found]
    header = msgspec.json.encode(SeriesHeader(entries, list(errors)))
    header += b" " * (-(len(MAGIC) + 4 + len(header)) % 8)
    head = MAGIC + struct.pack("<I", len(header)) + header
    return EncodedSeries(head, layout.parts, len(head) + layout.offset)


class _Layout:
    """Hands out places, a curve's arrays beside one another."""

    def __init__(self) -> None:
        self.offset = 0
        self.parts: list[Any] = []

    def add(self, request: int, run: str, series: Series) -> SeriesEntry:
        if isinstance(series, PointSeries):
            x, y = self._floats(series.x, series.y)
            arrays = SeriesArrays(x=x, y=y)
            self._add_smooth(arrays, series)
            return SeriesEntry(request, run, series.key, True, series.num_rows, arrays)
        x0, x1, low, high, mean, first, last = self._floats(
            series.x0,
            series.x1,
            series.min,
            series.max,
            series.sum / series.n,
            series.first,
            series.last,
        )
        arrays = SeriesArrays(
            x0=x0,
            x1=x1,
            min=low,
            max=high,
            mean=mean,
            first=first,
            last=last,
            n=self._counts(series.n),
        )
        if np.count_nonzero(series.nan):
            arrays.nan = self._counts(series.nan)
        if np.count_nonzero(series.posinf):
            arrays.posinf = self._counts(series.posinf)
        if np.count_nonzero(series.neginf):
            arrays.neginf = self._counts(series.neginf)
        self._add_smooth(arrays, series)
        return SeriesEntry(request, run, series.key, False, series.num_rows, arrays)

    def _add_smooth(self, arrays: SeriesArrays, series: Series) -> None:
        if series.smooth is not None:
            (arrays.smooth,) = self._floats(series.smooth)

    def _floats(self, *columns: Floats) -> list[ArrayRef]:
        # Columns of one length. This runs thousands of times for one page: no call per column.
        self.parts += [np.ascontiguousarray(column, _F64) for column in columns]
        count = len(columns[0])
        begin, end = self.offset, self.offset + 8 * count * len(columns)
        self.offset = end
        if not count:
            return [("f64", begin, 0)] * len(columns)
        return [("f64", offset, count) for offset in range(begin, end, 8 * count)]

    def _counts(self, values: Ints) -> ArrayRef:
        ref = ("u32", self.offset, len(values))
        self.parts.append(values.astype(_U32))
        if len(values) % 2:
            self.parts.append(_PADDING)
        self.offset += 4 * len(values) + 4 * (len(values) % 2)
        return ref
