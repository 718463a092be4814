"""Figures of other libraries."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, ClassVar

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values import RunValue
from runstone.tracking.values.image import Image
from runstone.tracking.values.media import Content, Media, as_json


def figure(value: Any) -> RunValue:
    """A figure of Plotly as such, one of Matplotlib as a picture of it."""
    if callable(getattr(value, "to_plotly_json", None)):
        return Plotly(value)
    return Image(value)


class Plotly(Media):
    """A figure of Plotly, which can be zoomed and asked."""

    log_type: ClassVar[str] = "plotly-file"
    folder: ClassVar[str] = "media/plotly"

    def __init__(self, val: Any) -> None:
        """Takes a figure as it is now.

        Args:
            val: Of Plotly; of Matplotlib where Plotly can be imported, which converts it.
        """
        super().__init__(lambda: _plotly(val))

    @classmethod
    def make_plot_media(cls, val: Any) -> RunValue:
        """See `figure`."""
        return figure(val)


class Bokeh(Media):
    """A figure of Bokeh."""

    log_type: ClassVar[str] = "bokeh-file"
    folder: ClassVar[str] = "media/bokeh"

    def __init__(self, data_or_path: Any) -> None:
        """Takes a figure as it is now.

        Args:
            data_or_path: A model or a document of Bokeh, or a file of its JSON.
        """
        super().__init__(lambda: _bokeh(data_or_path))


def _plotly(value: Any) -> Content:
    if type(value).__module__.partition(".")[0] == "matplotlib" or hasattr(value, "gcf"):
        value = _converted(value)
    if not callable(getattr(value, "to_plotly_json", None)):
        raise InvalidInput(f"It must be a figure of Plotly; not {type(value).__name__}.")
    return Content.of(as_json(_lists(value.to_plotly_json())), ".plotly.json")


def _converted(value: Any) -> Any:
    try:
        mpl_to_plotly = import_module("plotly.tools").mpl_to_plotly
    except ImportError as error:
        raise InvalidInput(
            "Plotly converts figures of Matplotlib: pip install plotly, or log an Image of it."
        ) from error
    return mpl_to_plotly(value.gcf() if hasattr(value, "gcf") else value)


def _bokeh(value: Any) -> Content:
    if isinstance(value, (str, os.PathLike)):
        return Content.of_file(os.fspath(value), ".bokeh.json")
    try:
        Document = import_module("bokeh.document").Document  # noqa: N806 - a class
        Model = import_module("bokeh.model").Model  # noqa: N806 - a class
    except ImportError as error:
        raise InvalidInput("A figure of Bokeh needs bokeh: pip install bokeh.") from error
    if isinstance(value, Model):
        document = Document()
        document.add_root(value)
        value = document
    if not isinstance(value, Document):
        raise InvalidInput(f"It must be a model or document of Bokeh; not {type(value).__name__}.")
    return Content.of(as_json(_lists(value.to_json())), ".bokeh.json")


def _lists(value: Any) -> Any:
    """Arrays of any length as lists."""
    if isinstance(value, dict):
        return {str(key): _lists(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    if getattr(value, "shape", None) and callable(tolist := getattr(value, "tolist", None)):
        return _lists(tolist())
    return plain(value)
