"""The old number is looked up among numbers of files, the strongest evidence first."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.compared import Cause, ComparedCell, Confidence, Explanation
from frontrunner.checks.parity.evidence import FoundNumber, Role
from frontrunner.checks.parity.explain import PartsMean, Pool, candidates, explain
from frontrunner.checks.parity.reruns import Rerun
from tests.checks.parity.cells import cell

CHANGE = Change("c" * 40, "2025-01-02", "a" * 40, "0" * 40)


def number(value: float, role: Role = Role.EARLIER, **changed: Any) -> FoundNumber:
    until = CHANGE if role is Role.EARLIER else None
    found = FoundNumber(role, "org__a/r/T1.json", "test", "default", "main_score", value, until)
    return found._replace(**changed)


def pool(*found: FoundNumber, **changed: Any) -> Pool:
    empty = Pool(
        winning={}, found=found, imported=(), parts=None, past_parts=(), metric="accuracy",
        rerun=None,
    )  # fmt: skip
    return empty._replace(**changed)


def why(one: ComparedCell, given: Pool) -> Explanation | None:
    return explain(one.old, candidates(one, given))


def told(one: ComparedCell, given: Pool) -> tuple[Cause, Confidence] | None:
    found = why(one, given)
    return (found.cause, found.confidence) if found else None


@pytest.mark.parametrize(
    ("role", "cause"),
    [
        (Role.EARLIER, Cause.OTHER_RUN),
        (Role.SUPERSEDED, Cause.OTHER_RUN),
        (Role.RENAMED, Cause.RENAMED_MODEL),
        (Role.RETIRED, Cause.RETIRED_TASK),
    ],
)
def test_the_number_in_another_file_is_certain(role: Role, cause: Cause) -> None:
    assert told(cell(), pool(number(50.0, role))) == (cause, Confidence.CERTAIN)


def test_the_evidence_names_the_file_and_the_commit() -> None:
    found = why(cell(), pool(number(50.0)))
    assert found is not None
    assert found.evidence == (
        "org__a/r/T1.json until commit cccccccccc of 2025-01-02 (earlier) has 50.00 as main_score "
        "on test"
    )


@pytest.mark.parametrize("other", [49.994, 50.006, 40.0])
def test_another_number_explains_nothing(other: float) -> None:
    assert told(cell(), pool(number(other))) is None
    assert told(cell(), pool(number(50.0049))) == (Cause.OTHER_RUN, Confidence.CERTAIN)


def test_the_winning_file_explains_by_its_metric_only() -> None:
    main = number(50.0, Role.WINS)
    assert told(cell(), pool(main)) is None
    accuracy = main._replace(metric="accuracy")
    assert told(cell(), pool(accuracy)) == (Cause.METRIC, Confidence.CERTAIN)
    assert told(cell(), pool(accuracy, metric="f1")) is None
    assert told(cell(), pool(accuracy._replace(split="dev"))) is None
    assert told(cell(subset="de"), pool(accuracy)) is None


def test_the_metric_of_another_file_counts_as_well() -> None:
    assert told(cell(), pool(number(50.0, metric="accuracy"))) is not None
    assert told(cell(), pool(number(50.0, metric="f1"))) is None


def test_of_ways_to_compare_vectors_the_best_and_the_cosine_count() -> None:
    names = {"cosine_ap": 50.0, "dot_ap": 51.0, "manhattan_ap": 49.0}
    found = [number(value, Role.WINS, metric=name) for name, value in names.items()]
    for old, metric in ((50.0, True), (51.0, True), (49.0, False)):
        given = pool(*found, metric="max_ap")
        assert (told(cell(old), given) == (Cause.METRIC, Confidence.CERTAIN)) is metric


def test_another_split_is_likely() -> None:
    likely = Confidence.LIKELY
    assert told(cell(), pool(number(50.0, split="dev"))) == (Cause.OTHER_RUN, likely)
    assert told(cell(), pool(winning={"dev": 50.0})) == (Cause.OTHER_SPLIT, likely)
    assert told(cell(), pool(winning={"test": 50.0})) is None


def test_an_absent_cell_has_no_split_to_compare() -> None:
    assert told(cell(new=None), pool(number(50.0, split="dev"))) == (
        Cause.OTHER_RUN,
        Confidence.CERTAIN,
    )


def test_a_subset_may_have_the_name_of_the_old_column() -> None:
    french = cell(subset="fra-fra", old_subset="fr")
    assert told(french, pool(number(50.0, subset="fra-fra"))) is not None
    assert told(french, pool(number(50.0, subset="fr"))) == (Cause.OTHER_RUN, Confidence.CERTAIN)
    assert told(french, pool(number(50.0, subset="de"))) is None


def test_a_file_with_one_unnamed_subset_is_likely() -> None:
    french = cell(subset="fr")
    assert told(french, pool(number(50.0, lone=True))) == (Cause.OTHER_RUN, Confidence.LIKELY)
    assert told(french, pool(number(50.0, lone=False))) is None
    assert told(french, pool(number(50.0, subset="de", lone=True))) is None


def test_the_mean_of_removed_parts_is_likely() -> None:
    given = pool(past_parts=[PartsMean(50.004, "there")])
    found = why(cell(), given)
    assert found == Explanation(Cause.PARTS, Confidence.LIKELY, "there")
    assert told(cell(50.01), given) is None


RERUN = Rerun("run", 5, 3, 2.0, 6.0)


@pytest.mark.parametrize(
    ("old", "given", "cause"),
    [
        (50.0, pool(imported=[50.0]), Cause.IMPORTED),
        (50.0, pool(parts=50.014), Cause.PARTS),
        (60.01, pool(), Cause.ROUNDING),
        (54.0, pool(rerun=RERUN), Cause.RERUN),
    ],
)
def test_what_no_result_file_confirms_is_inferred(old: float, given: Pool, cause: Cause) -> None:
    found = why(cell(old), given)
    assert found is not None
    assert (found.cause, found.confidence) == (cause, Confidence.INFERRED)
    assert not found.explains
    confirmed = why(cell(old), given._replace(found=[number(old)]))
    assert confirmed is not None
    assert confirmed.cause is Cause.OTHER_RUN
    assert confirmed.explains


def test_inferences_have_an_end() -> None:
    assert told(cell(), pool(imported=[50.01])) is None
    assert told(cell(), pool(parts=50.016)) is None
    assert told(cell(60.02), pool()) is None
    assert told(cell(53.99), pool(rerun=RERUN)) is None


def test_certain_evidence_goes_before_likely() -> None:
    far, near = number(50.0, split="dev"), number(50.0, Role.SUPERSEDED)
    found = why(cell(), pool(far, near, winning={"dev": 50.0}))
    assert found is not None
    assert found.confidence is Confidence.CERTAIN


def test_todays_number_explains_no_difference() -> None:
    """A false number that prints as the new one is no difference to be explained."""
    new = cell(old=59.999, new=60.0)
    assert told(new, pool(number(60.0))) == (Cause.ROUNDING, Confidence.INFERRED)


@pytest.mark.parametrize(("old", "explained"), [(60.0, True), (50.0, True), (40.0, False)])
def test_of_several_metrics_the_best_and_one_cosine_explain(old: float, explained: bool) -> None:
    found = [
        number(value, Role.WINS, metric=metric)
        for metric, value in (("dot_ap", 60.0), ("cosine_ap", 50.0), ("cos_sim_ap", 40.0))
    ]
    cause = told(cell(old, 99.0), pool(*found, metric="max_ap"))
    assert cause == ((Cause.METRIC, Confidence.CERTAIN) if explained else None)
