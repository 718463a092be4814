"""docs/storage.md: every rule that it shows is one."""

from __future__ import annotations

import re
from pathlib import Path

from runstone.domain.retention import KeepBest, KeepNamed, KeepNewest, KeepWhere, KeepYoung
from runstone.domain.retention_text import parse_rule

PAGE = Path(__file__).parents[2] / "docs" / "storage.md"


def test_every_rule_is_read() -> None:
    page = PAGE.read_text()
    shown = re.findall(r"`(keep [^`\n]+)`", page) + re.findall(
        r"^```\n(keep .*?)```", page, re.M | re.S
    )
    kinds = {type(part.keep) for text in shown for part in parse_rule(text)}
    assert kinds == {KeepNewest, KeepBest, KeepYoung, KeepNamed, KeepWhere}
    assert len(shown) >= 10
