"""Documents come back as they were sent, whatever they hold."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.documents import MAX_DEPTH, decode, encode, loads
from runstone.domain.errors import InvalidInput

TEXTS = st.text(st.characters(), max_size=8)  # lone surrogates among them
KEYS = TEXTS | st.sampled_from(["$", "$$", "$float", "$$float", "a.b", "", "$\ud800"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**62, 2**200)
    | st.floats()
    | TEXTS
    | st.sampled_from(["NaN", "$float", "$", math.nan, math.inf, -math.inf, -0.0, 5e-324])
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Equal in value and type, NaN equal to NaN, −0.0 unequal to 0.0, keys in one order."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and str(a) == str(b))
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is not strict JSON")


@given(DOCUMENTS)
def test_decoding_gives_back_what_was_encoded(document: Any) -> None:
    text = encode(document)
    assert same(decode(text), document)
    assert same(decode(text.encode()), document)
    json.loads(text, parse_constant=refuse)


@given(DOCUMENTS)
def test_what_a_client_sends_is_read_as_python_reads_it(document: Any) -> None:
    sent = json.dumps(document)
    assert same(loads(sent), json.loads(sent))
    assert same(loads(sent.encode()), json.loads(sent))


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"a": math.nan}, '{"a":{"$float":"NaN"}}'),
        ([math.inf, -math.inf], '[{"$float":"Infinity"},{"$float":"-Infinity"}]'),
        ({"$float": "NaN"}, '{"$$float":"NaN"}'),
        ({"$x": {"$$": 1}}, '{"$$x":{"$$$":1}}'),
        ({"é": "🚀"}, '{"é":"🚀"}'),
        ({"a": "\ud800"}, '{"a":"\\ud800"}'),
        ((1, (2,)), "[1,[2]]"),
        ("$money", '"$money"'),
        (1e22, "1e+22"),
    ],
)
def test_how_it_is_written(document: Any, text: str) -> None:
    assert encode(document) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        "nan",
        "{'a': 1}",
        b"\xff",
        b"\x80{}",
        "[" * 100_000,
        "1" * 5_000,
        "\ufeff{}",
    ],
)
def test_malformed_json_is_invalid_input(text: str | bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        loads(text)
    assert caught.value.code == "malformed-json"
    caught.value.message.encode()


def test_what_cannot_be_written_is_invalid_input() -> None:
    deep: Any = math.nan
    for _ in range(5_000):
        deep = [deep]
    for value in (deep, 10**5_000):
        with pytest.raises(InvalidInput):
            encode(value)


@pytest.mark.parametrize("leaf", [1, float("nan"), "[[[{{{"])
def test_what_could_not_be_read_again_is_refused(leaf: object) -> None:
    """Deep documents can be parsed, and would then break whatever walks through them."""

    def nested(levels: int) -> object:
        value = leaf
        for level in range(levels):
            value = [value, *range(3)] if level % 2 else {"a": value, "b": [[]]}
        return value

    assert encode(nested(MAX_DEPTH - 2))
    assert encode([[1]] * 5 * MAX_DEPTH), "many brackets that do not nest"
    for levels in (MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(InvalidInput) as caught:
            encode(nested(levels))
        assert caught.value.code == "nested-too-deeply"


def test_refusals_are_not_in_pythons_words() -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        loads("[" * 100_000)
    with pytest.raises(InvalidInput, match=r"more than 4,300 digits\.$"):
        loads("9" * 5_000)
