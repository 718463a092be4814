"""What `init()` is told, and what it says where that makes no sense; none of it asks a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.errors import InvalidInput


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"notes": ["a"]}, r"notes is \['a'\]; it must be a text"),
        ({"id": {}}, "id is {}; it must be a text"),
        ({"finish_timeout": "soon"}, "no number of seconds"),
        ({"rank": "first", "id": "r"}, "a whole number from 0"),
        ({"config": 3}, "config is 3; give a dictionary"),
        ({"config": "nowhere.json"}, "nowhere.json cannot be read: No such file"),
        ({"mode": "of"}, "it must be online, offline, local, disabled"),
    ],
)
def test_what_makes_no_sense_is_said(wrong: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said):
        runstone.init(**{"project": "p", "mode": "disabled", "dir": tmp_path, **wrong})


def test_numbers_are_names_too() -> None:
    given: Any = {"id": 0, "name": 7, "group": 1.5, "rank": "1"}
    with runstone.init("p", mode="disabled", **given) as run:
        assert (run.id, run.name, run.group, run.label) == ("0", "7", "1.5", "rank-1")
