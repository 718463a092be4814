"""The live widget; needs `runstone[notebook]`."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

_HERE = files("runstone.notebook")


class RunWidget(anywidget.AnyWidget):
    """What the page is told of a run, and what it asks for.

    Attributes:
        head: Name, project, state and the like.
        metrics: Name and last value of each, for the list.
        charts: By name, what `packing.packed` made of it.
        more: Likewise some of the others, in turns: the page keeps them for who picks one while the
            kernel is busy, and hears nothing.
        picked: Names that the page wants charts of beside the first ones.
    """

    _esm = (_HERE / "widget.js").read_text(encoding="utf-8")
    _css = (_HERE / "widget.css").read_text(encoding="utf-8")

    head: Any = traitlets.Dict().tag(sync=True)
    metrics: Any = traitlets.List().tag(sync=True)
    charts: Any = traitlets.Dict().tag(sync=True)
    more: Any = traitlets.Dict().tag(sync=True)
    picked: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
