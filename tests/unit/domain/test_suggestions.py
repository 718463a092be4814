"""What was probably meant."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from runstone.domain.filter_text import parse_filter, parse_key
from runstone.domain.filters import RUN_FIELDS, Aggregate, Key, Source, resolve
from runstone.domain.suggestions import closest, doubts, suggest

KNOWN = [
    Key(Source.CONFIG, path)
    for path in ("lr", "optimizer.lr", "batch_size", "model.name", "train_loss")
] + [Key(Source.SUMMARY, path) for path in ("val/loss", "val/acc", "train/loss", "epoch", "a b")]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("stat", "state"),
        ("nmae", "name"),
        ("createdAt", "created_at"),
        ("CREATED-AT", "created_at"),
        ("exitcode", "exit_code"),
        ("jobtyp", "job_type"),
        ("lr", None),
        ("loss", None),
        ("", None),
    ],
)
def test_names(name: str, meant: str | None) -> None:
    assert closest(name, RUN_FIELDS) == meant


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ('summary["val/los"]', 'summary["val/loss"]'),
        ("summary.val.loss", 'summary["val/loss"]'),
        ("summary.Val_Loss", 'summary["val/loss"]'),
        ("summary.train_loss", 'summary["train/loss"]'),
        ("summary.acc", 'summary["val/acc"]'),
        ("summary.loss", 'summary["val/loss"]'),
        ("config.epoch", "summary.epoch"),
        ("summary.lr", "config.lr"),
        ("config.batchsize", "config.batch_size"),
        ("config.bacth_size", "config.batch_size"),
        ("config.args.model.name", "config.model.name"),
        ("config.opt.lr", "config.lr"),
        ("config.momentum", None),
    ],
)
def test_keys(key: str, meant: str | None) -> None:
    assert suggest(parse_key(key), KNOWN) == (None if meant is None else parse_key(meant))


def test_keys_of_the_history() -> None:
    low = Key(Source.HISTORY, "val/los", Aggregate.MIN)
    loss = Key(Source.HISTORY, "val/loss", Aggregate.MIN)
    assert suggest(low, [loss]) == loss


def test_very_many_keys_take_no_time() -> None:
    known = [Key(Source.SUMMARY, f"layers/{number}/weight_norm") for number in range(100_000)]
    start = time.process_time()
    assert suggest(Key(Source.SUMMARY, "layers.99999.weight_norm"), known) == known[-1]
    suggest(Key(Source.SUMMARY, "x" * 5_000), known)
    assert time.process_time() - start < 5


def test_states_that_there_are_not() -> None:
    tree = parse_filter('state == "runing" or not (state in ["x", "failed"] and name == "y")')
    assert [(doubt.said, doubt.value, doubt.meant) for doubt in doubts(tree)] == [
        (
            'No run can be in the state "runing"; did you mean "running"?',
            "runing",
            '"running"',
        ),
        (
            'No run can be in the state "x". There are pending, running, finished, failed, '
            "crashed, killed, preempting, preempted.",
            "x",
            None,
        ),
    ]


def test_relative_times_become_instants() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    tree = parse_filter("not created > -1.5h and (finished in [-2w, now] or name == 'a')")
    assert resolve(tree, now) == parse_filter(
        "not created_at > 2026-11-22T10:30Z and "
        "(finished_at in [2026-11-08T12:00Z, 2026-11-22T12:00Z] or name == 'a')"
    )
