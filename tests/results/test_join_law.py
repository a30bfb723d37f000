"""The join, done by arithmetic on columns, against the rules written out one file at a time."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from frontrunner.catalog import Model
from frontrunner.results.chunk import Knowledge, read_chunk
from frontrunner.results.files import files_of, merged
from frontrunner.results.formats import TaskIndex
from frontrunner.results.join import Joined, join
from frontrunner.results.sources import Content
from tests.factories import catalog, result
from tests.results.origin_lists import lists_of

KNOWN = catalog(models=[Model(name="org/a", revision="main"), Model(name="org/b", revision="r1")])


class File(NamedTuple):
    model: str
    revision: str
    task: str
    version: str | None
    score: float

    @property
    def path(self) -> str:
        return f"{self.model.replace('/', '__')}/{self.revision}/{self.task}.json"


FILES = st.lists(
    st.builds(
        File,
        st.sampled_from(["org/a", "org/b"]),
        st.sampled_from(["main", "r1", "r2", "external", "no_revision_available"]),
        st.sampled_from(["T1", "T2"]),
        st.sampled_from([None, "1.0", "1.0.0", "1.10", "1.9", "2.0a1", "1.0-2.0.x", ""]),
        st.integers(0, 100).map(lambda n: n / 100),
    ),
    unique_by=lambda file: file.path,
    max_size=20,
)


def _content(file: File) -> Content:
    return Content(json.dumps(result(file.task, file.score, file.version)).encode())


def joined(files: list[File], shares: int) -> Joined:
    known = Knowledge(TaskIndex.of(KNOWN), frozenset({"org__a", "org__b"}), {})
    chunks = [
        read_chunk(
            ((file.path, _content(file)) for file in files[n::shares]),
            known,
        )
        for n in range(shares)
    ]
    return join(merged([files_of(chunk) for chunk in chunks]), {}, KNOWN)


def better(one: File, other: File) -> bool:
    """The rules of the join, in their order."""

    def key(file: File) -> tuple[bool, bool, bool, Version]:
        try:
            version = Version(file.version or "")
        except InvalidVersion:
            version = None
        return (
            file.revision == {"org/a": "main", "org/b": "r1"}[file.model],
            version is not None,
            file.revision not in {"external", "no_revision_available"},
            version or Version("0.dev0"),
        )

    return key(one) > key(other) or (key(one) == key(other) and one.path < other.path)


@given(FILES, st.integers(1, 3))
def test_the_file_that_stands_is_the_one_the_rules_prefer(files: list[File], shares: int) -> None:
    outcome = joined(files, shares)
    stand = set(outcome.origins.path)
    for file in files:
        rivals = [f for f in files if (f.model, f.task) == (file.model, file.task) and f != file]
        assert (file.path in stand) == all(better(file, rival) for rival in rivals)
    beaten = {reject.path: reject.detail for reject in outcome.rejects}
    assert beaten.keys() == {file.path for file in files} - stand
    assert set(beaten.values()) <= stand


@given(FILES)
def test_each_row_is_where_its_file_says(files: list[File]) -> None:
    outcome = joined(files, 2)
    table, scores = outcome.table, {file.path: file.score for file in files}
    where = {file.path: (file.model, file.task) for file in files}
    for row in range(table.rows):
        path = outcome.origins.path[table.file[row]]
        found = table.variants[table.variant[row]].model, table.cells[table.cell[row]].task
        assert (found, table.score[row]) == (where[path], pytest.approx(scores[path]))
    by_cell = table.cell[table.rows_by_cell]
    assert sorted(by_cell.tolist()) == by_cell.tolist()


@given(FILES, st.integers(1, 4), st.integers(1, 4))
def test_how_files_were_shared_out_leaves_no_trace(files: list[File], a: int, b: int) -> None:
    one, two = joined(files, a), joined(files[::-1], b)
    assert lists_of(one.origins) == lists_of(two.origins)
    assert sorted(one.rejects) == sorted(two.rejects)
    for column in ("variant", "cell", "score", "languages", "file", "rows_by_cell", "cell_start"):
        assert getattr(one.table, column).tolist() == getattr(two.table, column).tolist()
    assert one.table.language_sets == two.table.language_sets
