"""Patterns: what is offered, what is refused, and that nothing hangs."""

from __future__ import annotations

import time

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.patterns import Pattern, escape


@pytest.mark.parametrize(
    ("pattern", "found", "missed"),
    [
        ("", ["", "a"], []),
        ("resnet.*50", ["my resnet-50", "resnet50"], ["resnet-5", "vit"]),
        ("^a|b$", ["ab", "xb", "a"], ["xa", "bx"]),
        ("^$", [""], ["a"]),
        (r"\d{2,3}-\w+", ["12-a", "1234-é_"], ["1-a", "12-"]),
        ("a{2}", ["caab"], ["aba"]),
        ("[^a-c]", ["abcd"], ["abc", ""]),
        (r"[\d_\]-]", ["1", "_", "]", "-"], ["a", "\\"]),
        ("(?i)ÄB", ["äb", "ÄB"], ["ab"]),
        ("a.c", ["abc"], ["a\nc"]),
        ("(?:ab)+?c", ["ababc"], ["ac"]),
        (escape("a.(b)[*]"), ["xa.(b)[*]"], ["aX(b)[*]"]),
    ],
)
def test_patterns(pattern: str, found: list[str], missed: list[str]) -> None:
    compiled = Pattern(pattern)
    assert compiled.search_all(found + missed) == [True] * len(found) + [False] * len(missed)


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "*", "a**", "a{", "a{x}", "a{3,2}", "a{9999}", r"(a)\1", "(?=a)", "(?P<n>a)",
     r"\b", "\\", "[b-a]", "a++", "x" * 3_000, "(a{1000}){1000}", "((((){999}){999}){999}){999}",
     "(" * 60 + ")" * 60],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Pattern(pattern)
    assert refused.value.code == "bad-pattern"


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a)*b", "(.*)*x", "a*a*a*a*a*b", "(a?){50}a{50}b"]
)
def test_what_makes_others_hang_takes_no_time(pattern: str) -> None:
    begin = time.process_time()
    assert not Pattern(pattern).search("a" * 4_000)
    assert time.process_time() - begin < 5.0
