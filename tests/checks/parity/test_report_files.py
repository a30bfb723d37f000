"""The written forms of a comparison."""

from __future__ import annotations

import pytest

from frontrunner.checks.parity.fates import RowFate
from frontrunner.checks.parity.report_files import _reasons, percent, plain


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "-"),
        (1.0, "100.0%"),
        (0.0, "0.0%"),
        (0.99996, "99.996%"),
        (0.00004, "0.004%"),
        (0.5, "50.0%"),
        (0.001, "0.1%"),
        (0.999, "99.9%"),
    ],
)
def test_a_share_never_rounds_a_difference_away(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_text_stays_in_one_cell_of_a_table() -> None:
    assert plain("a|b\n <i> c") == "a\\|b &lt;i> c"


def test_the_commonest_reason_comes_first() -> None:
    rows = [
        RowFate(name=str(n), link=None, model=None, how=how, reason="", tables=1, cells=1)
        for n, how in enumerate(["rare", "common", "common", "usual", "common", "usual"])
    ]
    found = _reasons(rows)
    assert list(found) == ["common", "usual", "rare"]
    assert [len(some) for some in found.values()] == [3, 2, 1]
