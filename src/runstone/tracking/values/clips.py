"""Sound and film."""

from __future__ import annotations

import io
import os
import sys
import tempfile
import wave
from array import array as packed
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values.arrays import as_numpy, is_array
from runstone.tracking.values.media import Content, Media, Shelf, captions_of, suffix_of

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.values import RunValue

_VIDEO_TYPES: Final = ("gif", "mp4", "webm", "ogg")
_FULL: Final = 32_767


class Audio(Media):
    """A sound."""

    log_type: ClassVar[str] = "audio-file"
    folder: ClassVar[str] = "media/audio"

    def __init__(
        self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None
    ) -> None:
        """Takes a sound as it is now; a file is read when it is logged.

        Args:
            data_or_path: A file, or samples: one number each, or one for each channel; floats from
                -1 to 1, or whole numbers of 16 bits. They become a WAV of 16 bits.
            sample_rate: Of samples, a second.
        """
        self.sample_rate = sample_rate
        self.duration_s: float | None = None
        super().__init__(lambda: self._read(data_or_path), caption)

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        sounds = [value for value in values if isinstance(value, Audio)]
        found: dict[str, Any] = {
            "_type": "audio",
            "count": len(sounds),
            "audio": [sound.bind(run, key, step) for sound in sounds],
            "sampleRates": [sound.sample_rate for sound in sounds],
            "durations": [sound.duration_s for sound in sounds],
        }
        if (captions := captions_of(sounds)) is not None:
            found["captions"] = [caption or "" for caption in captions]
        return found

    def _read(self, data: Any) -> Content:
        if isinstance(data, (str, os.PathLike)):
            return Content.of_file(os.fspath(data))
        if self.sample_rate is None or self.sample_rate < 1:
            raise InvalidInput("Samples need a sample_rate: Audio(samples, sample_rate=16_000).")
        samples, num_channels = _samples(data)
        num_frames = len(samples) // num_channels
        self.duration_s = num_frames / self.sample_rate
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(num_channels)
            file.setsampwidth(2)
            file.setframerate(int(self.sample_rate))
            file.writeframes(samples.tobytes())
        return Content.of(out.getvalue(), ".wav")


class Video(Media):
    """A film."""

    log_type: ClassVar[str] = "video-file"
    folder: ClassVar[str] = "media/videos"

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: int | None = None,
        format: str | None = None,  # noqa: A002 - the field's word
    ) -> None:
        """Takes a film as it is now; a file is read when it is logged.

        Args:
            data_or_path: A file; its bytes, or an open file of them; or frames: an array ([films,]
                time, channels, height, width) of bytes, which Pillow makes a GIF of, and moviepy
                or imageio anything else.
            fps: Frames a second, of frames; 4 where it is left out.
            format: `gif`, `mp4`, `webm` or `ogg`; needed for what is no file. Of frames `gif` where
                it is left out.
        """
        self.width: int | None = None
        self.height: int | None = None
        super().__init__(lambda: self._read(data_or_path, fps or 4, format), caption)

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        found = super().document(shelf)
        if self.width is not None and self.height is not None:
            found |= {"width": self.width, "height": self.height}
        return found

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        films = [value for value in values if isinstance(value, Video)]
        return {
            "_type": "videos",
            "count": len(films),
            "videos": [film.bind(run, key, step) for film in films],
            "captions": [*captions] if (captions := captions_of(films)) is not None else False,
        }

    def _read(self, data: Any, fps: int, kind: str | None) -> Content:
        if isinstance(data, (str, os.PathLike)):
            suffix_of(os.fspath(data), _VIDEO_TYPES, "a film")
            return Content.of_file(os.fspath(data))
        if kind is not None and kind not in _VIDEO_TYPES:
            raise InvalidInput(f"format is {kind!r}; it must be {', '.join(_VIDEO_TYPES)}.")
        if callable(getattr(data, "read", None)):
            try:
                data = data.read()
            except (OSError, ValueError) as error:
                raise InvalidInput(f"The file cannot be read: {error}.") from error
        if isinstance(data, (bytes, bytearray, memoryview)):
            if kind is None:
                raise InvalidInput("Bytes of a film need a format: Video(data, format='mp4').")
            return Content.of(bytes(data), f".{kind}")
        frames = _frames(data)
        self.height, self.width = frames.shape[1:3]
        return Content.of(_film(frames, fps, kind or "gif"), f".{kind or 'gif'}")


