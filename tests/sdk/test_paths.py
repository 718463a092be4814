"""Addresses as people write and paste them."""

from __future__ import annotations

import pytest

from runstone.errors import InvalidInput
from runstone.sdk.paths import (
    ProjectPath,
    RunPath,
    read_path,
    read_project_path,
    read_run_path,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("lab/digits", ProjectPath("lab", "digits")),
        ("lab/digits/", ProjectPath("lab", "digits")),
        (" lab/my project ", ProjectPath("lab", "my project")),
        ("lab/digits/4k2x", RunPath("lab", "digits", "4k2x")),
        ("lab/digits/runs/4k2x", RunPath("lab", "digits", "4k2x")),
        ("lab/digits/runs", RunPath("lab", "digits", "runs")),
        ("http://127.0.0.1:8470/lab/digits", ProjectPath("lab", "digits")),
        ("https://r.org/lab/my%20project/runs/a%2Bb", RunPath("lab", "my project", "a+b")),
        ("https://r.org/lab/digits/runs/4k2x/files?x=1#y", RunPath("lab", "digits", "4k2x")),
    ],
)
def test_addresses(text: str, path: ProjectPath | RunPath) -> None:
    assert read_path(text) == path


@pytest.mark.parametrize(
    "text", ["", "lab", "/", "lab/", "/digits", "a/b/c/d", "../x", "a/..", "a/b?c", "http://x.org/"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_path(text)


def test_which_of_both() -> None:
    with pytest.raises(InvalidInput, match="names a run"):
        read_project_path("lab/digits/4k2x")
    with pytest.raises(InvalidInput, match="names a project"):
        read_run_path("lab/digits")
