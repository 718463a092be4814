"""Which steps a page of `scan_history(keys=…)` asks for, as each client line means it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from runstone.wire.wandb.graphql.run_history import SampleSpec


@pytest.mark.parametrize(
    ("spec", "stop_step"),
    [
        # wandb-core 0.31: a whole page, and the last one.
        ({"keys": ["_step", "x", "_step"], "minStep": 3, "maxStep": 999, "samples": 997}, 1_000),
        ({"keys": ["_step", "x", "_step"], "minStep": 1997, "maxStep": 1998, "samples": 2}, 1_999),
        ({"keys": ["x", "_step"], "minStep": 0, "maxStep": 0, "samples": 1}, 1),
        # 0.25 and 0.19: the same pages.
        ({"keys": ["_step", "x"], "minStep": 3, "maxStep": 1000, "samples": 997}, 1_000),
        ({"keys": ["_step", "x"], "minStep": 1997, "maxStep": 1999, "samples": 997}, 1_999),
        ({"keys": ["x"], "minStep": 0, "maxStep": 1, "samples": 1_000}, 1),
        ({"keys": ["x"], "minStep": 5}, None),
    ],
)
def test_where_a_page_stops(spec: dict[str, Any], stop_step: int | None) -> None:
    assert msgspec.convert(spec, SampleSpec).stop_step == stop_step
