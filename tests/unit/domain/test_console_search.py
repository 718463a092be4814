"""What is looked for in lines, and where in a line it is."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.console_search import MAX_SPANS, SEPARATOR, Query, fold, required_literal
from runstone.domain.errors import InvalidInput
from runstone.domain.patterns import Pattern


def text(words: str, *, case: bool = False) -> Query:
    return Query(words, is_pattern=False, is_case_sensitive=case)


def pattern(words: str, *, case: bool = False) -> Query:
    return Query(words, is_pattern=True, is_case_sensitive=case)


def test_text_is_found_whatever_its_case() -> None:
    line = "Loss: LOSS loss λόγος ΛΌΓΟΣ İx"
    assert text("loss").spans(line) == [(0, 4), (6, 10), (11, 15)]
    assert text("LOSS", case=True).spans(line) == [(6, 10)]
    assert text("λόγος").spans(line) == text("ΛΌΓΟΣ").spans(line) == [(16, 21), (22, 27)]
    assert text("ix").spans(line) == [(28, 30)]
    assert not text("lossy").matches(line)
    assert text(".*").spans("a .* b") == [(2, 4)]


def test_codes_of_a_terminal_are_not_there() -> None:
    line = "ep\x1b[32moch 3\x1b[0m done"
    assert text("epoch 3").spans(line) == [(0, 7)]
    assert pattern(r"och \d+ d").spans(line) == [(2, 9)]
    assert not text("[32m").matches(line)
    assert text("epoch 3").count(SEPARATOR.join(["x", line, "epoch 4"])) == 1


def test_matches_of_a_pattern_are_as_long_as_can_be() -> None:
    assert pattern(r"\d+\.\d+").spans("loss=0.125 acc=10.5") == [(5, 10), (15, 19)]
    assert pattern("a|ab|abc").spans("abcab") == [(0, 3), (3, 5)]
    assert pattern("^e").spans("eee") == [(0, 1)]
    assert pattern("e$").spans("eee") == [(2, 3)]
    assert pattern("x*").spans("ab") == [], "empty matches are not shown"
    assert pattern("x*").matches("ab")
    assert len(text("a").spans("a" * 500)) == len(pattern("a").spans("a" * 500)) == MAX_SPANS


def test_case_of_a_pattern() -> None:
    assert pattern("Loss").matches("LOSS")
    assert not pattern("Loss", case=True).matches("LOSS")
    assert pattern("(?i)Loss", case=True).matches("LOSS")


@pytest.mark.parametrize(
    ("bad", "position"), [("a(", 2), ("[a", 2), ("*a", 0), (r"(a)\1", 4), ("a{2", 1), ("a)b", 1)]
)
def test_a_broken_pattern_says_where(bad: str, position: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        pattern(bad)
    assert caught.value.code == "bad-pattern"
    assert caught.value.details["position"] == position


def test_a_long_query_is_refused() -> None:
    text("x" * 1_024)
    with pytest.raises(InvalidInput, match=r"1,025 characters"):
        text("x" * 1_025)


def test_an_empty_query_matches_every_line() -> None:
    assert text("").count(SEPARATOR.join(["", "a", ""])) == 3
    assert text("").matches("")
    assert text("").spans("abc") == []


@pytest.mark.parametrize(
    ("words", "literal"),
    [
        ("loss", "loss"),
        (r"loss=\d+\.\d+ nan", "loss="),
        (r"step \[\d+\] done", "step ["),
        ("ab*c", "a"),
        ("ab+c", "ab"),
        ("ab?cde", "cde"),
        ("ab{2,3}?cd", "cd"),
        ("a(b|c)defg", "defg"),
        ("(?:xyz)+a", "a"),
        ("a|bcd", ""),
        (r"[]a]bc[^]d]e[\]]f", "bc"),
        (r"^\w+$", ""),
        ("a\\", "a"),
        (r"(\)|[)(])xy", "xy"),
        ("", ""),
    ],
)
def test_the_literal_that_every_match_holds(words: str, literal: str) -> None:
    assert required_literal(words) == literal


_PIECES = st.sampled_from(
    ("a", "b", "A", ".", "[ab]", "[^a]", "(a|b)", "(ab)+", "a*", "b+", "a?", "b{2}", r"\.",
     "^", "$", "|")
)  # fmt: skip


@given(
    st.lists(_PIECES, max_size=6).map("".join),
    st.lists(st.text("abAB.", max_size=8), max_size=6),
    st.booleans(),
)
def test_matches_are_those_of_the_pattern(words: str, lines: list[str], case: bool) -> None:
    """Looking for the literal first changes nothing; spans are where Python finds them."""
    query = pattern(words, case=case)
    plain = Pattern(words if case else f"(?i){words}")
    found = [plain.search(line) for line in lines]
    assert [query.matches(line) for line in lines] == found
    assert query.count(SEPARATOR.join(lines)) == (sum(found) if lines else int(plain.search("")))
    for line in lines:
        for begin, end in query.spans(line):
            assert begin < end
            flags = 0 if case else re.IGNORECASE
            assert (
                re.compile(words, flags).fullmatch(line, begin, end) or "^" in words or "$" in words
            )


@given(st.text())
def test_folding_keeps_positions(words: str) -> None:
    folded = fold(words)
    assert len(folded) == len(words)
    assert all(fold(a) == b or a in "Σς" for a, b in zip(words, folded, strict=True))


@pytest.mark.parametrize(
    "words", ["(a*)*b", "(a|aa)+$", ".*.*.*.*x", "(a{0,20}){20}", r"(\w+\s?)*!"]
)
def test_a_hostile_pattern_ends_soon(words: str) -> None:
    begin = time.process_time()
    query = pattern(words)
    query.matches("a" * 5_000)
    query.spans("a" * 5_000)
    assert time.process_time() - begin < 3
