"""Images, with boxes and masks over them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values import RunValue
from runstone.tracking.values.arrays import as_numpy
from runstone.tracking.values.media import Content, Media, RunShelf, Shelf, as_json, captions_of
from runstone.tracking.values.pixels import (
    MAX_DIMENSION,
    drawn,
    encoded,
    picture_of,
    pixels_of,
    png_of,
    size_of,
)

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun

_FILE_TYPES: Final = ("png", "jpg", "jpeg", "bmp")
_HEAD_BYTES: Final = 1 << 18


class Classes(RunValue):
    """Names of classes by their number, for boxes and masks."""

    def __init__(self, class_set: Sequence[Mapping[str, Any]]) -> None:
        """Takes the classes.

        Args:
            class_set: Of each its `id` and `name`.

        Raises:
            InvalidInput: One of them lacks either.
        """
        if any("id" not in one or "name" not in one for one in class_set):
            raise InvalidInput("Each class needs an id and a name: {'id': 0, 'name': 'sky'}.")
        self.names = {int(one["id"]): str(one["name"]) for one in class_set}

    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """See `RunValue`."""
        return self.document()

    def document(self) -> dict[str, JsonValue]:
        """As it is logged."""
        classes: list[JsonValue] = [{"id": i, "name": name} for i, name in self.names.items()]
        return {"_type": "classes", "class_set": classes}


class Image(Media):
    """A picture."""

    log_type: ClassVar[str] = "image-file"
    folder: ClassVar[str] = "media/images"

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Classes | Sequence[Mapping[str, Any]] | None = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
    ) -> None:
        """Takes a picture as it is now; a file is read when it is logged.

        Args:
            data_or_path: A file, a picture of Pillow, a figure of Matplotlib, another `Image`, or
                an array: (height, width[, channels]), of PyTorch ([channels,] height, width);
                bytes, or floats from 0 to 1.
            mode: Of Pillow: `L`, `RGB`, `RGBA`.
            grouping: Of how many pictures side by side this one is made.
            classes: Names of classes in boxes and masks.
            boxes: By group: `{"box_data": […], "class_labels": {…}}`.
            masks: By group: `{"mask_data": array}` or `{"path": …}`, and `class_labels`.
            file_type: `png`, `jpg` or `bmp`; of what is no file already.
        """
        self.format = file_type or "png"
        self.width: int | None = None
        self.height: int | None = None
        self.grouping = grouping
        self._classes: Classes | None = None
        if classes:
            self._classes = classes if isinstance(classes, Classes) else Classes(classes)
        if isinstance(data_or_path, Image):
            caption = data_or_path.caption if caption is None else caption
            self.grouping = data_or_path.grouping if grouping is None else grouping
            self._classes = self._classes or data_or_path._classes
        super().__init__(lambda: self._read(data_or_path, mode, file_type), caption)
        names = None if self._classes is None else self._classes.names
        self._boxes = {name: _as_boxes(one, names) for name, one in (boxes or {}).items()}
        self._masks = {name: _as_mask(one, names) for name, one in (masks or {}).items()}

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        found = super().document(shelf)
        found["format"] = self.format
        for name in ("width", "height", "grouping"):
            if (value := getattr(self, name)) is not None:
                found[name] = value
        if self._boxes:
            found["boxes"] = {name: one.document(shelf) for name, one in self._boxes.items()}
        if self._masks:
            found["masks"] = {name: one.document(shelf) for name, one in self._masks.items()}
        if self._classes is not None and not isinstance(shelf, RunShelf):
            text = as_json(self._classes.document())
            path = shelf.keep("media/classes", Content.of(text, "_cls.classes.json"))
            found["classes"] = {"type": "classes-file", "path": path}
        return found

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        images = [value for value in values if isinstance(value, Image)]
        documents = [image.bind(run, key, step) for image in images]
        found: dict[str, Any] = {
            "_type": "images/separated",
            "width": images[0].width,
            "height": images[0].height,
            "format": images[0].format,
            "count": len(images),
            "filenames": [one["path"] for one in documents],
        }
        if (captions := captions_of(images)) is not None:
            found["captions"] = captions
        for name in ("boxes", "masks"):
            if any(name in one for one in documents):
                found[f"all_{name}"] = [one.get(name) for one in documents]
        return found

    def _read(self, data: Any, mode: str | None, file_type: str | None) -> Content:
        if self.format not in _FILE_TYPES:
            raise InvalidInput(f"file_type is {file_type!r}; it must be {', '.join(_FILE_TYPES)}.")
        if isinstance(data, Image):
            content = data.content()
            self.format, self.width, self.height = data.format, data.width, data.height
            return content
        if isinstance(data, (str, os.PathLike)):
            content = Content.of_file(os.fspath(data))
            self.format = content.suffix[1:].lower()
            self._measure(content)
            return content
        room = type(data).__module__.partition(".")[0]
        if room == "matplotlib" or hasattr(data, "gcf"):
            content = Content.of(drawn(data, self.format), f".{self.format}")
        elif room == "PIL":
            self._check_size(data.width, data.height)
            content = Content.of(encoded(data, self.format, mode), f".{self.format}")
        else:
            pixels = pixels_of(data)
            content = Content.of(picture_of(pixels, mode, self.format), f".{self.format}")
        self._measure(content)
        return content

    def _measure(self, content: Content) -> None:
        size = size_of(content.head(_HEAD_BYTES))
        if size is not None:
            self._check_size(*size)
            self.width, self.height = size

    def _check_size(self, width: int, height: int) -> None:
        if max(width, height) > MAX_DIMENSION:
            raise InvalidInput(
                f"A picture of {width:,} × {height:,} points cannot be logged: each side has at "
                f"most {MAX_DIMENSION:,}."
            )


class BoundingBoxes2D(Media):
    """Boxes over a picture."""

    log_type: ClassVar[str] = "boxes2D"
    folder: ClassVar[str] = "media/metadata/boxes2D"

    def __init__(
        self, val: Mapping[str, Any], key: str = "", names: Mapping[int, str] | None = None
    ) -> None:
        """Takes the boxes.

        Args:
            val: `box_data`: of each box its `position` and `class_id`, and where there are some
                `box_caption`, `scores`, `domain`. `class_labels`: names by number.
            names: Of classes, where `val` has none.
        """
        self._names: dict[str, str] = {}
        super().__init__(lambda: self._read(val, names))

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        labels: dict[str, JsonValue] = {**self._names}
        return super().document(shelf) | {"class_labels": labels}

    def _read(self, val: Mapping[str, Any], names: Mapping[int, str] | None) -> Content:
        boxes = plain(val.get("box_data"))
        if not isinstance(boxes, list):
            raise InvalidInput("Boxes need 'box_data', a list with one dictionary for each box.")
        for box in boxes:
            _check_box(box)
        labels = val.get("class_labels") or names
        if labels is None:
            numbers = sorted({box["class_id"] for box in boxes if "class_id" in box})
            labels = {number: f"class_{number}" for number in numbers}
        self._names = {str(number): str(name) for number, name in labels.items()}
        text = as_json({"box_data": boxes, "class_labels": self._names})
        return Content.of(text, ".boxes2D.json")


class ImageMask(Media):
    """A class for each point of a picture."""

    log_type: ClassVar[str] = "mask"
    folder: ClassVar[str] = "media/images/mask"

    def __init__(
        self, val: Mapping[str, Any], key: str = "", names: Mapping[int, str] | None = None
    ) -> None:
        """Takes the mask.

        Args:
            val: `mask_data`: an array (height, width) of whole numbers from 0 to 255, or `path`:
                a picture of one. `class_labels`: names by number.
            names: Of classes, where `val` has none.
        """
        self._names: dict[str, str] = {}
        super().__init__(lambda: self._read(val, names))

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        labels: dict[str, JsonValue] = {**self._names}
        return super().document(shelf) | {"class_labels": labels}

    def _read(self, val: Mapping[str, Any], names: Mapping[int, str] | None) -> Content:
        labels = val.get("class_labels") or names
        if "path" in val:
            self._names = {str(number): str(name) for number, name in (labels or {}).items()}
            return Content.of_file(val["path"])
        if val.get("mask_data") is None:
            raise InvalidInput("A mask needs 'mask_data', an array of class numbers, or 'path'.")
        array = as_numpy(val["mask_data"])
        if array.ndim != 2 or array.size == 0:
            raise InvalidInput(
                f"An array of the shape {array.shape} is no mask: it must be (height, width)."
            )
        if array.dtype.kind not in "uib" or array.min() < 0 or array.max() > 255:
            raise InvalidInput("A mask has whole numbers from 0 to 255: classes by their number.")
        if labels is None:
            labels = {number: f"class_{number}" for number in sorted(set(array.ravel().tolist()))}
        self._names = {str(number): str(name) for number, name in labels.items()}
        return Content.of(png_of(array.astype("uint8")[:, :, None]), ".mask.png")


def _as_boxes(value: Any, names: Mapping[int, str] | None) -> BoundingBoxes2D:
    return value if isinstance(value, BoundingBoxes2D) else BoundingBoxes2D(value, names=names)


def _as_mask(value: Any, names: Mapping[int, str] | None) -> ImageMask:
    return value if isinstance(value, ImageMask) else ImageMask(value, names=names)


def _check_box(box: Any) -> None:
    place = box.get("position") if isinstance(box, dict) else None
    if not isinstance(place, dict):
        raise InvalidInput("Each box needs a 'position'.")
    middle = place.get("middle")
    wanted = ("minX", "maxX", "minY", "maxY")
    if isinstance(middle, list):
        wanted = ("width", "height")  # type: ignore[assignment]
    if any(not isinstance(place.get(name), (int, float)) for name in wanted) or (
        isinstance(middle, list) and len(middle) != 2
    ):
        raise InvalidInput(
            "The position of a box is minX, maxX, minY and maxY, or middle (two numbers), width "
            f"and height; not {as_json(place)[:200]}."
        )
