"""Pages of HTML."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.values.media import Content, Media, text_of

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.values import RunValue

_HEAD: Final = re.compile(r"<head(\s[^>]*)?>", re.IGNORECASE)
_HTML: Final = re.compile(r"<html(\s[^>]*)?>", re.IGNORECASE)
_BASE: Final = '<base target="_blank">'


class Html(Media):
    """A page, shown in a frame of its own."""

    log_type: ClassVar[str] = "html-file"
    folder: ClassVar[str] = "media/html"

    def __init__(
        self,
        data: Any,
        inject: bool = True,
        data_is_not_path: bool = False,
        caption: str | None = None,
    ) -> None:
        """Takes a page as it is now.

        Args:
            data: HTML, an open file, or the path of an `.html` file.
            inject: Has links open in a window of their own.
            data_is_not_path: It is HTML, whatever it looks like.
        """
        super().__init__(lambda: _read(data, inject=inject, is_path=not data_is_not_path), caption)

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        pages: list[JsonValue] = [value.bind(run, key, step) for value in values]
        return {"_type": "html", "count": len(pages), "html": pages}


def _read(data: Any, *, inject: bool, is_path: bool) -> Content:
    text = text_of(data)
    if text is None and isinstance(data, os.PathLike):
        text = _from_file(os.fspath(data))
    elif text is None and isinstance(data, str):
        is_file = is_path and data.endswith(".html") and os.path.isfile(data)
        text = _from_file(data) if is_file else data
    if text is None:
        raise InvalidInput(f"It must be HTML, a path or an open file; not {type(data).__name__}.")
    return Content.of(_injected(text) if inject else text, ".html")


def _from_file(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error


def _injected(text: str) -> str:
    if (found := _HEAD.search(text)) is not None:
        return text[: found.end()] + _BASE + text[found.end() :]
    if (found := _HTML.search(text)) is not None:
        return f"{text[: found.end()]}<head>{_BASE}</head>{text[found.end() :]}"
    return _BASE + text
