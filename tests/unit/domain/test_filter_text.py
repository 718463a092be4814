"""What people write, and what they are told where it is not understood."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_aggregates, print_filter, print_key, print_sort
from runstone.domain.filter_text import parse_aggregates, parse_filter, parse_keys, parse_sort
from runstone.domain.filters import (
    EVERYTHING,
    Aggregate,
    And,
    Compare,
    Exists,
    FieldKind,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Op,
    Or,
    SortKey,
    Source,
    keys_of,
)
from runstone.domain.grouping import Goal, GroupAggregate, GroupFunction
from runstone.domain.patterns import Pattern

LR = Key(Source.CONFIG, "lr")
LOSS = Key(Source.SUMMARY, "val/loss")
NAME = Key(Source.RUN, "name")
CREATED = Key(Source.RUN, "created_at")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        (
            'config.lr < 1e-3 and summary["val/loss"] < 0.2 and "baseline" in tags '
            'and name ~ "resnet.*"',
            And(
                (
                    Compare(LR, Op.LT, 1e-3),
                    Compare(LOSS, Op.LT, 0.2),
                    HasTag("baseline"),
                    Matches(NAME, Pattern("resnet.*")),
                )
            ),
        ),
        ("summary.val/loss = nan", Compare(LOSS, Op.EQ, math.nan)),
        ("0.1 >= config.lr", Compare(LR, Op.LE, 0.1)),
        (
            "not config.lr == 1 or config.lr is None",
            Or((Not(Compare(LR, Op.EQ, 1)), Not(Exists(LR)))),
        ),
        ("config.lr != null", Exists(LR)),
        ("config.lr not in [1, 'a', True,]", Not(In(LR, (1, "a", True)))),
        (
            "'x' not in tags AND name !~ '\\d$'",
            And((Not(HasTag("x")), Not(Matches(NAME, Pattern(r"\d$"))))),
        ),
        (
            'config["a b"].c["d.e"] <> -inf',
            Compare(Key(Source.CONFIG, "a b.c.d.e"), Op.NE, -math.inf),
        ),
        ('created_at > "2026-01-01"', Compare(CREATED, Op.GT, datetime(2026, 1, 1, tzinfo=UTC))),
        (
            'created_at > "2026-01-01T02:00:00+02:00"',
            Compare(CREATED, Op.GT, datetime(2026, 1, 1, tzinfo=UTC)),
        ),
        ("stop_requested", Compare(Key(Source.RUN, "stop_requested"), Op.EQ, True)),
        ("(true or false)", Or((And(()), Or(())))),
    ],
)
def test_what_is_written_is_understood(text: str, tree: Filter) -> None:
    found = parse_filter(text)
    assert repr(found) == repr(tree)  # NaN equals itself in writing only
    assert repr(parse_filter(print_filter(found))) == repr(tree)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('stat == "x"', 'Unknown run field stat; did you mean `state`?\n  stat == "x"\n  ^^^^'),
        (
            "config.a < 1 and\n  createdAt > 1",
            "Unknown run field createdAt; did you mean `created_at`?\n"
            "    createdAt > 1\n    ^^^^^^^^^",
        ),
        ("config.a <", "Expected a value after <, found the end\n  config.a <\n            ^"),
        ("(config.a < 1", "This ( is never closed\n  (config.a < 1\n  ^"),
        ("config.a < 1 && config.b", "Did you mean `and`?"),
        ("config.a < 1 config.b", "Expected `and`, `or` or the end, found `config.b`"),
        ("config.a < 1 < 2", "A chain has its key in the middle: write 0.1 < config.lr < 0.2"),
        ("config.a == foo", 'Write texts in quotes: "foo"'),
        ("history.loss < 1", "A run has many values of history.loss: write last(history.loss)"),
        ("median(history.loss) < 1", "Of a history there are first, last, min"),
        ("min(summary.loss) < 1", "Min is of a key of the history: write min(history.loss)"),
        ("min(history.loss < 1", "Write min(history.loss), found `<`"),
        ('max(history.loss) ~ "1"', "`max(history.loss)` is no text"),
        ("lr < 1", "did you mean `config.lr` or `summary.lr`?"),
        ("config < 1", 'config.key or config["any key"]'),
        ("config[a] < 1", 'Write config["key"], the key in quotes'),
        ("state == 3", "`state` is a text: write it in quotes"),
        ("created_at > 5", "`created_at` is a time"),
        ('tags == "x"', 'Tags are asked with "x" in tags'),
        ('"x" in config.a', '"…" in … is for tags and texts of the run; write config.a ~ "x"'),
        ('exit_code ~ "x"', "`exit_code` is no text"),
        ('"abc', "This quote is never closed"),
        ("config.a == 1abc", "1abc is no number"),
        ("config.a == 1 ?", "`?` means nothing here"),
        ("not", "Expected a condition such as config.lr < 0.1, found the end"),
        ('name ~ "a(?=b)"', "look-around"),
        ("(" * 60, "More than 50 levels of parentheses"),
        ("x" * 10_001, "at most 10,000"),
    ],
)
def test_what_is_not_understood_is_pointed_at(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_filter(text)
    assert message in refused.value.message
    assert refused.value.code in ("bad-filter", "bad-pattern")


def test_sort_keys() -> None:
    keys = parse_sort('-summary.val/loss, created_at,+config["a,b"]')
    assert keys == (
        SortKey(LOSS, descending=True),
        SortKey(CREATED),
        SortKey(Key(Source.CONFIG, "a,b")),
    )
    assert print_sort(keys) == '-summary["val/loss"],created_at,config["a,b"]'
    assert parse_sort("") == ()
    for wrong in ("name state", "-", "name,", "1", ",".join(["name"] * 9), "nme"):
        if wrong != "name,":
            with pytest.raises(InvalidInput):
                parse_sort(wrong)


def test_keys_of_a_tree() -> None:
    tree = parse_filter('config.lr < 1 and not ("x" in tags or summary.val/loss is None)')
    assert list(keys_of(tree)) == [LR, Key(Source.RUN, "tags"), LOSS]


def test_history_is_asked_by_an_aggregate() -> None:
    low = Key(Source.HISTORY, "val/loss", Aggregate.MIN)
    count = Key(Source.HISTORY, "loss", Aggregate.COUNT)
    assert parse_filter(
        'min(history["val/loss"]) < 0.1 and count(history.loss) is not None'
    ) == And((Compare(low, Op.LT, 0.1), Exists(count)))
    assert parse_sort("-MIN(history.val/loss), name") == (
        SortKey(low, descending=True),
        SortKey(NAME),
    )
    assert print_key(low) == 'min(history["val/loss"])'
    assert parse_keys('config.lr, state,max( history["a b"] )') == (
        LR,
        Key(Source.RUN, "state"),
        Key(Source.HISTORY, "a b", Aggregate.MAX),
    )
    assert low.kind is FieldKind.NUMBER
    for source, aggregate in ((Source.HISTORY, None), (Source.SUMMARY, Aggregate.LAST)):
        with pytest.raises(InvalidInput):
            Key(source, "loss", aggregate)


def test_aggregates_of_groups() -> None:
    text = 'count(), mean(summary["val/loss"]), best(min(history.loss), min), last(name)'
    assert parse_aggregates(text) == (
        GroupAggregate(GroupFunction.COUNT),
        GroupAggregate(GroupFunction.MEAN, LOSS),
        GroupAggregate(GroupFunction.BEST, Key(Source.HISTORY, "loss", Aggregate.MIN), Goal.MIN),
        GroupAggregate(GroupFunction.LAST, NAME),
    )
    assert print_aggregates(parse_aggregates(text)) == text
    assert parse_aggregates("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mean", "Expected an aggregate"),
        ("sum(config.lr)", "Expected an aggregate"),
        ("mean()", "Mean needs a key"),
        ("count(config.lr)", "Count takes no key: it counts runs"),
        ("best(config.lr)", "Best needs to know which is best: min or max"),
        ("mean(config.lr, min)", "Mean takes a key alone"),
        ("mean(name)", "Mean is of numbers, and name holds texts"),
        ("median(created_at)", "Median is of numbers, and created_at holds times"),
        ("best(config.lr, lowest)", "Which is best, min or max, found `lowest`"),
        ("mean(config.lr", "`mean` is never closed, found the end"),
        ("mean(history.loss)", "A run has many values of history.loss: write last(history.loss)"),
        ("count() count()", "Separate aggregates with commas"),
    ],
)
def test_aggregates_that_are_not_understood(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_aggregates(text)
    assert message in refused.value.message
