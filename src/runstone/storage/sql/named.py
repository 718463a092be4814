"""Named SQL statements in `.sql` files beside the code that runs them.

A statement begins with a line `-- name: some_name` and ends before the next one. Comments above
the statement itself stay in its text, where a database's log shows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_NAME: Final = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)


@cache
def load(package: str, path: str) -> Mapping[str, str]:
    """The statements of one file, by name.

    Args:
        package: Package that the file lies in, such as `runstone.storage.sqlite`.
        path: The file, relative to the package.

    Raises:
        ValueError: Two statements have one name, or text stands before the first.
    """
    return MappingProxyType(parse(read(package, path)))


def read(package: str, path: str) -> str:
    """The whole text of a file in a package: a schema, for example."""
    return files(package).joinpath(path).read_text(encoding="utf-8")


def parse(text: str) -> dict[str, str]:
    """Statements of a text, by name, without their closing semicolon."""
    head, *rest = _NAME.split(text)
    if any(line.strip() and not line.lstrip().startswith("--") for line in head.splitlines()):
        raise ValueError("SQL text before the first `-- name:` line")
    found: dict[str, str] = {}
    for name, body in zip(rest[::2], rest[1::2], strict=True):
        if name in found:
            raise ValueError(f"two statements are named {name!r}")
        found[name] = body.strip().rstrip(";").rstrip()
    return found
