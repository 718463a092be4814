"""Lines of many writers in one order, and what of a line is visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.console import parse_time, select, visible


@given(
    st.lists(st.lists(st.integers(0, 30)).map(sorted), min_size=1, max_size=6),
    st.data(),
)
def test_positions_are_those_of_the_sorted_lines(
    times: list[list[int]], data: st.DataObject
) -> None:
    everything = sorted(
        (time, writer, number)
        for writer, own in enumerate(times)
        for number, time in enumerate(own)
    )
    counts = [len(own) for own in times]

    def before(position: int) -> list[int]:
        owners = [writer for _, writer, _ in everything[:position]]
        return [owners.count(writer) for writer in range(len(times))]

    first = data.draw(st.integers(0, len(everything)))
    second = data.draw(st.integers(first, len(everything)))
    nothing = [0] * len(times)
    found = select(counts, lambda w, n: times[w][n], first, nothing)
    assert found == before(first)
    assert select(counts, lambda w, n: times[w][n], second, found) == before(second)
    assert select(counts, lambda w, n: times[w][n], len(everything) + 9, nothing) == counts
    assert select(counts, lambda w, n: times[w][n], -3, found) == found


def test_a_place_deep_in_many_lines_needs_few_looks() -> None:
    looks = 0

    def time_of(writer: int, number: int) -> int:
        nonlocal looks
        looks += 1
        return number * 8 + (writer * 5) % 8

    counts = [125_000] * 8
    offsets = select(counts, time_of, 700_000, [0] * 8)
    assert offsets == [87_500] * 8
    assert looks < 8 * 300
    looks = 0
    assert select(counts, time_of, 701_000, offsets) == [87_625] * 8
    assert looks < 8 * 100


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:01", 1_000_000),
        ("1970-01-01T00:00:01.000002Z", 1_000_002),
        ("1970-01-01T02:00:00.5+02:00", 500_000),
        ("1969-12-31T23:59:59", -1_000_000),
        ("2026-11-22T06:51:52.451593", 1_795_330_312_451_593),
        ("9999-12-31T23:59:59.999999", 253_402_300_799_999_999),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("2026-13-40T99:00", None),
    ],
)
def test_times(text: str | None, micros: int | None) -> None:
    assert parse_time(text) == micros


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext", "plain\ttext"),
        ("\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mthat\x1b[m", "red and that"),
        ("\x1b[2K\x1b[1Aup", "up"),
        ("\x1b]0;a title\x07shown", "shown"),
        ("\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bascii \x1b=keypad", "ascii keypad"),
        ("cut off \x1b[3", "cut off "),
        ("cut off \x1b", "cut off "),
        ("cut off \x1b]0;title", "cut off "),
        ("one\x1b]0;title\0two\x1b[\0three", "one\0two\0three"),
    ],
)
def test_what_is_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
