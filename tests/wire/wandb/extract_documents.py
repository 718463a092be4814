"""Find every GraphQL document that an installed wandb client can send.

The documents are wandb's, so none of them is kept in this repository: they are
read from the environments of `tests/compat/install_clients.py` when a test runs.
Two sources: the Python packages, whose sources are walked by `string_paths`, and
the compiled helper, whose documents lie in it as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.wire.wandb.string_paths import HOLE, Package

# A document of ours-to-check, as opposed to prose that begins with "query": a
# keyword, perhaps a name, then variables or a selection.
_DOCUMENT = re.compile(r"(?:\s|#[^\n]*\n)*(?:query|mutation)\b\s*\w*\s*[({]")

# The Go linker joins literals without a separator; genqlient's all begin like this.
_COMPILED = re.compile(rb"\n(?:query|mutation) \w+ ?[({]")
_COMPILED_FRAGMENT = re.compile(rb"\n?fragment \w+ on \w+ ?{")

_PACKAGES = ("wandb", "wandb_workspaces")


@dataclass(frozen=True)
class Document:
    """One text that the client may send, with where it was found."""

    origin: str
    text: str

    @property
    def is_complete(self) -> bool:
        """Whether all parts of the text could be worked out."""
        return HOLE not in self.text

    @property
    def name(self) -> str:
        """Operation name, or "?" for the rare anonymous ones."""
        found = re.search(r"\b(?:query|mutation)\s+(\w+)", self.text)
        return found.group(1) if found else "?"


def extract(site_packages: Path) -> list[Document]:
    """All documents of one client environment, each text once, in a stable order."""
    found: dict[str, Document] = {}
    for document in _python_documents(site_packages):
        found.setdefault(document.text, document)
    for document in compiled_documents(site_packages / "wandb" / "bin" / "wandb-core"):
        found.setdefault(document.text, document)
    return sorted(found.values(), key=lambda document: (document.origin, document.text))


def compiled_documents(binary: Path) -> Iterator[Document]:
    """Documents inside the compiled helper.

    Source: `core/internal/gql`, genqlient output; it keeps each operation with its
    fragments in one literal, so braces tell where a document ends.
    """
    content = binary.read_bytes()
    for match in _COMPILED.finditer(content):
        end = _end_of_block(content, content.index(b"{", _after_variables(content, match)))
        while fragment := _COMPILED_FRAGMENT.match(content, end):
            end = _end_of_block(content, fragment.end() - 1)
        yield Document(binary.name, content[match.start() : end].decode().strip())


def _python_documents(site_packages: Path) -> Iterator[Document]:
    for name in _PACKAGES:
        if (site_packages / name).is_dir():
            for origin, text in Package(site_packages, name).strings():
                if _DOCUMENT.match(text):
                    yield Document(origin, text)


def _after_variables(content: bytes, match: re.Match[bytes]) -> int:
    """Where the selection may begin: variables can hold braces in default values."""
    if not match.group().endswith(b"("):
        return match.end() - 1
    return _end_of_block(content, match.end() - 1)


def _end_of_block(content: bytes, start: int) -> int:
    opening = content[start : start + 1]
    closing = {b"{": b"}", b"(": b")"}[opening]
    depth = 0
    for position in range(start, len(content)):
        character = content[position : position + 1]
        depth += (character == opening) - (character == closing)
        if depth == 0:
            return position + 1
    raise ValueError("a document runs past the end of the binary")
