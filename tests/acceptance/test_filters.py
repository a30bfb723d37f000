"""Every value that the pages of the real board can be filtered by is known to the server."""

from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import misspelled, text
from frontrunner.web.views import models, tasks
from tests.web.test_misspelled import every_choice_is_known

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def service(real_snapshot: Snapshot) -> Service:
    return Service(real_snapshot)


def test_every_choice_of_the_lists(service: Service) -> None:
    every_choice_is_known(service, "models", models.models)
    every_choice_is_known(service, "tasks", tasks.tasks)


def test_everything_that_a_board_can_be_ranked_and_filtered_by(service: Service) -> None:
    for bench in service.snapshot.catalog.benchmarks:
        rules = misspelled.rules_of_board(service, bench)
        whole = service.entities.benchmark(bench)
        board = [row.model for row in service.board(bench.name).rows]
        offered = {
            "languages": whole.languages,
            "types": whole.task_types,
            "domains": whole.domains,
            "tasks": whole.tasks,
            "kind": [model.model_type for model in board],
            "licence": [text.short_licence(model.license) for model in board],
            "modality": [one for model in board for one in model.modalities],
        }
        unknown = [
            (k, one)
            for k, some in offered.items()
            for one in some
            if one and not rules[k].knows(one)
        ]
        assert unknown == [], bench.name
