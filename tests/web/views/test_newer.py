"""What superseded what."""

from __future__ import annotations

import pytest

from frontrunner.catalog import Benchmark, Model
from frontrunner.web.views.newer import is_old, newer_boards, newer_model
from tests.factories import catalog


@pytest.mark.parametrize(
    ("chain", "newer"),
    [
        ({"o/a": "o/b"}, "o/b"),
        ({"o/a": "o/a"}, None),
        ({"o/a": "O/A"}, None),
        ({"o/a": "o/b", "o/b": "o/a"}, None),
        ({"o/a": "o/b", "o/b": "o/c", "o/c": "o/a"}, None),
        ({"o/a": "o/b", "o/b": "o/b"}, "o/b"),
        ({"o/a": "elsewhere/x"}, "elsewhere/x"),
        ({}, None),
    ],
)
def test_the_model_that_superseded_another(chain: dict[str, str], newer: str | None) -> None:
    names = ("o/a", "o/b", "o/c")
    known = catalog(models=[Model(name=one, superseded_by=chain.get(one)) for one in names])
    assert newer_model(known, "o/a") == newer


def test_a_board_does_not_supersede_itself() -> None:
    bench = Benchmark(name="B", display_name="B", scopes=(), superseded_by=("B", "C"))
    assert newer_boards(bench) == ("C",)
    assert is_old(bench)
    assert not is_old(Benchmark(name="B", display_name="B", scopes=(), superseded_by=("B",)))
