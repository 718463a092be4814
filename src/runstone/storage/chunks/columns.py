"""The values of one key in one segment, as the blobs of a chunk row; and their rollups."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import zstandard

from runstone.domain.errors import CorruptData
from runstone.domain.history import (
    BLOCK_ROWS,
    Floats,
    Ints,
    Numbers,
    Objects,
    RowIndex,
    ValueKind,
)
from runstone.storage.chunks.arrays import ArrayCodec, decode, decode_floats
from runstone.storage.chunks.blocks import Figures, rollup
from runstone.storage.chunks.figures import encode_figures
from runstone.storage.chunks.source import Chunk

ROLL_MIN_ROWS: Final = 1_024
"""Shorter segments have no rollups: five small arrays per key would cost more than they spare."""

_ZSTD_TEXT_LEVEL: Final = 3
_TEXT_HEAD: Final = struct.Struct("<BII")
_TEXT_VERSION: Final = 1
_ROLL_HEAD: Final = struct.Struct("<BIII")
"""Whether counts of what is not finite follow; lengths of extremes, sums, counts."""


@dataclass(frozen=True, slots=True)
class EncodedColumn:
    """A chunk row to be stored.

    Attributes:
        num_values: As counted for users.
        figures: Of numbers: see `runstone.storage.chunks.figures`.
    """

    key: str
    is_object: bool
    num_values: int
    kind: int | None
    roll: bytes | None
    rows: bytes | None
    kinds: bytes | None
    data: bytes
    figures: str | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of all blobs."""
        return sum([len(b) for b in (self.roll, self.rows, self.kinds, self.data) if b is not None])


def encode_numbers(codec: ArrayCodec, key: str, column: Numbers, num_rows: int) -> EncodedColumn:
    """Packs numbers, with rollups where every row has one and there are enough."""
    kinds = column.kinds
    with_roll = column.rows is None and num_rows >= ROLL_MIN_ROWS
    return EncodedColumn(
        key=key,
        is_object=False,
        num_values=len(column.values),
        kind=None if isinstance(kinds, np.ndarray) else int(kinds),
        roll=encode_roll(codec, column.values) if with_roll else None,
        rows=None if column.rows is None else codec.encode(column.rows),
        kinds=codec.encode(kinds) if isinstance(kinds, np.ndarray) else None,
        data=codec.encode_floats(column.values),
        figures=encode_figures(column.values) if len(column.values) else None,
    )


def encode_objects(codec: ArrayCodec, key: str, found: Objects, num_values: int) -> EncodedColumn:
    """Packs JSON texts: their lengths, then all of them, through zstd."""
    texts = [text.encode() for text in found.texts]
    lengths = np.fromiter(map(len, texts), "<u4", len(texts))
    packed = zstandard.compress(lengths.tobytes() + b"".join(texts), _ZSTD_TEXT_LEVEL)
    return EncodedColumn(
        key=key,
        is_object=True,
        num_values=num_values,
        kind=None,
        roll=None,
        rows=None if found.rows is None else codec.encode(found.rows),
        kinds=None,
        data=_TEXT_HEAD.pack(_TEXT_VERSION, zlib.crc32(packed), len(texts)) + packed,
    )


def decode_values(
    chunk: Chunk, start: int, stop: int, into: Floats | None = None
) -> tuple[Floats, Ints | None]:
    """Values in some rows of a segment, and which rows of these they are (None: all).

    Args:
        chunk: As stored.
        start: First row wanted.
        stop: The one after the last.
        into: Where to put the values of a dense column.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    if chunk.rows is None:
        values = decode_floats(chunk.data, start, stop, into)
        if len(values) != stop - start:
            raise CorruptData("a column of another length")
        return values, None
    rows = decode_rows(chunk.rows)
    low, high = np.searchsorted(rows, (start, stop)).tolist()
    values = decode_floats(chunk.data, low, high)
    if len(values) != high - low:
        raise CorruptData("columns of unequal length")
    return values, rows[low:high].astype(np.int64) - start


def decode_numbers(chunk: Chunk, part: tuple[int, int] | None = None) -> Numbers:
    """What `encode_numbers` was given, or what of it lies in some rows of the segment.

    Args:
        chunk: As stored.
        part: First row wanted, and the one after the last; None means all.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    rows = None if chunk.rows is None else decode_rows(chunk.rows)
    start, stop = (0, None) if part is None else part
    if rows is not None and part is not None:
        start, stop = np.searchsorted(rows, part).tolist()
        rows = (rows[start:stop] - np.uint32(part[0])).astype(np.uint32)
    values = decode_floats(chunk.data, start, stop)
    kinds: Any = ValueKind(chunk.kind or 0)
    if chunk.kinds is not None:
        kinds = decode(chunk.kinds, start, stop)
    if (
        (rows is not None and len(rows) != len(values))
        or (rows is None and stop is not None and len(values) != stop - start)
        or (isinstance(kinds, np.ndarray) and len(kinds) != len(values))
    ):
        raise CorruptData("columns of unequal length")
    return Numbers(values, rows, kinds)


