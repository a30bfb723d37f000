"""What changed since the snapshot before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from frontrunner.answers.service import Service
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.views import changes
from frontrunner.web.views.score_changes import score_changes
from tests.web.conftest import SCORES, Browser, build, write_results

SMALL = "org/small"


def test_moves_between_snapshots() -> None:
    found = changes.board_moves("B", "B", {"a/x": 1, "a/y": 2, "a/z": 3}, {"a/x": 2, "a/w": 1})
    assert [(move.name.name, move.before, move.after) for move in found.moved] == [("a/x", 1, 2)]
    assert [move.name.name for move in found.arrived] == ["a/w"]
    assert [move.name.name for move in found.left] == ["a/y", "a/z"]
    assert found.total == 4


def test_moves_near_the_top_come_first() -> None:
    before = {"a/low": 350, "a/high": 5, "a/other": 1}
    after = {"a/low": 328, "a/high": 1, "a/other": 2}
    found = changes.board_moves("B", "B", before, after)
    assert [move.name.name for move in found.moved] == ["a/high", "a/other", "a/low"]


def test_changes_are_told_against_the_snapshot_before(tmp_path: Path) -> None:
    build(tmp_path / "home", write_results(tmp_path / "a"))
    more = {**SCORES, "org/unrun": {"Pairs": {"default": 0.99}}}
    newer = build(tmp_path / "home", write_results(tmp_path / "b", more))
    html = Browser(Service(newer)).text("/changes")
    assert "unrun" in html
    assert "New" in html


def test_after_a_rollback_changes_are_told_against_what_was_current(tmp_path: Path) -> None:
    first = build(tmp_path / "home", write_results(tmp_path / "a"))
    more = {**SCORES, "org/unrun": {"Pairs": {"default": 0.99}}}
    second = build(tmp_path / "home", write_results(tmp_path / "b", more))
    store = Store(tmp_path / "home")
    store.publish(first.id)
    found = changes.previous(store.current())
    assert found is not None
    assert found.id == second.id
    html = Browser(Service(store.current())).text("/changes")
    assert "Removed" in html
    assert "unrun" in html


def test_a_server_tells_changes_anew_when_a_snapshot_is_current_again(tmp_path: Path) -> None:
    build(tmp_path / "home", write_results(tmp_path / "a"))
    more = {**SCORES, "org/unrun": {"Pairs": {"default": 0.99}}}
    second = build(tmp_path / "home", write_results(tmp_path / "b", more))
    browser = Browser(Service(second))
    feed = browser.text("/changes.atom")
    assert "New" in browser.text("/changes")
    most = {**more, "org/unrun": {"Pairs": {"default": 0.2}}}
    build(tmp_path / "home", write_results(tmp_path / "c", most))
    Store(tmp_path / "home").publish(second.id)
    assert "New" not in browser.text("/changes")
    assert browser.text("/changes.atom") != feed


def test_a_first_snapshot_has_nothing_before_it(snapshot: Snapshot) -> None:
    assert changes.previous(snapshot) is None


def _pair(tmp_path: Path, scores: dict[str, Any]) -> tuple[Snapshot, Snapshot]:
    """A snapshot of the usual scores, and one of others published after it."""
    before = build(tmp_path / "home", write_results(tmp_path / "a"))
    return before, build(tmp_path / "home", write_results(tmp_path / "b", scores))


def test_a_score_that_changed_is_reported_though_every_rank_is_the_same(tmp_path: Path) -> None:
    pairs = {**SCORES[SMALL], "Pairs": {"default": 0.55}}
    before, after = _pair(tmp_path, {**SCORES, SMALL: pairs})
    found = score_changes(before, after, 10)
    assert (found.changed, found.added, found.removed) == (1, 0, 0)
    [change] = found.largest
    assert (change.model, change.task, change.before, change.after, change.cells) == (
        SMALL, "Pairs", 0.71239, 0.55, 1,
    )  # fmt: skip
    html = Browser(Service(after)).text("/changes")
    assert "No rank changed." in html
    assert "1 score changed." in html
    assert ">71.24<" in html
    assert ">55.00<" in html
    assert "-16.24" in html


@pytest.mark.parametrize(
    ("scores", "counts"),
    [
        (SCORES, (0, 0, 0)),
        ({**SCORES, "org/unrun": {"Pairs": {"default": 0.1}}}, (0, 1, 0)),
        ({SMALL: SCORES[SMALL]}, (0, 0, 5)),
        ({**SCORES, SMALL: {"Search": {"en": 0.51, "de": 0.42}}}, (2, 0, 1)),
        ({**SCORES, SMALL: {"Search": {"en": 0.5}, "Pairs": {"default": 0.71239}}}, (0, 0, 1)),
    ],
)
def test_scores_are_counted_as_changed_added_and_removed(
    tmp_path: Path, scores: dict[str, Any], counts: tuple[int, int, int]
) -> None:
    found = score_changes(*_pair(tmp_path, scores), 10)
    assert (found.changed, found.added, found.removed) == counts
    assert found.total == sum(counts)


def test_runs_are_listed_by_their_largest_change(tmp_path: Path) -> None:
    scores = {**SCORES, SMALL: {"Search": {"en": 0.51, "de": 0.9}, "Pairs": {"default": 0.8}}}
    before, after = _pair(tmp_path, scores)
    found = score_changes(before, after, 10).largest
    assert [(one.task, one.subset, one.cells) for one in found] == [
        ("Search", "de", 2), ("Pairs", "default", 1),
    ]  # fmt: skip
    assert score_changes(before, after, 1).largest == found[:1]


def test_a_score_of_an_experiment_that_changed_is_shown_with_its_parameters(
    tmp_path: Path,
) -> None:
    """The id of an experiment is the name of its folder, not JSON."""
    for name, score in (("a", 0.25), ("b", 0.5)):
        results = write_results(tmp_path / name)
        run = results / "org__small" / "r1" / "experiments" / "embed_dim_64"
        run.mkdir(parents=True)
        (run / "Pairs.json").write_text(json.dumps(pairs_result(score)))
        described = {"name": SMALL, "experiment_kwargs": {"embed_dim": 64}}
        (run / "model_meta.json").write_text(json.dumps(described))
        newer = build(tmp_path / "home", results)
    html = Browser(Service(newer)).text("/changes")
    assert "embed_dim=64" in html
    assert ">50.00<" in html


def pairs_result(score: float) -> dict[str, Any]:
    """A result file of the task Pairs."""
    rows = [{"hf_subset": "default", "languages": ["eng-Latn"], "main_score": score}]
    return {"task_name": "Pairs", "mteb_version": "2.0.0", "scores": {"test": rows}}
