"""Each guard: just within its limit it says nothing, just beyond it says one true sentence."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.refresh_settings import GUARDS, GuardSettings
from frontrunner.refresh.changes import BoardState, Changes
from frontrunner.refresh.guards import breaches, reason_of
from frontrunner.snapshot.difference import difference
from frontrunner.snapshot.manifest import Counts
from tests.factories import catalog, table_of

MODELS = tuple(f"org/m{number:02}" for number in range(20))
LAX = msgspec.convert(dict.fromkeys(GUARDS, 100), GuardSettings)


def counts(seen: int = 100, rejected: int = 0, **reasons: int) -> Counts:
    return Counts(
        files_seen=seen, files_used=seen - rejected, files_rejected=rejected, files_set_aside=0,
        rows=1, models=1, tasks=1, benchmarks=1, rejected_by_reason=reasons,
    )  # fmt: skip


def changes(
    folder: Path,
    before: dict[str, float],
    after: dict[str, float],
    boards: tuple[dict[str, BoardState], dict[str, BoardState]] = ({}, {}),
    files: tuple[Counts, Counts] = (counts(), counts()),
) -> Changes:
    """One task, and a score for each model."""
    known = catalog(models=MODELS)
    old = table_of(folder / "old", {model: {"T1": score} for model, score in before.items()}, known)
    new = table_of(folder / "new", {model: {"T1": score} for model, score in after.items()}, known)
    return Changes(difference(old, new), *boards, *files)


def state(leader: str, *scores: int) -> BoardState:
    """A board with a leader, and the number of scores of its first models."""
    return BoardState(leader, dict(zip(MODELS, scores, strict=False)))


def all_at(score: float, number: int = 20) -> dict[str, float]:
    return dict.fromkeys(MODELS[:number], score)


def said(found: Changes, **limits: object) -> dict[str, str]:
    """What the guards say, when only the limits in `limits` are tight."""
    strict = msgspec.structs.replace(LAX, **limits)
    return {one.guard: one.sentence for one in breaches(found, strict)}


def test_nothing_changed_is_nothing_said(tmp_path: Path) -> None:
    same = {"All": state("org/m00", 20)}
    found = changes(tmp_path, all_at(0.5), all_at(0.5), (same, same))
    assert breaches(found, msgspec.convert(dict.fromkeys(GUARDS, 0), GuardSettings)) == ()


def test_models_that_vanish(tmp_path: Path) -> None:
    found = changes(tmp_path, all_at(0.5), all_at(0.5, 16))
    assert said(found, models=4) == {}
    assert said(found, models=3) == {
        "models": "4 models would vanish (org/m16, org/m17, org/m18 and 1 more); 3 may "
        "([refresh.guards] models)."
    }


def test_boards_that_lose_every_row(tmp_path: Path) -> None:
    one = state("org/m00", 20)
    boards = ({"All": one, "Other": one}, {"All": one})
    found = changes(tmp_path, all_at(0.5), all_at(0.5), boards)
    assert said(found, boards=1) == {}
    assert said(found, boards=0) == {
        "boards": "1 board would lose every row (Other); 0 may ([refresh.guards] boards)."
    }


def test_scores_that_vanish_from_models_that_stay(tmp_path: Path) -> None:
    known = catalog(models=MODELS)
    before = {model: {"T1": 0.5, "T2": 0.5} for model in MODELS[:10]}
    after = before | {MODELS[0]: {"T1": 0.5}}
    del after[MODELS[9]]
    old, new = (
        table_of(tmp_path / name, one, known) for name, one in (("a", before), ("b", after))
    )
    found = Changes(difference(old, new), {}, {}, counts(), counts())
    assert said(found, scores=5) == {}
    assert said(found, scores=4.9) == {
        "scores": "1 of 20 scores (5%) would vanish from models that stay; 4.9% may "
        "([refresh.guards] scores)."
    }


def test_scores_that_move(tmp_path: Path) -> None:
    after = all_at(0.5) | dict.fromkeys(MODELS[:3], 0.25) | {MODELS[3]: 0.53125}
    found = changes(tmp_path, all_at(0.5), after)
    assert said(found, moved=15, points=25) == {}
    assert said(found, moved=14, points=25) == {}
    assert said(found, moved=15, points=24) == {}
    assert said(found, moved=14, points=24) == {
        "moved": "3 of 20 scores (15%) would move by more than 24 points, nearly all to 0.5 times "
        "what they were; 14% may ([refresh.guards] moved)."
    }
    assert said(found, moved=14, points=3) == {
        "moved": "4 of 20 scores (20%) would move by more than 3 points; 14% may "
        "([refresh.guards] moved)."
    }


def test_of_fewer_files_the_same_rejected_ones_are_no_reason(tmp_path: Path) -> None:
    """A fifth of the models was gone, and the files were said to be rejected."""
    files = (counts(1000, 20, a=20), counts(800, 19, a=19))
    assert said(changes(tmp_path, all_at(0.5), all_at(0.5), files=files), rejected=0) == {}
    more = (counts(1000, 20, a=20), counts(2000, 40, a=40))
    assert said(changes(tmp_path / "more", all_at(0.5), all_at(0.5), files=more), rejected=0) == {}


def test_files_that_a_rule_passes_over_are_no_reason_for_rejects(tmp_path: Path) -> None:
    files = (counts(100), counts(100, 2, superseded=40, unknown=2))
    found = said(changes(tmp_path, all_at(0.5), all_at(0.5), files=files), rejected=1)
    assert "(2 more as unknown)" in found["rejected"]


def test_models_that_have_another_name_now(tmp_path: Path) -> None:
    names = {model: model.replace("org/", "new/") for model in MODELS[15:]}
    found = changes(tmp_path, all_at(0.5), all_at(0.5, 16))._replace(renamed=names)
    assert said(found, models=3) == {
        "models": "4 models would vanish (org/m16, org/m17, org/m18 and 1 more), of which 4 were "
        "probably renamed, such as org/m16 to new/m16; 3 may ([refresh.guards] models)."
    }


def test_why_an_update_is_held_is_one_sentence_with_the_cause(tmp_path: Path) -> None:
    files = (counts(100), counts(100, 4, unknown=4))
    found = changes(tmp_path, all_at(0.5), all_at(0.25, 16), files=files)
    strict = msgspec.structs.replace(LAX, models=3, rejected=1)
    rejected = (
        "4.00% of the files would be rejected (4 more as unknown), after 0.00% so far; the share "
        "may grow by 1 point ([refresh.guards] rejected)"
    )
    assert reason_of(found, strict) == f"{rejected}; the guard models holds it as well."
    more = msgspec.structs.replace(strict, moved=5)
    assert reason_of(found, more) == f"{rejected}; the guards models and moved hold it as well."
    one = msgspec.structs.replace(LAX, models=3)
    assert reason_of(found, one) == breaches(found, one)[0].sentence
    assert reason_of(found, LAX) == ""
    renamed = found._replace(renamed={"org/m16": "new/m16"})
    assert reason_of(renamed, strict) == (
        "4 models would vanish (org/m16, org/m17, org/m18 and 1 more), of which 1 was probably "
        "renamed, such as org/m16 to new/m16; 3 may ([refresh.guards] models); the guard rejected "
        "holds it as well."
    )


def test_models_that_lose_scores_on_a_board(tmp_path: Path) -> None:
    before = {"All": state("org/m00", 100, 100, 60), "Other": state("org/m00", 100)}
    # One model is gone, which is not its board's coverage; another one has more than before.
    after = {"All": state("org/m00", 90, 90), "Other": state("org/m00", 120)}
    found = changes(tmp_path, all_at(0.5), all_at(0.5), (before, after))
    assert said(found, coverage=10) == {}
    assert said(found, coverage=9) == {
        "coverage": "The models that stay would lose more than 9% of their scores on 1 board "
        "(All: 10%) ([refresh.guards] coverage)."
    }


def test_leaders_that_change(tmp_path: Path) -> None:
    before = {f"B{n}": state("org/m00", 9) for n in range(10)}
    after = before | {name: state("org/m01", 9) for name in ("B2", "B5")}
    found = changes(tmp_path, all_at(0.5), all_at(0.5), (before, after))
    assert said(found, leaders=20) == {}
    assert said(found, leaders=19) == {
        "leaders": "2 of 10 boards (20%) would have another first model, which is not new "
        "(B2, B5); 19% may ([refresh.guards] leaders)."
    }
    with_new = changes(tmp_path / "2", all_at(0.5, 1), all_at(0.5, 2))
    assert said(found._replace(scores=with_new.scores), leaders=0) == {}


def test_one_new_leader_is_what_results_are_for(tmp_path: Path) -> None:
    boards = ({"All": state("org/m00", 9)}, {"All": state("org/m01", 9)})
    assert said(changes(tmp_path, all_at(0.5), all_at(0.5), boards), leaders=0) == {}


def test_a_guard_that_is_off_says_nothing(tmp_path: Path) -> None:
    found = changes(tmp_path, all_at(0.5), all_at(0.1, 10))
    assert [one.guard for one in breaches(found, GuardSettings())] == ["models", "moved"]
    assert breaches(found, GuardSettings(off=("models", "moved"))) == ()


def test_the_name_of_a_guard_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text('[refresh.guards]\noff = ["leader"]\n')
    with pytest.raises(UsageError, match="there is no guard 'leader'; guards: models, boards"):
        load_settings(tmp_path, {})
    assert len(GUARDS) == 7
