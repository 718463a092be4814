"""Pictures as bytes: arrays to PNG, with Pillow where it is there, and without."""

from __future__ import annotations

import io
import struct
import zlib
from importlib import import_module
from typing import Any, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.values.arrays import as_numpy, is_tensor

MAX_DIMENSION: Final = 65_500
_MODES: Final = {1: "L", 3: "RGB", 4: "RGBA"}
_COLOUR_TYPES: Final = {1: 0, 3: 2, 4: 6}
_WRITABLE: Final = {
    "JPEG": ("L", "RGB"),
    "BMP": ("L", "RGB"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"),
}
"""Of Pillow's modes, by format."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def pixels_of(value: Any) -> Any:
    """An array of bytes, height × width × channels, of what an array library calls a picture.

    Floats are from 0 to 1, or from 0 to 255; PyTorch's have their channels first.

    Raises:
        InvalidInput: Its shape, type or values are none of a picture.
    """
    channels_first = is_tensor(value)
    array = as_numpy(value)
    shape = array.shape
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if channels_first and array.ndim == 3:
        array = array.transpose(1, 2, 0)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in _MODES:
        raise InvalidInput(_shape_trouble(shape, channels_first=channels_first))
    if 0 in array.shape[:2] or max(array.shape[:2]) > MAX_DIMENSION:
        raise InvalidInput(
            f"A picture of {array.shape[1]:,} × {array.shape[0]:,} points cannot be logged: each "
            f"side has 1 to {MAX_DIMENSION:,}."
        )
    return _as_bytes(array)


def png_of(pixels: Any) -> bytes:
    """A PNG of an array of bytes, height × width × 1, 3 or 4."""
    if (pillow := _pillow()) is not None:
        return encoded(pillow.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels))
    height, width, channels = pixels.shape
    rows = pixels.reshape(height, width * channels)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    return b"".join(
        (
            _PNG,
            _chunk(b"IHDR", head),
            _chunk(b"IDAT", zlib.compress(lines, 4)),
            _chunk(b"IEND", b""),
        )
    )


def picture_of(pixels: Any, mode: str | None, file_type: str) -> bytes:
    """A picture file of an array of bytes.

    Raises:
        InvalidInput: What is asked for needs Pillow, which is not here, or is no mode.
    """
    natural = _MODES[pixels.shape[2]]
    if file_type == "png" and mode in (None, natural):
        return png_of(pixels)
    pillow = _pillow()
    if pillow is None:
        what = f"file_type={file_type!r}" if file_type != "png" else f"mode={mode!r}"
        raise InvalidInput(f"{what} needs Pillow: pip install pillow, or leave it out.")
    picture = pillow.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels)
    return encoded(_converted(picture, mode), file_type)


def encoded(picture: Any, file_type: str = "png", mode: str | None = None) -> bytes:
    """A picture file of a picture of Pillow.

    Raises:
        InvalidInput: It cannot be written so.
    """
    picture = _converted(picture, mode)
    kind = "JPEG" if file_type in ("jpg", "jpeg") else file_type.upper()
    if picture.mode not in _WRITABLE.get(kind, _WRITABLE["PNG"]):
        picture = picture.convert("RGB")
    out = io.BytesIO()
    try:
        picture.save(out, format=kind)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The picture cannot be written as {file_type}: {error}.") from error
    return out.getvalue()


def drawn(figure: Any, file_type: str = "png") -> bytes:
    """A picture of a figure of Matplotlib, an axis of it, or `pyplot` itself: its current one.

    Raises:
        InvalidInput: There is no figure.
    """
    if hasattr(figure, "gcf"):
        figure = figure.gcf()
    elif not hasattr(figure, "savefig"):
        figure = getattr(figure, "figure", None)
    if not hasattr(figure, "savefig"):
        raise InvalidInput("It belongs to no figure of Matplotlib: log the figure itself.")
    out = io.BytesIO()
    figure.savefig(out, format=file_type)
    return out.getvalue()


def size_of(head: bytes) -> tuple[int, int] | None:
    """Width and height of a picture file, by its first bytes; None where they do not say."""
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack_from(">II", head, 16)
        return width, height
    if head[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", head, 6)
        return width, height
    if head[:2] == b"BM" and len(head) >= 26:
        width, height = struct.unpack_from("<ii", head, 18)
        return width, abs(height)
    return _jpeg_size(head) if head[:2] == b"\xff\xd8" else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + length
    return None


def _as_bytes(array: Any) -> Any:
    import numpy as np

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == bool:
        return np.ascontiguousarray(array, dtype=np.uint8) * np.uint8(255)
    if array.dtype.kind not in "uif":
        raise InvalidInput(f"A picture has numbers from 0 to 255, not values of {array.dtype}.")
    low, high = float(array.min()), float(array.max())
    if not -1e9 < low <= high < 1e9 or low < -0.05 or high > 256:
        raise InvalidInput(
            f"Its values go from {low:.6g} to {high:.6g}, a picture's from 0 to 255, or as floats "
            "from 0 to 1: scale them first."
        )
    if array.dtype.kind == "f":
        array = (array * 255 if high <= 1.05 else array).round().clip(0, 255)
    elif high > 255:
        raise InvalidInput("Its values go to 256, a picture's to 255: scale them first.")
    return np.ascontiguousarray(array, dtype=np.uint8)


def _shape_trouble(shape: tuple[int, ...], *, channels_first: bool) -> str:
    order = "(channels, height, width)" if channels_first else "(height, width, channels)"
    text = f"An array of the shape {tuple(shape)} is no picture: it must be (height, width), or "
    text += f"{order} with 1, 3 or 4 channels."
    if not channels_first and len(shape) == 3 and shape[0] in _MODES:
        text += " Its channels seem to come first: array.transpose(1, 2, 0)."
    if len(shape) == 4:
        text += " Of several pictures log a list: [Image(one) for one in array]."
    return text


def _converted(picture: Any, mode: str | None) -> Any:
    if mode is None or picture.mode == mode:
        return picture
    try:
        return picture.convert(mode)
    except (ValueError, KeyError) as error:
        raise InvalidInput(f"mode={mode!r} is none that Pillow knows: {error}.") from error


def _pillow() -> Any:
    try:
        return import_module("PIL.Image")
    except ImportError:
        return None


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
