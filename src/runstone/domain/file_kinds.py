"""What a file of a run is to its readers, by its name: how it may be shown, and sent safely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TABLE: Final = ".table.json"
JOINED_TABLE: Final = ".joined-table.json"
PARTITIONED_TABLE: Final = ".partitioned-table.json"
"""These name other tables of their artifact."""


class Preview(StrEnum):
    """How a file can be shown."""

    TEXT = "text"
    CODE = "code"
    JSON = "json"
    TABLE = "table"
    IMAGE = "image"
    SVG = "svg"
    AUDIO = "audio"
    VIDEO = "video"
    HTML = "html"
    PLOTLY = "plotly"
    OBJECT3D = "object3d"
    MOLECULE = "molecule"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is.

    Attributes:
        language: Of code and of text with a syntax.
        media_type: With which its bytes may go to a browser as they are, on any origin; None for
            all that a browser could take for a page or run.
        is_text: It can be read as UTF-8.
    """

    preview: Preview
    language: str | None = None
    media_type: str | None = None
    is_text: bool = False


# Only what browsers decode and never run; a PDF may hold scripts.
_SAFE: Final = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "bmp": "image/bmp", "avif": "image/avif", "ico": "image/x-icon",
    "tif": "image/tiff", "tiff": "image/tiff",
    "wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg",
    "opus": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4", "aac": "audio/aac",
    "weba": "audio/webm", "aif": "audio/aiff", "aiff": "audio/aiff",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg",
    "mov": "video/quicktime", "mkv": "video/x-matroska", "avi": "video/x-msvideo",
}  # fmt: skip

_LANGUAGES: Final = {
    "py": "python", "pyi": "python", "ipynb": "json", "js": "javascript", "mjs": "javascript",
    "cjs": "javascript", "jsx": "jsx", "ts": "typescript", "tsx": "tsx", "c": "c", "h": "c",
    "cc": "cpp", "cpp": "cpp", "cxx": "cpp", "hpp": "cpp", "cu": "cpp", "cuh": "cpp", "go": "go",
    "rs": "rust", "java": "java", "kt": "kotlin", "scala": "scala", "jl": "julia", "r": "r",
    "rb": "ruby", "lua": "lua", "pl": "perl", "php": "php", "swift": "swift", "sh": "shell",
    "bash": "shell", "zsh": "shell", "ps1": "powershell", "sql": "sql", "css": "css",
    "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini", "cfg": "ini", "conf": "ini",
    "xml": "xml", "tex": "latex", "md": "markdown", "rst": "rst", "proto": "protobuf",
    "diff": "diff", "patch": "diff", "cmake": "cmake", "gradle": "groovy", "tf": "hcl",
}  # fmt: skip

_TEXTS: Final = frozenset((
    "txt", "log", "out", "err", "text", "gitignore", "env", "lock", "in", "list", "vtt", "srt",
    "pdb", "sdf", "mol", "mol2", "pqr", "xyz", "cif", "gro", "obj", "srt", "bib",
))  # fmt: skip

_MOLECULES: Final = frozenset((
    "pdb", "pqr", "mmcif", "mcif", "cif", "sdf", "sd", "gro", "mol2", "mmtf",
))  # fmt: skip

_BY_NAME: Final = {
    "makefile": "make", "dockerfile": "docker", "jenkinsfile": "groovy", "cmakelists.txt": "cmake",
}  # fmt: skip

_TEXT_NAMES: Final = frozenset(("license", "readme", "changelog", "authors", "requirements.txt"))


def kind_of(name: str) -> FileKind:
    """What a file of that name is; its bytes are not looked at."""
    base = name.rsplit("/", 1)[-1].lower()
    extension = base.rsplit(".", 1)[-1] if "." in base else ""
    if base.endswith((TABLE, JOINED_TABLE, PARTITIONED_TABLE, ".csv", ".tsv")):
        return FileKind(Preview.TABLE, is_text=True)
    if base.endswith(".plotly.json"):
        return FileKind(Preview.PLOTLY, "json", is_text=True)
    if base.endswith(".pts.json") or extension in ("gltf", "glb", "obj", "stl", "babylon"):
        return FileKind(Preview.OBJECT3D, is_text=extension in ("json", "obj", "gltf"))
    if extension in _MOLECULES:
        return FileKind(Preview.MOLECULE, is_text=extension != "mmtf")
    if extension in ("json", "jsonl", "ndjson", "ipynb", "geojson"):
        is_one = extension not in ("jsonl", "ndjson")
        return FileKind(Preview.JSON if is_one else Preview.TEXT, "json", is_text=True)
    if extension == "svg":
        return FileKind(Preview.SVG, is_text=True)
    if extension in ("html", "htm"):
        return FileKind(Preview.HTML, is_text=True)
    if media_type := _SAFE.get(extension):
        return FileKind(Preview(media_type.partition("/")[0]), media_type=media_type)
    if language := _BY_NAME.get(base) or _LANGUAGES.get(extension):
        return FileKind(Preview.CODE, language, is_text=True)
    if extension in _TEXTS or base in _TEXT_NAMES:
        return FileKind(Preview.TEXT, is_text=True)
    return FileKind(Preview.NONE)
