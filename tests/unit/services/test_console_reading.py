"""Windows over the output of many writers, cursors, search."""

from __future__ import annotations

import random
from typing import Any

import pytest

from runstone.domain.console import parse_time
from runstone.domain.console_search import Query
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.run import ConsoleLine, Run
from runstone.services import console_reading as services
from runstone.services.console_reading import Matches, Window
from runstone.testing.office import Office


@pytest.fixture
def run(office: Office) -> Run:
    return office.begin()


def at(second: float) -> str:
    return f"2026-01-01T00:{int(second) // 60:02}:{second % 60:09.6f}"


def put(office: Office, run: Run, *lines: ConsoleLine) -> None:
    office.write(lambda tx: tx.console.put_lines(run.id, lines))


def window(office: Office, **options: Any) -> Window:
    anna = office.actor("anna")
    return office.read(lambda s: services.read_window(s, anna, "anna", "digits", "r1", **options))


def search(office: Office, text: str, *, regex: bool = False, **options: Any) -> Matches:
    anna = office.actor("anna")
    query = Query(text, is_pattern=regex, is_case_sensitive=False)
    return office.read(lambda s: services.search(s, anna, "anna", "digits", "r1", query, **options))


def shown(found: Window) -> list[tuple[int, str, int]]:
    return [(placed.position, placed.line.writer, placed.line.number) for placed in found.lines]


def test_a_run_without_output(office: Office, run: Run) -> None:
    found = window(office)
    assert (found.lines, found.start, found.stop, found.num_positions) == ([], 0, 0, 0)
    assert (found.writers, search(office, "x")) == ([], Matches([], None, 0, 0))
    assert window(office, tail=5).lines == window(office, cursor=found.cursor).lines == []


def test_positions_of_one_writer_are_its_numbers(office: Office, run: Run) -> None:
    put(office, run, *(ConsoleLine("", n, f"line {n}") for n in (0, 1, 2, 5, 6)))
    assert shown(window(office)) == [(n, "", n) for n in (0, 1, 2, 5, 6)]
    found = window(office, start=2, limit=3)
    assert (shown(found), found.start, found.stop) == ([(2, "", 2)], 2, 5)
    assert shown(window(office, tail=2)) == [(5, "", 5), (6, "", 6)]
    assert shown(window(office, start=99)) == []
    assert window(office, start=99).start == window(office).num_positions == 7


def test_windows_of_many_writers_page_through_all_in_order_of_time(
    office: Office, run: Run
) -> None:
    """Whatever the window, with numbers left out and times that go back."""
    chance = random.Random(5)
    lines = []
    for writer in ("", "rank0", "rank1", "rank2"):
        second, number = 0.0, 0
        for _ in range(chance.randrange(1, 40)):
            second += chance.random() - 0.2
            number += chance.choice((1, 1, 1, 2, 4))
            stamp = None if chance.random() < 0.1 else at(abs(second))
            lines.append(ConsoleLine(writer, number, f"{writer}:{number}", stamp))
    put(office, run, *lines)
    # The model: prefix maxima of times, numbers left out at the time of the next line.
    keys = []
    for writer in sorted({line.writer for line in lines}):
        latest, begin = 0, 0
        for line in (line for line in lines if line.writer == writer):
            latest = max(latest, parse_time(line.at) or 0)
            keys += [(latest, writer, number) for number in range(begin, line.number + 1)]
            begin = line.number + 1
    there = {(line.writer, line.number) for line in lines}
    expected = [(i, w, n) for i, (_, w, n) in enumerate(sorted(keys)) if (w, n) in there]

    whole = window(office)
    assert shown(whole) == expected
    assert whole.num_positions == len(keys)
    for limit in (1, 7, 30):
        paged, start, cursor = [], 0, None
        while start < whole.num_positions:
            found = window(office, start=start, limit=limit)
            if cursor is not None:
                assert window(office, cursor=cursor, limit=limit) == found
            paged += shown(found)
            start, cursor = found.stop, found.cursor
        assert paged == expected
        tail = shown(window(office, tail=limit))
        assert tail == [line for line in expected if line[0] >= len(keys) - limit]
    only = window(office, writer="rank1")
    assert [line[1:] for line in shown(only)] == [
        (w, n) for _, w, n in sorted(keys) if w == "rank1" and (w, n) in there
    ]
    assert only.writers == whole.writers


def test_a_cursor_gives_late_lines_too_and_none_twice(office: Office, run: Run) -> None:
    put(office, run, *(ConsoleLine("a", n, "", at(n)) for n in range(5)))
    put(office, run, *(ConsoleLine("b", n, "", at(n)) for n in range(2)))
    first = window(office, tail=3)
    assert shown(first) == [(4, "a", 2), (5, "a", 3), (6, "a", 4)]
    put(office, run, *(ConsoleLine("b", n, "", at(n)) for n in (2, 3)), ConsoleLine("c", 0, ""))
    following = window(office, cursor=first.cursor)
    assert [line[1:] for line in shown(following)] == [("c", 0), ("b", 2), ("b", 3)]
    assert window(office, cursor=following.cursor).lines == []