def _samples(data: Any) -> tuple[packed[int], int]:
    if is_array(data) or callable(getattr(data, "detach", None)):
        return _samples_of_array(as_numpy(data))
    rows = plain(data)
    if not isinstance(rows, list) or not rows:
        raise InvalidInput("A sound needs samples: a list or an array of numbers.")
    num_channels = len(rows[0]) if isinstance(rows[0], list) else 1
    flat = [x for row in rows for x in row] if isinstance(rows[0], list) else rows
    if len(flat) != len(rows) * num_channels or any(type(x) not in (int, float) for x in flat):
        raise InvalidInput("Samples are numbers, as many for each channel.")
    scale = _FULL if any(type(x) is float for x in flat) else 1
    limited = (max(-_FULL - 1, min(_FULL, round(x * scale))) for x in flat)
    return _little(packed("h", limited)), num_channels


def _samples_of_array(array: Any) -> tuple[packed[int], int]:
    if array.ndim == 2 and array.shape[0] <= 8 < array.shape[1]:
        array = array.T  # channels first, as PyTorch has them
    if array.ndim not in (1, 2) or array.size == 0 or array.dtype.kind not in "fiu":
        raise InvalidInput(
            f"An array of {array.dtype} of the shape {array.shape} is no sound: it must be "
            "(samples,) or (samples, channels)."
        )
    if array.dtype.kind == "f":
        import numpy as np

        array = np.nan_to_num(array) * _FULL
    elif array.dtype.itemsize > 2:
        array = array.astype("int64")
    samples = packed("h")
    samples.frombytes(array.round().clip(-_FULL - 1, _FULL).astype("<i2").tobytes())
    return samples, 1 if array.ndim == 1 else array.shape[1]


def _little(samples: packed[int]) -> packed[int]:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _frames(data: Any) -> Any:
    """Frames as bytes: time × height × width × 3; several films side by side."""
    import numpy as np

    array = as_numpy(data)
    if array.ndim == 4:
        array = array[None]
    if array.ndim != 5 or array.shape[2] not in (1, 3, 4) or array.size == 0:
        raise InvalidInput(
            f"An array of the shape {array.shape} is no film: it must be (time, channels, height, "
            "width) with 1, 3 or 4 channels, or several of those."
        )
    if array.dtype.kind == "f" and float(array.max()) <= 1.0:
        array = array * 255
    if array.dtype != np.uint8:
        array = array.round().clip(0, 255).astype(np.uint8)
    array = array[:, :, :3].transpose(1, 3, 0, 4, 2)
    num, height, films, width, channels = array.shape
    array = array.reshape(num, height, films * width, channels)
    return array.repeat(3, axis=3) if channels == 1 else array


def _film(frames: Any, fps: int, kind: str) -> bytes:
    if kind == "gif":
        try:
            pillow = import_module("PIL.Image")
        except ImportError as error:
            raise InvalidInput(
                "Frames need Pillow to become a GIF: pip install pillow, or give a file."
            ) from error
        pictures = [pillow.fromarray(frame) for frame in frames]
        out = io.BytesIO()
        pictures[0].save(
            out,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=max(20, round(1_000 / fps)),
            loop=0,
        )
        return out.getvalue()
    with tempfile.TemporaryDirectory(prefix="runstone-") as folder:
        path = Path(folder, f"film.{kind}")
        _encode(frames, fps, str(path))
        return path.read_bytes()


def _encode(frames: Any, fps: int, path: str) -> None:
    try:
        clips = import_module("moviepy.video.io.ImageSequenceClip")
        clips.ImageSequenceClip(list(frames), fps=fps).write_videofile(path, logger=None)
        return
    except ImportError:
        pass
    try:
        imageio = import_module("imageio.v3")
    except ImportError as error:
        raise InvalidInput(
            f"Frames need moviepy or imageio to become {Path(path).suffix[1:]}: pip install "
            "moviepy; or take format='gif', or give a file."
        ) from error
    try:
        imageio.imwrite(path, frames, fps=fps)
    except (ImportError, OSError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"imageio cannot encode this ({error}): pip install moviepy, or take format='gif'."
        ) from error
