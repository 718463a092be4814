"""Every example of docs/filters.md is understood, or refused with exactly those words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_filter
from runstone.domain.filter_text import (
    MAX_FILTER_CHARS,
    MAX_SORT_KEYS,
    parse_aggregates,
    parse_filter,
    parse_group_sort,
    parse_key,
    parse_sort,
)
from runstone.domain.filters import RUN_FIELDS

PAGE: Final = (Path(__file__).parents[2] / "docs" / "filters.md").read_text()
SECTIONS: Final = dict(
    part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
)
TABLES: Final[dict[str, Callable[[str], Any]]] = {
    "Conditions": parse_filter,
    "Keys": parse_key,
    "Values": parse_filter,
    "Groups": parse_aggregates,
}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("section", TABLES)
def test_tables(section: str) -> None:
    cells = re.findall(r"^\| `(.+?)` \|", SECTIONS[section], flags=re.MULTILINE)
    assert len(cells) >= 5
    for cell in cells:
        TABLES[section](cell.replace(r"\|", "|"))


def test_blocks() -> None:
    assert blocks("filter")
    assert blocks("sort")
    for text in blocks("filter"):
        assert parse_filter(print_filter(parse_filter(text))) == parse_filter(text)
    for text in blocks("sort"):
        parse_sort(text)
    (request,) = blocks("http")
    query = dict(parse_qsl(urlsplit(request.split(" ", 1)[1]).query))
    parse_filter(query["filter"])
    parse_sort(query["sort"])
    parse_group_sort("-mean(summary.loss)")


def test_mistakes_are_answered_so() -> None:
    assert len(blocks("mistake")) == 2
    for block in blocks("mistake"):
        text, answer = block.split("\n", 1)
        with pytest.raises(InvalidInput) as refused:
            parse_filter(text)
        assert refused.value.message == answer


def test_all_fields_and_limits_are_named() -> None:
    for field in RUN_FIELDS:
        assert f"`{field}`" in SECTIONS["Keys"]
    for limit in (f"{MAX_FILTER_CHARS:,} characters", f"{MAX_SORT_KEYS} keys"):
        assert limit in SECTIONS["Rules"].replace("\n  ", " ")
