"""What scripts are told of each row of a board."""

from __future__ import annotations

import msgspec

from frontrunner.answers.service import Service
from frontrunner.web.views import row_facts
from frontrunner.web.views.rows import ModelName
from tests.web.conftest import HOSTILE, NAME


def test_facts_cannot_end_their_script(service: Service) -> None:
    facts = row_facts.facts(service.board(NAME))
    assert "<" not in facts
    assert HOSTILE in msgspec.json.decode(facts)["name"]


def test_long_parameters_of_an_experiment_are_cut(service: Service) -> None:
    name = ModelName.of("a/x", {"prompt": "y" * 20_000_000})
    assert len(name.variant) == 120
    numbers = service.board(NAME)
    rows = [
        msgspec.structs.replace(row, experiments={"prompt": "y" * 1_000_000})
        for row in numbers.rows
    ]
    assert len(row_facts.facts(msgspec.structs.replace(numbers, rows=rows))) < 10_000
