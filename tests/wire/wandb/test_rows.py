"""Lines of JSON become columns, exactly."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runstone.domain.documents import decode
from runstone.domain.errors import InvalidInput
from runstone.domain.history import HistoryBatch, ValueKind
from runstone.wire.wandb.rows import parse_rows

NOW = 1_795_000_000.5

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from(
        [2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63, 2**64, 10**400, -(10**400)]
    )
    | st.floats()
    | st.text(st.characters())
)
keys = st.sampled_from(["loss", "acc", "a b", "x/y", "é", ""]) | st.text(max_size=4)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
rows = st.lists(st.dictionaries(keys, values, max_size=6), min_size=1, max_size=8)


def parse(*lines: Any, row0: int = 0) -> HistoryBatch:
    return parse_rows([json.dumps(line) for line in lines], row0=row0, now=NOW)


def rebuilt(batch: HistoryBatch) -> list[dict[str, Any]]:
    """The rows again from the columns, without the axes."""
    found: list[dict[str, Any]] = [{} for _ in range(batch.num_rows)]
    for key, column in batch.numbers.items():
        where = range(batch.num_rows) if column.rows is None else column.rows.tolist()
        assert list(where) == sorted(set(where))
        kinds = column.kinds
        for i, (row, value) in enumerate(zip(where, column.values.tolist(), strict=True)):
            kind = kinds if isinstance(kinds, ValueKind) else ValueKind(int(kinds[i]))
            kept: Any = value
            if kind is ValueKind.INT:
                kept = int(value)
            elif kind is ValueKind.BOOL:
                kept = bool(value)
            found[row][key] = kept
    for key, objects in batch.objects.items():
        where = range(batch.num_rows) if objects.rows is None else objects.rows.tolist()
        assert list(where) == sorted(set(where))
        for row, text in zip(where, objects.texts, strict=True):
            value = decode(text)
            if key in found[row]:  # the exact value of an integer that is no double
                assert type(value) is int
                assert float(value) == found[row][key]
            found[row][key] = value
    return found


def flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """What the law says: nested objects are dotted keys, unless they are media."""
    result: dict[str, Any] = {}
    pending = [("", row)]
    for prefix, level in pending:
        for key, value in level.items():
            if isinstance(value, dict) and value and "_type" not in value:
                pending.append((f"{prefix}{key}.", value))
            else:
                result[prefix + key] = value
    return result


def storable(key: str) -> str:
    return key.encode("utf-8", "backslashreplace").decode()


def exactly(value: Any) -> str:
    """Tells 1 from 1.0 from True, and NaN from nothing."""
    return repr(value)


@given(rows)
@example([{"a": 1}, {"a": 1.0}, {"a": True}, {"a": "1"}, {"a": None}, {}])
@example([{"a": 2**53 + 1}, {"a": 0.5}])
@example([{"a": 2**64 + 1, "b": 1e300}, {"a": 3, "b": 1e30}])
@example([{"a": math.nan, "b": 1}, {"b": math.inf, "a": -math.inf}])
@example([{"a": 10**400, "b": 1}])
@example([{"a": {"b": 1}, "a.b": 2}])
@example([{"a": "\ud800"}])
def test_any_row_survives_exactly(logged: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row) for row in logged]
    found = rebuilt(parse_rows(lines, row0=0, now=NOW))
    expected = [flat(json.loads(line)) for line in lines]
    for got, wanted in zip(found, expected, strict=True):
        assert {k: exactly(v) for k, v in got.items()} == {
            storable(k): exactly(v) for k, v in wanted.items()
        }


def test_axes() -> None:
    batch = parse(
        {"_step": 3, "_timestamp": 10.25, "_runtime": 1.5, "a": 1},
        {"_step": 4.0, "a": 2},
        {"a": 3},
        {"_step": "x", "_timestamp": "y", "_runtime": None, "a": 4},
        row0=7,
    )
    assert batch.row0 == 7
    assert batch.step.tolist() == [3, 4, 9, 10]
    assert batch.time.tolist() == [10.25, NOW, NOW, NOW]
    assert batch.runtime.tolist()[0] == 1.5
    assert all(map(math.isnan, batch.runtime.tolist()[1:]))
    assert set(batch.numbers) == {"a"}
    assert not batch.objects


def test_steps_are_exact_beyond_doubles() -> None:
    steps = [2**53 + 1, 2**62 + 3, -5]
    batch = parse(*({"_step": step, "a": 1} for step in steps))
    assert batch.step.tolist() == steps


def test_equal_keys_in_any_order_make_one_column() -> None:
    batch = parse({"a": 1.5, "b": 2.5}, {"b": 3.5, "a": 4.5})
    assert batch.numbers["a"].values.tolist() == [1.5, 4.5]
    assert batch.numbers["a"].rows is None
    assert batch.numbers["a"].kinds is ValueKind.FLOAT


def test_media_stay_whole() -> None:
    image = {"_type": "image-file", "path": "media/a.png", "size": 3}
    batch = parse({"img": image, "d": {"x": 1, "img": image}})
    assert decode(batch.objects["img"].texts[0]) == image
    assert decode(batch.objects["d.img"].texts[0]) == image
    assert batch.numbers["d.x"].values.tolist() == [1]


@pytest.mark.parametrize("line", ["", "[1]", "1", "{", '{"a":1},{"b":2}', "nope", '{"a":tru}'])
def test_what_is_no_object_is_refused(line: str) -> None:
    with pytest.raises(InvalidInput):
        parse_rows(['{"a":1}', line], row0=0, now=NOW)
