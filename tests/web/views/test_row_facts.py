"""What scripts are told of each row of a board."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.web import text
from frontrunner.web.views import row_facts
from frontrunner.web.views.rows import ModelName
from tests.web.conftest import HOSTILE, NAME


def test_facts_cannot_end_their_script(service: Service) -> None:
    facts = row_facts.facts(service.board(NAME))
    assert "<" not in facts
    assert HOSTILE in msgspec.json.decode(facts)["name"]


@pytest.mark.parametrize("size", [27.009, 7.5, 0.567, 0.2784321, 0.0000335123, 3.35e-7, None])
def test_a_size_is_what_its_row_shows_and_the_rest(service: Service, size: float | None) -> None:
    numbers = service.board(NAME)
    rows = [msgspec.structs.replace(row, total_params_b=size) for row in numbers.rows]
    board = msgspec.structs.replace(numbers, rows=rows)
    columns = row_facts.fact_columns(board, row_facts.IN_ROWS)
    assert "params" not in columns
    shown = text.parameters(size)
    there = float(shown) / 1e9 if shown.isdigit() else text.billions(shown) or 0
    assert round(there + columns["rest"][0] / 1000, 9) == round(size or 0, 9)


def test_long_parameters_of_an_experiment_are_cut(service: Service) -> None:
    name = ModelName.of("a/x", {"prompt": "y" * 20_000_000})
    assert len(name.variant) == 120
    numbers = service.board(NAME)
    rows = [
        msgspec.structs.replace(row, experiments={"prompt": "y" * 1_000_000})
        for row in numbers.rows
    ]
    assert len(row_facts.facts(msgspec.structs.replace(numbers, rows=rows))) < 10_000
