"""One array as bytes: the smallest safe form, decoded bit for bit.

Every blob begins with a byte that says how it is packed and a CRC of the rest, so that no form is
for ever (least of all the youngest, pco) and damage is noticed. pco's output is decoded once and
compared before it is trusted.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray
from pcodec import ChunkConfig, standalone

from runstone.domain.errors import CorruptData
from runstone.domain.history import Floats

_HEAD: Final = struct.Struct("<BI")
_COUNT: Final = struct.Struct("<I")
_DIRECTORY: Final = struct.Struct("<II")
"""Values and pages of a paged array; lengths of the pages follow."""
_LARGEST_EXACT: Final = 2.0**53

PAGE: Final = 8_192
"""Values per page of a long array: pco packs no better beyond, and a zoom decodes no more."""

_DTYPES: Final = (
    np.dtype("<f8"),
    np.dtype("<i8"),
    np.dtype("<u4"),
    np.dtype("u1"),
)


class Method(IntEnum):
    """How an array is packed. Stored: never renumber."""

    RAW = 0
    ZSTD = 1
    """Bytes of equal significance together, then zstd."""
    PCO = 2
    CONSTANT = 3
    """A count and one value."""
    PAGED = 4
    """Several blobs of `PAGE` values each, so that a part is read without the rest. The CRC is of
    the directory alone: each page has its own."""


_PCO_FLOATS: Final = bytes([0 << 4 | Method.PCO])


@dataclass(frozen=True, slots=True)
class ArrayCodec:
    """Packs arrays.

    Attributes:
        use_pco: Off, nothing new is packed with pco: the way out, should it prove unsound. What
            was packed before stays readable.
        level: Of pco; 4 costs a third of its default 8 for one percent of size.
    """

    use_pco: bool = True
    level: int = 4

    def encode(self, array: NDArray[Any]) -> bytes:
        """Packs an array of float64, int64, uint32 or uint8."""
        if len(array) > PAGE:
            return _paged([self.encode(part) for part in _pages(array)], array)
        array = np.ascontiguousarray(array)
        code = _DTYPES.index(array.dtype) << 4
        method, payload = self._smallest(array)
        return _HEAD.pack(code | method, zlib.crc32(payload)) + payload

    def encode_floats(self, values: Floats) -> bytes:
        """Packs floats, as integers where they all are (`decode_floats` reads either)."""
        if len(values) > PAGE:
            return _paged([self.encode_floats(part) for part in _pages(values)], values)
        integers = as_integers(values)
        return self.encode(values if integers is None else integers)

    def _smallest(self, array: NDArray[Any]) -> tuple[Method, bytes]:
        raw = array.tobytes()
        if len(array) > 1:
            first = raw[: array.itemsize]
            if raw == first * len(array):
                return Method.CONSTANT, _COUNT.pack(len(array)) + first
        if array.itemsize >= 4 and self.use_pco and len(array) > 4:
            packed = self._pco(array, raw)
            if packed is not None and len(packed) < len(raw):
                return Method.PCO, packed
        shuffled = array.view(np.uint8).reshape(len(array), array.itemsize).T.tobytes()
        packed = zstandard.compress(shuffled, 1)
        if len(packed) < len(raw):
            return Method.ZSTD, packed
        return Method.RAW, raw

    def _pco(self, array: NDArray[Any], raw: bytes) -> bytes | None:
        try:
            packed: bytes = standalone.simple_compress(
                array, ChunkConfig(compression_level=self.level)
            )
            again = standalone.simple_decompress(packed)
        except RuntimeError:
            return None
        # Trusted only when it gives back every bit, NaN payloads and −0.0 included.
        return packed if again is not None and again.tobytes() == raw else None


def _pages(array: NDArray[Any]) -> list[NDArray[Any]]:
    return [array[i : i + PAGE] for i in range(0, len(array), PAGE)]


def _paged(pages: Sequence[bytes], array: NDArray[Any]) -> bytes:
    lengths = np.fromiter(map(len, pages), "<u4", len(pages)).tobytes()
    directory = _DIRECTORY.pack(len(array), len(pages)) + lengths
    code = _DTYPES.index(array.dtype) << 4 | Method.PAGED
    return _HEAD.pack(code, zlib.crc32(directory)) + directory + b"".join(pages)


def decode(blob: bytes, start: int = 0, stop: int | None = None) -> NDArray[Any]:
    """The array that was packed, or a part of it; possibly read-only.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    if blob and blob[0] & 15 == Method.PAGED:
        pages, at = _pages_of(blob, start, stop)
        found = [_decode_page(page) for page in pages]
    else:
        found, at = [_decode_page(blob)], 0
    whole = found[0] if len(found) == 1 else np.concatenate(found)
    return whole[start - at : None if stop is None else stop - at]


