"""How much one document may ask for: a few lines of fragments can stand for billions of fields.

Fields are counted before anything is executed, with every fragment in the place where it is used.
What lists within lists come to is known only by then: a budget ends it, which matters most in
mutations, since all writing waits for them.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from runstone.domain.errors import InvalidInput

MAX_FIELDS: Final = 10_000
"""The largest document of the clients has 72; whoever asks for all of the schema, 220."""
MAX_DEPTH: Final = 50
"""The deepest documents of the clients have 11; the executor recurses for each."""
MAX_ENTRIES: Final = 100_000
"""Fields of list entries (`edges`, `node`): a full page of 10,000 console lines has 70,000."""
MAX_S: Final = 30.0
"""No client waits longer for an answer."""


class TooMuch(BaseException):
    """The budget is spent. No Exception, which the executor would take for one field's error."""


class Budget:
    """What one execution may still do."""

    def __init__(self) -> None:
        self._left = MAX_ENTRIES
        self._ends_at = time.monotonic() + MAX_S

    def spend(self, num_fields: int = 1) -> None:
        """Takes note of a field of a list's entry, or of what is worth so many.

        Raises:
            TooMuch: There were too many, or it has taken too long.
        """
        before = self._left
        self._left -= num_fields
        if self._left < 0 or (
            self._left // 256 != before // 256 and time.monotonic() > self._ends_at
        ):
            raise TooMuch


class _Size(NamedTuple):
    fields: int
    depth: int


def check_size(document: DocumentNode) -> None:
    """Refuses documents that ask for too much. They must be valid: cycles are not looked for.

    Raises:
        InvalidInput: Too many fields, or too many levels of them.
    """
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    counter = _Counter(fragments)
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        size = counter.size(definition.selection_set)
        if size.fields > MAX_FIELDS or size.depth > MAX_DEPTH:
            raise InvalidInput(
                f"The GraphQL document asks for {min(size.fields, 10**12):,} fields in "
                f"{size.depth:,} levels; at most {MAX_FIELDS:,} in {MAX_DEPTH} are allowed. Ask in "
                "parts.",
                code="query-too-large",
            )


class _Counter:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size] = {}

    def size(self, selections: SelectionSetNode | None) -> _Size:
        fields = depth = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value)
            else:
                inner = self.size(node.selection_set)  # type: ignore[attr-defined]
                if isinstance(node, FieldNode):
                    inner = _Size(inner.fields + 1, inner.depth + 1)
            fields += inner.fields
            depth = max(depth, inner.depth)
        return _Size(fields, depth)

    def _fragment(self, name: str) -> _Size:
        if name not in self._known:
            self._known[name] = self.size(self._fragments[name].selection_set)
        return self._known[name]
