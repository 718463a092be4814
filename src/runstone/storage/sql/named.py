"""Named SQL statements in `.sql` files beside the code that runs them.

A statement begins with a line `-- name: some_name` and ends before the next one. Comments above
the statement itself stay in its text, where a database's log shows them. Text that several
statements of a file share is said once, after a line `-- fragment: some_name`, and stands in them
as `{{some_name}}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_NAME: Final = re.compile(r"^--\s*(name|fragment):\s*(\w+)\s*$", re.MULTILINE)
_USE: Final = re.compile(r"\{\{(\w+)\}\}")


@cache
def load(package: str, path: str) -> Mapping[str, str]:
    """The statements of one file, by name.

    Args:
        package: Package that the file lies in, such as `runstone.storage.sqlite`.
        path: The file, relative to the package.

    Raises:
        ValueError: Two statements have one name, text stands before the first, or a fragment is
            used that is not there.
    """
    return MappingProxyType(parse(read(package, path)))


def read(package: str, path: str) -> str:
    """The whole text of a file in a package: a schema, for example."""
    return files(package).joinpath(path).read_text(encoding="utf-8")


def parse(text: str) -> dict[str, str]:
    """Statements of a text, by name, without their closing semicolon, fragments put in."""
    head, *rest = _NAME.split(text)
    if any(line.strip() and not line.lstrip().startswith("--") for line in head.splitlines()):
        raise ValueError("SQL text before the first `-- name:` line")
    found: dict[str, dict[str, str]] = {"name": {}, "fragment": {}}
    for kind, name, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if name in found[kind]:
            raise ValueError(f"two statements are named {name!r}")
        found[kind][name] = body.strip().rstrip(";").rstrip()

    def fragment(use: re.Match[str]) -> str:
        if use[1] not in found["fragment"]:
            raise ValueError(f"there is no fragment {use[1]!r}")
        return found["fragment"][use[1]]

    return {name: _USE.sub(fragment, body) for name, body in found["name"].items()}