def decode_rows(blob: bytes) -> RowIndex:
    """Which rows have a value."""
    rows: RowIndex = decode(blob)
    return rows


def decode_objects(chunk: Chunk) -> Objects:
    """What `encode_objects` was given.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    try:
        version, check, count = _TEXT_HEAD.unpack_from(chunk.data)
        packed = chunk.data[_TEXT_HEAD.size :]
        if version != _TEXT_VERSION or zlib.crc32(packed) != check:
            raise CorruptData("wrong checksum")
        text = zstandard.decompress(packed)
        lengths = np.frombuffer(text, "<u4", count).tolist()
    except (struct.error, ValueError, zstandard.ZstdError) as error:
        raise CorruptData(f"unreadable texts: {error}") from error
    texts, at = [], 4 * count
    for length in lengths:
        texts.append(text[at : at + length].decode())
        at += length
    return Objects(texts, None if chunk.rows is None else decode_rows(chunk.rows))


def encode_roll(codec: ArrayCodec, values: Floats) -> bytes:
    """Figures of every 64 values.

    Extremes and ends are numbers of one size and share an array; sums are larger and do not. How
    many are finite follows from the length, unless there are counts of what is not.
    """
    figures = rollup(values)
    extremes = codec.encode_floats(
        np.concatenate([figures.min, figures.max, figures.first, figures.last])
    )
    sums = codec.encode_floats(figures.sum)
    odd = np.concatenate([figures.nan, figures.posinf, figures.neginf])
    counts = codec.encode(odd.astype(np.uint8)) if odd.any() else b""
    head = _ROLL_HEAD.pack(bool(counts), len(extremes), len(sums), len(counts))
    return head + extremes + sums + counts


def decode_roll(blob: bytes, num_rows: int) -> Figures:
    """What `encode_roll` summarised.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    try:
        has_counts, *lengths = _ROLL_HEAD.unpack_from(blob)
    except struct.error as error:
        raise CorruptData(f"unreadable rollup: {error}") from error
    parts = split(blob, _ROLL_HEAD.size, lengths)
    num_blocks = -(-num_rows // BLOCK_ROWS)
    extremes, sums = decode_floats(parts[0]), decode_floats(parts[1])
    if len(extremes) != 4 * num_blocks or len(sums) != num_blocks:
        raise CorruptData("rollup of another length")
    n = block_lengths(num_rows)
    nan = posinf = neginf = _zeros(num_blocks)
    if has_counts:
        odd = decode(parts[2]).astype(np.int64)
        nan, posinf, neginf = odd.reshape(3, num_blocks)
        n = n - nan - posinf - neginf
    low, high, first, last = extremes.reshape(4, num_blocks)
    return Figures(n, low, high, sums, first, last, nan, posinf, neginf)


@lru_cache(maxsize=64)
def block_lengths(num_rows: int) -> Ints:
    """Rows of each block: 64, and what is left in the last. Read-only."""
    lengths = np.full(-(-num_rows // BLOCK_ROWS), BLOCK_ROWS, np.int64)
    if num_rows % BLOCK_ROWS:
        lengths[-1] = num_rows % BLOCK_ROWS
    lengths.flags.writeable = False
    return lengths


@lru_cache(maxsize=64)
def _zeros(num: int) -> Ints:
    zeros = np.zeros(num, np.int64)
    zeros.flags.writeable = False
    return zeros


def split(blob: bytes, at: int, lengths: Sequence[int]) -> list[bytes]:
    """Consecutive parts of a blob."""
    parts = []
    for length in lengths:
        parts.append(blob[at : at + length])
        at += length
    if at != len(blob):
        raise CorruptData("parts of another length")
    return parts
