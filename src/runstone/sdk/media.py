"""What a run logs as media: images, sound, film, tables, histograms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from msgspec import Raw, Struct

from runstone.domain import documents
from runstone.sdk.paths import RunPath
from runstone.sdk.transport import Transport

_VALUES_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class MediaKey:
    """A key under which a run logs media.

    Attributes:
        kind: Of its last value: `image`, `audio`, `video`, `table`, `histogram`, `html`, ….
    """

    key: str
    kind: str
    num_values: int
    first_step: int
    last_step: int


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One picture, sound or film, or whatever else is a file.

    Attributes:
        path: The run's file, for `run.file(path)`; None where the bytes are elsewhere.
    """

    path: str | None
    caption: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges; one edge more than counts."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MediaValue:
    """What was logged under a key at a step.

    Attributes:
        time: Seconds since 1970 UTC.
        raw: The value itself, of kinds that are not known.
    """

    step: int
    time: float
    kind: str
    items: tuple[MediaItem, ...]
    histogram: Histogram | None
    raw: Any


class _Keys(Struct):
    keys: list[MediaKey]


class _Media(Struct):
    kind: str
    items: tuple[MediaItem, ...]
    histogram: Histogram | None
    raw: Raw = Raw(b"null")


class _Value(Struct):
    step: int
    time: float
    media: _Media


class _Series(Struct):
    values: list[_Value]
    next_offset: int | None


class _Values(Struct):
    series: list[_Series]


def list_media(transport: Transport, path: RunPath) -> list[MediaKey]:
    """The keys under which a run logs media."""
    return transport.get(_Keys, (*path.segments, "media"), ()).keys


def read_media(
    transport: Transport, path: RunPath, key: str, min_step: int | None, max_step: int | None
) -> Iterator[MediaValue]:
    """What a run logged under a key, in order."""
    query = [("key", key), ("limit", str(_VALUES_AT_ONCE))]
    bounds = {"from_step": min_step, "to_step": max_step}
    query += [(name, str(step)) for name, step in bounds.items() if step is not None]
    offset: int | None = 0
    while offset is not None:
        asked = [*query, ("offset", str(offset))]
        (series,) = transport.get(_Values, (*path.segments, "media", "values"), asked).series
        for value in series.values:
            media = value.media
            raw = documents.decode(bytes(media.raw))
            yield MediaValue(value.step, value.time, media.kind, media.items, media.histogram, raw)
        offset = series.next_offset
