"""What `build` and `ingest` print of the results that they read."""

from __future__ import annotations

import pytest

from frontrunner.cli.build import report_unmade
from frontrunner.results.aggregates import Unmade


@pytest.mark.parametrize(
    ("parts", "though"), [(1, "though its only part has one"), (12, "though all 12 parts have one")]
)
def test_an_aggregate_task_that_could_be_made(
    parts: int, though: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report_unmade([Unmade("org/m", "", "T", parts, 0.18094)])
    assert capsys.readouterr().out.startswith(
        f"org/m: T: no result, {though} (mean 0.1809). Like mteb, boards count it as missing"
    )
