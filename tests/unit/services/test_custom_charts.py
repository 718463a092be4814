"""Custom charts: made once, seen by those who may, refused with words."""

from __future__ import annotations

from typing import Any

import pytest

from runstone.domain.access import OPERATOR, Actor, Role
from runstone.domain.custom_chart import MAX_CHART_SPEC_BYTES, ChartAccess, CustomChart
from runstone.domain.errors import (
    AlreadyExists,
    InvalidInput,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
)
from runstone.services.custom_charts import (
    create_custom_chart,
    delete_custom_chart,
    find_custom_chart,
    list_custom_charts,
)
from runstone.testing.office import Office

SPEC = '{"mark": "bar"}'


def define(
    office: Office, actor: Actor = OPERATOR, name: str = "bars", **given: Any
) -> CustomChart:
    values: dict[str, Any] = {
        "display_name": "Bars", "language": "vega2", "access": ChartAccess.PRIVATE, "spec": SPEC,
        **given,
    }  # fmt: skip
    return office.write(lambda tx: create_custom_chart(tx, actor, "lab", name, **values))


def test_a_script_that_runs_again_defines_its_chart_again(office: Office) -> None:
    anna = office.join("anna", Role.MEMBER)
    first = define(office, anna)
    assert (first.entity, first.user_id, first.spec) == ("lab", anna.user_id, SPEC)
    office.clock.advance()
    assert define(office, office.join("bert", Role.MEMBER)) == first
    for other in ({"spec": "{}"}, {"display_name": "x"}, {"access": ChartAccess.PUBLIC}):
        with pytest.raises(AlreadyExists, match="delete that one first") as caught:
            define(office, anna, **other)
        assert caught.value.code == "name-taken"
    assert office.read(lambda s: find_custom_chart(s, anna, "LAB", "bars")) == first


def test_private_charts_are_seen_by_the_team_alone(office: Office) -> None:
    chart = define(office)
    viewer, stranger = office.join("anna", Role.VIEWER), office.actor("bert")
    assert office.read(lambda s: find_custom_chart(s, viewer, "lab", "bars")) == chart
    assert office.read(lambda s: list_custom_charts(s, viewer, "lab")) == [chart]
    for name in ("bars", "nothing"):
        with pytest.raises(NotFound, match=f"custom chart lab/{name} was not found"):
            office.read(lambda s, n=name: find_custom_chart(s, stranger, "lab", n))  # type: ignore[misc]
    with pytest.raises(NotFound):
        office.read(lambda s: list_custom_charts(s, stranger, "lab"))
    with pytest.raises(NotFound):
        define(office, stranger, "more")
    with pytest.raises(PermissionDenied):
        define(office, viewer, "more")
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: delete_custom_chart(tx, viewer, "lab", "bars"))
    with pytest.raises(NotFound):
        office.write(lambda tx: delete_custom_chart(tx, stranger, "lab", "bars"))


def test_public_charts_are_seen_by_all_and_removed_by_the_team(office: Office) -> None:
    chart = define(office, access=ChartAccess.PUBLIC)
    stranger = office.actor("bert")
    assert office.read(lambda s: find_custom_chart(s, stranger, "lab", "bars")) == chart
    with pytest.raises(PermissionDenied, match="may not delete custom chart lab/bars"):
        office.write(lambda tx: delete_custom_chart(tx, stranger, "lab", "bars"))
    member = office.join("bert", Role.MEMBER)
    assert office.write(lambda tx: delete_custom_chart(tx, member, "lab", "bars")) == chart
    with pytest.raises(NotFound):
        office.write(lambda tx: delete_custom_chart(tx, member, "lab", "bars"))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"spec": "{"}, "malformed-spec"),
        ({"spec": '"bar"'}, "malformed-spec"),
        ({"language": "vega9"}, "unknown-language"),
        ({"name": "a/b"}, "invalid-name"),
        ({"name": ""}, "invalid-name"),
        ({"display_name": "x" * 1_025}, "invalid-name"),
    ],
)
def test_what_is_no_chart_is_refused(office: Office, given: dict[str, str], error: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(office, **given)
    assert caught.value.code == error


def test_a_charts_spec_has_its_limit(office: Office) -> None:
    with pytest.raises(QuotaExceeded):
        define(office, spec='{"a":"%s"}' % ("x" * MAX_CHART_SPEC_BYTES))
