"""The syntax of `runstone.domain.patterns`: pattern text to the program of an automaton."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn, TypeAlias

from runstone.domain.errors import InvalidInput

MAX_PATTERN_CHARS: Final = 2_100
MAX_NODES: Final = 1_100
_MAX_UNFOLDING: Final = 10_000
_MAX_NESTING: Final = 50

CharTest: TypeAlias = Callable[[str], bool]


# The program: nodes that consume a character, split, or assert; numbered, as in Thompson (1968).


@dataclass(slots=True)
class Char:
    """Consumes one character that passes the test."""

    test: CharTest
    next: int = -1


@dataclass(slots=True)
class Split:
    """Goes on at each of several nodes."""

    to: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Begin:
    """Goes on where the text begins."""

    next: int = -1


@dataclass(slots=True)
class End:
    """Goes on where the text has ended."""

    next: int = -1


class Match:
    """The end of the program."""

    __slots__ = ()


Node: TypeAlias = Char | Split | Begin | End | Match


@dataclass(frozen=True, slots=True)
class Program:
    """Nodes, and where to start."""

    nodes: list[Node]
    start: int


def parse(text: str) -> Program:
    """The program of a pattern.

    Raises:
        InvalidInput: Not a pattern of this kind, or too large.
    """
    return _Parser(text).program()


class _Parser:
    """Pattern text to program, by recursive descent; fragments are built front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._nodes: list[Node] = []
        self._depth = 0
        self._fold = False
        self._unfolded = 0

    def program(self) -> Program:
        if len(self._text) > MAX_PATTERN_CHARS:
            self._refuse(f"it is longer than {MAX_PATTERN_CHARS} characters")
        if self._text.startswith("(?i)"):
            self._fold, self._at = True, 4
        tree = self._alternatives()
        if self._at < len(self._text):
            self._refuse("there is a ) without its (")
        match = self._add(Match())
        return Program(self._nodes, tree(match))

    # A fragment is a function from what follows it to its first node; calling it again makes
    # another copy, which is how counted repeats unfold.

    def _alternatives(self) -> Callable[[int], int]:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        return lambda then: self._add(Split([branch(then) for branch in branches]))

    def _sequence(self) -> Callable[[int], int]:
        items: list[Callable[[int], int]] = []
        while self._peek() not in ("", "|", ")"):
            items.append(self._repeated())

        def build(then: int) -> int:
            for item in reversed(items):
                then = item(then)
            return then

        return build

    def _repeated(self) -> Callable[[int], int]:
        item = self._item()
        times = 0
        while (count := self._count()) is not None:
            times += 1
            if times > 1:
                self._refuse("a repeat follows a repeat; write a group, as in (a+)*")
            low, high = count
            item = self._repeat(item, low, high)
            if self._peek() == "?":
                self._at += 1
            elif self._peek() == "+":
                self._refuse("possessive repeats are not offered")
        return item

    def _count(self) -> tuple[int, int | None] | None:
        char = self._peek()
        if char and char in "*+?":
            self._at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        if char != "{":
            return None
        end = self._text.find("}", self._at)
        low, comma, high = self._text[self._at + 1 : max(end, 0)].partition(",")
        numbers = [n for n in (low, high) if n]
        if end < 0 or not low.isascii() or not all(n.isascii() and n.isdigit() for n in numbers):
            self._refuse("{ begins a count such as {2,5}; write \\{ for the character")
        if not low or any(len(n) > 4 for n in numbers):
            self._refuse("a count needs a first number, and is at most 1,000")
        least = int(low)
        most = least if not comma else int(high) if high else None
        if least > 1_000 or (most is not None and not least <= most <= 1_000):
            self._refuse("a count is at most 1,000, the smaller number first")
        self._at = end + 1
        return least, most

    def _repeat(
        self, item: Callable[[int], int], low: int, high: int | None
    ) -> Callable[[int], int]:
        def build(then: int) -> int:
            # Counts of nothing, as in ((){1000}){1000}, add no node and yet take time.
            self._unfolded += max(low, high or 0) + 1
            if self._unfolded > _MAX_UNFOLDING:
                self._refuse("it is too large once its counts are unfolded")
            if high is None:
                loop = Split()
                number = self._add(loop)
                loop.to = [item(number), then]
                then = number
            else:
                last = then
                for _ in range(high - low):
                    then = self._add(Split([item(then), last]))
            for _ in range(low):
                then = item(then)
            return then

        return build

    def _item(self) -> Callable[[int], int]:
        char = self._peek()
        if char in "*+?{":
            self._refuse(f"there is nothing for {char} to repeat; write \\{char} for the text")
        self._at += 1
        match char:
            case "(":
                return self._group()
            case "[":
                return self._consume(self._class())
            case ".":
                return self._consume(lambda c: c != "\n")
            case "^":
                return lambda then: self._add(Begin(then))
            case "$":
                return lambda then: self._add(End(then))
            case "\\":
                return self._consume(self._escape())
            case _:
                return self._consume(self._literal(char))

    def _group(self) -> Callable[[int], int]:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            self._refuse("look-around, flags and names in a group are not offered; use (?:…)")
        self._depth += 1
        if self._depth > _MAX_NESTING:
            self._refuse("groups are nested too deeply")
        inner = self._alternatives()
        if self._peek() != ")":
            self._refuse("a ( is never closed")
        self._at += 1
        self._depth -= 1
        return inner

    def _escape(self) -> CharTest:
        char = self._peek()
        self._at += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROL:
            return self._literal(_CONTROL[char])
        if not char or char.isalnum():
            self._at -= 1
            self._refuse(f"\\{char} is not offered" if char else "it ends with a single \\")
        return self._literal(char)

    def _class(self) -> CharTest:
        negated = self._peek() == "^"
        self._at += negated
        tests: list[CharTest] = []
        first = True
        while first or self._peek() != "]":
            first = False
            low = self._class_member()
            if callable(low):
                tests.append(low)
            elif self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                high = self._class_member()
                if callable(high) or high < low:
                    self._refuse("the range in [ ] is reversed or not between characters")
                tests.append(self._range(low, high))
            else:
                tests.append(self._literal(low))
        self._at += 1
        return lambda c: any(test(c) for test in tests) is not negated

    def _class_member(self) -> str | CharTest:
        char = self._peek()
        if not char:
            self._refuse("a [ is never closed")
        self._at += 1
        if char != "\\":
            return char
        char = self._peek()
        self._at += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROL:
            return _CONTROL[char]
        if not char or char.isalnum():
            self._refuse(f"\\{char} is not offered within [ ]")
        return char

    def _literal(self, char: str) -> CharTest:
        if self._fold:
            folded = char.lower()
            return lambda c: c.lower() == folded
        return lambda c: c == char

    def _range(self, low: str, high: str) -> CharTest:
        if self._fold:
            return lambda c: any(low <= form <= high for form in (c, c.lower(), c.upper()))
        return lambda c: low <= c <= high

    def _consume(self, test: CharTest) -> Callable[[int], int]:
        return lambda then: self._add(Char(test, then))

    def _add(self, node: Node) -> int:
        if len(self._nodes) >= MAX_NODES:
            self._refuse("it is too large once its counts are unfolded")
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _refuse(self, why: str) -> NoReturn:
        shown = self._text if len(self._text) <= 80 else self._text[:77] + "…"
        raise InvalidInput(
            f"The pattern {shown!r} cannot be used: {why} (at character {self._at + 1}).",
            code="bad-pattern",
            position=self._at,
        )


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CLASSES: Final[dict[str, CharTest]] = {
    "d": str.isdecimal,
    "D": lambda c: not c.isdecimal(),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
    "w": _is_word,
    "W": lambda c: not _is_word(c),
}
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r"}
