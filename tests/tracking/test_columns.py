"""Columns of a report hold what the rows held, whatever the rows have in common."""

from __future__ import annotations

import json
import struct
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from runstone.tracking.columns import columns

_KINDS = (float, int, bool)
_VALUES = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(2**80), 2**80),
    st.booleans(),
    st.none(),
    st.text(max_size=3),
    st.lists(st.integers(0, 9), max_size=2),
)
_KEYS = [f"k{number}" for number in range(8)]


@st.composite
def _rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows with the same keys, with as many keys, or with any."""
    shapes = st.lists(st.sampled_from(_KEYS), unique=True, max_size=len(_KEYS))
    first = draw(shapes)
    same = st.permutations(first)
    as_many = st.permutations(_KEYS).map(lambda keys: keys[: len(first)])
    keys = draw(st.sampled_from([st.just(first), same, as_many, shapes]))
    values = draw(st.sampled_from([st.floats(allow_nan=False), _VALUES]))
    row = keys.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, values)))
    return draw(st.lists(row, max_size=12))


@given(_rows())
@example([{"a": 1.0}, {"b": 2.0}])
@example([{"a": 1.0, "b": 2.0}, {"b": 3.0, "a": 4.0}])
@example([dict.fromkeys(_KEYS, 1.0), dict.fromkeys(reversed(_KEYS), 2.0)])
@example([{}, {}])
def test_columns_hold_what_the_rows_held(rows: list[dict[str, Any]]) -> None:
    numbers, objects = columns(rows)
    found: list[dict[str, Any]] = [{} for _ in rows]
    for key, (places, packed, kinds) in numbers.items():
        values = struct.unpack(f"<{len(packed) // 8}d", packed)
        codes = kinds * len(values) if len(kinds) == 1 else kinds
        for place, value, code in zip(_unpacked(places, len(rows)), values, codes, strict=True):
            found[place][key] = _KINDS[code](value) if abs(value) < 2**60 else value
    for key, (places, texts) in objects.items():
        # Behind the numbers: an integer here is the exact one of the double there.
        for place, text in zip(_unpacked(places, len(rows)), texts, strict=True):
            found[place][key] = json.loads(text)
    assert [_typed(row) for row in found] == [_typed(row) for row in rows]


def _unpacked(places: bytes | None, num_rows: int) -> list[int]:
    if places is None:
        return list(range(num_rows))
    found = list(struct.unpack(f"<{len(places) // 4}I", places))
    assert found == sorted(set(found))
    return found


def _typed(row: dict[str, Any]) -> dict[str, tuple[type, Any]]:
    return {key: (type(value), value) for key, value in row.items()}
