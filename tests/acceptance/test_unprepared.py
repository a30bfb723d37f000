"""Every real answer is the same, prepared or made on demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.snapshot.reader import Snapshot
from tests.http.test_unprepared import assert_equal_on_demand


@pytest.mark.acceptance
def test_all_real_answers_are_equal_prepared_or_not(
    real_snapshot: Snapshot, tmp_path: Path
) -> None:
    assert_equal_on_demand(real_snapshot, tmp_path / "bare")
