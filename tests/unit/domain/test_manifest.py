"""Manifests as they are kept in memory: compact, sorted, found by path."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import NOTHING, Entries, Entry, digest_of, merge_manifests
from runstone.domain.manifest import read_manifest as read

MD5 = hashlib.md5(b"x", usedforsecurity=False).digest()
DIGEST = base64.b64encode(MD5).decode()


def text(contents: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"version": 1, "contents": contents, **more}).encode()


def entries(**contents: Any) -> Entries:
    return read(text(contents))


def test_entries_come_by_path_in_the_order_of_their_characters() -> None:
    names = ["b", "a/ä", "a/z", "a", "\U0001f600", "\uffee", "Z"]
    found = read(text({name: {"digest": DIGEST, "size": 3} for name in names}))
    assert [entry.path for entry in found] == sorted(names)
    assert list(found.paths(5)) == sorted(names)[5:]
    assert found[-1] == Entry("\U0001f600", DIGEST, MD5, 3, None)
    assert [entry.path for entry in found[1:3]] == sorted(names)[1:3]
    assert found.size_bytes == 21
    with pytest.raises(IndexError):
        found[7]


def test_an_entry_is_found_by_its_path() -> None:
    found = entries(a={"digest": DIGEST}, c={"digest": "etag", "ref": "s3://b/c", "size": 4})
    assert found.find("a") == Entry("a", DIGEST, MD5, 0, None)
    assert found.find("c") == Entry("c", "etag", None, 4, "s3://b/c")
    assert [found.find(name) for name in ("", "b", "d", "\ud800", "aa")] == [None] * 5
    assert [found.place_of(name) for name in ("", "a", "b", "z")] == [0, 0, 1, 2]
    assert found.md5s() == [MD5]
    assert [found.md5_at(place) for place in (0, 1)] == [MD5, None]
    assert (len(NOTHING), NOTHING.find("a"), list(NOTHING)) == (0, None, [])


def test_a_digest_is_given_back_as_it_was_written() -> None:
    odd = DIGEST[:21] + chr(ord(DIGEST[21]) + 1) + "=="  # the same bytes, written otherwise
    found = entries(a={"digest": DIGEST}, b={"digest": odd})
    assert [entry.digest for entry in found] == [DIGEST, odd]
    assert [entry.md5 for entry in found] == [MD5, MD5]
    assert digest_of(found) != digest_of(entries(a={"digest": DIGEST}, b={"digest": DIGEST}))


def test_a_million_entries_take_some_seventy_bytes_each() -> None:
    many = {f"images/class/{n:07}.jpg": {"digest": DIGEST, "size": n} for n in range(2_000)}
    assert entries(**many).num_bytes < 75 * len(many)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"../a": {"digest": DIGEST}}, "invalid-name"),
        ({"/etc/passwd": {"digest": DIGEST}}, "invalid-name"),
        ({"a/../../b": {"digest": DIGEST}}, "invalid-name"),
        ({"a\\..\\..\\b": {"digest": DIGEST}}, "invalid-name"),
        ({"C:/a": {"digest": DIGEST}}, "invalid-name"),
        ({"a//b": {"digest": DIGEST}}, "invalid-name"),
        ({"": {"digest": DIGEST}}, "invalid-name"),
        ({"../a": {"digest": "e", "ref": "s3://b/c"}}, "invalid-name"),
        ({"a": {"digest": "short"}}, "malformed-digest"),
        ({"a": {"digest": DIGEST, "size": -1}}, "malformed-manifest"),
        ({"a": {"digest": DIGEST, "size": 2**63}}, "malformed-manifest"),
        ({"a": {"digest": DIGEST, "size": 1e30}}, "malformed-manifest"),
        ({name: {"digest": DIGEST, "size": 2**62} for name in "ab"}, "malformed-manifest"),
        ({"a": {}}, "malformed-manifest"),
    ],
)  # fmt: skip
def test_manifests_that_are_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text(given))
    assert caught.value.code == code


def test_manifests_are_merged_the_last_one_counts() -> None:
    one = text({"a": {"digest": DIGEST, "extra": {"k": 1}}, "b": {"digest": DIGEST}}, policy="old")
    two = text({"b": {"digest": "e", "ref": "r"}}, policy="new")
    merged = json.loads(merge_manifests([one, two]))
    assert merged == {
        "version": 1,
        "policy": "new",
        "contents": {"a": {"digest": DIGEST, "extra": {"k": 1}}, "b": {"digest": "e", "ref": "r"}},
    }
    with pytest.raises(InvalidInput):
        merge_manifests([one, b"[]"])
