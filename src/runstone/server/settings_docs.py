"""Writes docs/settings.md from the declarations: `python -m runstone.server.settings_docs`."""

from __future__ import annotations

import sys
from typing import Final

from runstone.server.settings import (
    API_KEY_ENV,
    CONFIG_ENV,
    CONFIG_NAME,
    URL_ENV,
    Declaration,
    declarations,
)

_HEAD: Final = f"""\
# Settings

<!-- Written by `make docs` from src/runstone/server/settings.py; edit it there. -->

Each setting is a flag of `runstone up`, an environment variable and a line in a TOML file. Where
several of them give a value, the first in this order counts: flag, environment variable, file,
default.

The file is `{CONFIG_NAME}` in the data folder, or the one that `--config FILE` or `{CONFIG_ENV}`
names. A relative path on the command line is taken from where you stand; in a file, from where the
file is. An unknown name or a value that is not legal stops the start, with a message that says
where it was read and what is legal.

```toml
# {CONFIG_NAME}
port = 8470
durability = "power"
crash_after_s = 300
```

| setting | default | what it does |
|---|---|---|
"""

_TAIL: Final = f"""
Commands that talk to a server also read `{URL_ENV}` (like `--url`) and `{API_KEY_ENV}` (like
`--api-key`); [reading.md](reading.md) says where else a key is looked for, and to which server it
goes. What scripts that log can be told is in [client-settings.md](client-settings.md).
"""


def settings_page() -> str:
    """The whole page."""
    details = "\n".join(_section(declaration) for declaration in declarations())
    rows = "\n".join(_row(declaration) for declaration in declarations())
    return f"{_HEAD}{rows}\n{_TAIL}\n{details}"


def _row(declaration: Declaration) -> str:
    first = declaration.help.replace("|", "\\|")
    anchor = declaration.name
    return f"| [`{declaration.name}`](#{anchor}) | {_default(declaration)} | {first} |"


def _section(declaration: Declaration) -> str:
    unit = f", in {declaration.unit}" if declaration.unit else ""
    return (
        f"## {declaration.name}\n\n"
        f"{declaration.help}\n\n"
        f"- flag `{declaration.flag}`, environment `{declaration.env}`, "
        f"TOML `{declaration.name}`\n"
        f"- legal: {declaration.kind.legal}{unit}\n"
        f"- default: {_default(declaration)}\n"
    )


def _default(declaration: Declaration) -> str:
    # Defaults that are words about a value rather than the value hold blanks.
    text = declaration.default
    shown = text if " " in text else f"`{text}`"
    return f"{shown} {declaration.unit}" if declaration.unit else shown


if __name__ == "__main__":
    sys.stdout.write(settings_page())
