"""What may not have been meant in a question that can be answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runstone.domain.filter_printing import print_key
from runstone.domain.filters import Filter, Key, Source
from runstone.domain.suggestions import doubts, suggest
from runstone.ports.store import Snapshot
from runstone.services.run_index.catalog import shape_of
from runstone.services.run_index.index import View

_NUM_LOOKED_AT: Final = 20
"""The newest runs, which know the keys that are in use; reading them takes a few milliseconds."""


def warnings_of(
    snapshot: Snapshot, view: View, tree: Filter, keys: Sequence[Key]
) -> tuple[str, ...]:
    """Keys that no run has a value for, with what may have been meant; states there are not."""
    named = (key for key in dict.fromkeys(keys) if key.source is not Source.RUN)
    empty = [key for key in named if view.columns[key].is_empty]
    known = _known_keys(snapshot, view) if empty else []
    return (*(_empty(key, known) for key in empty), *dict.fromkeys(doubts(tree)))


def _empty(key: Key, known: Sequence[Key]) -> str:
    said = f"No run here has a value for {print_key(key)}"
    if key.source is Source.HISTORY:
        # The summary holds the last value of what a history holds.
        summaries = (other.path for other in known if other.source is Source.SUMMARY)
        known = [Key(key.source, path, key.aggregate) for path in summaries]
    meant = suggest(key, known)
    return f"{said}." if meant is None else f"{said}; did you mean {print_key(meant)}?"


def _known_keys(snapshot: Snapshot, view: View) -> list[Key]:
    """Keys of the newest runs' documents, each once."""
    newest = view.ids[-_NUM_LOOKED_AT:].tolist()
    found: dict[Key, None] = {}
    for source in (Source.CONFIG, Source.SUMMARY):
        for _, document in snapshot.run_columns.documents(source, newest):
            found.update(dict.fromkeys(Key(source, path) for path in shape_of(document)[0]))
    return list(found)
