"""Wire to domain and back."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.documents import encode
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import RunId
from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import UNSET, RunState, RunTexts, RunUpdate
from runstone.domain.system_metrics import HOSTS_KEY
from runstone.services.runs import BranchPoint
from runstone.wire.wandb import ids
from runstone.wire.wandb.jsontext import strict
from runstone.wire.wandb.metrics import metric_documents
from runstone.wire.wandb.translate import branch_point, join_config, run_update, split_config

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(max_size=5).filter(lambda key: key != "_wandb"), values))
def test_config_survives(config: dict[str, Any]) -> None:
    text = join_config(RunTexts(encode(config), encode({"t": {"5": "0.31"}}), "{}"))
    found, info = split_config(text)
    assert repr(found) == repr(config)
    assert info == {"t": {"5": "0.31"}}


def test_config_of_old_clients_and_of_edits() -> None:
    config, info = split_config(
        '{"a": {"value": 1, "desc": null}, "b": 2, "c": {"value": 1, "x": 2}}'
    )
    assert config == {"a": 1, "b": 2, "c": {"value": 1, "x": 2}}
    assert info is UNSET


def test_null_means_not_given() -> None:
    given = {"displayName": None, "tags": None, "config": None, "state": None, "notes": ""}
    assert run_update(given) == RunUpdate(notes="")
    update = run_update(
        {"state": "FINISHED", "tags": ["a", "b", "a"], "summaryMetrics": '{"x":NaN}'}
    )
    assert update.state is RunState.FINISHED
    assert update.tags == ("a", "b")
    assert isinstance(update.summary, dict)
    assert math.isnan(update.summary["x"])


def test_metric_definitions() -> None:
    records = [
        {"1": "epoch", "6": [3], "7": []},
        {"2": "val/*", "5": 1, "6": [1], "7": [1, 3], "8": 2},
        {"1": "secret", "4": "step", "6": [2, 3]},
        {"5": 1}, "nonsense", {"1": "last", "5": 99, "7": [77], "8": "x"},
    ]  # fmt: skip
    expected = [
        {"name": "epoch"},
        {"glob": "val/*", "x": "epoch", "summary": ["min", "mean"], "goal": "maximize"},
        {"name": "secret", "x": "step", "hidden": True},
        {"name": "last"},
    ]
    assert metric_documents(records) == expected
    assert metric_documents({"not": "a list"}) == []
    config = json.dumps({"_wandb": {"value": {"m": records}}})
    _, info = split_config(config)
    assert isinstance(info, dict)
    assert info[METRICS_KEY] == expected
    assert json.loads(join_config(RunTexts("{}", encode(info), "{}"))) == json.loads(config)


def test_machines_are_known_by_writer() -> None:
    said = {"w1": {"host": "node-1", "os": "Linux"}, "w2": {"host": 3}, "w3": "nothing"}
    config = json.dumps({"_wandb": {"value": {"e": said}}})
    _, info = split_config(config)
    assert isinstance(info, dict)
    assert info[HOSTS_KEY] == {"w1": "node-1"}
    assert json.loads(join_config(RunTexts("{}", encode(info), "{}"))) == json.loads(config)


def test_branch_points() -> None:
    def of(point: Any) -> BranchPoint | None:
        config = json.dumps({"_wandb": {"value": {"branch_point": point}}})
        return branch_point(run_update({"config": config}))

    assert of({"run_id": "r", "step": 2}) == of({"run_id": "r", "step": 2.0}) == BranchPoint("r", 2)
    assert of(None) is None
    assert branch_point(RunUpdate()) is None
    for wrong in (
        {"run_id": "r"},
        {"run_id": 1, "step": 1},
        "r",
        {"run_id": "r", "step": math.nan},
    ):
        with pytest.raises(InvalidInput):
            of(wrong)


@given(values)
def test_strict_json_is_strict(value: Any) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(strict(value), parse_constant=refuse)


@given(st.text(st.characters(codec="utf-8")))
def test_file_ids(name: str) -> None:
    assert ids.file_address(ids.file_id(RunId(7), name)) == (7, name)


@pytest.mark.parametrize("text", ["", "%", "UnVu", "Og==", "UnVuOnYxOmE6Yg==", "////", "é"])
def test_what_is_no_id(text: str) -> None:
    for read in (ids.run_address, ids.user_number, ids.api_key_number, ids.file_address):
        with pytest.raises(InvalidInput):
            read(text)
