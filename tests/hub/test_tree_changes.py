"""A change of a tree leaves what it says, whatever the tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.hub.git_objects import FileEntry, plain_entry
from frontrunner.hub.tree_changes import (
    MARK,
    TreeChange,
    bytes_of,
    is_left_by,
    marked,
    name_of,
    replacing,
)

PATHS = st.sampled_from(["a", "b/c", "d", "e.txt"])
TREES = st.dictionaries(PATHS, st.binary(max_size=2))


def entries(tree: dict[str, bytes]) -> dict[str, FileEntry]:
    return {path: plain_entry(content) for path, content in tree.items()}


def applied(tree: dict[str, bytes], change: TreeChange) -> dict[str, bytes]:
    added = {path: bytes_of(content) for path, content in change.added.items()}
    return {p: c for p, c in tree.items() if p not in change.deleted} | added


@given(TREES, TREES)
def test_replacing_a_tree_leaves_the_new_one(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    change = replacing(entries(old), new)
    assert applied(old, change) == new
    assert is_left_by(entries(new), entries(old), change)
    assert not change.deleted & set(change.added)


@given(TREES, TREES)
def test_only_what_differs_is_sent(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    change = replacing(entries(old), new)
    assert all(old.get(path) != content for path, content in change.added.items())
    assert change.deleted == set(old) - set(new)


@given(TREES, TREES, TREES)
def test_another_tree_is_not_taken_for_the_one_that_is_left(
    old: dict[str, bytes], new: dict[str, bytes], other: dict[str, bytes]
) -> None:
    change = replacing(entries(old), new)
    assert is_left_by(entries(other), entries(old), change) == (other == new)


@given(TREES, TREES, TREES)
def test_two_changes_have_one_name_if_they_leave_the_same(
    old: dict[str, bytes], new: dict[str, bytes], other: dict[str, bytes]
) -> None:
    names = [
        name_of("a/b", "1", entries(old), replacing(entries(old), one)) for one in (new, other)
    ]
    assert (names[0] == names[1]) == (new == other)
    assert names[0] != name_of("a/b", "2", entries(old), replacing(entries(old), new))


def test_the_name_is_a_line_of_the_message() -> None:
    assert marked("Why", "abc") == f"Why\n\n{MARK}: abc"
    assert marked("", "abc") == f"{MARK}: abc"
