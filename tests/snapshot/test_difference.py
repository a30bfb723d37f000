"""Which scores two tables share: held against a plain dictionary."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.results.ingest import ingest
from frontrunner.results.table import ScoreTable
from frontrunner.snapshot.difference import difference
from tests.factories import catalog, result, table_of, write

_SCORES = st.dictionaries(
    st.sampled_from(["org/a", "org/b", "org/c"]),
    st.dictionaries(
        st.sampled_from(["T1", "T2"]), st.floats(0, 1, allow_nan=False), min_size=1, max_size=2
    ),
    min_size=1,
    max_size=3,
)


def plain(table: ScoreTable) -> dict[tuple[object, ...], float]:
    """The scores of a table, by their whole key."""
    return {
        (table.variants[v].model, table.variants[v].experiment_id, *table.cells[c]): score
        for v, c, score in zip(table.variant, table.cell, table.score.tolist(), strict=True)
        if not math.isnan(score)
    }


def key(table: ScoreTable, row: int) -> tuple[object, ...]:
    variant = table.variants[table.variant[row]]
    return (variant.model, variant.experiment_id, *table.cells[table.cell[row]])


@settings(max_examples=40, deadline=None)
@given(_SCORES, _SCORES)
def test_every_score_is_gone_added_or_in_both(
    before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]
) -> None:
    known = catalog(models=["org/a", "org/b", "org/c"])
    with TemporaryDirectory() as folder:
        old = table_of(Path(folder, "old"), before, known)
        new = table_of(Path(folder, "new"), after, known)
    found, was, now = difference(old, new), plain(old), plain(new)
    assert {key(old, row) for row in found.gone} == was.keys() - now.keys()
    assert {key(new, row) for row in found.added} == now.keys() - was.keys()
    pairs = {
        key(old, row): key(new, other) for row, other in zip(found.before, found.after, strict=True)
    }
    assert pairs == {one: one for one in was.keys() & now.keys()}
    assert found.scored_before == len(was)
    assert found.changed == sum(was[one] != now[one] for one in pairs)
    by_row = zip(found.before, found.moved_by.tolist(), strict=True)
    moved = {key(old, row): by for row, by in by_row}
    assert moved == {one: abs(now[one] - was[one]) for one in pairs}
    stay = before.keys() & after.keys()
    lost = {key(old, row) for row in found.lost}
    assert lost == {one for one in was.keys() - now.keys() if one[0] in stay}
    assert found.models_gone == tuple(sorted(before.keys() - after.keys()))
    assert found.models_added == tuple(sorted(after.keys() - before.keys()))


def test_a_cell_that_a_file_lists_twice_is_matched_in_its_order(tmp_path: Path) -> None:
    known = catalog(models=["org/a"])
    plain_row = {"hf_subset": "default", "languages": ["eng-Latn"]}
    twice = [plain_row | {"main_score": score} for score in (0.5, 0.6)]
    content = result("T1", 0.5) | {"scores": {"test": twice}}
    write(tmp_path, "old/org__a/r1/T1.json", content)
    content["scores"]["test"] = [*twice, plain_row | {"main_score": 0.7}]
    write(tmp_path, "new/org__a/r1/T1.json", content)
    old, new = (ingest(tmp_path / name, known, workers=1).table for name in ("old", "new"))
    same, found, back = difference(old, old), difference(old, new), difference(new, old)
    assert (old.rows, new.rows) == (2, 3)
    assert (same.changed, len(same.gone), len(same.added)) == (0, 0, 0)
    assert (found.changed, len(found.gone), new.score[found.added].tolist()) == (0, 0, [0.7])
    assert (back.changed, new.score[back.gone].tolist(), len(back.added)) == (0, [0.7], 0)


def test_a_row_without_a_number_is_no_score(tmp_path: Path) -> None:
    known = catalog(models=["org/a"])
    old = table_of(tmp_path / "old", {"org/a": {"T1": 0.5, "T2": 0.5}}, known)
    nothing = {"test": {"default": float("nan")}}
    new = table_of(tmp_path / "new", {"org/a": {"T1": 0.5, "T2": nothing}}, known)
    found = difference(old, new)
    assert [key(old, row)[2] for row in found.gone] == ["T2"]
    assert len(found.before) == 1
    assert not len(found.added)


def test_a_task_whose_rows_are_alike_is_matched_row_by_row(tmp_path: Path) -> None:
    known = catalog(models=["org/a", "org/b"])
    before = {"org/a": {"T1": 0.25, "T2": 0.5}, "org/b": {"T1": 0.75, "T2": 0.5}}
    after = {"org/a": {"T1": 0.5, "T2": 0.5}, "org/b": {"T1": 0.75}}
    old = table_of(tmp_path / "old", before, known)
    new = table_of(tmp_path / "new", after, known)
    found = difference(old, new)
    both = [key(old, row) for row in found.before]
    assert both == [key(new, row) for row in found.after]
    assert (len(both), found.changed, len(found.gone), len(found.added)) == (3, 1, 1, 0)
