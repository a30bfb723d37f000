"""Where a rehearsal stays on its way to the end."""

from __future__ import annotations

import pytest

from frontrunner.takeover.rehearsal.conductor import places_left
from frontrunner.takeover.stages import Position, Stage


@pytest.mark.parametrize(
    ("stage", "step", "left"),
    [
        (Stage.SHIFTING, 0, 7),
        (Stage.SHIFTING, 4, 3),
        (Stage.CUTOVER, 0, 2),
        (Stage.SETTLED, 0, 1),
    ],
)
def test_the_places_from_a_share_to_the_end(stage: Stage, step: int, left: int) -> None:
    assert places_left(Position(stage=stage, step=step)) == left
