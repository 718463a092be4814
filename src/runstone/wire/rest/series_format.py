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
from numpy.typing import NDArray

from runstone.domain.history import Ints, PointSeries, Series
from runstone.wire.rest.structs.series import (
    ArrayRef,
    SeriesArrays,
    SeriesEntry,
    SeriesError,
    SeriesHeader,
)

MEDIA_TYPE: Final = "application/vnd.runstone.series"
MAGIC: Final = b"RSS1"

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
    def __init__(self) -> None:
        self.offset = 0
        self.parts: list[Any] = []

    def add(self, request: int, run: str, series: Series) -> SeriesEntry:
        if isinstance(series, PointSeries):
            arrays = SeriesArrays(x=self._floats(series.x), y=self._floats(series.y))
            return SeriesEntry(request, run, series.key, True, len(series.x), arrays)
        arrays = SeriesArrays(
            x0=self._floats(series.x0),
            x1=self._floats(series.x1),
            min=self._floats(series.min),
            max=self._floats(series.max),
            mean=self._floats(series.sum / series.n),
            first=self._floats(series.first),
            last=self._floats(series.last),
            n=self._counts(series.n),
            nan=self._counts_or_unset(series.nan),
            posinf=self._counts_or_unset(series.posinf),
            neginf=self._counts_or_unset(series.neginf),
        )
        return SeriesEntry(request, run, series.key, False, series.num_rows, arrays)

    def _floats(self, values: NDArray[Any]) -> ArrayRef:
        return self._put("f64", np.ascontiguousarray(values, dtype="<f8"))

    def _counts(self, values: Ints) -> ArrayRef:
        return self._put("u32", values.astype("<u4"))

    def _counts_or_unset(self, values: Ints) -> ArrayRef | msgspec.UnsetType:
        return self._counts(values) if np.count_nonzero(values) else msgspec.UNSET

    def _put(self, kind: str, array: NDArray[Any]) -> ArrayRef:
        ref = (kind, self.offset, len(array))
        self.parts.append(array)
        self.offset += array.nbytes
        if self.offset % 8:
            self.parts.append(_PADDING)
            self.offset += len(_PADDING)
        return ref
