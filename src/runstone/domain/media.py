"""Media that runs log: stored values of history recognised as images, tables, histograms, ….

What a client logs under a key is a JSON object with `_type`, whose other fields depend on it and
on the client's version. Fields that are not known are passed over, fields of an unexpected kind
count as absent, and an object of a type that is not known is `unknown` and keeps its JSON: a page
shows what it can and nothing breaks.

Source: wandb `sdk/data_types` of 0.19, 0.25 and 0.31 (`to_json`, `seq_to_json`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isfinite
from typing import Any, Final

from runstone.domain.documents import JsonValue


class MediaKind(StrEnum):
    """What a logged value shows."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    HTML = "html"
    TABLE = "table"
    HISTOGRAM = "histogram"
    PLOTLY = "plotly"
    BOKEH = "bokeh"
    OBJECT3D = "object3d"
    MOLECULE = "molecule"
    GRAPH = "graph"
    TRACE = "trace"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Overlay:
    """Boxes or a mask over an image.

    Attributes:
        name: Of the group, such as `predictions`.
        path: File of the run: JSON with `box_data`, or a picture whose pixels are classes.
        class_labels: Names of classes by their number, as text.
    """

    name: str
    path: str | None
    class_labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One picture, sound or film, or whatever else is a file.

    Attributes:
        path: File of the run; None where the bytes are elsewhere.
        artifact_path: Reference to an artifact that holds it, as the client wrote it.
        sha256: Of its bytes, hexadecimal.
        grouping: Of how many pictures side by side this one is made.
    """

    path: str | None
    artifact_path: str | None = None
    caption: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    duration_s: float | None = None
    sample_rate: float | None = None
    grouping: int | None = None
    boxes: Sequence[Overlay] = ()
    masks: Sequence[Overlay] = ()


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges: one edge more than counts."""

    edges: Sequence[float]
    counts: Sequence[float]


@dataclass(frozen=True, slots=True)
class Media:
    """A value that a run logged under a key at a step.

    Attributes:
        type: The client's word for it; empty where it gave none.
        num_rows: Of a table.
        num_columns: Of a table.
        increment: Which part of a table that grows this is, from 0.
        raw: The value itself, of kinds that are not files: unknown ones, traces.
    """

    kind: MediaKind
    type: str
    items: Sequence[MediaItem] = ()
    histogram: Histogram | None = None
    num_rows: int | None = None
    num_columns: int | None = None
    increment: int | None = None
    raw: JsonValue = None


def recognise(value: JsonValue) -> Media:
    """What a stored value shows."""
    if isinstance(value, list):
        return _list(value)
    if not isinstance(value, dict) or not isinstance(value.get("_type"), str):
        return Media(MediaKind.UNKNOWN, "", raw=value)
    kind = value["_type"]
    if kind in _SINGLE:
        return Media(_SINGLE[kind], kind, [_item(value)])
    if kind in _MANY:
        return _MANY[kind](value)
    return Media(MediaKind.UNKNOWN, kind, raw=value)