def test_a_rewritten_line_keeps_its_place(office: Office, run: Run) -> None:
    put(office, run, ConsoleLine("a", 0, "0 %", at(1)), ConsoleLine("b", 0, "b", at(2)))
    put(office, run, ConsoleLine("a", 0, "100 %", at(9)))
    texts = [placed.line.text for placed in window(office).lines]
    assert texts == ["100 %", "b"]


@pytest.mark.parametrize("cursor", ["x", "%%%", "W10", "eyJhIjoiYiJ9", "é"])
def test_what_is_no_cursor(office: Office, run: Run, cursor: str) -> None:
    put(office, run, ConsoleLine("a", 0, ""))
    with pytest.raises(InvalidInput) as caught:
        window(office, cursor=cursor)
    assert caught.value.code == "bad-cursor"


@pytest.mark.parametrize("cursor", ["e30", "eyJhIjotNX0", "eyJiIjo1fQ"])
def test_a_cursor_from_elsewhere_harms_nothing(office: Office, run: Run, cursor: str) -> None:
    put(office, run, ConsoleLine("a", 0, ""))
    assert shown(window(office, cursor=cursor)) == [(0, "a", 0)]


def test_what_cannot_be_asked_for(office: Office, run: Run) -> None:
    put(office, run, ConsoleLine("a", 0, ""))
    with pytest.raises(InvalidInput, match="5,000"):
        window(office, limit=5_001)
    with pytest.raises(InvalidInput, match="1,000"):
        search(office, "x", limit=0)
    with pytest.raises(NotFound, match=r"it has: 'a'") as caught:
        window(office, writer="b")
    assert caught.value.code == "unknown-writer"
    bert = office.actor("bert")
    for unit in (
        lambda s: services.read_window(s, bert, "anna", "digits", "r1"),
        lambda s: services.read_on(
            s, bert, "anna", "digits", "r1", writer=None, offsets={}, limit=1
        ),
    ):
        with pytest.raises(NotFound):
            office.read(unit)


# Search


def test_a_search_goes_on_where_it_ended(office: Office, run: Run) -> None:
    put(office, run, *(
        ConsoleLine(f"rank{n % 3}", n // 3, "found" if n % 10 == 0 else "no", at(n / 100))
        for n in range(3_000)
    ))  # fmt: skip
    positions, start, totals = [], 0, []
    while True:
        found = search(office, "FOUND", start=start, limit=64)
        positions += [match.placed.position for match in found.matches]
        totals.append(found.total)
        if found.next_position is None:
            break
        start = found.next_position
    assert positions == list(range(0, 3_000, 10))
    assert totals == [300, None, None, None, None]
    assert found.num_positions == 3_000


def test_a_search_does_bounded_work(office: Office, run: Run) -> None:
    put(office, run, *(ConsoleLine("", n, "x") for n in range(20_000)))
    found = search(office, "absent", budget_s=0.0)
    assert (found.matches, found.next_position, found.total) == ([], 8_192, None)
    found = search(office, "x", limit=2, budget_s=0.0)
    assert ([m.placed.position for m in found.matches], found.next_position) == ([0, 1], 2)
    assert search(office, "absent").total == 0


def test_numbers_left_out_cost_nothing(office: Office, run: Run) -> None:
    far = 10**12
    put(office, run, ConsoleLine("a", 0, "x"), ConsoleLine("a", far, "needle"))
    put(office, run, ConsoleLine("b", 0, "needle", at(1)))
    found = search(office, "needle", budget_s=5)
    assert [(m.placed.line.writer, m.placed.line.number) for m in found.matches] == [
        ("a", far), ("b", 0),
    ]  # fmt: skip
    assert found.next_position is None
    anna = office.actor("anna")
    offsets: Any = {}
    read: list[str] = []
    for _ in range(5):
        lines, offsets = office.read(
            lambda s, read=offsets: services.read_on(  # type: ignore[misc]
                s, anna, "anna", "digits", "r1", writer=None, offsets=read, limit=10
            )
        )
        read += [line.text for line in lines]
    assert read == ["x", "needle", "needle"]


def test_levels(office: Office, run: Run) -> None:
    levels = (None, "error", None, "error")
    put(office, run, *(ConsoleLine("", n, "ab"[n % 2], level=x) for n, x in enumerate(levels)))
    put(office, run, ConsoleLine("", 9, "", level="error"))
    found = search(office, "", level="error")
    assert [m.placed.position for m in found.matches] == [1, 3, 9]
    assert (found.total, search(office, "a", level="error").total) == (3, 0)
    assert search(office, "", level="warning").matches == []


def test_patterns(office: Office, run: Run) -> None:
    put(office, run, *(ConsoleLine("", n, f"\x1b[1mloss={n / 8}\x1b[0m") for n in range(20)))
    found = search(office, r"loss=\d+\.125$", regex=True)
    assert [(m.placed.line.number, m.spans) for m in found.matches] == [
        (1, [(0, 10)]), (9, [(0, 10)]), (17, [(0, 10)]),
    ]  # fmt: skip
