"""docs/settings.md is what the declarations say."""

from __future__ import annotations

from pathlib import Path

from runstone.server.settings import declarations
from runstone.server.settings_docs import settings_page

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_every_setting_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for declaration in declarations():
        for word in (declaration.flag, declaration.env, declaration.name, declaration.help):
            assert word in page
