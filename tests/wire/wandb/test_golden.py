"""Conversations: what a client sends, and the whole answer, as readable files in `golden/`.

`UPDATE_GOLDEN=1` (`make golden`) rewrites the answers; a failing run leaves the new ones beside
the old. What differs from run to run (signatures) is replaced by its name.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from tests.wire.wandb.conftest import Site

GOLDEN = Path(__file__).parent / "golden"
CONVERSATIONS = sorted(path.stem for path in GOLDEN.glob("*.json") if "." not in path.stem)
_SIGNED = re.compile(r"(/uploads/|signature=)[\w.-]+")
_INVENTED = re.compile(r"runstone-[0-9a-f]{4,40}")


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation(site: Site, name: str) -> None:
    path = GOLDEN / f"{name}.json"
    turns = json.loads(path.read_text())
    held = [turn | {"answer": answer(site, turn)} for turn in turns]
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(pretty(held))
    elif held != turns:
        path.with_suffix(".new.json").write_text(pretty(held))
    assert held == json.loads(path.read_text())


def answer(site: Site, turn: dict[str, Any]) -> dict[str, Any]:
    """What is answered to one turn: a GraphQL document, or a request to a path."""
    if "graphql" in turn:
        body: Any = {"query": " ".join(turn["graphql"]), "variables": turn.get("variables", {})}
        found = site.ask("POST", "/graphql", body, user=turn.get("user", "ada"))
    else:
        method, path = turn["request"].split(" ", 1)
        found = site.ask(method, path, turn.get("body"), user=turn.get("user", "ada"))
    text = _INVENTED.sub("runstone-{secret}", _SIGNED.sub(r"\1{signature}", found.text))
    try:
        return {"status": found.status_code, "body": json.loads(text)}
    except ValueError:
        return {"status": found.status_code, "text": text}


def pretty(turns: list[dict[str, Any]]) -> str:
    return json.dumps(turns, indent=2, ensure_ascii=False) + "\n"
