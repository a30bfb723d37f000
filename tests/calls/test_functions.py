"""The functions of the first board, by name and by number."""

from __future__ import annotations

import json

import msgspec
import pytest

from frontrunner.base.errors import LegacyError
from frontrunner.calls.functions import Functions
from frontrunner.legacy.gradio.endpoints import FILTER, SET_TABS
from frontrunner.legacy.gradio.filtering import SIZE_RANGES
from frontrunner.legacy.gradio.model_types import MODEL_TYPES

FRAME = {
    "headers": ["Rank", "Model", "Model Size (Million Parameters)"],
    "data": [[1, "a", 5], [2, "b", ""]],
    "metadata": None,
}
TABLES = 57


def raw(*values: object) -> list[msgspec.Raw]:
    return [msgspec.Raw(msgspec.json.encode(value)) for value in values]


@pytest.fixture
def functions() -> Functions:
    return Functions({})


def test_a_function_is_found_by_name_and_by_number(functions: Functions) -> None:
    by_name = functions.find(SET_TABS)
    assert by_name is not None
    numbers = [number for number in range(200) if functions.find(number) == by_name]
    assert len(numbers) == 1
    for unknown in ("nothing", None, -1, 10_000, ""):
        assert functions.find(unknown) is None


def test_tables_are_filtered(functions: Functions) -> None:
    endpoint = functions.find(FILTER)
    assert endpoint is not None
    given = raw("b", list(MODEL_TYPES), list(SIZE_RANGES), *[FRAME] * TABLES)
    answer = functions.call(endpoint, given, {})
    assert len(answer) == TABLES
    assert [row[1] for row in json.loads(msgspec.json.encode(answer[0]))["data"]] == ["b"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (raw("b"), "takes 60 values, 1 were sent"),
        (raw(5, [], [], *[FRAME] * TABLES), "is invalid"),
        (raw("b", 5, [], *[FRAME] * TABLES), "is invalid"),
        (raw("b", [], [], *[[]] * TABLES), "is invalid"),
    ],
)
def test_wrong_values_are_errors(functions: Functions, data: list[msgspec.Raw], says: str) -> None:
    endpoint = functions.find(FILTER)
    assert endpoint is not None
    with pytest.raises(LegacyError, match=says):
        functions.call(endpoint, data, {})


def test_tabs_are_chosen_by_the_query(functions: Functions) -> None:
    endpoint = functions.find(SET_TABS)
    assert endpoint is not None
    assert functions.call(endpoint, [], {}) != functions.call(
        endpoint, [], {"task": "retrieval", "language": "english"}
    )
