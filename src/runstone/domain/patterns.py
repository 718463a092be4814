r"""Regular expressions whose time is bounded, whatever pattern and text a user brings.

Python's `re` backtracks: a short pattern can occupy the server for hours. Here a pattern becomes
a finite automaton that reads each character of a text once, as in RE2. What cannot be done so
(back-references, look-around, `\b`) is refused with a reason. Known: literals, `.`, `[a-z]`,
`[^…]`, `\d \w \s \D \W \S`, `^`, `$`, groups, `|`, `* + ? {n,m}` (also lazy: the same, as only
the existence of a match is asked), `(?i)` at the beginning. `$` is the very end of the text.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.pattern_syntax import Begin, Char, End, Match, Program, Split, parse

MAX_TEXT_CHARS: Final = 4_096
"""Of a longer text only this much is searched."""
MAX_SPAN_STEPS: Final = 20_000
"""Steps of an automaton while the matches in one text are located."""
MAX_SEARCH_S: Final = 2.0
"""What one search over many texts may take before it is given up."""

_MAX_STATES: Final = 1_000
_MAX_TRANSITIONS: Final = 50_000
_TEXTS_AT_ONCE: Final = 256
_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")


class Pattern:
    """A compiled pattern. Immutable to its users, equal by its text, safe in any thread."""

    __slots__ = ("_automaton", "_lock", "text")

    def __init__(self, text: str) -> None:
        """Compiles.

        Raises:
            InvalidInput: Not a pattern of this kind (code `bad-pattern`; `position` in details),
                or too large.
        """
        self.text = text
        self._automaton = _Automaton(parse(text))
        self._lock = threading.Lock()

    def search(self, text: str) -> bool:
        """Whether any part of `text` matches; in time proportional to its length."""
        with self._lock:
            return self._automaton.search(text[:MAX_TEXT_CHARS])

    def spans(self, text: str, *, limit: int) -> list[tuple[int, int]]:
        """Begin and end of matches from left to right, each as long as can be; none is empty.

        Ends early where it would take long: of a pattern that matches, matches may be missing.
        """
        with self._lock:
            return self._automaton.spans(text[:MAX_TEXT_CHARS], limit)

    def search_all(self, texts: Sequence[str]) -> list[bool]:
        """As `search`, for many.

        Raises:
            InvalidInput: It took longer than `MAX_SEARCH_S` (code `pattern-too-slow`).
        """
        found: list[bool] = []
        give_up_at = time.monotonic() + MAX_SEARCH_S
        with self._lock:
            search = self._automaton.search
            for start in range(0, len(texts), _TEXTS_AT_ONCE):
                part = texts[start : start + _TEXTS_AT_ONCE]
                found += [search(text[:MAX_TEXT_CHARS]) for text in part]
                if time.monotonic() > give_up_at:
                    raise InvalidInput(
                        f"The pattern {self.text!r} needs too long on this project's texts; "
                        "make it simpler or narrow the filter.",
                        code="pattern-too-slow",
                    )
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash((Pattern, self.text))

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


class _State(dict[str, "_State"]):
    """A set of program nodes; maps the next character to the next state, filled as met."""

    __slots__ = ("_owner", "accepts_at_end", "is_match", "nodes")

    def __init__(self, owner: _Automaton, nodes: frozenset[int]) -> None:
        super().__init__()
        self._owner = owner
        self.nodes = nodes
        self.is_match = owner.matches(nodes, at_end=False)
        self.accepts_at_end = self.is_match or owner.matches(nodes, at_end=True)

    def __missing__(self, char: str) -> _State:
        return self._owner.step(self, char)


class _Automaton:
    """Runs a program as a deterministic automaton that is built while texts are read."""

    def __init__(self, program: Program) -> None:
        self._nodes = program.nodes
        self._start = program.start
        self._states: dict[frozenset[int], _State] = {}
        self._num_transitions = 0
        self._first = self._state(self._closure([self._start], at_begin=True))
        # A search may begin at any character, so every later state holds the start as well.
        self._again = self._closure([self._start], at_begin=False)
        self._finds_nothing = self.matches(self._first.nodes, at_end=True, at_begin=True)

    def search(self, text: str) -> bool:
        if not text:
            return self._finds_nothing
        state = self._first
        if state.is_match:
            return True
        for char in text:
            state = state[char]
            if state.is_match:
                return True
        return state.accepts_at_end

    def spans(self, text: str, limit: int) -> list[tuple[int, int]]:
        """Longest matches from left to right."""
        found: list[tuple[int, int]] = []
        steps_left = MAX_SPAN_STEPS
        begin = 0
        while begin < len(text) and len(found) < limit and steps_left > 0:
            nodes = self._closure([self._start], at_begin=begin == 0)
            end, at = begin, begin
            while nodes and at < len(text) and steps_left > 0:
                steps_left -= 1 + len(nodes) // 8
                nodes = self._closure(self._after(nodes, text[at]), at_begin=False)
                at += 1
                if self.matches(nodes, at_end=at == len(text)):
                    end = at
            if end > begin and steps_left > 0:
                found.append((begin, end))
            begin = max(end, begin + 1)
        return found

    def step(self, state: _State, char: str) -> _State:
        """The state after `char`; remembered, within bounds."""
        nodes = self._closure(self._after(state.nodes, char), at_begin=False) | self._again
        if len(self._states) >= _MAX_STATES or self._num_transitions >= _MAX_TRANSITIONS:
            for known in self._states.values():
                known.clear()
            self._states = {self._first.nodes: self._first}
            self._num_transitions = 0
        following = self._state(nodes)
        state[char] = following
        self._num_transitions += 1
        return following

    def _after(self, nodes: frozenset[int], char: str) -> list[int]:
        return [
            node.next
            for node in map(self._nodes.__getitem__, nodes)
            if isinstance(node, Char) and node.test(char)
        ]

    def matches(self, nodes: frozenset[int], *, at_end: bool, at_begin: bool = False) -> bool:
        """Whether the set holds the end of the program, past `$` where the text has ended.

        Args:
            at_begin: Past `^` behind a `$`, too: only an empty text begins where it ends.
        """
        if not at_end:
            return any(isinstance(self._nodes[n], Match) for n in nodes)
        open_nodes, seen = list(nodes), set(nodes)
        while open_nodes:
            node = self._nodes[open_nodes.pop()]
            if isinstance(node, Match):
                return True
            following = [node.next] if isinstance(node, End) else []
            if isinstance(node, Begin) and at_begin:
                following = [node.next]
            if isinstance(node, Split):
                following = node.to
            for n in following:
                if n not in seen:
                    seen.add(n)
                    open_nodes.append(n)
        return False

    def _closure(self, starts: Sequence[int], *, at_begin: bool) -> frozenset[int]:
        # Nodes after `$` are left out: `matches` follows them when the text has ended.
        open_nodes = list(starts)
        found: set[int] = set()
        while open_nodes:
            number = open_nodes.pop()
            if number in found:
                continue
            found.add(number)
            node = self._nodes[number]
            if isinstance(node, Split):
                open_nodes += node.to
            elif isinstance(node, Begin) and at_begin:
                open_nodes.append(node.next)
        return frozenset(found)

    def _state(self, nodes: frozenset[int]) -> _State:
        state = self._states.get(nodes)
        if state is None:
            state = self._states[nodes] = _State(self, nodes)
        return state


def escape(text: str) -> str:
    """The pattern that finds exactly `text`."""
    return "".join("\\" + char if char in _SPECIAL else char for char in text)
