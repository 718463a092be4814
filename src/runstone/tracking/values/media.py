"""What all values with bytes of their own share: the bytes, and the place where they are put."""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.interruptions import pass_on
from runstone.tracking.saving import copy_file, keep_bytes, keep_copy
from runstone.tracking.values import RunValue

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun

_HASH_CHARS: Final = 20
_MAX_KEY_CHARS: Final = 200
_UNSAFE: Final = re.compile(r'[\x00-\x1f\\:*?"<>|]')
_ADDRESS: Final = re.compile(r"^(gs|s3|https?)://")


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of a value: in memory, or in a file of the user's.

    Attributes:
        suffix: With its dot, or dots: `.png`, `.table.json`.
        sha256: Hexadecimal.
    """

    source: bytes | Path
    suffix: str
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, data: bytes | str, suffix: str) -> Content:
        """Of bytes, or of text in UTF-8."""
        raw = data if isinstance(data, bytes) else data.encode()
        return cls(raw, suffix, hashlib.sha256(raw).hexdigest(), len(raw))

    @classmethod
    def of_file(cls, path: Path | str, suffix: str | None = None) -> Content:
        """Of a file, which is copied when it is logged.

        Raises:
            InvalidInput: It is an address, or cannot be read.
        """
        if _ADDRESS.match(str(path)):
            raise InvalidInput(f"{path} is an address: download it, and log the file.")
        path = Path(path).absolute()
        digest = hashlib.sha256()
        size_bytes = 0
        try:
            with path.open("rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
                    size_bytes += len(piece)
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
        return cls(path, path.suffix if suffix is None else suffix, digest.hexdigest(), size_bytes)

    def head(self, size: int) -> bytes:
        """The first bytes."""
        if isinstance(self.source, bytes):
            return self.source[:size]
        with self.source.open("rb") as file:
            return file.read(size)


class Shelf(ABC):
    """Where the bytes of a value are put."""

    @abstractmethod
    def keep(self, folder: str, content: Content) -> str:
        """Puts bytes there, and returns their name: a relative path.

        Raises:
            OSError: They cannot be written.
        """


class RunShelf(Shelf):
    """The files of a run; names say under which key and at which step a value was logged."""

    def __init__(self, run: ActiveRun, key: str, step: int | str) -> None:
        self._run = run
        self._step = step
        parts = [part for part in _UNSAFE.sub("_", key).split("/") if part not in ("", ".", "..")]
        self._key = "/".join(parts)[-_MAX_KEY_CHARS:].lstrip("/") or "_"

    def keep(self, folder: str, content: Content) -> str:
        """See `Shelf`."""
        name = f"{self._key}_{self._step}_{content.sha256[:_HASH_CHARS]}{content.suffix}"
        return _keep(self._run, f"{folder}/{name}", content)


class FolderShelf(Shelf):
    """Any folder, such as that in which an artifact is put together.

    Attributes:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, folder: str, content: Content) -> str:
        """See `Shelf`."""
        name = f"{folder}/{content.sha256[:_HASH_CHARS]}{content.suffix}"
        path = self.root / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content.source, bytes):
                path.write_bytes(content.source)
            else:
                copy_file(content.source, path)
        return name


class FileValue(RunValue):
    """A value whose bytes lie in files that its document names.

    Attributes:
        log_type: What documents call it.
        folder: Of its files.
    """

    log_type: ClassVar[str]
    folder: ClassVar[str]

    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """See `RunValue`."""
        return self.document(RunShelf(run, key, step))

    def write_into(self, folder: Path) -> dict[str, JsonValue]:
        """Writes its bytes below a folder; returns the document that names them.

        Raises:
            InvalidInput: There is something wrong with it: says what, and what to do.
            OSError: The bytes cannot be written.
        """
        return self.document(FolderShelf(folder))

    @abstractmethod
    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """Puts its bytes on a shelf; returns the document that names them.

        Raises:
            InvalidInput: There is something wrong with it: says what, and what to do.
            OSError: The bytes cannot be written.
        """


class Media(FileValue):
    """A value that is one file.

    What is wrong with it is said when it is logged, by the key, and does no harm to the training:
    a constructor raises nothing but for arguments that nobody could mean.

    Attributes:
        caption: Shown with it.
    """

    def __init__(self, make: Callable[[], Content], caption: str | None = None) -> None:
        self.caption = caption
        self._content: Content | None = None
        self._failure: Exception | None = None
        try:
            self._content = make()
        except Exception as error:  # noqa: BLE001 - said when it is logged
            pass_on(error)
            self._failure = error

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `FileValue`."""
        content = self.content()
        found: dict[str, Any] = {} if self.caption is None else {"caption": str(self.caption)}
        return found | {
            "_type": self.log_type,
            "path": shelf.keep(self.folder, content),
            "sha256": content.sha256,
            "size": content.size_bytes,
        }

    def content(self) -> Content:
        """Its bytes.

        Raises:
            InvalidInput: There are none: says why.
        """
        if self._content is None:
            raise self._failure or InvalidInput("It is empty.")
        return self._content


def as_json(value: Any) -> str:
    """A document in a file; what JSON has no number for is bare `NaN`, as all clients write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def captions_of(values: Sequence[Media]) -> list[str | None] | None:
    """One for each, where any has one."""
    captions = [value.caption for value in values]
    return captions if any(caption is not None for caption in captions) else None


def text_of(source: Any) -> str | None:
    """What an open file holds, from its beginning; None for what is no file.

    Raises:
        InvalidInput: It is closed.
    """
    if not callable(getattr(source, "read", None)):
        return None
    try:
        if callable(getattr(source, "seek", None)):
            source.seek(0)
        data = source.read()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The file cannot be read: {error}.") from error
    return data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")


def suffix_of(path: str | Path, known: Sequence[str], what: str) -> str:
    """The file type of a path, one of those that are known, without its dot.

    Raises:
        InvalidInput: It is none of them.
    """
    name = PurePosixPath(str(path)).name.lower()
    for one in known:
        if name.endswith(f".{one}"):
            return one
    raise InvalidInput(f"{path} is no file of {what}: those end with {', '.join(known)}.")


def _keep(run: ActiveRun, name: str, content: Content) -> str:
    if isinstance(content.source, bytes):
        keep_bytes(run, name, content.source)
    else:
        keep_copy(run, name, content.source)
    return name
