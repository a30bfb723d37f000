"""The form of answers that is encoded fastest has the JSON of the typed form."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers import rank_schemas, rerank, schemas
from frontrunner.answers.filters import RankRequest
from frontrunner.answers.rendered import (
    RenderedRankedRow,
    RenderedRow,
    present_rows,
    scores_of,
    structs_of,
)
from frontrunner.answers.service import Service
from tests.factories import small_snapshot

NAMES = st.lists(st.text(max_size=12), min_size=0, max_size=6, unique=True)
CELLS = st.one_of(st.just(math.nan), st.floats(-1, 1))


@given(st.data(), NAMES, st.integers(0, 5))
def test_scores_are_encoded_like_dictionaries(
    data: st.DataObject, names: list[str], rows: int
) -> None:
    line = st.lists(CELLS, min_size=len(names), max_size=len(names))
    drawn = data.draw(st.lists(line, min_size=rows, max_size=rows))
    values = np.array(drawn, dtype=np.float64).reshape(rows, len(names))
    assert msgspec.json.encode(scores_of(names, values)) == msgspec.json.encode(
        present_rows(names, values)
    )


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "line\n", "\x00", "plain", "\u2028", ""])
def test_names_that_json_escapes_are_encoded_too(name: str) -> None:
    values = np.array([[0.5, math.nan], [math.nan, math.nan]])
    found = msgspec.json.decode(msgspec.json.encode(scores_of([name, "other"], values)))
    assert found == [{name: 0.5}, {}]


def test_columns_become_structs_by_name() -> None:
    columns = {"cells_total": [4, 5], "tasks": [1, 2], "tasks_total": [2, 2], "cells": [3, 4]}
    first, second = structs_of(rank_schemas.Coverage, columns)
    assert first == rank_schemas.Coverage(tasks=1, tasks_total=2, cells=3, cells_total=4)
    assert second == rank_schemas.Coverage(tasks=2, tasks_total=2, cells=4, cells_total=5)


def test_columns_must_be_complete_and_equally_long() -> None:
    with pytest.raises(ValueError, match="Coverage differ in length"):
        structs_of(
            rank_schemas.Coverage,
            {"tasks": [1], "tasks_total": [], "cells": [1], "cells_total": [1]},
        )
    with pytest.raises(KeyError):
        structs_of(rank_schemas.Coverage, {"tasks": [1]})


@pytest.mark.parametrize(
    ("fast", "typed"),
    [(RenderedRow, schemas.SummaryRow), (RenderedRankedRow, rank_schemas.RankedRow)],
)
def test_rows_have_the_keys_of_the_typed_form_in_its_order(
    fast: type[msgspec.Struct], typed: type[msgspec.Struct]
) -> None:
    keys = [[field.encode_name for field in msgspec.structs.fields(kind)] for kind in (fast, typed)]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    "request_", [RankRequest(benchmark="All"), RankRequest(tasks=("T2",), data_revision="any")]
)
def test_a_ranking_is_the_same_in_both_forms(tmp_path: Path, request_: RankRequest) -> None:
    service = Service(small_snapshot(tmp_path))
    fast = msgspec.json.encode(rerank.rendered(service, request_))
    assert fast == msgspec.json.encode(rerank.answer(service, request_))
