"""The journal's encoding: what was appended, as fast as it can be packed, nothing compressed.

An entry is two byte strings. The head says which keys there are and how many values; it is read
alone to list keys. The body is little-endian arrays, one after the other, each section aligned to
8 bytes so that numpy reads it in place. Two layouts: dense (every key has one number in every
row), which is what training loops send and is little more than one `join`; and mixed, for
everything else. Key names are written into every head: a dictionary would need a
lookup in the commit path, and the sealer removes the repetition soon enough.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, repeat
from typing import Any, Final

import numpy as np

from runstone.domain.errors import CorruptData, InvalidInput
from runstone.domain.history import (
    Floats,
    HistoryBatch,
    Ints,
    KindArray,
    Numbers,
    Objects,
    ValueKind,
)
from runstone.storage.chunks.batches import num_alone
from runstone.storage.chunks.key_counts import KeyCount

VERSION: Final = 1
_DENSE: Final = 1
_MIXED: Final = 2
_HEAD: Final = struct.Struct("<BBHIIIQ")
"""Version, layout, unused, number of rows, of columns, of points, checksum of the body."""
_ARRAY_OF_KINDS: Final = 255
_KINDS: Final = tuple(ValueKind)
_F64: Final = np.dtype(np.float64)

# One row per column of the mixed layout.
_COLUMN: Final = np.dtype(
    [("form", "u1"), ("kind", "u1"), ("sparse", "u1"), ("pad", "u1"), ("count", "<u4"),
     ("alone", "<u4")]
)  # fmt: skip
_NUMBERS: Final = 0
_OBJECTS: Final = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """An encoded batch."""

    head: bytes
    body: bytes | bytearray
    num_points: int


def pack(batch: HistoryBatch) -> Packed:
    """Encodes a batch. Its row number is kept by whoever stores the bytes.

    Raises:
        InvalidInput: Arrays of unequal length or wrong type, or a key that is no Unicode text.
    """
    if not batch.objects:
        columns = list(batch.numbers.values())
        if all(c.rows is None for c in columns):
            return _pack_dense(batch, columns)
    return _pack_mixed(batch)


def _axes(batch: HistoryBatch) -> list[Any]:
    n = len(batch.step)
    if len(batch.time) != n or len(batch.runtime) != n:
        raise InvalidInput("Axes of unequal length in a batch of rows.")
    return [
        np.ascontiguousarray(batch.step, "<i8"),
        np.ascontiguousarray(batch.time, "<f8"),
        np.ascontiguousarray(batch.runtime, "<f8"),
    ]


def _pack_dense(batch: HistoryBatch, columns: list[Numbers]) -> Packed:
    n, k = len(batch.step), len(columns)
    values = [c.values for c in columns]
    if k and (set(map(len, values)) != {n} or not all(v.dtype is _F64 for v in values)):
        values = [_checked(v, n) for v in values]
    parts: list[Any] = [*_axes(batch), *values]
    try:
        body = bytearray().join(parts)
    except (BufferError, TypeError):  # columns of a row-major table are not contiguous
        body = bytearray().join([part.tobytes() for part in parts])
    try:
        kinds = bytes([c.kinds for c in columns])  # an array of several raises
    except TypeError:
        arrays = [c.kinds for c in columns if isinstance(c.kinds, np.ndarray)]
        body += b"".join([_checked_kinds(kinds, n) for kinds in arrays])
        body += bytes(-len(body) % 8)
        kinds = bytes(
            [_ARRAY_OF_KINDS if isinstance(c.kinds, np.ndarray) else c.kinds for c in columns]
        )
    head = _HEAD.pack(VERSION, _DENSE, 0, n, k, n * k, _checksum(body))
    return Packed(head + _names_section(tuple(batch.numbers)) + kinds, body, n * k)


def _checked(values: Floats, n: int) -> Floats:
    if len(values) != n:
        raise InvalidInput(f"A column has {len(values)} values for {n} rows.")
    return np.ascontiguousarray(values, "<f8")


def _checked_kinds(kinds: KindArray, count: int) -> bytes:
    if len(kinds) != count:
        raise InvalidInput(f"A column has {len(kinds)} kinds for {count} values.")
    return kinds.astype(np.uint8).tobytes()


def _pack_mixed(batch: HistoryBatch) -> Packed:
    n = batch.num_rows
    table = np.zeros(len(batch.numbers) + len(batch.objects), _COLUMN)
    floats: list[Any] = []
    rows: list[Any] = []
    kinds: list[bytes] = []
    texts: list[bytes] = []
    total = 0
    for i, (_, column) in enumerate(batch.numbers.items()):
        count = n if column.rows is None else len(column.rows)
        floats.append(_checked(column.values, count))
        kind = column.kinds
        if isinstance(kind, np.ndarray):
            kinds.append(_checked_kinds(kind, count))
            code = _ARRAY_OF_KINDS
        else:
            code = int(kind)
        if column.rows is not None:
            rows.append(np.ascontiguousarray(column.rows, "<u4"))
        table[i] = (_NUMBERS, code, column.rows is not None, 0, count, 0)
        total += count
    for i, (key, found) in enumerate(batch.objects.items(), start=len(batch.numbers)):
        count = n if found.rows is None else len(found.rows)
        if len(found.texts) != count:
            raise InvalidInput(f"A column has {len(found.texts)} texts for {count} rows.")
        texts.extend([text.encode() for text in found.texts])
        if found.rows is not None:
            rows.append(np.ascontiguousarray(found.rows, "<u4"))
        alone = num_alone(batch.numbers.get(key), found, n)
        table[i] = (_OBJECTS, 0, found.rows is not None, 0, count, alone)
        total += alone
    lengths = np.fromiter(map(len, texts), "<u4", len(texts))
    parts = [*_axes(batch), *floats, *rows, lengths, *kinds, *texts]
    body = bytearray().join(parts)
    body += bytes(-len(body) % 8)
    head = _HEAD.pack(VERSION, _MIXED, 0, n, len(table), total, _checksum(body))
    names = _names_section((*batch.numbers, *batch.objects))
    return Packed(head + names + table.tobytes(), body, total)


def _checksum(body: bytes | bytearray) -> int:
    # The sum of all 64-bit words: finds any single damaged word, and takes 3 µs for 80 kB where
    # a CRC takes 20. Sealed chunks, which live for years, have a CRC.
    return int(np.add.reduce(np.frombuffer(body, "<u8")))


@lru_cache(maxsize=512)
def _names_section(names: tuple[str, ...]) -> bytes:
    # Cached: a training loop sends the same keys in every batch.
    try:
        encoded = [name.encode() for name in names]
    except UnicodeEncodeError as error:
        raise InvalidInput(f"A metric key is no Unicode text: {error}.") from error
    lengths = np.fromiter(map(len, encoded), "<u4", len(encoded))
    blob = b"".join(encoded)
    return struct.pack("<I", len(blob)) + lengths.tobytes() + blob


@dataclass(frozen=True, slots=True)
class _Names:
    """The keys of an entry, and where each is among them; shared by all entries alike."""

    names: tuple[str, ...]
    index: Mapping[str, int]


@lru_cache(maxsize=512)
def _parse_names(section: bytes, num_columns: int) -> _Names:
    ends = np.frombuffer(section, "<u4", num_columns).cumsum().tolist()
    text = section[4 * num_columns :]
    names = [text[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]
    return _Names(tuple(names), {name: i for i, name in enumerate(names)})


class Entry:
    """One journal entry, decoded as far as it is asked.

    Immutable to its users. Arrays are views of the stored bytes and read-only.

    Attributes:
        row0: Row number of its first row.
        num_rows: Rows in it.
        num_points: Values in it.
    """

    __slots__ = ("_body", "_kinds", "_layout", "_names", "_offsets", "_table", "num_points",
                 "num_rows", "row0")  # fmt: skip

    def __init__(self, row0: int, head: bytes, body: bytes | None) -> None:
        """Reads the head.

        Args:
            row0: Row number of the first row.
            head: As packed.
            body: As packed; None when only keys and counts are wanted.

        Raises:
            CorruptData: The bytes are not what was packed.
        """
        self.row0 = row0
        self._offsets: dict[tuple[int, str], _Place] | None = None
        self._kinds: dict[int, KindArray] | None = None
        try:
            version, layout, _, rows, columns, points, check = _HEAD.unpack_from(head)
            if version != VERSION or layout not in (_DENSE, _MIXED):
                raise CorruptData(f"journal entry of unknown version {version}, layout {layout}")
            (text_bytes,) = struct.unpack_from("<I", head, _HEAD.size)
            start = _HEAD.size + 4
            stop = start + 4 * columns + text_bytes
            self._names = _parse_names(head[start:stop], columns)
            width = 1 if layout == _DENSE else _COLUMN.itemsize
            if len(head) != stop + columns * width:
                raise CorruptData("journal entry with a torn head")
            dtype: Any = np.uint8 if layout == _DENSE else _COLUMN
            self._table = np.frombuffer(head, dtype, columns, stop)
            if body is not None and (len(body) % 8 or _checksum(body) != check):
                raise CorruptData("journal entry with a wrong checksum")
        except (struct.error, ValueError, IndexError) as error:
            raise CorruptData(f"unreadable journal entry: {error}") from error
        self.num_rows: int = rows
        self.num_points: int = points
        self._layout: int = layout
        self._body: bytes | memoryview | None = body
        if body is not None and layout == _DENSE:
            kinds_bytes = int(np.count_nonzero(self._table == _ARRAY_OF_KINDS)) * rows
            if len(body) != 8 * rows * (3 + columns) + kinds_bytes + -kinds_bytes % 8:
                raise CorruptData("journal entry with a torn body")

    @property
    def nbytes(self) -> int:
        """Memory held, roughly."""
        return 400 + (memoryview(self._body).nbytes if self._body is not None else 0)

    @property
    def step(self) -> Ints:
        """Steps of all rows."""
        return np.frombuffer(self._bytes(), "<i8", self.num_rows)

    @property
    def time(self) -> Floats:
        """Times of all rows."""
        return np.frombuffer(self._bytes(), "<f8", self.num_rows, 8 * self.num_rows)

    @property
    def runtime(self) -> Floats:
        """Runtimes of all rows."""
        return np.frombuffer(self._bytes(), "<f8", self.num_rows, 16 * self.num_rows)

    def counts(self) -> list[KeyCount]:
        """Values per key; an integer beyond 2**53 counts as a number only."""
        if self._layout == _DENSE:
            return [(name, self.num_rows, 0) for name in self.names()]
        return [
            (name, count, 0) if form == _NUMBERS else (name, 0, alone)
            for name, (form, _, _, _, count, alone) in zip(
                self.names(), self._table.tolist(), strict=True
            )
        ]

    def names(self) -> tuple[str, ...]:
        """All keys; one with numbers and objects comes twice."""
        return self._names.names

    def numbers(self, key: str) -> Numbers | None:
        """The key's numbers, if it has any."""
        if self._layout == _DENSE:
            at = self._names.index.get(key)
            if at is None:
                return None
            code = self._table[at]
            kind = self._kind_arrays()[at] if code == _ARRAY_OF_KINDS else _KINDS[code]
            return Numbers(self.table[at], None, kind)
        place = self._places().get((_NUMBERS, key))
        if place is None:
            return None
        body = self._bytes()
        kinds: Any = (
            np.frombuffer(body, np.uint8, place.count, place.kinds)
            if place.kind == _ARRAY_OF_KINDS
            else _KINDS[place.kind]
        )
        values = np.frombuffer(body, "<f8", place.count, place.data)
        return Numbers(values, self._rows(place), kinds)

    def objects(self, key: str) -> Objects | None:
        """The key's objects, if it has any."""
        if self._layout == _DENSE:
            return None
        place = self._places().get((_OBJECTS, key))
        if place is None:
            return None
        body = self._bytes()
        lengths = np.frombuffer(body, "<u4", place.count, place.kinds).tolist()
        texts, at = [], place.data
        for length in lengths:
            texts.append(str(body[at : at + length], "utf-8"))
            at += length
        return Objects(texts, self._rows(place))

    @property
    def signature(self) -> tuple[str, ...] | None:
        """Equal for dense entries with the same columns; None for mixed ones."""
        return self.names() if self._layout == _DENSE else None

    @property
    def table(self) -> Floats:
        """All columns of a dense entry, shape (num_columns, num_rows)."""
        n, k = self.num_rows, len(self._table)
        return np.frombuffer(self._bytes(), "<f8", n * k, 24 * n).reshape(k, n)

    @staticmethod
    def join(entries: Sequence[Entry]) -> Entry:
        """Consecutive dense entries with one signature, as one: one copy for all columns.

        The body of a dense entry begins with a table of 8-byte values, axes first; joining such
        tables side by side gives that of a longer entry.
        """
        first = entries[0]
        width = 3 + len(first._table)
        tables = [
            np.frombuffer(e._bytes(), "<u8", width * e.num_rows).reshape(width, -1) for e in entries
        ]
        joined = copy(first)
        joined._body = np.concatenate(tables, axis=1).data
        joined.num_rows = sum([entry.num_rows for entry in entries])
        joined.num_points = sum([entry.num_points for entry in entries])
        codes = np.stack([entry._table for entry in entries])
        one_kind = (codes == codes[0]).all(axis=0) & (codes[0] != _ARRAY_OF_KINDS)
        joined._table = np.where(one_kind, codes[0], np.uint8(_ARRAY_OF_KINDS))
        joined._kinds = {
            at: np.concatenate([entry._kinds_of(at) for entry in entries])
            for at in np.flatnonzero(~one_kind).tolist()
        }
        return joined

    def _kinds_of(self, at: int) -> KindArray:
        """Kinds of all values of a column of a dense entry."""
        code = self._table[at]
        if code == _ARRAY_OF_KINDS:
            return self._kind_arrays()[at]
        return np.full(self.num_rows, code, np.uint8)

    def _kind_arrays(self) -> dict[int, KindArray]:
        """Kinds of those columns of a dense entry that have several, by position."""
        if self._kinds is None:
            n = self.num_rows
            start = 8 * n * (3 + len(self._table))
            places = np.flatnonzero(self._table == _ARRAY_OF_KINDS).tolist()
            self._kinds = {
                at: np.frombuffer(self._bytes(), np.uint8, n, start + i * n)
                for i, at in enumerate(places)
            }
        return self._kinds

    def batch(self, keys: Sequence[str] | None = None) -> HistoryBatch:
        """The rows, with all keys or these."""
        objects: dict[str, Objects] = {}
        if keys is None and self._layout == _DENSE:
            numbers = self._all_numbers()
        else:
            wanted = dict.fromkeys(self.names() if keys is None else keys)
            numbers = {key: n for key in wanted if (n := self.numbers(key)) is not None}
            objects = {key: o for key in wanted if (o := self.objects(key)) is not None}
        return HistoryBatch(self.row0, self.step, self.time, self.runtime, numbers, objects)

    def _all_numbers(self) -> dict[str, Numbers]:
        """Of a dense entry, of which a million columns are made in a second."""
        kinds = [
            self._kind_arrays()[at] if code == _ARRAY_OF_KINDS else _KINDS[code]
            for at, code in enumerate(self._table.tolist())
        ]
        return dict(zip(self.names(), map(Numbers, self.table, repeat(None), kinds), strict=True))

    def _bytes(self) -> bytes | memoryview:
        if self._body is None:
            raise ValueError("this journal entry was read without its body")
        return self._body

    def _rows(self, place: _Place) -> Any:
        if place.rows < 0:
            return None
        return np.frombuffer(self._bytes(), "<u4", place.count, place.rows)

    def _places(self) -> dict[tuple[int, str], _Place]:
        if self._offsets is None:
            try:
                self._offsets = self._mixed_places()
            except (ValueError, IndexError) as error:
                raise CorruptData(f"unreadable journal entry: {error}") from error
        return self._offsets

    def _mixed_places(self) -> dict[tuple[int, str], _Place]:
        table = [tuple(row) for row in self._table.tolist()]
        floats_at = 24 * self.num_rows
        rows_at = floats_at + 8 * sum([row[4] for row in table if row[0] == _NUMBERS])
        lengths_at = rows_at + 4 * sum([row[4] for row in table if row[2]])
        num_texts = sum([row[4] for row in table if row[0] == _OBJECTS])
        kinds_at = lengths_at + 4 * num_texts
        text_at = kinds_at + sum([row[4] for row in table if row[1] == _ARRAY_OF_KINDS])
        body = self._bytes()
        if text_at > len(body):
            raise CorruptData("journal entry with a torn body")
        places: dict[tuple[int, str], _Place] = {}
        for name, (form, kind, sparse, _, count, _) in zip(self.names(), table, strict=True):
            rows = rows_at if sparse else -1
            rows_at += 4 * count if sparse else 0
            if form == _NUMBERS:
                places[form, name] = _Place(count, kind, floats_at, rows, kinds_at)
                floats_at += 8 * count
                kinds_at += count if kind == _ARRAY_OF_KINDS else 0
            else:
                places[form, name] = _Place(count, 0, text_at, rows, lengths_at)
                text_at += int(np.frombuffer(body, "<u4", count, lengths_at).sum())
                lengths_at += 4 * count
        return places


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column lies in the body: byte offsets; `rows` is −1 for every row.

    For objects `data` is where the texts begin and `kinds` where their lengths do.
    """

    count: int
    kind: int
    data: int
    rows: int = -1
    kinds: int = 0


def merge_entries(
    entries: Sequence[Entry], start: int, stop: int, keys: Sequence[str] | None = None
) -> Iterator[HistoryBatch]:
    """Rows `start` to `stop` of consecutive entries, in as few batches as comes cheaply."""
    for _, group in groupby(entries, key=lambda entry: entry.signature or id(entry)):
        alike = list(group)
        entry = alike[0] if len(alike) == 1 else Entry.join(alike)
        low = max(0, start - entry.row0)
        high = min(entry.num_rows, stop - entry.row0)
        if high > low:
            batch = entry.batch(keys)
            # Cutting leaves columns out that are empty there, of which a dense entry has none.
            is_whole = high - low == entry.num_rows and entry.signature is not None
            yield batch if is_whole else batch.slice(low, high)


def fold_entries(entries: Iterable[Entry]) -> list[Entry]:
    """The same rows in few entries, at small cost when done again after each append.

    Neighbours with the same keys are joined whenever the later is at least half as long as the
    earlier: of n equal ones about log2(n) remain, and each row is copied about as often.
    """
    folded: list[Entry] = []
    for entry in entries:
        folded.append(entry)
        while (
            len(folded) > 1
            and 2 * folded[-1].num_rows >= folded[-2].num_rows
            and folded[-1].signature is not None
            and folded[-1].signature == folded[-2].signature
        ):
            last = folded.pop()
            folded[-1] = Entry.join([folded[-1], last])
    return folded


def count_heads(heads: Iterable[bytes]) -> list[KeyCount]:
    """Values per key of several entries; a key may come several times.

    Raises:
        CorruptData: The bytes are not what was packed.
    """
    dense: dict[bytes, int] = {}
    examples: dict[bytes, bytes] = {}
    counts: list[KeyCount] = []
    for head in heads:
        if len(head) < _HEAD.size or head[1] != _DENSE:
            counts += Entry(0, head, None).counts()
            continue
        # Entries alike differ only before their names: one of them is parsed for all.
        alike = head[_HEAD.size :]
        dense[alike] = dense.get(alike, 0) + _HEAD.unpack_from(head)[3]
        examples[alike] = head
    for alike, num_rows in dense.items():
        counts += [(name, num_rows, 0) for name in Entry(0, examples[alike], None).names()]
    return counts
