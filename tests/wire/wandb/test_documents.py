"""Every document that a supported wandb client can send is valid against our schema."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, parse, validate
from tests.compat.install_clients import CLIENTS, lines
from tests.wire.wandb.extract_documents import Document, extract

pytestmark = pytest.mark.compat

# Documents with a placeholder that `string_paths` cannot fill in, by operation name.
# Each needs a reason why nothing is lost.
UNREADABLE = {
    # 0.19 and 0.25 fill it in from an inner function; both fillings are also among
    # what the compiled helper of the same line sends, and that is checked.
    "LinkArtifact": ("0.19", "0.25"),
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    folder = resources.files("runstone.wire.wandb") / "graphql"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".graphql")),
        key=lambda file: file.name,
    )
    return build_schema("\n".join(file.read_text() for file in files))


@cache
def documents(line: str) -> list[Document]:
    site_packages = next((CLIENTS / line).glob("lib/python*/site-packages"), None)
    if site_packages is None:
        pytest.fail(f"`make clients` installs wandb {line}")
    return extract(Path(site_packages))


def problems(schema: GraphQLSchema, line: str, document: Document) -> list[str]:
    """What is wrong with one document; empty if it may be sent."""
    try:
        if not document.is_complete:
            raise GraphQLError("could not be put together from the sources")
        parsed = parse(document.text)
    except GraphQLError as error:
        return [] if line in UNREADABLE.get(document.name, ()) else [error.message]
    return [error.message for error in validate(schema, parsed)]


@pytest.mark.parametrize("line", lines())
def test_all_documents_are_valid(schema: GraphQLSchema, line: str) -> None:
    failed = [
        f"{document.name} ({document.origin}): {problem}"
        for document in documents(line)
        for problem in problems(schema, line, document)
    ]
    assert not failed, "\n".join([f"wandb {line}:", *failed])


@pytest.mark.parametrize(("line", "at_least"), [("0.19", 150), ("0.25", 165), ("0.31", 165)])
def test_extraction_finds_what_it_should(line: str, at_least: int) -> None:
    """Guards the guard: an extractor that finds nothing would make the test above pass."""
    names = {document.name for document in documents(line)}
    assert len(names) >= at_least
    assert {"UpsertBucket", "CreateArtifact", "RunFiles", "UpsertSweep", "Viewer"} <= names
