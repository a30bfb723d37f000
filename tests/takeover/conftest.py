"""A take-over in memory for each test."""

from __future__ import annotations

import pytest

from tests.takeover.sim import Sim


@pytest.fixture
def sim() -> Sim:
    return Sim()
