"""Names and cells of rows."""

from __future__ import annotations

from frontrunner.web.views.rows import ModelName, twins


def test_rows_of_one_name_show_their_owners() -> None:
    names = [ModelName.of(one) for one in ("a/x", "b/x", "a/y", "x")]
    assert twins(names) == [True, True, False, True]
    runs = [ModelName.of("a/x", {"k": 1}), ModelName.of("a/x")]
    assert twins(runs) == [False, False]
