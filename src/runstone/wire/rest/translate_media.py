"""Media to what travels; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Raw

from runstone.domain import documents, media
from runstone.domain.documents import JsonValue
from runstone.wire.rest.structs.media import Histogram, Media, MediaFile, MediaItem, Overlay


def medium(found: media.Media, known: Mapping[str, MediaFile]) -> Media:
    """A medium, with those of its files that are known by name."""
    return Media(
        kind=found.kind,
        type=found.type,
        items=[_item(item, known) for item in found.items],
        histogram=None
        if found.histogram is None
        else Histogram(list(found.histogram.edges), list(found.histogram.counts)),
        num_rows=found.num_rows,
        num_columns=found.num_columns,
        increment=found.increment,
        raw=None if found.raw is None else raw(found.raw),
    )


def _item(item: media.MediaItem, known: Mapping[str, MediaFile]) -> MediaItem:
    return MediaItem(
        path=item.path,
        file=known.get(item.path) if item.path else None,
        artifact_path=item.artifact_path,
        caption=item.caption,
        format=item.format,
        width=item.width,
        height=item.height,
        size_bytes=item.size_bytes,
        sha256=item.sha256,
        duration_s=item.duration_s,
        sample_rate=item.sample_rate,
        grouping=item.grouping,
        boxes=_overlays(item.boxes),
        masks=_overlays(item.masks),
    )


def _overlays(overlays: Sequence[media.Overlay]) -> list[Overlay]:
    return [Overlay(one.name, one.path, dict(one.class_labels)) for one in overlays]


def raw(value: JsonValue) -> Raw:
    """A value as the JSON that `Document` describes."""
    return Raw(documents.encode(value).encode())
