"""What files are, by their names."""

from __future__ import annotations

import pytest

from runstone.domain.file_kinds import Preview, kind_of


@pytest.mark.parametrize(
    ("name", "preview", "language"),
    [
        ("code/train.py", "code", "python"), ("Makefile", "code", "make"),
        ("a/Dockerfile", "code", "docker"), ("config.yaml", "code", "yaml"),
        ("diff.patch", "code", "diff"), ("output.log", "text", None),
        ("requirements.txt", "text", None), ("LICENSE", "text", None), (".gitignore", "text", None),
        ("wandb-summary.json", "json", "json"), ("rows.jsonl", "text", "json"),
        ("media/table/a.table.json", "table", None), ("a.CSV", "table", None),
        ("a.plotly.json", "plotly", "json"), ("a.pts.json", "object3d", None),
        ("a.glb", "object3d", None), ("a.pdb", "molecule", None), ("a.png", "image", None),
        ("a.JPEG", "image", None), ("a.svg", "svg", None), ("a.html", "html", None),
        ("a.wav", "audio", None), ("a.ogg", "audio", None), ("a.mp4", "video", None),
        ("a.gif", "image", None), ("a.pdf", "none", None), ("a.pt", "none", None),
        ("noextension", "none", None), ("a.png/b", "none", None), ("png", "none", None),
    ],
)  # fmt: skip
def test_kinds(name: str, preview: str, language: str | None) -> None:
    found = kind_of(name)
    assert (found.preview, found.language) == (Preview(preview), language)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xml", "a.js", "a.css", "a.pdf", "a.xhtml"])
def test_what_a_browser_could_run_has_no_type_of_its_own(name: str) -> None:
    assert kind_of(name).media_type is None
