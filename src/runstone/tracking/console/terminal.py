"""What a terminal would show of a stream of text: lines, and which of them are written anew.

Carriage returns, backspaces and cursor movements change lines that are there, as they do on a
screen; colours stay in the text; everything else that is not shown is dropped. Widths are counted
in characters. Lines further up than `_REACH` are fixed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MAX_LINE: Final = 65_536
"""Characters; what is longer goes on in a line of its own."""
_REACH: Final = 256
_MAX_UNFINISHED: Final = 4_096

_TOKEN: Final = re.compile(
    r"(?P<text>[^\x00-\x08\x0a-\x1f\x7f]+)"
    r"|\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links and other strings
    r"|\x1b(?P<short>[78])"
    r"|\x1b[ -/]*[0-~]?"
    r"|(?P<control>[\x00-\x1f\x7f])"
)
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]P^_X][^\x07\x1b]*\x1b?)?\Z", re.DOTALL)


class Line:
    """One line of the screen.

    Attributes:
        number: Among all lines of the process; None until it is kept for the first time.
        is_settled: It was taken since it ended: what changes of it now is a rewrite.
    """

    __slots__ = ("_styles", "_text", "is_settled", "number")

    def __init__(self) -> None:
        self._text = ""
        self._styles: list[str] | None = None
        self.number: int | None = None
        self.is_settled = False

    def __len__(self) -> int:
        return len(self._text)

    def put(self, column: int, text: str, style: str) -> None:
        """Overwrites from a column."""
        before = self._text
        num = len(before)
        if column > num:
            before += " " * (column - num)
        stop = column + len(text)
        self._text = before[:column] + text + before[stop:]
        if style or self._styles is not None:
            styles = self._styles if self._styles is not None else [""] * num
            styles.extend([""] * (column - len(styles)))
            styles[column:stop] = [style] * len(text)
            self._styles = styles

    def erase(self, start: int, stop: int) -> None:
        """Blanks columns; at the end of the line they are cut off."""
        if stop >= len(self._text):
            self._text = self._text[:start]
            if self._styles is not None:
                del self._styles[start:]
        elif stop > start:
            self.put(start, " " * (stop - start), "")

    def render(self) -> str:
        """The text with its colours as escape sequences."""
        text, styles = self._text, self._styles
        if styles is None or not any(styles):
            return text.rstrip(" ")  # bars are wiped out with spaces
        pieces, current, start = [], "", 0
        for at, style in enumerate(styles):
            if style != current:
                pieces.append(text[start:at])
                pieces.append(f"\x1b[0;{style}m" if style and current else f"\x1b[{style or '0'}m")
                current, start = style, at
        pieces.append(text[start:])
        if current:
            pieces.append("\x1b[0m")
        return "".join(pieces)


class Terminal:
    """The end of what a stream printed."""

    def __init__(self) -> None:
        self._lines = [Line()]
        self._row = 0
        self._column = 0
        self._style = ""
        self._home: int | None = None
        self._kept_cursor = (0, 0)
        self._unfinished = ""
        self._changed: dict[Line, None] = {}

    @property
    def has_changes(self) -> bool:
        """Whether there are lines that nobody took since they changed."""
        return bool(self._changed)

    def write(self, text: str) -> None:
        """Shows text."""
        if self._unfinished:
            text = self._unfinished + text
            self._unfinished = ""
        if "\x1b" in text and (
            cut := _UNFINISHED.search(text, max(0, len(text) - _MAX_UNFINISHED))
        ):
            self._unfinished = cut[0]
            text = text[: cut.start()]
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "text":
                self._put(token[0])
            elif kind == "control":
                self._control(token[0])
            elif kind == "final":
                self._sequence(token["parameters"], token["final"])
            elif kind == "short":
                self._cursor(token["short"])

    def take_begun(self) -> list[Line]:
        """Lines that nobody took yet, as they are by now."""
        taken = [line for line in self._changed if line.number is None]
        for line in taken:
            del self._changed[line]
        return taken

    def take(self, *, everything: bool) -> list[Line]:
        """Lines that changed since they were taken, from above.

        Args:
            everything: Also the line that is being written, and what was rewritten. Else only
                lines that have ended and were not taken since.
        """
        if not self._changed:
            return []
        last = self._lines[-1]
        if everything:
            taken = list(self._changed)
            self._changed.clear()
        else:
            taken = [line for line in self._changed if line is not last and not line.is_settled]
            for line in taken:
                del self._changed[line]
        for line in taken:
            line.is_settled = line is not last
        if len(taken) > 1:
            places = {line: place for place, line in enumerate(self._lines)}
            taken.sort(key=lambda line: places.get(line, -1))
        return taken

    def _put(self, text: str) -> None:
        while text:
            room = MAX_LINE - self._column
            if room <= 0:
                self._down()
                self._column = 0
                continue
            piece, text = text[:room], text[room:]
            line = self._lines[self._row]
            line.put(self._column, piece, self._style)
            self._column += len(piece)
            self._changed[line] = None

    def _control(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character in "\n\x0b\x0c":
            self._down()
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)

    def _down(self) -> None:
        line = self._lines[self._row]
        if not line.is_settled:
            self._changed[line] = None
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append(Line())
            if len(self._lines) >= 2 * _REACH:
                num = len(self._lines) - _REACH
                del self._lines[:num]
                self._row -= num
                self._home = None if self._home is None else max(0, self._home - num)

    def _sequence(self, parameters: str, final: str) -> None:
        if final == "m":
            self._style = _styled(self._style, parameters)
            return
        first, second = _numbers(parameters)
        times = min(first or 1, _REACH)
        if final in "AF":
            self._row = max(0, self._row - times)
        elif final in "BE":
            for _ in range(times):
                self._down()
        elif final == "C":
            self._column = min(self._column + (first or 1), MAX_LINE)
        elif final == "D":
            self._column = max(0, self._column - (first or 1))
        elif final == "G":
            self._column = min((first or 1) - 1, MAX_LINE)
        elif final == "K":
            self._erase_line(first)
        elif final == "J":
            self._erase_screen(first)
        elif final in "Hf" and self._home is not None:
            self._move_to(self._home + min(first or 1, _REACH) - 1)
            self._column = min((second or 1) - 1, MAX_LINE)
        elif final in "su":
            self._cursor("7" if final == "s" else "8")
        if final in "EF":
            self._column = 0

    def _cursor(self, what: str) -> None:
        if what == "7":
            # Counted from below: rows that leave the top change nothing.
            self._kept_cursor = (len(self._lines) - self._row, self._column)
        else:
            below, self._column = self._kept_cursor
            self._row = max(0, len(self._lines) - max(below, 1))

    def _move_to(self, row: int) -> None:
        while self._row < row:
            self._down()
        self._row = min(row, self._row)

    def _erase_line(self, which: int) -> None:
        line = self._lines[self._row]
        line.erase(self._column if which == 0 else 0, self._column if which == 1 else MAX_LINE)
        if line.number is not None:
            self._changed[line] = None

    def _erase_screen(self, which: int) -> None:
        if which >= 2:
            # What was printed before stays in the log: the new screen is below it.
            self._move_to(len(self._lines) - 1)
            if len(self._lines[-1]):
                self._down()
            self._home = self._row
            return
        if which == 0:
            self._erase_line(0)
            for line in self._lines[self._row + 1 :]:
                line.erase(0, MAX_LINE)
                if line.number is not None:
                    self._changed[line] = None


def _numbers(parameters: str) -> tuple[int, int]:
    first, _, second = parameters.partition(";")
    return (
        int(first) if first.isdecimal() and len(first) < 10 else 0,
        int(second) if second.isdecimal() and len(second) < 10 else 0,
    )


_OFF: Final = {
    "22": ("1", "2"),
    "23": ("3",),
    "24": ("4", "21"),
    "25": ("5", "6"),
    "27": ("7",),
    "28": ("8",),
    "29": ("9",),
}


@lru_cache(512)
def _styled(style: str, parameters: str) -> str:
    """The style after a sequence `m`: its parameters in a fixed order; empty for a plain one."""
    parts = dict(part.split("=", 1) for part in _apart(style))
    codes = parameters.replace(":", ";").split(";")
    at = 0
    while at < len(codes):
        code = codes[at].lstrip("0")
        at += 1
        if not code:
            parts.clear()
        elif code in ("38", "48"):
            num = {"5": 2, "2": 4}.get(codes[at] if at < len(codes) else "", 0)
            if num:
                parts[code[0]] = ";".join([code, *codes[at : at + num]])
            at += num or 1
        elif code in ("39", "49"):
            parts.pop(code[0], None)
        elif code in _OFF:
            for other in _OFF[code]:
                parts.pop(f"x{other}", None)
        elif (len(code) == 2 and code[0] in "34") or (len(code) == 2 and code[0] == "9"):
            parts["4" if code[0] == "4" else "3"] = code
        elif len(code) == 3 and code.startswith("10"):
            parts["4"] = code
        elif len(code) == 1:
            parts[f"x{code}"] = code
    return ";".join(parts[key] for key in sorted(parts))


def _apart(style: str) -> list[str]:
    """The parts of a style under the names that `_styled` gives them."""
    codes, found, at = style.split(";") if style else [], [], 0
    while at < len(codes):
        code = codes[at]
        if code in ("38", "48"):
            num = 3 if codes[at + 1] == "5" else 5
            found.append(f"{code[0]}=" + ";".join(codes[at : at + num]))
            at += num
            continue
        at += 1
        if len(code) == 1:
            found.append(f"x{code}={code}")
        else:
            found.append(("4" if code[0] in "41" else "3") + f"={code}")
    return found
