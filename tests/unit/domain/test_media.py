"""Logged values recognised: every shape that clients send, and whatever else may come."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.media import (
    Histogram,
    Media,
    MediaItem,
    MediaKind,
    Overlay,
    is_media,
    recognise,
)

FILE = {"sha256": "ab" * 32, "size": 77, "path": "media/x/a_0.bin"}
ITEM = MediaItem("media/x/a_0.bin", size_bytes=77, sha256="ab" * 32)
OVERLAY = {"predictions": {"_type": "boxes2D", "sha256": "cd", "size": 9, "path": "b.json"}}


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("image-file", MediaKind.IMAGE), ("audio-file", MediaKind.AUDIO),
        ("video-file", MediaKind.VIDEO), ("html-file", MediaKind.HTML),
        ("plotly-file", MediaKind.PLOTLY), ("bokeh-file", MediaKind.BOKEH),
        ("object3D-file", MediaKind.OBJECT3D), ("molecule-file", MediaKind.MOLECULE),
        ("graph-file", MediaKind.GRAPH),
    ],
)  # fmt: skip
def test_single_files(type_: str, kind: MediaKind) -> None:
    value = {"_type": type_, **FILE, "of_the_future": [1]}
    assert recognise(value) == Media(kind, type_, [ITEM])
    assert is_media(value)


def test_an_image_with_everything() -> None:
    value = {
        "_type": "image-file", **FILE, "caption": "c", "format": "png", "width": 8, "height": 4.0,
        "grouping": 2, "boxes": OVERLAY, "masks": {"truth": {"path": "m.png"}, "bad": 3},
        "artifact_path": "wandb-client-artifact://x/y.png",
    }  # fmt: skip
    (item,) = recognise(value).items
    assert item == MediaItem(
        "media/x/a_0.bin", "wandb-client-artifact://x/y.png", "c", "png", 8, 4, 77, "ab" * 32,
        grouping=2, boxes=[Overlay("predictions", "b.json")], masks=[Overlay("truth", "m.png")],
    )  # fmt: skip


def test_many_images() -> None:
    value = {
        "_type": "images/separated", "width": 4, "height": 4, "format": "png", "count": 3,
        "filenames": ["a.png", "wandb-client-artifact://x/b.png", 7],
        "captions": ["one", None], "all_boxes": [OVERLAY, None], "all_masks": [None, OVERLAY],
    }  # fmt: skip
    size: dict[str, Any] = {"format": "png", "width": 4, "height": 4}
    overlay = [Overlay("predictions", "b.json")]
    assert recognise(value).items == [
        MediaItem("a.png", caption="one", boxes=overlay, **size),
        MediaItem(None, "wandb-client-artifact://x/b.png", masks=overlay, **size),
        MediaItem(None, **size),
    ]
    assert recognise({"_type": "images/separated", "count": 3}).items == []
    assert recognise({"_type": "images/separated", "filenames": ["a"], "captions": False}).items


def test_other_lists() -> None:
    two = [{"_type": "x", **FILE}, {"path": "b"}, "c"]
    audio = recognise(
        {
            "_type": "audio", "count": 3, "audio": two, "sampleRates": [8000, None],
            "durations": [0.5, math.nan], "captions": ["", "b"],
        }
    )  # fmt: skip
    assert audio.items == [
        MediaItem("media/x/a_0.bin", size_bytes=77, sha256="ab" * 32, duration_s=0.5,
                  sample_rate=8000),
        MediaItem("b", caption="b"), MediaItem("c"),
    ]  # fmt: skip
    for type_, name, kind in (
        ("videos", "videos", MediaKind.VIDEO), ("html", "html", MediaKind.HTML),
        ("object3D", "objects", MediaKind.OBJECT3D),
    ):  # fmt: skip
        found = recognise({"_type": type_, name: two[1:], "captions": False})
        assert found == Media(kind, type_, [MediaItem("b"), MediaItem("c")])
    old = recognise({"_type": "object3D", "filenames": ["a.pts.json", None]})
    assert old.items == [MediaItem("media/object3D/a.pts.json")]
    molecules = recognise({"_type": "molecule", "filenames": ["a.pdb"], "captions": ["water"]})
    assert molecules.items == [MediaItem("a.pdb", caption="water")]


def test_tables() -> None:
    value = {
        "_type": "incremental-table-file", **FILE, "ncols": 2, "nrows": 30, "increment_num": 1,
        "log_mode": "INCREMENTAL",
    }  # fmt: skip
    assert recognise(value) == Media(
        MediaKind.TABLE, "incremental-table-file", [ITEM], num_rows=30, num_columns=2, increment=1
    )
    joined = recognise({"_type": "joined-table", "artifact_path": "wandb-client-artifact://j"})
    assert joined.items == [MediaItem(None, "wandb-client-artifact://j")]
    assert recognise({"_type": "partitioned-table"}).kind is MediaKind.TABLE


def test_histograms() -> None:
    def histogram(**parts: Any) -> Media:
        return recognise({"_type": "histogram", **parts})

    plain = Histogram([0, 0.5, 1], [3, 4])
    assert histogram(values=[3, 4], bins=[0, 0.5, 1]).histogram == plain
    packed = {"min": 0, "size": 0.5, "count": 2}
    assert histogram(values=[3, 4], packedBins=packed).histogram == plain
    for broken in (
        {"values": [3, 4], "bins": [0, 1]}, {"values": [3, "4"], "bins": [0, 1, 2]},
        {"values": [3], "bins": [0, math.inf]}, {"bins": [0, 1]}, {"values": 3, "bins": 4},
        {"values": [3], "packedBins": {"min": 0}}, {"values": [10**400], "bins": [0, 1]},
        {"values": [True], "bins": [0, 1]},
    ):  # fmt: skip
        found = histogram(**broken)
        assert (found.kind, found.histogram) == (MediaKind.UNKNOWN, None)
        assert found.raw == {"_type": "histogram", **broken}


def test_traces_keep_their_json() -> None:
    value = {"_type": "wb_trace_tree", "root_span_dumps": "{}"}
    assert recognise(value) == Media(MediaKind.TRACE, "wb_trace_tree", raw=value)


@pytest.mark.parametrize(
    "value",
    [
        None, 3, "text", [], [1], {}, {"a": 1}, {"_type": 3}, {"_type": "from-the-future", "x": 1},
        [{"_type": "image-file", **FILE}, {"_type": "html-file", **FILE}],
        [{"_type": "image-file", **FILE}, 3], [{"_type": "histogram"}],
    ],
)  # fmt: skip
def test_what_is_not_known_keeps_its_json(value: Any) -> None:
    found = recognise(value)
    assert (found.kind, found.raw, found.items) == (MediaKind.UNKNOWN, value, ())


def test_a_list_of_media_is_one() -> None:
    value = [{"_type": "image-file", "path": "a"}, {"_type": "image-file", "path": "b"}]
    assert is_media(value)
    assert recognise(value).items == [MediaItem("a"), MediaItem("b")]
    assert not is_media([*value, "text"])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)
_TYPES = (
    "image-file", "images/separated", "audio", "videos", "html", "object3D", "molecule",
    "table-file", "joined-table", "histogram", "wb_trace_tree", "html-file", "odd",
)  # fmt: skip
_FIELDS = (
    "path", "caption", "width", "size", "boxes", "masks", "filenames", "captions", "all_boxes",
    "all_masks", "audio", "videos", "html", "objects", "durations", "values", "bins", "packedBins",
    "nrows", "sha256", "format", "artifact_path",
)  # fmt: skip


@given(st.sampled_from(_TYPES), st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_nothing_breaks_on_odd_fields(type_: str, fields: dict[str, Any]) -> None:
    found = recognise({**fields, "_type": type_})
    for item in found.items:
        assert item.path is None or isinstance(item.path, str)
        json.dumps([item.caption, item.width, item.size_bytes, item.duration_s], allow_nan=False)
