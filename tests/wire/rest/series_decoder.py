"""The reference decoder of `application/vnd.runstone.series`, after the words of the format."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTHS = {"f64": ("<f8", 8), "u32": ("<u4", 4)}


def decode_series(data: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The curves, each with its arrays in place of where they lie, and the errors."""
    assert data[:4] == b"RSS1"
    (length,) = struct.unpack_from("<I", data, 4)
    begin = 8 + length
    assert begin % 8 == 0
    header = json.loads(data[8:begin].decode())
    assert set(header) == {"series", "errors"}
    end = begin
    for curve in header["series"]:
        arrays: dict[str, NDArray[Any]] = {}
        for name, (kind, offset, count) in curve["arrays"].items():
            dtype, width = WIDTHS[kind]
            assert offset % 8 == 0
            assert begin + offset >= end or not count, "arrays may not overlap"
            arrays[name] = np.frombuffer(data, dtype, count, begin + offset)
            end = max(end, begin + offset + width * count)
        curve["arrays"] = arrays
    assert len(data) - end in (0, 4), "nothing but padding follows"
    return header["series"], header["errors"]
