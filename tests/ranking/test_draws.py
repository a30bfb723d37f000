"""Draws of tasks."""

from __future__ import annotations

import numpy as np
import pytest

from frontrunner.ranking.draws import DRAWS, draws


@pytest.mark.parametrize("tasks", [8, 41, 131])
def test_each_draw_has_one_task_fewer_than_there_are(tasks: int) -> None:
    assert draws(tasks).shape == (DRAWS, tasks)
    assert (draws(tasks).sum(axis=1) == tasks - 1).all()


def test_every_task_is_drawn_equally_often() -> None:
    often = draws(20).mean(axis=0)
    assert often == pytest.approx(np.full(20, 0.95), abs=0.12)


def test_the_draws_are_the_same_everywhere() -> None:
    """Written down, so that neither a new NumPy nor a change here moves the bands unseen."""
    assert draws(8)[0].tolist() == [1, 0, 1, 0, 1, 3, 0, 1]
    assert draws(41)[999].argmax() == 15


def test_a_mean_spreads_over_the_draws_as_its_standard_error_says() -> None:
    scores = np.linspace(0, 1, 12) ** 2
    spread = (draws(12) @ scores / 11).std()
    assert spread == pytest.approx(scores.std(ddof=1) / np.sqrt(12), rel=0.05)
