from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from runstone.domain.errors import CorruptData
from runstone.domain.history import Floats
from runstone.storage.chunks.arrays import (
    PAGE,
    ArrayCodec,
    as_integers,
    decode,
    decode_floats,
)
from runstone.storage.chunks.segments import decode_runtime, decode_time, encode_runtime
from runstone.testing.history_data import values

CODECS = [ArrayCodec(), ArrayCodec(use_pco=False)]
codecs = st.sampled_from(CODECS)
# Every bit pattern there is, NaN payloads included.
raw_floats = hnp.arrays(np.uint64, st.integers(0, 90)).map(lambda a: a.view(np.float64))
logged = st.lists(values(), max_size=90).map(lambda v: np.array(v, np.float64))
floats = st.one_of(raw_floats, logged)
arrays = st.one_of(
    floats,
    hnp.arrays(np.int64, st.integers(0, 90)),
    hnp.arrays(np.uint32, st.integers(0, 90)),
    hnp.arrays(np.uint8, st.integers(0, 90)),
)


@given(codecs, arrays)
def test_decoding_gives_back_every_bit(codec: ArrayCodec, array: NDArray[Any]) -> None:
    found = decode(codec.encode(array))
    assert found.dtype == array.dtype
    assert found.tobytes() == array.tobytes()


@given(codecs, floats)
def test_floats_may_be_packed_as_integers_and_come_back_the_same(
    codec: ArrayCodec, array: Floats
) -> None:
    found = decode_floats(codec.encode_floats(array))
    assert found.dtype == np.float64
    assert found.tobytes() == array.tobytes()


@given(logged)
def test_integers_are_the_same_numbers(array: Floats) -> None:
    found = as_integers(array)
    if found is not None:
        assert found.astype(np.float64).tobytes() == array.tobytes()


def test_whole_numbers_become_integers() -> None:
    assert as_integers(np.array([1.0, 2.0**53, -(2.0**53)])) is not None
    for odd in (np.nan, np.inf, -0.0, 0.5, 2.0**54):
        assert as_integers(np.array([1.0] * 40 + [odd])) is None


LONG = np.where(np.arange(3 * PAGE + 77) % 5 == 0, np.arange(3 * PAGE + 77) * 0.5, -1.0)
PAGED = [(codec, codec.encode_floats(LONG), codec.encode(np.arange(len(LONG)))) for codec in CODECS]


@given(st.sampled_from(PAGED), st.integers(0, len(LONG)), st.integers(0, len(LONG)))
def test_a_part_of_a_long_array_is_read(
    packed: tuple[ArrayCodec, bytes, bytes], a: int, b: int
) -> None:
    start, stop = min(a, b), max(a, b)
    assert decode_floats(packed[1], start, stop).tobytes() == LONG[start:stop].tobytes()
    assert decode(packed[2], start, stop).tolist() == list(range(start, stop))
    assert decode_floats(packed[1], start).tobytes() == LONG[start:].tobytes()


def test_damage_to_one_page_spares_the_others() -> None:
    _, blob, _ = PAGED[0]
    torn = blob[:-3] + b"zzz"
    assert len(decode_floats(torn, 0, 2 * PAGE)) == 2 * PAGE
    with pytest.raises(CorruptData):
        decode_floats(torn)
    with pytest.raises(CorruptData):
        decode_floats(blob[:-3], 0, 5)


@given(codecs, floats, st.data())
def test_damage_is_noticed(codec: ArrayCodec, array: Floats, data: st.DataObject) -> None:
    blob = bytearray(codec.encode_floats(array))
    at = data.draw(st.integers(1, len(blob) - 1))  # byte 0 only says how it is packed
    blob[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CorruptData):
        decode(bytes(blob))


@given(codecs, floats, st.data())
def test_a_torn_array_is_noticed(codec: ArrayCodec, array: Floats, data: st.DataObject) -> None:
    blob = codec.encode_floats(array)
    with pytest.raises(CorruptData):
        decode(blob[: data.draw(st.integers(0, len(blob) - 1))])


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("num", [0, 1, 4, 5, 63, 64, 65, 5_000])
def test_ordinary_metrics_shrink(codec: ArrayCodec, num: int) -> None:
    rng = np.random.default_rng(num)
    columns: list[Floats] = [
        np.arange(num, dtype=np.float64),
        np.full(num, 0.9),
        np.round(rng.random(num), 3),
        rng.standard_normal(num).astype(np.float32).astype(np.float64),
    ]
    for array in columns:
        blob = codec.encode_floats(array)
        assert decode_floats(blob).tobytes() == array.tobytes()
        assert len(blob) <= 8 * num + 16
        if num >= 5_000:
            assert len(blob) < 0.85 * 8 * num


@given(codecs, st.data())
def test_runtimes_come_back_the_same(codec: ArrayCodec, data: st.DataObject) -> None:
    num = data.draw(st.integers(0, 40))
    offsets = np.cumsum(
        np.array(data.draw(st.lists(st.floats(0, 1e5), min_size=num, max_size=num)))
    )
    time = 1.79e9 + offsets
    runtime = data.draw(
        st.sampled_from(
            [
                time - 1.79e9,
                np.round(time - 1.79e9, 6),
                np.full(num, np.nan),
                offsets,
                np.where(offsets > 10, np.nan, offsets),
            ]
        )
    )
    again = decode_runtime(encode_runtime(codec, runtime, time), time)
    assert again.tobytes() == runtime.tobytes()


@given(codecs, floats, floats)
def test_odd_times_and_runtimes_come_back_the_same(
    codec: ArrayCodec, time: Floats, runtime: Floats
) -> None:
    num = min(len(time), len(runtime))
    time, runtime = time[:num], runtime[:num]
    blob = codec.encode(np.ascontiguousarray(time).view(np.int64))
    assert decode_time(blob).tobytes() == time.tobytes()
    again = decode_runtime(encode_runtime(codec, runtime, time), time)
    assert again.tobytes() == runtime.tobytes()


def test_runtimes_that_follow_from_times_cost_nothing() -> None:
    time: Floats = 1.79e9 + np.arange(1_000, dtype=np.float64) * 0.123
    codec = ArrayCodec()
    for runtime in (
        time - 1.79e9,
        np.round(np.round(time, 6) - 1.79e9, 6),
        np.full(1_000, np.nan),
    ):
        rounded = np.round(time, 6)
        for at in (time, rounded):
            blob = encode_runtime(codec, runtime, at)
            if len(blob) < 32:
                break
        else:
            raise AssertionError("runtimes were stored though they follow from times")
