"""What `refresh backfill` says when the catalog does not know the models of then."""

from __future__ import annotations

import pytest

from frontrunner.cli.backfill import _say_unknown
from frontrunner.refresh.backfill import Rebuilt


def said(capsys: pytest.CaptureFixture[str], *done: Rebuilt) -> str:
    _say_unknown(list(done))
    return " ".join(capsys.readouterr().err.split())


def test_models_that_the_catalog_does_not_know_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    none = Rebuilt(day="2025-01-05", commit="a", files_unknown=9, models_unknown=("org/a", "org/b"))
    some = Rebuilt(day="2025-02-05", commit="b", snapshot="s", files_unknown=2)
    found = said(capsys, none, some)
    assert (
        "does not know the models of up to 9 files of one snapshot, such as org/a, org/b." in found
    )
    assert "1 snapshot could not be rebuilt at all." in found
    assert "[[renamed]]" in found
    assert "--again" in found


def test_nothing_is_said_if_all_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys) == ""
    assert said(capsys, Rebuilt(day="2025-01-05", commit="a", snapshot="s")) == ""
