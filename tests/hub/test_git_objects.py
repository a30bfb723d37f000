"""Names of files and folders are those that git itself gives."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.hub.git_objects import (
    FileEntry,
    blob_id,
    folder_ids,
    lfs_entry,
    lfs_pointer,
    plain_entry,
    same_content,
    tree_id,
)

NAMES = st.text("ab.-_é", min_size=1, max_size=3).filter(lambda name: name.strip(".") != "")
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=5), max_size=6
)


def without_files_as_folders(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {p: c for p, c in tree.items() if not any(o.startswith(f"{p}/") for o in tree)}


@settings(max_examples=15)
@given(TREES.map(without_files_as_folders))
def test_a_tree_has_the_name_that_git_gives_it(
    tmp_path_factory: object, tree: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("git")  # type: ignore[attr-defined]
    assert tree_id({p: plain_entry(c) for p, c in tree.items()}) == named_by_git(folder, tree)


def named_by_git(folder: Path, tree: dict[str, bytes]) -> str:
    def git(*words: str, given: bytes = b"") -> str:
        command = ["git", *words]
        run = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=True)
        return run.stdout.decode().strip()

    git("init", "-q")
    for number, content in enumerate(tree.values()):
        (folder / str(number)).write_bytes(content)
    paths = "".join(f"{number}\n" for number in range(len(tree)))
    oids = git("hash-object", "-w", "--no-filters", "--stdin-paths", given=paths.encode()).split()
    assert oids == [blob_id(content) for content in tree.values()]
    entries = (f"100644 {oid}\t{path}\0" for oid, path in zip(oids, tree, strict=True))
    git("update-index", "-z", "--index-info", given="".join(entries).encode())
    return git("write-tree")


@given(TREES.map(without_files_as_folders), st.data())
def test_any_change_of_a_tree_changes_its_name(tree: dict[str, bytes], data: st.DataObject) -> None:
    before = {p: plain_entry(c) for p, c in tree.items()}
    path = data.draw(st.sampled_from([*tree, "new"]))
    after = {**before, path: plain_entry(tree.get(path, b"") + b"x")}
    assert tree_id(after) != tree_id(before)


def test_folders_have_names_at_every_depth() -> None:
    files = {"a/b/c.txt": plain_entry(b"1"), "a/d.txt": plain_entry(b"2")}
    assert set(folder_ids(files)) == {"", "a", "a/b"}
    assert folder_ids({})[""] == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_a_file_in_lfs_is_named_by_its_pointer() -> None:
    content = b"\0" * 3000
    sha256 = hashlib.sha256(content).hexdigest()
    entry = lfs_entry(sha256, len(content))
    assert entry == FileEntry(blob_id(lfs_pointer(sha256, 3000)), 3000, sha256)
    assert same_content(entry, content)
    assert not same_content(entry, content + b"\0")
    assert not same_content(plain_entry(b"a"), b"b")
