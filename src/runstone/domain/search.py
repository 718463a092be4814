"""Finding things by a part of their names: what is found, and what comes first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.names import clean_text

WORD_BREAKS: Final = " -_/.:=,@"
"""A word of a name begins after one of these."""
BETWEEN: Final = "\x1f"
"""Stands between the names of one thing where they are kept as one text."""
MAX_WORDS: Final = 8
MAX_CHARS: Final = 256


class Rank(IntEnum):
    """How well something was found; the best is the lowest."""

    EXACT = 0
    PREFIX = 1
    WORD_PREFIX = 2
    PART = 3


class Wanted:
    """What someone typed, to be looked for whatever the case of letters.

    It is found in things in whose names each of its words stands somewhere. How well, the whole
    of it decides: it is one of the names, begins one, begins a word of one, or none of these. One
    letter alone stands in nearly all names: it is found where one begins with it.

    Attributes:
        words: What must stand in the text that `joined` makes of the names, each somewhere.
        whole: What decides the rank.
    """

    def __init__(self, text: str) -> None:
        """Takes a text apart.

        Raises:
            InvalidInput: Longer than 256 characters, or of more than 8 words.
        """
        if len(text) > MAX_CHARS:
            raise InvalidInput(
                f"The search text has {len(text):,} characters; at most {MAX_CHARS} are allowed.",
                code="search-too-long",
            )
        parts = fold(text).replace(BETWEEN, " ").split()
        words = tuple(dict.fromkeys(parts))
        if len(words) > MAX_WORDS:
            raise InvalidInput(
                f"The search text has {len(words)} words; at most {MAX_WORDS} are allowed.",
                code="search-too-long",
            )
        self.whole: Final = " ".join(parts)
        self.words: Final = (BETWEEN + self.whole,) if len(self.whole) == 1 else words

    def rank(self, names: str) -> Rank | None:
        """How well this is found in something; None for not at all.

        Args:
            names: Of that thing, as `joined` makes one text of them.
        """
        if not all(word in names for word in self.words):
            return None
        if BETWEEN + self.whole + BETWEEN in names:
            return Rank.EXACT
        if BETWEEN + self.whole in names:
            return Rank.PREFIX
        if any(sign + self.whole in names for sign in WORD_BREAKS):
            return Rank.WORD_PREFIX
        return Rank.PART


def joined(names: Sequence[str]) -> str:
    """The names of one thing as one text to search in."""
    folded = (fold(name).replace(BETWEEN, " ") for name in names)
    return BETWEEN + BETWEEN.join(folded) + BETWEEN


def fold(text: str) -> str:
    """The text without the differences that a search overlooks."""
    return clean_text(text).casefold()
