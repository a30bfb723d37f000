"""The committed results of the starter suite."""

from __future__ import annotations

import json

from frontrunner.evaluate import result_paths
from frontrunner.evaluate.suite import STARTER, Suite, read_revisions


def test_every_cell_of_the_starter_board_is_measured_on_the_data_described() -> None:
    suite, revisions = Suite(), read_revisions(STARTER / "datasets.toml")
    for name, model in suite.models.items():
        for task in suite.choose_tasks("starter", []):
            path = result_paths.result_file(STARTER / "results", name, model["revision"], task)
            result = json.loads(path.read_text())
            assert result["task_name"] == task
            assert result["dataset_revision"] == revisions[task]
            subsets = suite.tasks[task].get("subsets", {"default": []})
            assert {row["hf_subset"] for row in result["scores"]["test"]} == set(subsets)
            assert suite.tasks[task]["main_score"] in result["scores"]["test"][0]
