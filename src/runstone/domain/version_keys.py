"""What is asked of an artifact's version: its fields, its metadata, and the run that logged it.

The filter language of runs with other names: a bare word is a field of the version, `metadata.acc`
its metadata, `run.state` a field of the run that logged it; `config`, `summary` and `history` are
that run's. A version whose run is gone has none of the run's values.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_grammar import FilterReader
from runstone.domain.filter_tokens import Token, TokenKind
from runstone.domain.filters import RUN_FIELDS, FieldKind, Filter, Key, Matches, Source
from runstone.domain.patterns import Pattern, escape
from runstone.domain.suggestions import closest

METADATA: Final = "metadata"
VERSION_FIELDS: Final = MappingProxyType(
    {
        "version": FieldKind.NUMBER,
        "created_at": FieldKind.TIME,
        "size_bytes": FieldKind.NUMBER,
        "num_files": FieldKind.NUMBER,
        "aliases": FieldKind.TAGS,
        "tags": FieldKind.TAGS,
        "description": FieldKind.TEXT,
        "user": FieldKind.TEXT,
    }
)
"""Fields of a version. `version` is its number; one without aliases or tags has no value there."""

_SHORT: Final = {"created": "created_at", "alias": "aliases", "tag": "tags", "size": "size_bytes"}
_RUN: Final = "run."


@dataclass(frozen=True, slots=True)
class VersionKey(Key):
    """A field of a version, or a value of its metadata.

    Attributes:
        path: A name of `VERSION_FIELDS`; of metadata, the key as it was written.
        metadata: The path into the metadata, as `Key.path` says of documents; None for a field.
    """

    metadata: str | None = None

    def __post_init__(self) -> None:
        if self.metadata is None and self.path not in VERSION_FIELDS:
            raise InvalidInput(f"Versions have no field {self.path!r}.", code="unknown-field")

    @property
    def kind(self) -> FieldKind | None:
        """The kind of its values; None for metadata, which may hold anything."""
        return None if self.metadata is not None else VERSION_FIELDS[self.path]


def field(name: str) -> VersionKey:
    """The key of a field."""
    return VersionKey(Source.RUN, name)


def is_of_run(key: Key) -> bool:
    """Whether the run that logged the version is asked."""
    return not isinstance(key, VersionKey)


class VersionFilterReader(FilterReader):
    """Reads filters and keys of versions."""

    def _key(self, wanted: str) -> Key:
        token = self.here()
        if token.kind is not TokenKind.KEY or token.source is not Source.RUN:
            return super()._key(wanted)
        if self.is_sign("(", ahead=1):
            return super()._key(wanted)
        self.next()
        if token.path == METADATA or token.path.startswith(METADATA + "."):
            return self._metadata(token)
        if token.path.startswith(_RUN):
            name = token.path.removeprefix(_RUN)
            if name in RUN_FIELDS:
                return Key(Source.RUN, name)
            near = closest(name, RUN_FIELDS)
            meant = f"; did you mean `run.{near}`?" if near else ""
            raise self.error(token, f"runs have no field {name}{meant}")
        name = _SHORT.get(token.path, token.path)
        if name not in VERSION_FIELDS:
            raise self.error(token, _unknown(token.path))
        return field(name)

    def _metadata(self, token: Token) -> Key:
        parts = [token.path[len(METADATA) + 1 :]] if token.path != METADATA else []
        while self.is_sign("["):
            opening = self.next()
            part = self.next()
            if not isinstance(part.value, str):
                raise self.error(opening, 'write metadata["key"], the key in quotes')
            self.expect("]", "this [ is never closed")
            parts.append(part.value)
        if not parts or not all(parts):
            raise self.error(
                token, 'write which key of the metadata: metadata.key or metadata["any key"]'
            )
        written = self.text[token.start : self.before()]
        return VersionKey(Source.RUN, written, metadata=".".join(parts))

    def _within(self, token: Token) -> Filter:
        # A tag in a tree belongs to the run; here there are three lists that may hold a text.
        place = self.here()
        if place.kind is TokenKind.KEY and isinstance(token.value, str):
            at = self._at
            key = self.key()
            if key.kind is FieldKind.TAGS:
                return Matches(key, Pattern(f"^{escape(token.value)}$"))
            self._at = at
        return super()._within(token)


def _unknown(name: str) -> str:
    if near := closest(name, VERSION_FIELDS):
        return f"versions have no field {name}; did you mean `{near}`?"
    if name in RUN_FIELDS:
        return f"versions have no field {name}; of the run that logged it, write `run.{name}`"
    return (
        f"versions have no field {name}; did you mean `{_written(METADATA, name)}` or "
        f"`{_written(Source.SUMMARY, name)}`?"
    )


def _written(source: str, name: str) -> str:
    plain = name.replace("_", "").replace(".", "").isalnum()
    return f"{source}.{name}" if plain else f'{source}["{name}"]'
