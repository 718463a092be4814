"""What may be called how."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.errors import InvalidInput
from runstone.domain.names import (
    check_display_name,
    check_entity_name,
    check_project_name,
    check_run_name,
    clean_text,
    invent_display_name,
    normalize_file_name,
)

ANY_TEXT = st.text(st.characters(), max_size=50)  # lone surrogates and controls among them


@pytest.mark.parametrize("name", ["a", "Anna", "vision-lab_2.0", "0", "x" * 64])
def test_entity_names(name: str) -> None:
    assert check_entity_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "-a", ".a", "_a", "a b", "a/b", "é", "a\n", "x" * 65, "x" * 10_000, "..", "a%", "🚀",
     "\ud800", "a\0"],
)  # fmt: skip
def test_no_entity_names(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_entity_name(name)
    assert caught.value.code == "invalid-name"
    assert len(caught.value.message) < 400, "a long name is not repeated whole"
    caught.value.message.encode()


@pytest.mark.parametrize("check", [check_project_name, check_run_name])
@pytest.mark.parametrize(
    "name",
    [
        "a",
        "Zürich",
        "مشروع",
        "🚀",
        "a b",
        'it\'s "x"',
        "a&b=c",
        "...",
        "x" * 128,
        "a'; DROP",
        "<b>",
    ],
)
def test_url_names(check: type[str], name: str) -> None:
    assert check(name) == name


@pytest.mark.parametrize("check", [check_project_name, check_run_name])
@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "empty"), ("  ", "empty"), (".", "folders"), ("..", "folders"), ("a/b", "holds /"),
     ("a\\b", "holds"), ("a%2Fb", "holds %"), ("a#b", "holds #"), ("a?b", "holds ?"),
     ("a:b", "holds :"), ("a\nb", "control"), ("a\0b", "control"), ("\ud83d", "control"),
     ("x" * 129, "129 characters"), ("x" * 10_000, "10,000 characters")],
)  # fmt: skip
def test_no_url_names(check: type[str], name: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(reason)) as caught:
        check(name)
    assert caught.value.code == "invalid-name"
    assert len(caught.value.message) < 300
    caught.value.message.encode()


@pytest.mark.parametrize("name", ["", "a\nb", "a/b", "x" * 1_024, "مشروع 🚀"])
def test_display_names(name: str) -> None:
    assert check_display_name(name) == name


@pytest.mark.parametrize("name", ["x" * 1_025, "a\0", "\udc80"])
def test_no_display_names(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_display_name(name)


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("a.txt", "a.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("a\\b\\c", "a/b/c"),
        ("media/images/é 🚀%.png", "media/images/é 🚀%.png"),
        ("a/", "a"),
        ("..a/b..", "..a/b.."),
        ("...", "..."),
        ("x" * 1_024, "x" * 1_024),
    ],
)
def test_file_names(name: str, normal: str) -> None:
    assert normalize_file_name(name) == normal


@pytest.mark.parametrize(
    "name",
    ["", ".", "./", "/etc/passwd", "\\\\host\\x", "../../x", "a/../b", "a\\..\\b", "a\0",
     "x" * 1_025, "\udcff"],
)  # fmt: skip
def test_no_file_names(name: str) -> None:
    with pytest.raises(InvalidInput):
        normalize_file_name(name)


@given(ANY_TEXT)
def test_a_file_name_is_refused_or_normal_for_good(name: str) -> None:
    try:
        normal = normalize_file_name(name)
    except InvalidInput as error:
        error.message.encode()
        return
    assert normalize_file_name(normal) == normal
    assert not normal.startswith("/")
    assert not {"", ".", ".."} & set(normal.split("/"))
    normal.encode()


@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_stays(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert "\0" not in clean
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("é🚀\ufeff\n", "é🚀\ufeff\n"),
        ("a\0b", "a\ufffdb"),
        ("a\udcffb", "a\ufffdb"),
        ("a\ud83d", "a\ufffd"),
        ("\ud83d\ude80", "🚀"),
        ("\ufeffx\udc00", "\ufeffx\ufffd"),
    ],
)
def test_clean_text(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_invented_names_carry_their_number_and_are_legal() -> None:
    for number in range(1, 200):
        name = invent_display_name(number)
        assert re.fullmatch(rf"[a-z]+-[a-z]+-{number}", name)
        assert check_run_name(name) == check_display_name(name) == name
