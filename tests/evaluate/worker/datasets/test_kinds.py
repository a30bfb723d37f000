"""Picking examples and fingerprints, alike for every data set."""

from __future__ import annotations

from frontrunner.evaluate.worker.datasets import kinds


def test_picking_does_not_depend_on_the_order_given() -> None:
    assert kinds.pick("dcab", 2, "seed") == kinds.pick("abcd", 2, "seed")
    assert sorted(kinds.pick("ab", 5, "seed")) == ["a", "b"]


def test_a_fingerprint_changes_with_any_label() -> None:
    one = kinds.fingerprint({"default": {"test": {"text": ["a"], "label": [0]}}})
    two = kinds.fingerprint({"default": {"test": {"text": ["a"], "label": [1]}}})
    assert one != two
    assert len(one) == 40
