from __future__ import annotations

import pytest

from runstone.domain.documents import JsonValue
from runstone.domain.metrics import MetricDefinition, definition_of
from runstone.services.metrics import read_definitions


def test_what_is_said_by_name_goes_before_what_is_said_by_a_pattern() -> None:
    every = MetricDefinition("val/*", is_glob=True, x="epoch")
    later = MetricDefinition("*", is_glob=True, x="later")
    own = MetricDefinition("val/loss", x="step_of_its_own")

    assert definition_of("val/loss", [every, own]) is own
    assert definition_of("val/acc", [every, later, own]) is every
    assert definition_of("loss", [every, own]) is None
    assert definition_of("val/*", [own]) is None


def test_a_name_with_an_asterisk_is_a_name() -> None:
    assert not MetricDefinition("a*").covers("ab")


def test_only_the_asterisk_is_special() -> None:
    pattern = MetricDefinition("val[0]/*?", is_glob=True)
    assert pattern.covers("val[0]/any\nthing?")
    assert not pattern.covers("val0/x?")
    assert not pattern.covers("val[0]/xy")


def test_everything_that_a_definition_may_say() -> None:
    said = {
        "name": "loss",
        "x": "epoch",
        "hidden": True,
        "summary": ["min", 3, "last"],
        "goal": "minimize",
    }

    assert MetricDefinition.from_document(said) == MetricDefinition(
        "loss", x="epoch", is_hidden=True, summary=("min", "last"), goal="minimize"
    )


@pytest.mark.parametrize(
    ("said", "better"),
    [
        ({"goal": "minimize"}, "lower"),
        ({"goal": "maximize", "summary": ["min"]}, "higher"),
        ({"goal": "odd"}, None),
        ({"summary": ["min", "last"]}, "lower"),
        ({"summary": ["max"]}, "higher"),
        ({"summary": ["min", "max"]}, None),
        ({}, None),
    ],
)
def test_which_values_are_better(said: dict[str, JsonValue], better: str | None) -> None:
    definition = MetricDefinition.from_document({"name": "loss", **said})
    assert definition is not None
    assert definition.better == better


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"name": ""}, {"name": 3}, {"glob": None}])
def test_what_is_not_understood_is_left_out(value: JsonValue) -> None:
    assert MetricDefinition.from_document(value) is None
    assert read_definitions({"metrics": [value]}) == []
    assert read_definitions({"metrics": value}) == []