def decode_floats(
    blob: bytes, start: int = 0, stop: int | None = None, into: Floats | None = None
) -> Floats:
    """What `encode_floats` (or `encode`, of integers) was given, or a part of it, as floats.

    Args:
        blob: As packed.
        start: First value wanted.
        stop: The one after the last.
        into: Where to put them, of the very length: spares a copy where columns are joined.

    Raises:
        CorruptData: The bytes are not what was packed, or not as many as `into` has room for.
    """
    if not (blob and blob[0] & 15 == Method.PAGED):
        found = _decode_page(blob)[start:stop]
        if into is None:
            return found if found.dtype == np.float64 else found.astype(np.float64)
        _fill(into, found)
        return into
    pages, at = _pages_of(blob, start, stop)
    if into is None:
        (count,) = _COUNT.unpack_from(blob, _HEAD.size)
        into = np.empty(max(0, min(count, count if stop is None else stop) - start))
    end = start + len(into)
    for page in pages:
        low, high = max(start, at), min(end, at + PAGE)
        room = into[low - start : high - start]
        if high - low == PAGE and page[:1] == _PCO_FLOATS:
            # Straight to where it belongs: a whole page of floats.
            _check(page)
            _decompress_into(page[_HEAD.size :], room)
        elif high > low:
            _fill(room, _decode_page(page)[low - at : high - at])
        at += PAGE
    return into


def _fill(room: Floats, found: NDArray[Any]) -> None:
    if len(room) != len(found):
        raise CorruptData("array of another length")
    room[:] = found


def _check(blob: bytes) -> None:
    if zlib.crc32(blob[_HEAD.size :]) != _HEAD.unpack_from(blob)[1]:
        raise CorruptData("wrong checksum")


def _decompress_into(payload: bytes, room: Floats) -> None:
    try:
        done = standalone.simple_decompress_into(payload, room)
    except (RuntimeError, TypeError) as error:
        raise CorruptData(f"unreadable array: {error}") from error
    if done.n_processed != len(room) or not done.finished:
        raise CorruptData("array of another length")


def _pages_of(blob: bytes, start: int, stop: int | None) -> tuple[list[bytes], int]:
    """The pages that hold a part of an array, at least one, and which value they begin with."""
    try:
        _, check = _HEAD.unpack_from(blob)
        count, num_pages = _DIRECTORY.unpack_from(blob, _HEAD.size)
        begin = _HEAD.size + _DIRECTORY.size + 4 * num_pages
        if zlib.crc32(blob[_HEAD.size : begin]) != check:
            raise CorruptData("wrong checksum")
        ends = np.frombuffer(blob, "<u4", num_pages, _HEAD.size + _DIRECTORY.size).cumsum()
    except (struct.error, ValueError) as error:
        raise CorruptData(f"unreadable array: {error}") from error
    if begin + int(ends[-1]) != len(blob):
        raise CorruptData("torn array")
    first = min(start // PAGE, num_pages - 1)
    last = max(first + 1, -(-min(count, count if stop is None else stop) // PAGE))
    offsets = [begin, *(ends + begin).tolist()]
    return [blob[offsets[i] : offsets[i + 1]] for i in range(first, last)], first * PAGE


def _decode_page(blob: bytes) -> NDArray[Any]:
    try:
        code, check = _HEAD.unpack_from(blob)
        payload = blob[_HEAD.size :]
        if zlib.crc32(payload) != check:
            raise CorruptData("wrong checksum")
        dtype = _DTYPES[code >> 4]
        method = Method(code & 15)
        if method is Method.PCO:
            found = standalone.simple_decompress(payload)
            if found is None or found.dtype != dtype:
                raise CorruptData("array of another type")
            decoded: NDArray[Any] = found
            return decoded
        if method is Method.CONSTANT:
            (count,) = _COUNT.unpack_from(payload)
            return np.full(count, np.frombuffer(payload, dtype, 1, _COUNT.size)[0])
        if method is Method.ZSTD:
            shuffled = np.frombuffer(zstandard.decompress(payload), np.uint8)
            return shuffled.reshape(dtype.itemsize, -1).T.copy().view(dtype).reshape(-1)
        return np.frombuffer(payload, dtype)
    except (struct.error, ValueError, IndexError, RuntimeError, zstandard.ZstdError) as error:
        raise CorruptData(f"unreadable array: {error}") from error


def as_integers(values: Floats) -> NDArray[np.int64] | None:
    """The same numbers as int64, if each is a whole number up to ±2**53 and none is −0.0."""
    head = values[:32]
    # The cast of NaN or infinity is undefined; a glance at the first values spares most columns.
    if not len(head) or not np.isfinite(head).all() or (head != np.rint(head)).any():
        return None
    # NaN makes both comparisons false.
    if not (values.min() >= -_LARGEST_EXACT and values.max() <= _LARGEST_EXACT):
        return None
    integers = values.astype(np.int64)
    if (integers != values).any() or np.signbit(values[integers == 0]).any():
        return None
    return integers
