"""What groups are sorted by, as text."""

from __future__ import annotations

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_group_sort
from runstone.domain.filter_text import parse_group_sort
from runstone.domain.filters import Aggregate, Key, Source
from runstone.domain.grouping import GroupAggregate, GroupFunction, GroupSort

LOSS = Key(Source.SUMMARY, "loss")
LEAST = Key(Source.HISTORY, "val/loss", Aggregate.MIN)


def test_keys_and_aggregates() -> None:
    text = (
        '-mean(summary.loss), config.lr, min(history["val/loss"]), -min(min(history["val/loss"]))'
    )
    keys = (
        GroupSort(GroupAggregate(GroupFunction.MEAN, LOSS), descending=True),
        GroupSort(Key(Source.CONFIG, "lr")),
        GroupSort(LEAST),
        GroupSort(GroupAggregate(GroupFunction.MIN, LEAST), descending=True),
    )
    assert parse_group_sort(text) == keys
    assert print_group_sort(keys) == text
    assert parse_group_sort("+count()") == (GroupSort(GroupAggregate(GroupFunction.COUNT)),)
    assert parse_group_sort("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(config.lr)", "Expected an aggregate (count, min, max, mean, median, last, best)"),
        ("mean(name)", "Mean is of numbers, and name holds texts"),
        ("loss", "did you mean `config.loss`"),
        ("-", "Expected a key or an aggregate to sort by, found the end"),
    ],
)
def test_what_is_not_understood(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_group_sort(text)
    assert message in refused.value.message
