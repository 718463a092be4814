"""The vectors that hold this parser and the web app's (web/src/lib/query) to one language.

`UPDATE_GOLDEN=1` rewrites what is expected of the texts in the file; review the difference.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_filter, print_key, print_sort
from runstone.domain.filter_text import parse_filter, parse_key, parse_sort
from runstone.domain.filters import (
    RUN_FIELDS,
    Ago,
    And,
    Compare,
    Exists,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Or,
    SortKey,
    Value,
)

VECTORS: Final = Path(__file__).parents[2] / "vectors" / "filters.json"


def filter_json(tree: Filter) -> dict[str, Any]:
    match tree:
        case And(terms) | Or(terms):
            name = "and" if isinstance(tree, And) else "or"
            return {"is": name, "terms": [filter_json(term) for term in terms]}
        case Not(term):
            return {"is": "not", "term": filter_json(term)}
        case Compare(key, op, value):
            return {
                "is": "compare",
                "key": key_json(key),
                "op": op.value,
                "value": value_json(value),
            }
        case In(key, values):
            return {"is": "in", "key": key_json(key), "values": [value_json(v) for v in values]}
        case Exists(key):
            return {"is": "exists", "key": key_json(key)}
        case Matches(key, pattern):
            return {"is": "matches", "key": key_json(key), "pattern": pattern.text}
        case HasTag(tag):
            return {"is": "tag", "tag": tag}


def key_json(key: Key) -> dict[str, Any]:
    aggregate = {} if key.aggregate is None else {"aggregate": key.aggregate.value}
    return {"source": key.source.value, "path": key.path, **aggregate}


def sort_json(keys: tuple[SortKey, ...]) -> list[Any]:
    return [{"key": key_json(k.key), "isDescending": k.descending} for k in keys]


def value_json(value: Value) -> Any:
    if isinstance(value, datetime):
        return {"time": value.isoformat().replace("+00:00", "Z")}
    if isinstance(value, Ago):
        return {"ago": value.amount, "unit": value.unit.value}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    return value


def answer(
    text: str, parse: Callable[[str], Any], encode: Callable[[Any], Any], show: Callable[[Any], str]
) -> dict[str, Any]:
    try:
        found = parse(text)
    except InvalidInput as error:
        said = {name: error.details[name] for name in ("reason", "position", "end")}
        return {"text": text, "error": {"code": error.code, **said}}
    return {"text": text, "tree": encode(found), "printed": show(found)}


ANSWERS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "filters": lambda text: answer(text, parse_filter, filter_json, print_filter),
    "sorts": lambda text: answer(text, parse_sort, sort_json, print_sort),
    "keys": lambda text: answer(text, parse_key, key_json, print_key),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_vectors(kind: str) -> None:
    vectors = json.loads(VECTORS.read_text())
    answers = [ANSWERS[kind](vector["text"]) for vector in vectors[kind]]
    if os.environ.get("UPDATE_GOLDEN"):
        vectors[kind] = answers
        vectors["fields"] = dict(RUN_FIELDS)
        lines = [f'  "fields": {json.dumps(vectors["fields"])}']
        for name in ANSWERS:
            some = ",\n    ".join(json.dumps(one, ensure_ascii=False) for one in vectors[name])
            lines.append(f'  "{name}": [\n    {some}\n  ]')
        VECTORS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    assert answers == vectors[kind]
    assert len(answers) == len({one["text"] for one in answers})


def test_fields() -> None:
    """The web app's parser knows the same fields."""
    assert json.loads(VECTORS.read_text())["fields"] == RUN_FIELDS


def test_what_is_printed_is_the_same_tree() -> None:
    vectors = json.loads(VECTORS.read_text())
    for kind in ANSWERS:
        for vector in vectors[kind]:
            if "printed" in vector:
                again = ANSWERS[kind](vector["printed"])
                assert (again["tree"], again["printed"]) == (vector["tree"], vector["printed"])
