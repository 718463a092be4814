"""Comparisons of files and of tables, against what a person would do with two lists."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.artifact_diff import ChangeKind, compare_entries
from runstone.domain.manifest import Entry
from runstone.services.table_comparison import RowChangeKind, compare_tables
from runstone.services.tables import parse_table

# Few names and fewer contents: files meet.
PATHS = st.sampled_from(["a", "b", "c", "d/a", "d/b", "e/a", "f/g/b"])
CONTENTS = st.sampled_from(["", "x", "y", "z", "s3://one", "s3://two"])
TREES = st.dictionaries(PATHS, CONTENTS)


def _entries(tree: dict[str, str]) -> list[Entry]:
    return [_entry(path, content) for path, content in sorted(tree.items())]


def _entry(path: str, content: str) -> Entry:
    if content.startswith("s3:"):
        return Entry(path, "etag", None, 0, content)
    md5 = hashlib.md5(content.encode(), usedforsecurity=False).digest()
    return Entry(path, base64.b64encode(md5).decode(), md5, len(content), None)


@given(TREES, TREES)
def test_changes_lead_from_one_version_to_the_other(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = compare_entries(_entries(before), _entries(after))
    tree = dict(before)
    for change in found.changes:
        old, new = change.before, change.after
        match change.kind:
            case ChangeKind.ADDED:
                assert old is None
            case ChangeKind.REMOVED:
                assert new is None
            case ChangeKind.CHANGED:
                assert old is not None
                assert new is not None
                assert old.path == new.path
                assert before[old.path] != after[new.path]
            case ChangeKind.RENAMED:
                assert old is not None
                assert new is not None
                assert old.path != new.path
                assert before[old.path] == after[new.path] != ""
        if old is not None:
            assert tree.pop(old.path) == before[old.path]
    for change in found.changes:
        if change.after is not None:
            tree[change.after.path] = after[change.after.path]
    assert tree == after
    assert found.num_same == sum(before[path] == after.get(path) for path in before)
    paths = [change.path for change in found.changes]
    assert paths == sorted(set(paths))


@given(TREES, TREES)
def test_no_pair_that_could_be_a_rename_is_left(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = compare_entries(_entries(before), _entries(after)).changes
    gone = {before[one.path] for one in found if one.kind is ChangeKind.REMOVED}
    come = {after[one.path] for one in found if one.kind is ChangeKind.ADDED}
    assert gone & come <= {""}


@given(TREES, TREES)
def test_the_way_back_is_the_same_way(before: dict[str, str], after: dict[str, str]) -> None:
    there = compare_entries(_entries(before), _entries(after))
    back = compare_entries(_entries(after), _entries(before))
    mirrored = {
        ChangeKind.ADDED: ChangeKind.REMOVED,
        ChangeKind.REMOVED: ChangeKind.ADDED,
        ChangeKind.CHANGED: ChangeKind.CHANGED,
        ChangeKind.RENAMED: ChangeKind.RENAMED,
    }
    assert Counter(mirrored[one.kind] for one in there.changes) == Counter(
        one.kind for one in back.changes
    )
    assert there.num_same == back.num_same


def test_what_kept_its_name_was_moved() -> None:
    before = _entries({"old/one": "x", "old/two": "x", "gone": "x"})
    after = _entries({"new/two": "x", "a": "x", "new/one": "x"})
    renames = [
        (one.before.path, one.after.path)
        for one in compare_entries(before, after).changes
        if one.before is not None and one.after is not None
    ]
    assert renames == [("gone", "a"), ("old/one", "new/one"), ("old/two", "new/two")]


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "p"]),
    st.sampled_from([0.0, 0.5, float("nan")]), st.lists(st.integers(0, 1), max_size=2),
)  # fmt: skip
KEYS = st.sampled_from(["k", "l", "m"])
TABLES = st.lists(st.tuples(KEYS, CELLS, CELLS), max_size=6)


def _table(columns: list[str], rows: list[tuple[object, ...]]) -> bytes:
    return json.dumps({"columns": columns, "data": [list(row) for row in rows]}).encode()


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if one != one and other != other:
        return True
    return one == other


@given(TABLES, TABLES)
def test_rows_are_joined_by_their_key(
    old: list[tuple[str, object, object]], new: list[tuple[str, object, object]]
) -> None:
    """Of rows that share a key the first ones belong together, then the second ones."""
    before = parse_table("t.table.json", _table(["id", "x", "y"], old))
    # The same columns in another order, and one more.
    turned = [(y, key, x, 1) for key, x, y in new]
    after = parse_table("t.table.json", _table(["y", "id", "x", "z"], turned))
    found = compare_tables(before, after, key="id")
    assert [one.name for one in found.columns] == ["y", "id", "x", "z"]

    wanted: list[tuple[int | None, int | None, tuple[int, ...]]] = []
    num_same = 0
    for key in "klm":
        left = [n for n, row in enumerate(old) if row[0] == key]
        right = [n for n, row in enumerate(new) if row[0] == key]
        for n in range(max(len(left), len(right))):
            was = left[n] if n < len(left) else None
            now = right[n] if n < len(right) else None
            if was is None or now is None:
                wanted.append((was, now, ()))
                continue
            (_, x, y), (_, u, v) = old[was], new[now]
            changed = tuple(at for at, a, b in ((0, y, v), (2, x, u)) if not _same(a, b))
            if changed:
                wanted.append((was, now, changed))
            else:
                num_same += 1
    assert sorted(found.rows, key=repr) == sorted(wanted, key=repr)
    assert found.num_same == num_same
    # In the order of the second table, and of the first one where a row is gone.
    order = [row.after for row in found.rows if row.after is not None]
    assert order == sorted(order)
    gone = [row.before for row in found.rows if row.kind is RowChangeKind.REMOVED]
    assert gone == sorted(one for one in gone if one is not None)


@given(TABLES, TABLES)
def test_rows_are_joined_by_place(
    old: list[tuple[str, object, object]], new: list[tuple[str, object, object]]
) -> None:
    names = ["id", "x", "y"]
    before, after = (parse_table("t.table.json", _table(names, rows)) for rows in (old, new))
    found = compare_tables(before, after, by_place=True)
    assert found.key is None
    pairs = list(zip(old, new, strict=False))
    differing = [n for n, pair in enumerate(pairs) if not all(map(_same, *pair))]
    assert [row.after for row in found.rows if row.kind is RowChangeKind.CHANGED] == differing
    assert found.num_same == len(pairs) - len(differing)
    assert found.count().get(RowChangeKind.ADDED, 0) == max(0, len(new) - len(old))
    assert found.count().get(RowChangeKind.REMOVED, 0) == max(0, len(old) - len(new))