def is_media(value: JsonValue) -> bool:
    """Whether a stored value is more than text, a list or an object of the user's own."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) and is_media(one) for one in value)
    return isinstance(value, dict) and isinstance(value.get("_type"), str)


def with_class_labels(media: Media, labels: Callable[[str, str], Mapping[str, str]]) -> Media:
    """The media with the names of the classes that its boxes and masks show.

    Args:
        labels: Of `boxes` or `masks` and the name of a group.
    """
    if not any(item.boxes or item.masks for item in media.items):
        return media
    items = [
        replace(
            item,
            boxes=[_named(box, labels("boxes", box.name)) for box in item.boxes],
            masks=[_named(mask, labels("masks", mask.name)) for mask in item.masks],
        )
        for item in media.items
    ]
    return replace(media, items=items)


def _named(overlay: Overlay, labels: Mapping[str, str]) -> Overlay:
    return overlay if overlay.class_labels else replace(overlay, class_labels=labels)


_SINGLE: Final = {
    "image-file": MediaKind.IMAGE,
    "audio-file": MediaKind.AUDIO,
    "video-file": MediaKind.VIDEO,
    "html-file": MediaKind.HTML,
    "plotly-file": MediaKind.PLOTLY,
    "bokeh-file": MediaKind.BOKEH,
    "object3D-file": MediaKind.OBJECT3D,
    "molecule-file": MediaKind.MOLECULE,
    "graph-file": MediaKind.GRAPH,
}


def _list(values: Sequence[JsonValue]) -> Media:
    """A list of media of one kind; what is mixed is not taken apart."""
    found = [recognise(value) for value in values if isinstance(value, dict)]
    kinds = {media.kind for media in found}
    if len(found) != len(values) or len(kinds) != 1 or not all(media.items for media in found):
        return Media(MediaKind.UNKNOWN, "", raw=list(values))
    items = [item for media in found for item in media.items]
    return Media(found[0].kind, found[0].type, items)


def _item(value: Mapping[str, Any]) -> MediaItem:
    return MediaItem(
        path=_text(value.get("path")),
        artifact_path=_text(value.get("artifact_path")),
        caption=_text(value.get("caption")),
        format=_text(value.get("format")),
        width=_count(value.get("width")),
        height=_count(value.get("height")),
        size_bytes=_count(value.get("size")),
        sha256=_text(value.get("sha256")),
        grouping=_count(value.get("grouping")),
        boxes=_overlays(value.get("boxes")),
        masks=_overlays(value.get("masks")),
    )


def _images(value: Mapping[str, Any]) -> Media:
    names = _sequence(value.get("filenames"))
    captions = _sequence(value.get("captions"))
    boxes, masks = _sequence(value.get("all_boxes")), _sequence(value.get("all_masks"))
    common = _item({name: value.get(name) for name in ("format", "width", "height", "grouping")})
    items = []
    for i, name in enumerate(names):
        path = _text(name)
        # Where a picture was logged by reference, its artifact stands in the place of its path.
        is_reference = path is not None and "://" in path
        items.append(
            replace(
                common,
                path=None if is_reference else path,
                artifact_path=path if is_reference else None,
                caption=_text(_at(captions, i)),
                boxes=_overlays(_at(boxes, i)),
                masks=_overlays(_at(masks, i)),
            )
        )
    return Media(MediaKind.IMAGE, "images/separated", items)


def _audios(value: Mapping[str, Any]) -> Media:
    durations = _sequence(value.get("durations"))
    rates = _sequence(value.get("sampleRates"))
    items = [
        replace(item, duration_s=_number(_at(durations, i)), sample_rate=_number(_at(rates, i)))
        for i, item in enumerate(_items(value.get("audio"), value.get("captions")))
    ]
    return Media(MediaKind.AUDIO, "audio", items)


def _videos(value: Mapping[str, Any]) -> Media:
    return Media(MediaKind.VIDEO, "videos", _items(value.get("videos"), value.get("captions")))


def _htmls(value: Mapping[str, Any]) -> Media:
    return Media(MediaKind.HTML, "html", _items(value.get("html"), value.get("captions")))


def _objects(value: Mapping[str, Any]) -> Media:
    items = _items(value.get("objects"), value.get("captions"))
    if not items:
        # Names relative to their folder, as clients without `objects` send them.
        names = map(_text, _sequence(value.get("filenames")))
        items = [MediaItem(f"media/object3D/{name}") for name in names if name]
    return Media(MediaKind.OBJECT3D, "object3D", items)


def _molecules(value: Mapping[str, Any]) -> Media:
    captions = _sequence(value.get("captions"))
    items = [
        MediaItem(_text(name), caption=_text(_at(captions, i)))
        for i, name in enumerate(_sequence(value.get("filenames")))
    ]
    return Media(MediaKind.MOLECULE, "molecule", items)


def _table(value: Mapping[str, Any]) -> Media:
    return Media(
        MediaKind.TABLE,
        value["_type"],
        [_item(value)],
        num_rows=_count(value.get("nrows")),
        num_columns=_count(value.get("ncols")),
        increment=_count(value.get("increment_num")),
    )


def _histogram(value: Mapping[str, Any]) -> Media:
    counts = _numbers(value.get("values"))
    edges = _numbers(value.get("bins"))
    packed = value.get("packedBins")
    if edges is None and counts is not None and isinstance(packed, dict):
        edges = _unpacked(packed, len(counts))
    if counts is None or edges is None or len(edges) != len(counts) + 1:
        return Media(MediaKind.UNKNOWN, "histogram", raw=value)
    return Media(MediaKind.HISTOGRAM, "histogram", histogram=Histogram(edges, counts))


def _unpacked(packed: Mapping[str, Any], num_counts: int) -> list[float] | None:
    low, width = _number(packed.get("min")), _number(packed.get("size"))
    if low is None or width is None:
        return None
    return [low + width * i for i in range(num_counts + 1)]


def _trace(value: Mapping[str, Any]) -> Media:
    return Media(MediaKind.TRACE, value["_type"], raw=value)


_MANY: Final[dict[str, Callable[[Mapping[str, Any]], Media]]] = {
    "images/separated": _images,
    "audio": _audios,
    "videos": _videos,
    "html": _htmls,
    "object3D": _objects,
    "molecule": _molecules,
    "table-file": _table,
    "incremental-table-file": _table,
    "partitioned-table": _table,
    "joined-table": _table,
    "table": _table,
    "histogram": _histogram,
    "wb_trace_tree": _trace,
}


def _items(values: Any, captions: Any) -> list[MediaItem]:
    names = _sequence(captions)
    items = []
    for i, value in enumerate(_sequence(values)):
        item = _item(value if isinstance(value, dict) else {"path": value})
        items.append(replace(item, caption=item.caption or _text(_at(names, i))))
    return items


def _overlays(value: Any) -> Sequence[Overlay]:
    if not isinstance(value, dict):
        return ()
    return [
        Overlay(str(name), _text(one.get("path")), _labels(one.get("class_labels")))
        for name, one in value.items()
        if isinstance(one, dict)
    ]


def _labels(value: Any) -> Mapping[str, str]:
    """Names of classes beside the overlay itself, where Runstone's client puts them."""
    if not isinstance(value, dict):
        return {}
    return {str(number): str(label) for number, label in value.items()}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _at(values: Sequence[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or number < 0 or number >= 2**53 else int(number)


def _numbers(values: Any) -> list[float] | None:
    if not isinstance(values, list):
        return None
    numbers = [_number(value) for value in values]
    return None if None in numbers else [number for number in numbers if number is not None]
