"""What changed between two snapshots, and the cause of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from frontrunner.catalog import Catalog, Model
from frontrunner.results.ingest import joined
from frontrunner.results.read import Options, read_source
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.comparison import Cause, Comparison, board_change, compare
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.standings import Standing
from frontrunner.snapshot.store import Store
from tests.factories import catalog, result, task, write, write_scores

SCORES = {"org/a": {"T1": 0.9, "T2": 0.5}, "org/b": {"T1": 0.8, "T2": 0.7}}


def built(home: Path, root: Path, known: Catalog | None = None, newest: bool = False) -> Snapshot:
    known = known or catalog()
    raw = read_source(root, known, Options(workers=1))
    inputs = Inputs({}, joined(raw, known, newest=newest))
    return build_snapshot(Store(home), inputs)


def causes(found: Comparison) -> dict[tuple[str, str], Cause]:
    return {(run.model, run.task): run.cause for run in found.runs}


def test_equal_snapshots_do_not_differ(tmp_path: Path) -> None:
    one = built(tmp_path / "home", write_scores(tmp_path / "r", SCORES))
    found = compare(one, one)
    assert (found.boards, found.runs, found.scores_changed) == ((), (), 0)


def test_what_came_went_and_changed_with_its_cause(tmp_path: Path) -> None:
    old_root, new_root = write_scores(tmp_path / "a", SCORES), tmp_path / "b"
    write_scores(new_root, {"org/a": {"T1": 0.7}, "org/c": {"T1": 0.95, "T2": 0.9}})
    write_scores(new_root, {"org/a": {"T2": 0.55}}, revision="r2")
    known = catalog(models=("org/a", "org/b", "org/c"))
    found = compare(
        built(tmp_path / "home", old_root, known), built(tmp_path / "home", new_root, known)
    )
    assert (found.models_came, found.models_went) == (("org/c",), ("org/b",))
    assert (found.scores_added, found.scores_gone, found.scores_changed) == (2, 2, 2)
    assert causes(found) == {
        ("org/a", "T1"): Cause.CHANGED_FILE,
        ("org/a", "T2"): Cause.NEW_REVISION,
        ("org/b", "T1"): Cause.REMOVED_FILE,
        ("org/b", "T2"): Cause.REMOVED_FILE,
        ("org/c", "T1"): Cause.NEW_FILE,
        ("org/c", "T2"): Cause.NEW_FILE,
    }
    first = found.runs[0]
    assert (first.task, first.before, first.after, first.cells) == ("T1", 0.9, 0.7, 1)
    assert first.file == "org__a/r1/T1.json"
    [board] = found.boards
    assert [move.model for move in board.came] == ["org/c"]
    assert [move.model for move in board.went] == ["org/b"]


def test_a_task_that_the_catalog_had_not_is_the_cause(tmp_path: Path) -> None:
    root = write_scores(tmp_path / "r", SCORES)
    small, whole = catalog([task("T1")]), catalog([task("T1"), task("T2")])
    one, other = built(tmp_path / "home", root, small), built(tmp_path / "home", root, whole)
    assert set(causes(compare(one, other)).values()) == {Cause.NEW_TASK}
    assert set(causes(compare(other, one)).values()) == {Cause.REMOVED_TASK}
    assert compare(one, other).boards_redefined == ("All",)


def two_runs(root: Path) -> Path:
    """A model with an older run that mteb's rule prefers, and a newer one."""
    for revision, score, version in (("r1", 0.5, "2.0.0"), ("r2", 0.6, "1.0.0")):
        body: dict[str, Any] = result("T1", score, version)
        if revision == "r2":
            body["date"] = "2026-01-01T00:00:00"
        write(root, f"org__a/{revision}/T1.json", body)
    return root


def test_a_changed_rule_is_the_cause(tmp_path: Path) -> None:
    root = two_runs(tmp_path / "r")
    main = catalog(models=(Model(name="org/a", revision="r1"),))
    one = built(tmp_path / "home", root, main)
    other = built(tmp_path / "home", root, main, newest=True)
    assert causes(compare(one, other)) == {("org/a", "T1"): Cause.RULE}


def test_another_main_revision_in_the_catalog_is_the_cause(tmp_path: Path) -> None:
    root = two_runs(tmp_path / "r")
    one = built(tmp_path / "home", root, catalog(models=(Model(name="org/a", revision="r1"),)))
    other = built(tmp_path / "home", root, catalog(models=(Model(name="org/a", revision="r2"),)))
    found = compare(one, other)
    assert causes(found) == {("org/a", "T1"): Cause.CATALOG}
    assert (found.runs[0].before, found.runs[0].after) == (0.5, 0.6)


def test_a_file_that_can_no_longer_be_read_is_the_cause(tmp_path: Path) -> None:
    root = write_scores(tmp_path / "r", SCORES)
    one = built(tmp_path / "home", root)
    write(root, "org__a/r1/T1.json", b"{")
    other = built(tmp_path / "home", root)
    assert causes(compare(one, other)) == {("org/a", "T1"): Cause.REJECTED_FILE}
    assert causes(compare(other, one)) == {("org/a", "T1"): Cause.CHANGED_FILE}


def test_a_model_that_the_catalog_had_not_is_the_cause(tmp_path: Path) -> None:
    root = write_scores(tmp_path / "r", SCORES)
    one = built(tmp_path / "home", root, catalog(models=("org/a",)))
    other = built(tmp_path / "home", root)
    assert set(causes(compare(one, other)).values()) == {Cause.CATALOG}
    assert set(causes(compare(other, one)).values()) == {Cause.CATALOG}


def test_a_subset_that_a_file_gains_belongs_to_a_changed_file(tmp_path: Path) -> None:
    known = catalog([task("T1", subsets={"a": ("eng-Latn",), "b": ("deu-Latn",)})])
    root = write_scores(tmp_path / "r", {"org/a": {"T1": {"test": {"a": 0.5}}}})
    one = built(tmp_path / "home", root, known)
    write_scores(root, {"org/a": {"T1": {"test": {"a": 0.5, "b": 0.6}}}})
    found = compare(one, built(tmp_path / "home", root, known))
    assert (found.scores_added, found.scores_changed) == (1, 0)
    assert causes(found) == {("org/a", "T1"): Cause.CHANGED_FILE}


def test_moves_on_a_board() -> None:
    before = {"a": Standing(1, 0.9), "b": Standing(2, 0.8), "c": Standing(3, None)}
    after = {"b": Standing(1, 0.95), "a": Standing(2, 0.9), "d": Standing(3, 0.1)}
    found = board_change("B", before, after)
    assert [one.model for one in found.came] == ["d"]
    assert [one.model for one in found.went] == ["c"]
    assert [(one.model, one.is_own) for one in found.rose] == [("b", True)]
    assert [(one.model, one.is_own) for one in found.fell] == [("a", False)]
    assert found.total == 4


def test_the_same_rank_with_another_mean_is_told() -> None:
    found = board_change("B", {"a": Standing(1, 0.9)}, {"a": Standing(1, 0.8)})
    assert (found.total, [one.model for one in found.rescored]) == (0, ["a"])
