"""Filters of lists and rankings: what each leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers.entities import Entities
from frontrunner.answers.filters import ModelFilter, TaskFilter
from frontrunner.base.errors import UsageError
from frontrunner.catalog import Model
from tests.factories import catalog, task

TASKS = (
    task("A", type="STS", domains=("Legal",), modalities=("text",), category="t2t"),
    task("B", type="Retrieval", subsets={"de": ("deu-Latn",)}, modalities=("text", "image")),
    task("Whole", aggregate=("A", "B")),
)
SMALL = Model(name="org/small", parameters=100_000_000, open_weights=True, types=("dense",))
LARGE = Model(name="org/large", parameters=7_000_000_000, instruction_tuned=True,
              modalities=("text", "image"), frameworks=("PyTorch",))  # fmt: skip
UNKNOWN = Model(name="else/unknown")
KNOWN = catalog(TASKS, models=[SMALL, LARGE, UNKNOWN], benchmarks=[])


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (TaskFilter(), ["A", "B"]),
        (TaskFilter(types=("STS",)), ["A"]),
        (TaskFilter(domains=("Legal", "Web")), ["A"]),
        (TaskFilter(modalities=("image",)), ["B"]),
        (TaskFilter(categories=("t2t",)), ["A"]),
        (TaskFilter(languages=("German",)), ["B"]),
        (TaskFilter(name="B"), ["B"]),
        (TaskFilter(types=("STS",), languages=("German",)), []),
    ],
)
def test_tasks(wanted: TaskFilter, names: list[str]) -> None:
    assert [one.name for one in wanted.tasks(Entities(KNOWN))] == names
    assert wanted.is_empty is (wanted == TaskFilter())


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(UsageError, match="Unknown language"):
        list(TaskFilter(languages=("Klingon",)).tasks(Entities(KNOWN)))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ModelFilter(), ["org/small", "org/large", "else/unknown"]),
        (ModelFilter(open_weights=True), ["org/small"]),
        (ModelFilter(instruction_tuned=True), ["org/large"]),
        (ModelFilter(min_params_b=1), ["org/large"]),
        (ModelFilter(max_params_b=0.1), ["org/small"]),
        (ModelFilter(min_params_b=0, max_params_b=100), ["org/small", "org/large"]),
        (ModelFilter(modalities=("text",)), ["org/small", "org/large", "else/unknown"]),
        (ModelFilter(modalities=("text", "image")), ["org/large"]),
        (ModelFilter(modalities=("text",), exclusive_modality=True), ["org/small", "else/unknown"]),
        (ModelFilter(frameworks=("PyTorch",)), ["org/large"]),
        (ModelFilter(frameworks=("PyTorch", "ONNX")), []),
        (ModelFilter(name="org/"), ["org/small", "org/large"]),
    ],
)
def test_models(wanted: ModelFilter, names: list[str]) -> None:
    assert [one.name for one in KNOWN.models if wanted.matches(one)] == names
    assert len(wanted.apply(Entities(KNOWN))) == len(names)


@pytest.mark.parametrize("number", [1e300, float("nan"), float("inf")])
def test_a_number_of_parameters_is_finite(number: float) -> None:
    with pytest.raises(UsageError, match="finite"):
        ModelFilter(min_params_b=number).matches(SMALL)


SIZES = st.none() | st.integers(0, 10**12)
LIMITS = st.none() | st.floats(0, 1_000)


@given(SIZES, LIMITS, LIMITS)
def test_two_limits_leave_what_each_leaves(
    size: int | None, low: float | None, high: float | None
) -> None:
    model = Model(name="a/b", parameters=size)
    both = ModelFilter(min_params_b=low, max_params_b=high).matches(model)
    assert both is (
        ModelFilter(min_params_b=low).matches(model)
        and ModelFilter(max_params_b=high).matches(model)
    )
