"""Reading what is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.history import KeyInfo, PointSeries, SeriesQuery, StreamKind
from runstone.services import charts, ingest
from runstone.services.ingest import Report
from runstone.services.logged_keys import LoggedKeys
from runstone.testing.office import Office, make_rows


@pytest.fixture
def filled(office: Office) -> Office:
    """Three runs of `anna/digits`, two of which have logged a loss."""
    for name in ("r1", "r2", "r3"):
        office.begin(name)
    actor = office.actor("anna")
    for name in ("r1", "r2"):
        report = Report(history=make_rows(0, 5), system=make_rows(0, 2))
        office.write(
            lambda tx, n=name, r=report: ingest.record(tx, actor, "anna", "digits", n, r)  # type: ignore[misc]
        )
    return office


def _series(office: Office, **options: Any) -> list[Any]:
    given: dict[str, Any] = {"runs": ["r1"], "keys": ["loss"]} | options
    query, runs = SeriesQuery(**given), given["runs"]
    actor = office.actor("anna")
    return office.read(lambda s: charts.read_series(s, actor, "anna", "digits", runs, query))


def test_curves_come_with_the_names_of_their_runs(filled: Office) -> None:
    found = _series(filled, runs=["r2", "r3", "zz", "r1"], keys=["loss", "none"])
    assert [(name, series.key) for name, series in found] == [("r2", "loss"), ("r1", "loss")]
    for _, series in found:
        assert isinstance(series, PointSeries)
        np.testing.assert_array_equal(series.x, np.arange(5.0))
        np.testing.assert_array_equal(series.y, np.arange(5.0))


def test_system_metrics_are_a_kind_of_their_own(filled: Office) -> None:
    ((_, series),) = _series(filled, kind=StreamKind.SYSTEM)
    assert len(series.x) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"buckets": 1},
        {"buckets": 20_001},
        {"runs": ["r"] * 1_001},
        {"keys": ["k"] * 1_001},
        {"runs": ["r"] * 200, "keys": ["k"] * 101},
        {"lo": 2.0, "hi": 1.0},
        {"lo": math.nan},
        {"hi": math.nan},
        {"lo": math.nan, "hi": 1.0},
    ],
)
def test_requests_that_make_no_sense(filled: Office, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        _series(filled, **options)


def test_a_range_of_one_point_and_one_without_ends(filled: Office) -> None:
    ((_, one),) = _series(filled, lo=2.0, hi=2.0)
    assert (one.x.tolist(), one.num_rows) == ([1.0, 2.0, 3.0], 1)
    ((_, every),) = _series(filled, lo=-math.inf, hi=math.inf)
    assert len(every.x) == 5


def test_keys_of_some_runs_or_of_the_newest(filled: Office) -> None:
    actor = filled.actor("anna")

    def keys(**options: Any) -> list[KeyInfo]:
        return list(
            filled.read(
                lambda s: charts.list_keys(s, actor, LoggedKeys(), "anna", "digits", **options)
            )
        )

    assert keys() == [KeyInfo("loss", 2, 10, 0)]
    assert keys(runs=["r2", "zz"]) == [KeyInfo("loss", 1, 5, 0)]
    assert keys(runs=["r3"]) == []
    assert keys(kind=StreamKind.SYSTEM) == [KeyInfo("loss", 2, 4, 0)]
    with pytest.raises(InvalidInput):
        keys(runs=["r"] * 1_001)


def test_strangers_see_nothing(filled: Office) -> None:
    bert = filled.actor("bert")
    with pytest.raises(NotFound):
        filled.read(lambda s: charts.list_keys(s, bert, LoggedKeys(), "anna", "digits"))
    query = SeriesQuery([], [])
    with pytest.raises(NotFound):
        filled.read(lambda s: charts.read_series(s, bert, "anna", "digits", [], query))
