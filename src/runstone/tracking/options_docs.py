"""Writes docs/client-settings.md from `options`: `python -m runstone.tracking.options_docs`."""

from __future__ import annotations

import sys
from typing import Final

from runstone.tracking.options import settings_table

_HEAD: Final = """\
# Settings of the client

<!-- Written by `make docs` from src/runstone/tracking/options.py; edit it there. -->

Where several of them say something, the first in this order counts: an argument of `init()`;
`init(settings=…)`; `runstone.setup(…)`; Runstone's variable; the variable of the wandb client that
means the same. A value that is not legal is an error that says what is.

```python
import runstone

runstone.setup({"project": "digits", "quiet": True})  # for all runs of this process
run = runstone.init(settings=runstone.Settings(console="off", system_metrics=False))
```

`run.settings` tells what counts. Where the server and the key come from otherwise is in
[reading.md](reading.md); `runstone login` keeps both in `~/.config/runstone/login.json`.

"""


def settings_page() -> str:
    """The whole page."""
    return _HEAD + settings_table()


if __name__ == "__main__":
    sys.stdout.write(settings_page())
